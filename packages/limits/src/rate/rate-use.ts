/**
 * What rate limits have used just now, for people: read from what gateways report to Redis.
 *
 * Behind by what gateways have not yet reported (a turn, 100 ms). Decides nothing: that is the limiter's.
 */
import type { openRedis } from '@tollgate/queues';
import { RATE_PREFIX } from './redis-shares.ts';
import { overlapMs, usedInWindow, windowIndex } from './window.ts';

type Redis = ReturnType<typeof openRedis>;

export interface RateUseQuestion {
  readonly ruleId: string;
  /** 0: concurrency, which has none. */
  readonly windowSeconds: number;
  /** Whose use: the value of the rule's scope. */
  readonly value: string;
}

export interface RateUse {
  readonly used: number;
  /** When the fixed window ends that is counted now; null for concurrency. */
  readonly resetsAt: Date | null;
}

/** @returns In the order of the questions. @throws {Error} Redis does not answer. */
export async function readRateUse(
  redis: Redis,
  questions: readonly RateUseQuestion[],
): Promise<readonly RateUse[]> {
  if (questions.length === 0) return [];
  const [seconds, microseconds] = await redis.time();
  const nowMs = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
  const batch = redis.pipeline();
  for (const question of questions) {
    const index = indexOf(question, nowMs);
    batch.hvals(keyOf(question, index));
    batch.hvals(keyOf(question, index - 1));
  }
  const answers = (await batch.exec()) ?? [];
  return questions.map((question, position) => {
    const [currentError, current] = answers[position * 2] ?? [];
    const [previousError, previous] = answers[position * 2 + 1] ?? [];
    if (currentError || previousError) throw currentError ?? previousError;
    return useOf(question, sum(current, nowMs), sum(previous, nowMs), nowMs);
  });
}

function useOf(
  { windowSeconds }: RateUseQuestion,
  current: number,
  previous: number,
  nowMs: number,
): RateUse {
  if (windowSeconds === 0) return { used: current, resetsAt: null };
  const windowMs = windowSeconds * 1_000;
  return {
    used: usedInWindow({ current, previous }, nowMs, windowMs),
    resetsAt: new Date(nowMs + overlapMs(nowMs, windowMs)),
  };
}

function indexOf({ windowSeconds }: RateUseQuestion, nowMs: number): number {
  return windowSeconds === 0 ? 0 : windowIndex(nowMs, windowSeconds * 1_000);
}

/** As `RateCounter` names it. */
function keyOf({ ruleId, windowSeconds, value }: RateUseQuestion, index: number): string {
  return `${RATE_PREFIX}${ruleId}:${windowSeconds}:${index}:${value}`;
}

/** A field is `reserved:used:leaseUntil`, one per gateway; a slot whose lease is over counts no longer. */
function sum(fields: unknown, nowMs: number): number {
  if (!Array.isArray(fields)) return 0;
  let used = 0;
  for (const field of fields) {
    const [, usedText, untilText] = /^\d+:(\d+):(\d+)$/.exec(String(field)) ?? [];
    if (usedText === undefined || (untilText !== '0' && Number(untilText) < nowMs)) continue;
    used += Number(usedText);
  }
  return used;
}
