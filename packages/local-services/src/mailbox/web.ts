/**
 * The mailbox in the browser, and as JSON for scripts and tests.
 *
 * `GET /api/messages?to=ADDRESS&limit=N` answers `{"data": [mail…], "nextCursor": null}`, newest first;
 * `GET /api/messages/ID` one mail; `DELETE /api/messages` empties it. Listens on loopback and answers only to
 * loopback names, because mails hold sign-in links that no web page elsewhere may read (DNS rebinding).
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { MailStore } from './mail-store.ts';
import { renderList, renderMail, renderMailDocument } from './page.ts';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);
const LIMIT_MAX = 500;

const FRAME_POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; " +
  'sandbox allow-popups allow-popups-to-escape-sandbox';

export type MailboxWeb = { readonly port: number; stop(): Promise<void> };

export async function startMailboxWeb(options: {
  readonly port: number;
  readonly store: MailStore;
}): Promise<MailboxWeb> {
  const server = createServer((request, response) => answer(request, response, options.store));
  const port = await listen(server, options.port);
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, store: MailStore): void {
  const base = `http://${request.headers.host ?? 'localhost'}`;
  if (!URL.canParse(base) || !LOOPBACK_NAMES.has(new URL(base).hostname)) {
    sendJson(response, 421, { title: 'Answers to loopback names only' });
    return;
  }
  if (!URL.canParse(request.url ?? '/', base)) {
    sendJson(response, 400, { title: 'Not a URL' });
    return;
  }
  const url = new URL(request.url ?? '/', base);
  const [area, ...rest] = url.pathname.split('/').filter((part) => part !== '');
  if (area === 'api') answerApi(request, response, store, url, rest);
  else if (request.method !== 'GET' && request.method !== 'HEAD') notFound(response);
  else if (area === 'healthz') sendJson(response, 200, { status: 'ok' });
  else if (area === 'events') sendEvents(response, store);
  else if (area === undefined) {
    const to = url.searchParams.get('to') ?? '';
    const mails = store.list({ to: to === '' ? undefined : to });
    sendPage(response, (nonce) => renderList(mails, { to, nonce }));
  } else if (area === 'messages') answerMail(response, store, rest);
  else notFound(response);
}

function answerMail(response: ServerResponse, store: MailStore, [id = '', view]: string[]): void {
  const mail = store.find(id);
  if (mail === undefined || (view !== undefined && view !== 'html')) notFound(response);
  else if (view === undefined) sendPage(response, (nonce) => renderMail(mail, nonce));
  else send(response, 200, 'text/html; charset=utf-8', renderMailDocument(mail), FRAME_POLICY);
}

function answerApi(
  request: IncomingMessage,
  response: ServerResponse,
  store: MailStore,
  url: URL,
  [resource, id]: string[],
): void {
  if (resource !== 'messages') notFound(response);
  else if (request.method === 'DELETE' && id === undefined) {
    // A form on another page cannot send DELETE, and no preflight is ever answered.
    store.clear().then(
      () => response.writeHead(204).end(),
      () => sendJson(response, 500, { title: 'Could not empty the mailbox' }),
    );
  } else if (request.method !== 'GET') notFound(response);
  else if (id === undefined) {
    const limit = Math.min(LIMIT_MAX, Math.max(1, Number(url.searchParams.get('limit')) || 50));
    const data = store.list({ to: url.searchParams.get('to') ?? undefined, limit });
    sendJson(response, 200, { data, nextCursor: null });
  } else {
    const mail = store.find(id);
    if (mail === undefined) notFound(response);
    else sendJson(response, 200, mail);
  }
}

function sendEvents(response: ServerResponse, store: MailStore): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': open\n\n');
  const end = store.subscribe(() => response.write('event: change\ndata: {}\n\n'));
  response.once('close', end);
}

function sendPage(response: ServerResponse, render: (nonce: string) => string): void {
  const nonce = randomBytes(16).toString('base64');
  const policy =
    `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; ` +
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
  send(response, 200, 'text/html; charset=utf-8', render(nonce), policy);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json', JSON.stringify(body), "default-src 'none'");
}

function notFound(response: ServerResponse): void {
  sendJson(response, 404, { title: 'Not found' });
}

function send(response: ServerResponse, status: number, type: string, body: string, policy: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  response.end(body);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
    });
  });
}
