/**
 * A client with a schedule, as a process of its own: request N is sent N/rate seconds after the start, whether or not
 * the ones before were answered, so that a server that stalls cannot keep the requests that would show it from being
 * sent (no coordinated omission). Takes one JSON argument (`OpenLoopOptions`), prints one JSON line (`OpenLoopResult`).
 *
 * Latency counts from the sending; how late the client itself was is told beside it.
 */
import { Pool } from 'undici';
import type { OpenLoopOptions, OpenLoopResult } from './open-loop-options.ts';

const CONNECTIONS = 1_024;
const LAST_ANSWERS_MS = 20_000;
const END_OF_EVENT = Buffer.from('\n\n');

const options = JSON.parse(process.argv[2] ?? '{}') as OpenLoopOptions;
const { origin, pathname } = new URL(options.url);
const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
const headers = { ...options.headers, 'content-type': 'application/json' };
const total = Math.round(options.rate * options.seconds);
const skipped = Math.round(options.rate * options.warmUpSeconds);
const firstMs: number[] = [];
const wholeMs: number[] = [];
const lateMs: number[] = [];
const finished = Promise.withResolvers<void>();
let [sent, ended, errors, events, maxOpen] = [0, 0, 0, 0, 0];

const startMs = performance.now();
sendDue();
const giveUp = setTimeout(finished.resolve, options.seconds * 1_000 + LAST_ANSWERS_MS);
await finished.promise;
clearTimeout(giveUp);
const result: OpenLoopResult = {
  done: true,
  requests: total,
  errors: errors + total - ended,
  events,
  maxOpen,
  elapsedSeconds: (performance.now() - startMs) / 1_000,
  first: quantiles(firstMs),
  whole: quantiles(wholeMs),
  late: quantiles(lateMs),
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

function sendDue(): void {
  const nowMs = performance.now();
  const due = Math.min(total, Math.floor(((nowMs - startMs) / 1_000) * options.rate) + 1);
  while (sent < due) {
    if (sent >= skipped) lateMs.push(nowMs - startMs - (sent / options.rate) * 1_000);
    send(sent);
    sent += 1;
  }
  maxOpen = Math.max(maxOpen, sent - ended);
  if (sent < total) setTimeout(sendDue, 1);
}

function send(index: number): void {
  const sentMs = performance.now();
  let status = 0;
  let hasFirst = false;
  const end = (isError: boolean): void => {
    ended += 1;
    if (isError) errors += 1;
    else if (index >= skipped) wholeMs.push(performance.now() - sentMs);
    if (ended === total) finished.resolve();
  };
  pool.dispatch(
    { path: pathname, method: 'POST', headers, body: options.body },
    {
      onRequestStart() {},
      onResponseStart(_controller, statusCode) {
        status = statusCode;
      },
      onResponseData(_controller, chunk) {
        if (!hasFirst && index >= skipped) firstMs.push(performance.now() - sentMs);
        hasFirst = true;
        if (options.countEvents) events += countEvents(chunk);
      },
      onResponseEnd: () => end(status !== 200),
      onResponseError: () => end(true),
    },
  );
}

function countEvents(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(END_OF_EVENT); at !== -1; at = chunk.indexOf(END_OF_EVENT, at + 2)) count += 1;
  return count;
}

function quantiles(values: number[]): { readonly p50Ms: number; readonly p99Ms: number } {
  values.sort((left, right) => left - right);
  const at = (part: number): number => values[Math.floor((values.length - 1) * part)] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
