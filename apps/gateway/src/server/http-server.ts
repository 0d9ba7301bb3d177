/**
 * The HTTP server: turns a request into an exchange, and keeps hostile or careless clients within bounds.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { openAiErrorBody, retryHeaders } from '@tollgate/dialects';
import { GatewayError } from '@tollgate/errors';
import { newId } from '@tollgate/ids';
import { plainAddress } from '@tollgate/keys';
import { type Dialect, dialectOfPath, matchEndpoint, shownDialect } from '../endpoints.ts';
import { DIALECTS } from '../pipeline/dialect-answers.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import { run } from '../pipeline/run.ts';
import { sendJson } from '../pipeline/send-json.ts';
import type { Services } from '../services.ts';

export interface HttpServerOptions {
  readonly services: Services;
  /** Whether this process should be sent traffic. */
  readonly isReady: () => boolean;
  readonly isDraining: () => boolean;
}

const HEADERS_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 120_000;
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const CONNECTIONS_CHECK_MS = 5_000;
const MAX_HEADER_BYTES = 32_768;
const LINGER_MS = 10_000;

export function createHttpServer(options: HttpServerOptions): Server {
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    insecureHTTPParser: false,
    noDelay: true,
  });
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    handleRequest(request, response, options);
  };
  server.on('request', handle);
  // The body is asked for only once the key is known (read-body.ts).
  server.on('checkContinue', handle);
  server.on('clientError', refuseUnreadable);
  return server;
}

function handleRequest(request: IncomingMessage, response: ServerResponse, options: HttpServerOptions): void {
  const { services } = options;
  const startedAtMs = services.clock.nowMs();
  const requestId = newId('request', startedAtMs);
  if (options.isDraining()) response.setHeader('connection', 'close');
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  if (path === '/healthz' || path === '/readyz') {
    const ok = path === '/healthz' || (options.isReady() && !options.isDraining());
    sendJson(response, ok ? 200 : 503, [], { status: ok ? 'ok' : 'not ready' });
    return;
  }
  response.on('finish', () => drainRequest(request));
  const shown = shownDialect(request.headers);
  const match = matchEndpoint(request.method ?? '', path, shown);
  if (match.kind !== 'endpoint') {
    refuse(request, response, requestId, match, dialectOfPath(path, shown));
    return;
  }
  if (services.load.isFull) {
    services.metrics.refused(match.endpoint.name, 'service_unavailable');
    services.metrics.requestEnded(match.endpoint.name, 503, 0);
    sendError(response, requestId, overloaded(), match.endpoint.dialect);
    return;
  }

  const exchange: Exchange = {
    request,
    response,
    endpoint: match.endpoint,
    subjectId: match.subject,
    requestId,
    startedAtMs,
    startedMs: services.clock.monotonicMs(),
    clientAddress: clientAddress(request, services.limits.trustProxy),
    place: -1,
    key: undefined,
    organization: undefined,
    platform: undefined,
    share: undefined,
    body: undefined,
    bufferedBytes: 0,
    asked: undefined,
    unsupported: 'usual',
    plan: undefined,
    extensions: undefined,
    subject: undefined,
    use: undefined,
    clientTimeoutMs: undefined,
    candidates: [],
    route: undefined,
    substitution: undefined,
    batch: undefined,
    attempts: [],
    answer: undefined,
    streamHead: undefined,
    firstTokenMs: null,
    ending: undefined,
    rateStatus: undefined,
    rateTicket: undefined,
    rateFrom: 0,
    passed: undefined,
    idempotencyClaim: undefined,
    idempotencyUnavailable: false,
    finished: false,
    waitedMs: 0,
    clientGone: false,
    revoked: undefined,
    cut: undefined,
    onInterrupt: undefined,
  };
  response.on('close', () => {
    if (response.writableFinished || exchange.clientGone) return;
    exchange.clientGone = true;
    exchange.onInterrupt?.();
  });
  response.on('error', (error) =>
    services.logger.debug({ err: error, requestId }, 'a client connection broke'),
  );
  void run(exchange, services);
}

function overloaded(): GatewayError {
  return new GatewayError(
    'service_unavailable',
    'Cannot take the request now: there are too many; try again.',
    {
      retryAfterMs: 1_000,
    },
  );
}

function sendError(response: ServerResponse, requestId: string, error: GatewayError, dialect: Dialect): void {
  const { requestIdHeader, errorBody, errorStatus } = DIALECTS[dialect];
  const headers = [requestIdHeader, requestId, 'x-tollgate-request-id', requestId];
  headers.push(...Object.entries(retryHeaders(error)).flat());
  sendJson(response, errorStatus(error), headers, errorBody(error, requestId));
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  match: { readonly kind: 'none' } | { readonly kind: 'method'; readonly allowed: readonly string[] },
  dialect: Dialect,
): void {
  const error =
    match.kind === 'none'
      ? new GatewayError('not_found', 'Cannot serve the request: there is no such endpoint.')
      : new GatewayError(
          'method_not_allowed',
          `Cannot serve the request: use ${match.allowed.join(' or ')}.`,
        );
  const { requestIdHeader, errorBody } = DIALECTS[dialect];
  const headers = [requestIdHeader, requestId, 'x-tollgate-request-id', requestId];
  headers.push(...Object.entries(retryHeaders(error)).flat());
  if (match.kind === 'method') headers.push('allow', match.allowed.join(', '));
  if (request.method === 'HEAD') response.writeHead(error.status, headers).end();
  else sendJson(response, error.status, headers, errorBody(error, requestId));
}

/** The peer, or what a trusted proxy in front of us says: the last address it added, not what a client wrote. */
function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
  const last = typeof forwarded === 'string' ? forwarded.split(',').at(-1)?.trim() : undefined;
  return plainAddress(last || (request.socket.remoteAddress ?? ''));
}

/**
 * An answer that came before the request's end: the rest is read and thrown away for a while, because a client
 * that is still sending would see a reset instead of the answer.
 */
function drainRequest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  timer.unref();
  request.on('close', () => clearTimeout(timer));
  request.resume();
}

/** What the HTTP parser refuses never becomes a request: answered by hand, without echoing anything. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = STATUS_BY_PARSER_CODE[error.code ?? ''] ?? '400 Bad Request';
  const body = openAiErrorBody(
    new GatewayError(
      'invalid_request',
      'Cannot read the request: it is not valid HTTP, or its headers are too large.',
    ),
    '',
  );
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\nx-should-retry: false\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const STATUS_BY_PARSER_CODE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};
