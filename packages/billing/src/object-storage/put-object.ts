/**
 * Brings a file or a few bytes into an S3-compatible bucket: signed (Signature Version 4, by AWS's own library, which
 * the tree has for Bedrock; the whole SDK would bring its own connections past our guard), in parts where it is large,
 * guarded at the connected peer, no redirects.
 *
 * Never throws for what the storage or the network does: that is an answer, in words of ours. An object is there whole
 * or not at all, and the storage has compared its bytes with our hash.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { guardedConnector } from '@tollgate/providers/outbound';
import { Client } from 'undici';
import { addressOf, type Bucket, type BucketKeys } from './bucket.ts';

export interface StorageCall {
  readonly bucket: Bucket;
  readonly keys: BucketKeys;
  /** Exact origins that may be private. */
  readonly allowedPrivateOrigins: readonly string[];
  /** Asked for each request: a large file takes longer than a signature holds. */
  readonly now: () => Date;
  /** For tests. */
  readonly partBytes?: number;
}

export interface StoredFile {
  readonly key: string;
  readonly path: string;
  readonly bytes: number;
  /** Of the whole file, in hex. */
  readonly sha256: string;
  /** Told before each part: whoever holds a lease renews it. */
  readonly onPart?: () => Promise<void>;
}

export interface PutResult {
  readonly ok: boolean;
  /** Null when no answer came. */
  readonly status: number | null;
  /** Empty when it went well. */
  readonly error: string;
}

const PART_BYTES = 64 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
/** Of one request; a part at 1 Mbit/s. */
const TIMEOUT_MS = 10 * 60_000;
const MAX_ANSWER_BYTES = 256 * 1024;
const DONE: PutResult = { ok: true, status: 200, error: '' };

export function putText(call: StorageCall, key: string, text: string): Promise<PutResult> {
  const body = Buffer.from(text, 'utf8');
  return withStorage(call, key, (storage) =>
    storage.put({}, { body, bytes: body.length, sha256: hexOf(body) }),
  );
}

/** At once up to a part's length; in parts above it. The last part's arrival makes the object. */
export function putFile(call: StorageCall, file: StoredFile): Promise<PutResult> {
  const partBytes = call.partBytes ?? PART_BYTES;
  return withStorage(call, file.key, async (storage) => {
    if (file.bytes > partBytes) return putParts(storage, file, partBytes);
    const body = () => createReadStream(file.path);
    return storage.put({}, { body: body(), bytes: file.bytes, sha256: file.sha256 });
  });
}

async function putParts(storage: ObjectCall, file: StoredFile, partBytes: number): Promise<PutResult> {
  const uploadId = await storage.begin();
  try {
    const etags: string[] = [];
    for (let start = 0; start < file.bytes; start += partBytes) {
      await file.onPart?.();
      const range = { start, end: Math.min(start + partBytes, file.bytes) - 1 };
      const sha256 = await hashOf(createReadStream(file.path, range));
      const part = { body: createReadStream(file.path, range), bytes: range.end - start + 1, sha256 };
      const partNumber = String(etags.length + 1);
      etags.push((await storage.send('PUT', { partNumber, uploadId }, part)).etag);
    }
    return await storage.complete(uploadId, etags);
  } catch (error) {
    // What lies there half costs its owner; what went wrong first is what is told.
    await storage.send('DELETE', { uploadId }).catch(() => undefined);
    throw error;
  }
}

/** The storage refused, in words of ours. */
class StorageRefusal extends Error {
  override readonly name = 'StorageRefusal';
  readonly status: number;

  constructor(status: number, code: string) {
    super(describe(status, code));
    this.status = status;
  }
}

interface Content {
  readonly body: Buffer | Readable;
  readonly bytes: number;
  readonly sha256: string;
}

const NOTHING: Content = { body: Buffer.alloc(0), bytes: 0, sha256: hexOf(Buffer.alloc(0)) };

/** One object of one bucket, over one connection. */
class ObjectCall {
  readonly #client: Client;
  readonly #call: StorageCall;
  readonly #address: { readonly origin: string; readonly path: string };
  readonly #signer: SignatureV4;

  constructor(
    client: Client,
    call: StorageCall,
    address: { readonly origin: string; readonly path: string },
  ) {
    this.#client = client;
    this.#call = call;
    this.#address = address;
    this.#signer = new SignatureV4({
      service: 's3',
      region: call.bucket.region,
      credentials: call.keys,
      sha256: Sha256,
      // Both as S3 has it, and no other service: paths are escaped once, and every body's hash is a header.
      uriEscapePath: false,
      applyChecksum: true,
    });
  }

  async put(query: Readonly<Record<string, string>>, content: Content): Promise<PutResult> {
    await this.send('PUT', query, content);
    return DONE;
  }

  async begin(): Promise<string> {
    const { text } = await this.send('POST', { uploads: '' });
    const uploadId = /<UploadId>([^<]{1,1024})<\/UploadId>/.exec(text)?.[1];
    if (uploadId === undefined) throw new StorageRefusal(200, 'no upload id');
    return uploadId;
  }

  async complete(uploadId: string, etags: readonly string[]): Promise<PutResult> {
    const parts = etags.map(
      (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
    );
    const xml = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
    const content = { body: xml, bytes: xml.length, sha256: hexOf(xml) };
    const { text } = await this.send('POST', { uploadId }, content);
    // It says 200 before it is done, and tells of a failure in the body.
    const code = errorCodeOf(text);
    if (code !== undefined) throw new StorageRefusal(200, code);
    return DONE;
  }

  /** @throws {StorageRefusal} Anything but 2xx. */
  async send(
    method: 'PUT' | 'POST' | 'DELETE',
    query: Readonly<Record<string, string>>,
    content: Content = NOTHING,
  ): Promise<{ readonly etag: string; readonly text: string }> {
    const { origin, path } = this.#address;
    const url = new URL(origin);
    const { headers } = await this.#signer.sign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path,
        query: { ...query },
        headers: {
          host: url.host,
          // Without a body the connection may leave it out, and what is signed must arrive.
          ...(content.bytes === 0 ? {} : { 'content-length': String(content.bytes) }),
          'x-amz-content-sha256': content.sha256,
        },
      },
      { signingDate: this.#call.now() },
    );
    const { host: _, ...signed } = headers;
    const search = new URLSearchParams(query).toString();
    const answer = await this.#client.request({
      method,
      path: search === '' ? path : `${path}?${search}`,
      headers: { ...signed, 'user-agent': 'Tollgate-Exports/1' },
      body: content.body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await answer.body.text();
    if (answer.statusCode < 200 || answer.statusCode > 299) {
      throw new StorageRefusal(answer.statusCode, errorCodeOf(text) ?? '');
    }
    return { etag: String(answer.headers.etag ?? ''), text };
  }
}

async function withStorage(
  call: StorageCall,
  key: string,
  run: (storage: ObjectCall) => Promise<PutResult>,
): Promise<PutResult> {
  const address = addressOf(call.bucket, key);
  const allowed = new Set(call.allowedPrivateOrigins);
  if (!address.origin.startsWith('https://') && !allowed.has(address.origin)) {
    return { ok: false, status: null, error: 'The address must begin with https://' };
  }
  const client = new Client(address.origin, {
    connect: guardedConnector(address.origin, {
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      allowedPrivateOrigins: allowed,
    }),
    maxResponseSize: MAX_ANSWER_BYTES,
    // The whole request has its own time.
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  try {
    return await run(new ObjectCall(client, call, address));
  } catch (error) {
    return explain(error);
  } finally {
    await client.destroy();
  }
}

/** Its own code, which is letters and no text of anybody's. */
function errorCodeOf(xml: string): string | undefined {
  return xml.includes('<Error') ? /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(xml)?.[1] : undefined;
}

function describe(status: number, code: string): string {
  const said = code === '' ? String(status) : `${status} ${code}`;
  if (status >= 300 && status < 400) {
    return `The storage redirects elsewhere, which is not followed (${said}): are endpoint and region right?`;
  }
  return `The storage answered ${said}`;
}

const FAILURE: Readonly<Record<string, string>> = {
  TOLLGATE_PRIVATE_ADDRESS: 'The address is private, and the operator has not allowed it',
  ENOENT: 'The file is no longer there',
  ENOTFOUND: 'The host name does not exist',
  EAI_AGAIN: 'The host name could not be looked up',
  ECONNREFUSED: 'The host refused the connection',
  ECONNRESET: 'The host ended the connection',
  UND_ERR_SOCKET: 'The host ended the connection',
  UND_ERR_CONNECT_TIMEOUT: 'The host did not answer in time',
  CERT_HAS_EXPIRED: 'The certificate of the host has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate of the host is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate of the host has another name',
};

function explain(error: unknown): PutResult {
  if (error instanceof StorageRefusal) return { ok: false, status: error.status, error: error.message };
  const { code, name } = error as { code?: unknown; name?: unknown };
  const known = name === 'TimeoutError' ? 'The host did not answer in time' : FAILURE[String(code)];
  return { ok: false, status: null, error: known ?? 'The connection failed' };
}

function hexOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function hashOf(stream: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest('hex');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
