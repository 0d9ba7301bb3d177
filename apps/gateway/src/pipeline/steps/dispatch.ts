/** Tries candidates until one has an answer that can be given to the client. */
import { setTimeout as delay } from 'node:timers/promises';
import { decideRetry } from '../../attempts/retry-policy.ts';
import { runAttempt } from '../../attempts/run-attempt.ts';
import type { Services } from '../../services.ts';
import type { Exchange } from '../exchange.ts';

export async function dispatch(exchange: Exchange, services: Services): Promise<void> {
  const { candidates } = exchange;
  const { limits, clock } = services;
  const totalMs = Math.min(limits.totalTimeoutMs, exchange.clientTimeoutMs ?? Number.POSITIVE_INFINITY);
  const deadlineMs = exchange.startedMs + totalMs;
  let index = 0;
  let attemptsHere = 0;
  for (;;) {
    attemptsHere += 1;
    const result = await runAttempt(exchange, services, candidates[index]!, deadlineMs);
    if (result.kind === 'answer') {
      exchange.answer = result.answer;
      return;
    }
    if (exchange.clientGone || exchange.cut !== undefined || clock.monotonicMs() >= deadlineMs)
      throw result.error;
    const decision = decideRetry(
      result.failed,
      {
        attempts: exchange.attempts.length,
        maxAttempts: limits.maxAttempts,
        index,
        candidates: candidates.length,
        attemptsHere,
      },
      Math.random(),
    );
    if (decision.kind === 'give-up') throw result.error;
    if (decision.index !== index) attemptsHere = 0;
    index = decision.index;
    if (decision.delayMs > 0) {
      exchange.waitedMs += decision.delayMs;
      await delay(decision.delayMs);
    }
  }
}
