/**
 * Opens streams and holds them, as a process of its own, on plain sockets: thousands cost it little. Takes one JSON
 * argument (`HoldOptions`); prints `{"opened"…}` when each has brought its first event or failed, or the time is over,
 * and at SIGTERM `{"held"…}`, how many are still open then.
 */
import { connect, type Socket } from 'node:net';

export interface HoldOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly count: number;
  /** How many may wait for their first event at a time. */
  readonly openingAtOnce: number;
  readonly openWithinSeconds: number;
}

const MAX_TRIES = 50;
const RETRY_MS = 200;

const options = JSON.parse(process.argv[2] ?? '{}') as HoldOptions;
const { hostname, port, pathname } = new URL(options.url);
const headerLines = Object.entries(options.headers).map(([name, value]) => `${name}: ${value}\r\n`);
const request =
  `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n` +
  `content-length: ${Buffer.byteLength(options.body)}\r\n${headerLines.join('')}\r\n${options.body}`;
const open = new Set<Socket>();
const failures: Record<string, number> = {};
let [started, opened, failed] = [0, 0, 0];
let isTold = false;
const timeIsOver = setTimeout(tellOpened, options.openWithinSeconds * 1_000);

for (let slot = 0; slot < Math.min(options.count, options.openingAtOnce); slot += 1) next();

function next(): void {
  if (started === options.count || isTold) return;
  started += 1;
  attempt(1);
}

function attempt(tries: number): void {
  const socket = connect(Number(port), hostname);
  let isSettled = false;
  let head = '';
  const settle = (failure?: string): void => {
    if (isSettled) return;
    isSettled = true;
    if (failure === undefined) {
      open.add(socket);
      opened += 1;
    } else {
      failures[failure] = (failures[failure] ?? 0) + 1;
      socket.destroy();
      if (tries < MAX_TRIES && !isTold) {
        setTimeout(() => attempt(tries + 1), RETRY_MS);
        return;
      }
      failed += 1;
    }
    if (opened + failed === options.count) tellOpened();
    else next();
  };
  socket.setNoDelay(true);
  socket.on('connect', () => socket.write(request));
  socket.on('data', (chunk: Buffer) => {
    if (isSettled) return;
    head += chunk.toString('latin1');
    const status = /^HTTP\/1\.1 (\d+)/.exec(head)?.[1];
    if (status !== undefined && status !== '200') settle(`status ${status}`);
    else if (head.includes('\r\n\r\n') && head.includes('data: ')) {
      head = '';
      settle();
    }
  });
  socket.on('error', (error: Error & { code?: string }) => settle(error.code ?? 'error'));
  socket.on('close', () => {
    open.delete(socket);
    settle('closed');
  });
}

function tellOpened(): void {
  if (isTold) return;
  isTold = true;
  clearTimeout(timeIsOver);
  process.stdout.write(`${JSON.stringify({ opened, failures })}\n`);
}

// The sockets that wait keep the process alive; so does this, until it is told to end.
const stay = setInterval(() => undefined, 60_000);
process.once('SIGTERM', () => {
  clearInterval(stay);
  process.stdout.write(`${JSON.stringify({ held: open.size })}\n`, () => process.exit(0));
});
