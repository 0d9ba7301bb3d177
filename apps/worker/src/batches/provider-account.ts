/**
 * Asks a provider about what an organization keeps there, with the organization's own credential and by the same rules as
 * every other connection: guarded addresses, no redirects, bounded answers.
 */
import type { KeyRing } from '@tollgate/config';
import { OPERATOR_ORGANIZATION_ID, type Prisma } from '@tollgate/db';
import { openSecret } from '@tollgate/keys';
import {
  credentialHeaders,
  endpointAddress,
  findProvider,
  type Provider,
  type ProviderEndpoint,
} from '@tollgate/providers';
import { guardedConnector } from '@tollgate/providers/outbound';
import { Client } from 'undici';
import {
  atLeastRate,
  type FileBounds,
  LARGE_LINES,
  LEAST_RATE,
  type LeastRate,
  type Places,
  readFileLines,
} from './file-lines.ts';
import { UnaskableError } from './unaskable-error.ts';

export interface AccountOptions {
  readonly ring: KeyRing;
  readonly allowedPrivateOrigins: readonly string[];
  /** Besides those, for resold credentials alone. */
  readonly operatorPrivateOrigins?: readonly string[];
  /** Of files. For tests. */
  readonly leastRate?: LeastRate;
  readonly largeLines?: Places;
}

type CredentialRow = Prisma.ProviderCredentialModel;

const TIMEOUT_MS = 30_000;
/** Of a whole file: the largest that providers make, slowly. */
const FILE_TIMEOUT_MS = 30 * 60_000;
const ANSWER_MAX_BYTES = 4 * 1024 * 1024;

export class ProviderAccount {
  readonly #provider: Provider;
  readonly #credential: CredentialRow;
  readonly #secret: string;
  readonly #options: AccountOptions;
  readonly #signal: AbortSignal;

  /**
   * @param signal Ends whatever is being read.
   * @throws {UnaskableError} Its provider is not known here, or its secret does not open.
   */
  constructor(credential: CredentialRow, options: AccountOptions, signal: AbortSignal) {
    const provider = findProvider(credential.provider);
    if (provider === undefined) throw new UnaskableError('the provider is not known');
    this.#provider = provider;
    this.#credential = credential;
    this.#secret = openCredential(options.ring, credential);
    this.#options = options;
    this.#signal = signal;
  }

  /** @throws {UnaskableError} */
  async getObject(
    endpoint: ProviderEndpoint,
    suffix: string,
    name: string,
  ): Promise<Record<string, unknown>> {
    return this.#ask(endpoint, suffix, name, TIMEOUT_MS, async (body) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of body) {
        bytes += chunk.length;
        if (bytes > ANSWER_MAX_BYTES) throw new UnaskableError('the provider’s answer is too large');
        chunks.push(chunk);
      }
      return parseObject(Buffer.concat(chunks));
    });
  }

  /** Line by line as the file arrives. @throws {UnaskableError} */
  async readLines(
    fileId: string,
    name: string,
    bounds: FileBounds,
    onLine: (line: Buffer) => void,
  ): Promise<void> {
    const { leastRate = LEAST_RATE, largeLines = LARGE_LINES } = this.#options;
    const suffix = `/${encodeURIComponent(fileId)}/content`;
    await this.#ask('openai-files', suffix, name, FILE_TIMEOUT_MS, (body, end) => {
      const onTooSlow = () => end(new UnaskableError('the provider gives its file out too slowly'));
      return readFileLines(atLeastRate(body, leastRate, onTooSlow), bounds, largeLines, onLine);
    });
  }

  async #ask<T>(
    endpoint: ProviderEndpoint,
    suffix: string,
    name: string,
    timeoutMs: number,
    read: (body: AsyncIterable<Buffer>, end: (reason: UnaskableError) => void) => Promise<T>,
  ): Promise<T> {
    const address = endpointAddress(this.#provider, { ...this.#credential, secret: this.#secret }, endpoint, {
      model: '',
      stream: false,
    });
    if (address === undefined) throw new UnaskableError(`the provider has no ${endpoint}`);
    const { origin } = address;
    const path = withSuffix(address.path, suffix);
    const guard = {
      connectTimeoutMs: TIMEOUT_MS,
      allowedPrivateOrigins: this.#allowedOrigins(),
    };
    const client = new Client(origin, {
      connect: guardedConnector(origin, guard),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    const ended = new AbortController();
    try {
      const answer = await client.request({
        method: 'GET',
        path,
        headers: this.#headers(name),
        signal: AbortSignal.any([this.#signal, ended.signal, AbortSignal.timeout(timeoutMs)]),
      });
      const { statusCode: status } = answer;
      if (status !== 200) throw new UnaskableError(`the provider answered ${status}`, { status });
      return await read(answer.body, (reason) => ended.abort(reason));
    } catch (error) {
      if (this.#signal.aborted) throw new UnaskableError('the reading was ended', { cause: error });
      throw error instanceof UnaskableError ? error : new UnaskableError(describe(error), { cause: error });
    } finally {
      await client.destroy();
    }
  }

  #allowedOrigins(): ReadonlySet<string> {
    const { allowedPrivateOrigins, operatorPrivateOrigins = [] } = this.#options;
    const isResold = this.#credential.organizationId === OPERATOR_ORGANIZATION_ID;
    return new Set(isResold ? [...allowedPrivateOrigins, ...operatorPrivateOrigins] : allowedPrivateOrigins);
  }

  /** Providers of batches take a key in a header; none of them wants signatures or bought tokens. */
  #headers(name: string): Record<string, string> {
    return {
      accept: '*/*',
      'accept-encoding': 'identity',
      'user-agent': 'tollgate',
      'x-client-request-id': name,
      ...credentialHeaders(this.#provider, this.#secret),
    };
  }
}

function openCredential(ring: KeyRing, row: CredentialRow): string {
  if (row.secretCiphertext === null) return '';
  const { organizationId, id: recordId, baseUrl } = row;
  try {
    return openSecret(ring, { organizationId, recordId, field: 'secret', baseUrl }, row.secretCiphertext);
  } catch (cause) {
    throw new UnaskableError('the credential cannot be opened', { cause });
  }
}

/** Ids belong to the path, also where the address has a query. */
function withSuffix(path: string, suffix: string): string {
  const at = path.indexOf('?');
  if (at === -1) return path + suffix;
  const [id = '', query = ''] = suffix.split('?');
  return `${path.slice(0, at)}${id}${path.slice(at)}${query === '' ? '' : `&${query}`}`;
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new UnaskableError('the provider’s answer is not JSON', { cause });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new UnaskableError('the provider’s answer is not an object');
  }
  return parsed as Record<string, unknown>;
}

/** In words of our own: a provider's may hold the key. */
function describe(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (code === 'TOLLGATE_PRIVATE_ADDRESS')
    return 'its address is private, and the operator has not allowed it';
  return name === 'TimeoutError' ? 'the provider did not answer in time' : 'the connection failed';
}
