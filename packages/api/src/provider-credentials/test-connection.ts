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

export interface ConnectionTest {
  readonly ok: boolean;
  /** The provider's HTTP status; null when none came. */
  readonly status: number | null;
  readonly detail: string;
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
  if (provider === undefined)
    return { ok: false, status: null, detail: 'The provider is not known', models: [] };
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
    if (!test.isGood(statusCode))
      return { ok: false, status: statusCode, detail: describe(statusCode), models: [] };
    if (!test.listsModels)
      return { ok: true, status: statusCode, detail: 'The provider accepted the credential', models: [] };
    const models = readModelList(text);
    if (models === undefined) {
      return { ok: false, status: 200, detail: 'The answer is not a list of models', models: [] };
    }
    return { ok: true, status: 200, detail: `${models.length} models`, models: models.slice(0, MAX_MODELS) };
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

function describe(status: number): string {
  if (status === 401 || status === 403) return `The provider refused the credential (${status})`;
  if (status === 404) return 'There is no list of models at this base URL (404)';
  if (status === 429) return 'The provider limits this credential right now (429)';
  if (status >= 300 && status < 400)
    return `The provider redirects elsewhere, which is not followed (${status})`;
  return `The provider answered ${status}`;
}

const FAILURE: Readonly<Record<string, string>> = {
  TOLLGATE_PRIVATE_ADDRESS: 'The address is private, and the operator has not allowed it',
  ENOTFOUND: 'The host name does not exist',
  EAI_AGAIN: 'The host name could not be looked up',
  ECONNREFUSED: 'The host refused the connection',
  ECONNRESET: 'The host ended the connection',
  UND_ERR_CONNECT_TIMEOUT: 'The host did not answer in time',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'The answer is too large',
};

function explainFailure(error: unknown): Result {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (code === 'provider_credential_rejected') {
    return { ok: false, status: null, detail: 'The credential was refused, or cannot be read', models: [] };
  }
  const timedOut = name === 'TimeoutError';
  const known = timedOut ? 'The host did not answer in time' : FAILURE[String(code)];
  return { ok: false, status: null, detail: known ?? 'The connection failed', models: [] };
}
