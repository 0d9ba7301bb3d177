/** The HTTP side: authentication, idempotency keys, errors, faults on demand, pages. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { World } from './billing-rules.ts';
import { parseForm } from './form.ts';
import { newStripeId } from './objects/common.ts';
import { servePage } from './pages.ts';
import { ROUTES } from './routes.ts';
import { invalid, StandInError } from './stripe-error.ts';

const BODY_MAX_BYTES = 1_000_000;

/** Faults of the API itself. */
export interface ApiFaults {
  /** The next so many calls answer 500 and do nothing. */
  fail: number;
  /** The next so many calls are done, and their answer is lost. */
  drop: number;
}

export interface ServerOptions {
  readonly world: World;
  readonly apiKey: string;
  readonly faults: ApiFaults;
  /** Every call that was made, `POST /v1/invoices` and the like. */
  readonly calls: string[];
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

export function createStandInServer(options: ServerOptions): Server {
  return createServer((request, response) => {
    answer(options, request, response).catch(() => response.destroy());
  });
}

async function answer(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', options.world.url);
  const body = await readBody(request);
  if (url.pathname === '/healthz') return send(response, { status: 200, body: '{"ok":true}' });
  if (url.pathname.startsWith('/pages/')) return sendPage(options, request, response, url, body);
  const isLost = takeOne(options.faults, 'drop');
  const result = takeOne(options.faults, 'fail')
    ? {
        status: 500,
        body: JSON.stringify(new StandInError(500, 'api_error', 'Something went wrong.').toBody()),
      }
    : callApi(options, request, url, body);
  options.world.store.save();
  if (isLost) request.socket.destroy();
  else send(response, result);
}

function takeOne(faults: ApiFaults, name: keyof ApiFaults): boolean {
  if (faults[name] <= 0) return false;
  faults[name] -= 1;
  return true;
}

function callApi(options: ServerOptions, request: IncomingMessage, url: URL, body: string): Answer {
  const method = request.method ?? 'GET';
  options.calls.push(`${method} ${url.pathname}`);
  try {
    assertKey(request, options.apiKey);
    const key = request.headers['idempotency-key'];
    if (method !== 'POST' || typeof key !== 'string') return run(options, method, url, body);
    return runOnce(options, key, method, url, body);
  } catch (error) {
    return toErrorAnswer(error);
  }
}

/** As Stripe keeps them: what was carried out is remembered with its answer, good or bad; what was refused as invalid is not. */
function runOnce(
  { world, ...options }: ServerOptions,
  key: string,
  method: string,
  url: URL,
  body: string,
): Answer {
  const requestHash = createHash('sha256').update(`${method} ${url.pathname}\n${body}`).digest('hex');
  const known = world.store.answerOf(key);
  if (known !== undefined) {
    if (known.requestHash !== requestHash) {
      const text = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;
      return toErrorAnswer(new StandInError(400, 'idempotency_error', text));
    }
    return { status: known.status, body: known.body, headers: { 'idempotent-replayed': 'true' } };
  }
  const result = run({ world, ...options }, method, url, body);
  if (result.status < 400 || result.status === 402) world.store.remember(key, { requestHash, ...result });
  return result;
}

function run({ world }: Pick<ServerOptions, 'world'>, method: string, url: URL, body: string): Answer {
  try {
    const route = ROUTES.find((each) => each.method === method && each.pattern.test(url.pathname));
    if (route === undefined) throw invalid(`Unrecognized request URL (${method}: ${url.pathname}).`);
    const [, ...params] = route.pattern.exec(url.pathname) ?? [];
    const form = parseForm(method === 'GET' ? url.search.slice(1) : body);
    return { status: 200, body: JSON.stringify(route.run({ world, params, form })) };
  } catch (error) {
    return toErrorAnswer(error);
  }
}

function toErrorAnswer(error: unknown): Answer {
  const known = error instanceof StandInError ? error : new StandInError(500, 'api_error', String(error));
  return { status: known.status, body: JSON.stringify(known.toBody()) };
}

function assertKey(request: IncomingMessage, apiKey: string): void {
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const hash = (text: string) => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(hash(given), hash(apiKey)))
    throw new StandInError(401, 'invalid_request_error', 'Invalid API Key provided.');
}

async function sendPage(
  { world }: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  body: string,
): Promise<void> {
  try {
    const posted = request.method === 'POST' ? new URLSearchParams(body) : undefined;
    const page = servePage(world, url.pathname.split('/').slice(2), posted);
    world.store.save();
    if (page === undefined) return send(response, { status: 404, body: '{}' });
    response.writeHead(page.status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      ...(page.location === undefined ? {} : { location: page.location }),
    });
    response.end(page.html);
  } catch (error) {
    send(response, toErrorAnswer(error));
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'request-id': newStripeId('req'),
    ...headers,
  });
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    if (length > BODY_MAX_BYTES)
      throw new RangeError(`Cannot read the body: at most ${BODY_MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
