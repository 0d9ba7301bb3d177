/**
 * At a fixed rate, by a client with a schedule: what a proxy adds to the time of a small request and to the time to a
 * stream's first token, and what one event of a stream costs.
 */
import { fileURLToPath } from 'node:url';
import type { Contender } from './arena.ts';
import { CHUNK_STREAM, FIRST_TOKEN_STREAM, SMALL } from './cases.ts';
import { cpuTimeUs, firstLineWith, startChild } from './child.ts';
import type { OpenLoopOptions, OpenLoopResult, Quantiles } from './open-loop-options.ts';
import { median } from './throughput.ts';

const CLIENT = fileURLToPath(new URL('./open-loop.ts', import.meta.url));

export interface FixedRateOptions {
  readonly seconds: number;
  readonly rounds: number;
}

export interface FixedRateRow {
  readonly contender: Contender;
  readonly rate: number;
  readonly latency: Quantiles;
  /** Of the client itself. */
  readonly late: Quantiles;
  readonly cpuUs: number;
  readonly errors: number;
}

export interface ChunkRow {
  readonly contender: Contender;
  readonly open: number;
  readonly eventsPerSecond: number;
  readonly cpuUsPerEvent: number;
  readonly errors: number;
}

const WARM_UP_SECONDS = 2;
const SMALL_RATE = 1_000;
const STREAM_RATE = 200;
/** Each takes four seconds: 80 are open at a time, and 8,000 events a second. */
const CHUNK_RATE = 20;

export function compareLatency(contenders: readonly Contender[], options: FixedRateOptions) {
  return compare(contenders, { ...options, rate: SMALL_RATE, body: SMALL }, 'whole');
}

export function compareFirstToken(contenders: readonly Contender[], options: FixedRateOptions) {
  return compare(contenders, { ...options, rate: STREAM_RATE, body: FIRST_TOKEN_STREAM }, 'first');
}

/** With the request's own part in it, which the 402 events share. */
export async function compareChunks(
  contenders: readonly Contender[],
  { seconds, rounds }: FixedRateOptions,
): Promise<ChunkRow[]> {
  const measured = contenders.map((): Awaited<ReturnType<typeof run>>[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const options = { rate: CHUNK_RATE, seconds, warmUpSeconds: 0, body: CHUNK_STREAM, countEvents: true };
      measured[index]!.push(await run(contender, options));
    }
  }
  return contenders.map((contender, index) => {
    const list = measured[index]!;
    return {
      contender,
      open: Math.max(...list.map(({ maxOpen }) => maxOpen)),
      eventsPerSecond: median(list.map(({ events, elapsedSeconds }) => events / elapsedSeconds)),
      cpuUsPerEvent: median(list.map(({ totalCpuUs, events }) => totalCpuUs / Math.max(1, events))),
      errors: list.reduce((sum, { errors }) => sum + errors, 0),
    };
  });
}

async function compare(
  contenders: readonly Contender[],
  { seconds, rounds, rate, body }: FixedRateOptions & Pick<OpenLoopOptions, 'rate' | 'body'>,
  what: 'first' | 'whole',
): Promise<FixedRateRow[]> {
  const measured = contenders.map((): Awaited<ReturnType<typeof run>>[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const options = { rate, body, seconds, warmUpSeconds: WARM_UP_SECONDS, countEvents: false };
      measured[index]!.push(await run(contender, options));
    }
  }
  return contenders.map((contender, index) => {
    const list = measured[index]!;
    const medianOf = (of: (one: OpenLoopResult) => Quantiles): Quantiles => ({
      p50Ms: median(list.map((one) => of(one).p50Ms)),
      p99Ms: median(list.map((one) => of(one).p99Ms)),
    });
    return {
      contender,
      rate,
      latency: medianOf((one) => one[what]),
      late: medianOf(({ late }) => late),
      cpuUs: median(list.map(({ totalCpuUs, requests }) => totalCpuUs / requests)),
      errors: list.reduce((sum, { errors }) => sum + errors, 0),
    };
  });
}

async function run(
  contender: Contender,
  options: Omit<OpenLoopOptions, 'url' | 'headers'>,
): Promise<OpenLoopResult & { readonly totalCpuUs: number }> {
  const before = cpuTimeUs(contender.pid);
  const told: OpenLoopOptions = {
    ...options,
    url: `${contender.url}/v1/chat/completions`,
    headers: contender.headers,
  };
  const child = startChild(CLIENT, [JSON.stringify(told)]);
  const result = await firstLineWith<OpenLoopResult>(child, 'done');
  const totalCpuUs = cpuTimeUs(contender.pid) - before;
  await child.stop();
  return { ...result, totalCpuUs };
}
