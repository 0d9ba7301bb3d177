/** Tries candidates until one has an answer that can be given to the client. */
import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayError } from '@tollgate/errors';
import type { Refusal } from '@tollgate/limits';
import { interruptionOf } from '../../attempts/attempt-failure.ts';
import { decideRetry } from '../../attempts/retry-policy.ts';
import { runAttempt } from '../../attempts/run-attempt.ts';
import type { Services } from '../../services.ts';
import { type Exchange, known } from '../exchange.ts';
import { PassedOver, withoutAlike } from '../passed-over.ts';
import { candidatesInstead } from './resolve.ts';

export async function dispatch(exchange: Exchange, services: Services): Promise<void> {
  const { limits, clock } = services;
  const totalMs = Math.min(limits.totalTimeoutMs, exchange.clientTimeoutMs ?? Number.POSITIVE_INFINITY);
  const deadlineMs = exchange.startedMs + totalMs;
  let index = 0;
  let attemptsHere = 0;
  let passed: PassedOver | undefined;
  let lastError: GatewayError | undefined;
  let rerouted = false;
  for (;;) {
    attemptsHere += 1;
    const result = await runAttempt(exchange, services, exchange.candidates[index]!, deadlineMs);
    if (result.kind === 'answer') {
      exchange.answer = result.answer;
      return;
    }
    if (result.kind !== 'failed') {
      passed ??= new PassedOver();
      if (result.kind === 'refused') passed.refused(result.refusal);
      else passed.unsupported(result.error);
      const interruption = interruptionOf(exchange);
      if (interruption !== undefined) throw interruption;
      if (clock.monotonicMs() >= deadlineMs) throw lastError ?? passed.toError();
      exchange.candidates = withoutAlike(exchange.candidates, index);
      index += 1;
      attemptsHere = 0;
      const isBounded = exchange.attempts.length + passed.count < limits.maxRoutedAttempts;
      if (isBounded && index < exchange.candidates.length) continue;
      // What a provider said before is why there is no answer; that it is not tried again is not.
      if (lastError !== undefined) throw lastError;
      if (rerouted || !reroute(exchange, passed.firstRefusal)) throw passed.toError();
      passed.startAnew();
      rerouted = true;
      index = 0;
      continue;
    }
    lastError = result.error;
    if (exchange.clientGone || exchange.cut !== undefined || clock.monotonicMs() >= deadlineMs)
      throw result.error;
    const decision = decideRetry(
      result.failed,
      {
        attempts: exchange.attempts.length,
        maxAttempts: exchange.route === undefined ? limits.maxAttempts : limits.maxRoutedAttempts,
        index,
        candidates: exchange.candidates.length,
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

/** To the cheaper model that the budget names for when it is spent. @returns Whether there is one for this key. */
function reroute(exchange: Exchange, refusal: Refusal | undefined): boolean {
  const onExceeded = refusal?.onExceeded;
  if (onExceeded === undefined || onExceeded === 'refuse') return false;
  const candidates = candidatesInstead(exchange, onExceeded.model);
  if (candidates.length === 0) return false;
  exchange.candidates = candidates;
  exchange.subject = { ...known(exchange.subject, 'the subject'), routeId: '' };
  exchange.substitution = {
    budget: { id: refusal?.ruleId ?? '', name: refusal?.scope?.name ?? '' },
    model: onExceeded.model,
    route: exchange.route ?? null,
  };
  return true;
}
