/**
 * Asks a provider something harmless with a stored credential, its models mostly: does this key work?
 *
 * Tells what happened in words of our own. A provider's text is never passed on: it may hold the key.
 */
import {
  createAuthorizer,
  findProvider,
  readModelList,
  type TokenFetch,
  testRequestOf,
} from '@tollgate/providers';
import { guardedConnector } from '@tollgate/providers/outbound';
import { Agent, Client, fetch } from 'undici';
import { type ConnectionFault, FAULT_TEXT } from '../framework/connection-faults.ts';

export interface ConnectionTest {
  readonly ok: boolean;
  /** The provider's HTTP status; null when none came. */
  readonly status: number | null;
  /** In English; `fault` is for translating. */
  readonly detail: string;
  /** Null where it worked. */
  readonly fault: ConnectionFault | null;
  readonly tookMs: number;
  /** At most `MAX_MODELS`; empty unless `ok`. */
  readonly models: readonly string[];
}

export interface TestTarget {
  readonly provider: string;
  readonly baseUrl: string;
  readonly secret: string;
  readonly region: string;
}

const TIMEOUT_MS = 10_000;
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_MODELS = 1_000;

/** Never throws: everything that can go wrong is an answer. */
export async function testConnection(
  target: TestTarget,
  allowedPrivateOrigins: readonly string[],
  nowMs: number,
): Promise<ConnectionTest> {
  const startedMs = performance.now();
  const result = await askForModels(target, allowedPrivateOrigins, nowMs).catch(explainFailure);
  return { ...result, tookMs: Math.round(performance.now() - startedMs) };
}

type Result = Omit<ConnectionTest, 'tookMs'>;

async function askForModels(
  target: TestTarget,
  allowedPrivateOrigins: readonly string[],
  nowMs: number,
): Promise<Result> {
  const provider = findProvider(target.provider);
  if (provider === undefined) return failed('unknown_provider', null);
  const test = testRequestOf(provider, target);
  const guard = { connectTimeoutMs: TIMEOUT_MS, allowedPrivateOrigins: new Set(allowedPrivateOrigins) };
  const client = new Client(test.origin, {
    connect: guardedConnector(test.origin, guard),
    maxResponseSize: MAX_BODY_BYTES,
  });
  try {
    const region = target.region === 'default' ? '' : target.region;
    const authorizer = createAuthorizer(provider, target.secret, { fetchToken: tokenFetch(guard) }, region);
    const headers = await authorizer.authorize({
      ...test,
      body: new TextEncoder().encode(test.body),
      nowMs,
    });
    const { statusCode, body } = await client.request({
      method: test.method,
      path: test.path,
      headers,
      ...(test.body === '' ? {} : { body: test.body }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await body.text();
    if (!test.isGood(statusCode)) return failed(faultOf(statusCode), statusCode);
    if (!test.listsModels) return worked(statusCode, 'The provider accepted the credential');
    const models = readModelList(text);
    if (models === undefined) return failed('not_models', 200);
    return worked(200, `${models.length} models`, models.slice(0, MAX_MODELS));
  } finally {
    await client.destroy();
  }
}

/** For tokens that have to be bought first, by the same rules as every other connection. */
function tokenFetch(guard: Parameters<typeof guardedConnector>[1]): TokenFetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const dispatcher = new Agent({
      connect: guardedConnector(url.origin, guard),
      maxResponseSize: MAX_BODY_BYTES,
    });
    try {
      const { method, headers, body } = init ?? {};
      const answer = await fetch(url, {
        ...(method === undefined ? {} : { method }),
        ...(headers === undefined ? {} : { headers: [...new Headers(headers)] }),
        ...(body === undefined || body === null ? {} : { body: await new Response(body).text() }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: 'error',
        dispatcher,
      });
      return new Response(await answer.text(), { status: answer.status, headers: [...answer.headers] });
    } finally {
      await dispatcher.destroy();
    }
  };
}

function worked(status: number, detail: string, models: readonly string[] = []): Result {
  return { ok: true, status, detail, fault: null, models };
}

function failed(fault: ConnectionFault, status: number | null): Result {
  const detail = status === null || status === 200 ? FAULT_TEXT[fault] : `${FAULT_TEXT[fault]} (${status})`;
  return { ok: false, status, detail, fault, models: [] };
}

function faultOf(status: number): ConnectionFault {
  if (status === 401 || status === 403) return 'credential_refused';
  if (status === 404) return 'no_model_list';
  if (status === 429) return 'rate_limited';
  return status >= 300 && status < 400 ? 'redirects' : 'other_status';
}

const FAULT_OF_CODE: Readonly<Record<string, ConnectionFault>> = {
  provider_credential_rejected: 'credential_refused',
  TOLLGATE_PRIVATE_ADDRESS: 'private_address',
  ENOTFOUND: 'unknown_host',
  EAI_AGAIN: 'lookup_failed',
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_ended',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too_large',
};

function explainFailure(error: unknown): Result {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (name === 'TimeoutError') return failed('timeout', null);
  return failed(FAULT_OF_CODE[String(code)] ?? 'connection_failed', null);
}
