/** Times and sizes: how long the front door takes to answer, and how much disk what was written takes. */
import { performance } from 'node:perf_hooks';
import type { Database } from '@tollgate/db';
import type { Question } from './questions.ts';
import type { SeededRandom } from './random.ts';

/** A GET to the admin API, as its owner. */
export type Ask = (path: string) => Promise<{ readonly status: number; readonly text: string }>;

export interface Timing {
  /** With the page that asks. */
  readonly name: string;
  /** How often it was asked: those that take long are asked less often. */
  readonly roundCount: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  /** What one question takes of a processor, here and in Postgres: other work on the machine changes it little. */
  readonly cpuMs?: number;
}

const WARM_UP_COUNT = 2;
/** One question has so much time; but is asked so often, however long it takes. */
const QUESTION_TIME_MS = 15_000;
const LEAST_ROUNDS = 3;

/**
 * @param onTiming Told each as it is known, so that a run that is cut short has said what it has.
 * @throws {Error} An answer other than 200: a fast error is no figure.
 */
export async function timeQuestions(
  ask: Ask,
  questions: readonly Question[],
  roundCount: number,
  random: SeededRandom,
  readCpuMs?: () => Promise<number>,
  onTiming?: (timing: Timing) => void,
): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const { name, page, path } of questions) {
    const tookMs: number[] = [];
    let cpuBeforeMs: number | undefined;
    const untilMs = performance.now() + QUESTION_TIME_MS;
    for (let round = -WARM_UP_COUNT; round < roundCount; round++) {
      if (round >= LEAST_ROUNDS && performance.now() > untilMs) break;
      if (round === 0) cpuBeforeMs = await readCpuMs?.();
      const asked = path(random);
      const startMs = performance.now();
      const { status, text } = await ask(asked);
      if (status !== 200)
        throw new Error(
          `Cannot measure ${name}: ${asked} must answer 200, got ${status}: ${text.slice(0, 300)}`,
        );
      if (round >= 0) tookMs.push(performance.now() - startMs);
    }
    const cpuAfterMs = await readCpuMs?.();
    const cpu =
      cpuBeforeMs === undefined || cpuAfterMs === undefined
        ? {}
        : { cpuMs: (cpuAfterMs - cpuBeforeMs) / tookMs.length };
    const figures = { medianMs: quantile(tookMs, 0.5), p95Ms: quantile(tookMs, 0.95), ...cpu };
    const timing: Timing = { name: `${page}: ${name}`, roundCount: tookMs.length, ...figures };
    timings.push(timing);
    onTiming?.(timing);
  }
  return timings;
}

/** The smallest value that at least this share of all is not above. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new Error('Cannot take a quantile: there must be values, got none');
  return found;
}

export async function timed<T>(run: () => Promise<T>): Promise<{ result: T; tookMs: number }> {
  const startMs = performance.now();
  const result = await run();
  return { result, tookMs: performance.now() - startMs };
}

/** Bytes by table, indexes and partitions included. */
export async function readTableSizes(database: Database): Promise<Map<string, number>> {
  const rows = await database.platform(
    (tx) => tx.$queryRaw<{ name: string; bytes: bigint }[]>`
      SELECT COALESCE(p.inhparent, c.oid)::regclass::text AS name, sum(pg_total_relation_size(c.oid))::bigint AS bytes
      FROM pg_class c LEFT JOIN pg_inherits p ON p.inhrelid = c.oid
      WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
      GROUP BY 1`,
  );
  return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}
