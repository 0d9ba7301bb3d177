/**
 * One POST to an address that a tenant named: guarded at the connected peer, no redirects, bounded in time and size.
 *
 * Never throws: whatever goes wrong is an answer, in words of ours. What the receiver said is kept as an excerpt.
 */
import { guardedConnector } from '@tollgate/providers/outbound';
import { Client } from 'undici';

interface PostOptions {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Exact origins that may be private. */
  readonly allowedPrivateOrigins: readonly string[];
  readonly timeoutMs?: number;
}

export interface PostResult {
  readonly ok: boolean;
  /** Null when no answer came. */
  readonly status: number | null;
  /** At most `EXCERPT_BYTES`. */
  readonly excerpt: string;
  /** Empty when it went well. */
  readonly error: string;
  readonly tookMs: number;
}

const EXCERPT_BYTES = 4_096;
const MAX_BODY_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;

export async function postJson(options: PostOptions): Promise<PostResult> {
  const startedMs = performance.now();
  const result = await send(options).catch(explain);
  return { ...result, tookMs: Math.round(performance.now() - startedMs) };
}

type Result = Omit<PostResult, 'tookMs'>;

async function send({ url, body, headers, ...options }: PostOptions): Promise<Result> {
  const target = new URL(url);
  if (target.protocol !== 'https:' && !options.allowedPrivateOrigins.includes(target.origin)) {
    return { ok: false, status: null, excerpt: '', error: 'The address must begin with https://' };
  }
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const client = new Client(target.origin, {
    connect: guardedConnector(target.origin, {
      connectTimeoutMs: timeoutMs,
      allowedPrivateOrigins: new Set(options.allowedPrivateOrigins),
    }),
    maxResponseSize: MAX_BODY_BYTES,
  });
  try {
    const answer = await client.request({
      method: 'POST',
      path: `${target.pathname}${target.search}`,
      headers: { 'content-type': 'application/json', 'user-agent': 'Tollgate-Webhooks/1', ...headers },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const excerpt = await readExcerpt(answer.body);
    const ok = answer.statusCode >= 200 && answer.statusCode < 300;
    const error = ok ? '' : describe(answer.statusCode);
    return { ok, status: answer.statusCode, excerpt, error };
  } finally {
    await client.destroy();
  }
}

/** The rest is not read. */
async function readExcerpt(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size >= EXCERPT_BYTES) break;
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, EXCERPT_BYTES));
  // Postgres holds no NUL.
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

function describe(status: number): string {
  if (status >= 300 && status < 400) return `It redirects elsewhere, which is not followed (${status})`;
  return `It answered ${status}`;
}

const FAILURE: Readonly<Record<string, string>> = {
  TOLLGATE_PRIVATE_ADDRESS: 'The address is private, and the operator has not allowed it',
  ENOTFOUND: 'The host name does not exist',
  EAI_AGAIN: 'The host name could not be looked up',
  ECONNREFUSED: 'The host refused the connection',
  ECONNRESET: 'The host ended the connection',
  UND_ERR_SOCKET: 'The host ended the connection',
  UND_ERR_CONNECT_TIMEOUT: 'The host did not answer in time',
};

function explain(error: unknown): Result {
  const { code, name } = error as { code?: unknown; name?: unknown };
  const known = name === 'TimeoutError' ? 'The host did not answer in time' : FAILURE[String(code)];
  return { ok: false, status: null, excerpt: '', error: known ?? 'The connection failed' };
}
