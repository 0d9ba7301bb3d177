/**
 * As many requests as can be: rate, CPU time per request from the kernel's account, memory. Rounds alternate between
 * those that are compared, so that whatever else the machine does falls on all; medians are told.
 */
import type { Contender } from './arena.ts';
import type { Case } from './cases.ts';
import { cpuTimeUs, residentMiB } from './child.ts';
import { countInstructions } from './instructions.ts';
import { type LoadResult, makeLoad } from './load.ts';

export interface ThroughputOptions {
  readonly seconds: number;
  readonly rounds: number;
  /** At most this long; less where the compiler has seen enough. */
  readonly warmUpSeconds: number;
}

interface Measurement extends LoadResult {
  readonly cpuUs: number;
  /** Without what the process does by the clock: polls, heartbeats, rounds of shipping. */
  readonly netCpuUs: number;
  /** By `perf`; undefined: it is not here. */
  readonly instructions: number | undefined;
}

export interface ThroughputRow {
  readonly contender: Contender;
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly netCpuUs: number;
  /** Per request; undefined: there is no `perf`. */
  readonly instructions: number | undefined;
  /** What one core would do if it did nothing else. */
  readonly perSecondPerCore: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentMiB: number;
  readonly errors: number;
  /** Requests that it was warmed up with, where they were too few; else undefined. */
  readonly isColdAfter: number | undefined;
}

/**
 * Until the compiler has seen enough; code that is still interpreted costs several times as much. Counted in
 * requests, because the slower one of two would else be measured colder.
 */
const WARM_UP_REQUESTS = 20_000;
const WARM_UP_ROUND_SECONDS = 2;
const TRICKLE_REQUESTS = 24;
const TRICKLE_INTERVAL_MS = 250;

export async function compareThroughput(
  each: Case,
  contenders: readonly Contender[],
  byTheClockUs: ReadonlyMap<number, number>,
  { seconds, rounds, warmUpSeconds }: ThroughputOptions,
): Promise<ThroughputRow[]> {
  const measured = contenders.map((): Measurement[] => []);
  const coldAfter: (number | undefined)[] = [];
  for (const contender of contenders) coldAfter.push(await warmUp(each, contender, warmUpSeconds));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      measured[index]!.push(await measure(each, contender, seconds, byTheClockUs.get(contender.pid) ?? 0));
    }
  }
  return contenders.map((contender, index) => {
    const list = measured[index]!;
    const medianOf = (member: 'perSecond' | 'cpuUs' | 'netCpuUs' | 'p50Ms' | 'p99Ms'): number =>
      median(list.map((one) => one[member]));
    const cpuUs = medianOf('cpuUs');
    return {
      contender,
      perSecond: medianOf('perSecond'),
      cpuUs,
      netCpuUs: medianOf('netCpuUs'),
      instructions: medianOfKnown(list.map((one) => one.instructions)),
      perSecondPerCore: 1_000_000 / cpuUs,
      p50Ms: medianOf('p50Ms'),
      p99Ms: medianOf('p99Ms'),
      residentMiB: residentMiB(contender.pid),
      errors: list.reduce((sum, one) => sum + one.errors, 0),
      isColdAfter: coldAfter[index],
    };
  });
}

/**
 * Microseconds of CPU per second that do not depend on the number of requests: at one request in a quarter of a
 * second everything that runs by the clock runs, and the requests themselves are few.
 */
export async function measureByTheClock(each: Case, { pid, url, headers }: Contender): Promise<number> {
  const before = cpuTimeUs(pid);
  const startedMs = performance.now();
  for (let sent = 0; sent < TRICKLE_REQUESTS; sent += 1) {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: each.body,
    });
    await response.arrayBuffer();
    await new Promise((resolve) => setTimeout(resolve, TRICKLE_INTERVAL_MS));
  }
  return (cpuTimeUs(pid) - before) / ((performance.now() - startedMs) / 1_000);
}

async function warmUp(each: Case, contender: Contender, maxSeconds: number): Promise<number | undefined> {
  let requests = 0;
  for (let seconds = 0; seconds < maxSeconds; seconds += WARM_UP_ROUND_SECONDS) {
    requests += (await measure(each, contender, WARM_UP_ROUND_SECONDS, 0)).requests;
    if (requests >= WARM_UP_REQUESTS) return undefined;
  }
  return requests;
}

async function measure(
  each: Case,
  contender: Contender,
  seconds: number,
  byTheClockUs: number,
): Promise<Measurement> {
  const stopCounting = await countInstructions(contender.pid);
  const before = cpuTimeUs(contender.pid);
  const startedMs = performance.now();
  const result = await makeLoad({
    url: `${contender.url}/v1/chat/completions`,
    headers: { ...contender.headers, 'content-type': 'application/json' },
    body: each.body,
    connections: each.connections,
    seconds,
  });
  const requests = Math.max(1, result.requests);
  const totalUs = cpuTimeUs(contender.pid) - before;
  const clockUs = (byTheClockUs * (performance.now() - startedMs)) / 1_000;
  const counted = await stopCounting();
  return {
    ...result,
    cpuUs: totalUs / requests,
    netCpuUs: Math.max(0, totalUs - clockUs) / requests,
    instructions: counted === undefined ? undefined : counted / requests,
  };
}

function medianOfKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}

export function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}
