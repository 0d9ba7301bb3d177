/** Tries candidates until one has an answer that can be given to the client. */
import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayError } from '@tollgate/errors';
import type { Refusal } from '@tollgate/limits';
import { interruptionOf } from '../../attempts/attempt-failure.ts';
import { decideRetry } from '../../attempts/retry-policy.ts';
import { type AttemptResult, runAttempt } from '../../attempts/run-attempt.ts';
import type { Services } from '../../services.ts';
import type { Candidate } from '../candidates.ts';
import { type Exchange, known } from '../exchange.ts';
import { PassedOver, withoutAlike, withoutModel } from '../passed-over.ts';
import { admitModel } from './admit.ts';
import { candidatesInstead } from './resolve.ts';

type Tried =
  | AttemptResult
  /** By a rate limit of the candidate's model: nothing was dispatched. */
  | { readonly kind: 'full'; readonly refusal: Refusal };

export async function dispatch(exchange: Exchange, services: Services): Promise<void> {
  const { limits, clock } = services;
  const totalMs = Math.min(limits.totalTimeoutMs, exchange.clientTimeoutMs ?? Number.POSITIVE_INFINITY);
  const deadlineMs = exchange.startedMs + totalMs;
  let index = 0;
  let attemptsHere = 0;
  let lastError: GatewayError | undefined;
  let rerouted = false;
  for (;;) {
    attemptsHere += 1;
    const result = await tryCandidate(exchange, services, exchange.candidates[index]!, deadlineMs);
    if (result.kind === 'answer') {
      exchange.answer = result.answer;
      return;
    }
    if (result.kind !== 'failed') {
      const passed = notePassed(exchange, result);
      const interruption = interruptionOf(exchange);
      if (interruption !== undefined) throw interruption;
      if (clock.monotonicMs() >= deadlineMs) throw lastError ?? passed.toError();
      const without = result.kind === 'full' ? withoutModel : withoutAlike;
      exchange.candidates = without(exchange.candidates, index);
      index += 1;
      attemptsHere = 0;
      const isBounded = exchange.attempts.length + passed.count < limits.maxRoutedAttempts;
      if (isBounded && index < exchange.candidates.length) continue;
      // What a provider said before is why there is no answer; that it is not tried again is not.
      if (lastError !== undefined) throw lastError;
      if (rerouted || !reroute(exchange, passed.byBudget)) throw passed.toError();
      passed.startAnew();
      rerouted = true;
      index = 0;
      continue;
    }
    lastError = result.error;
    if (exchange.revoked !== undefined) throw exchange.revoked;
    if (exchange.clientGone || exchange.cut !== undefined || clock.monotonicMs() >= deadlineMs)
      throw result.error;
    const decision = decideRetry(
      result.failed,
      {
        attempts: exchange.attempts.length,
        maxAttempts: namesFallbacks(exchange) ? limits.maxRoutedAttempts : limits.maxAttempts,
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

/** Somebody has said what is tried after what: the credentials of one model do not use up the tries of the next. */
function namesFallbacks({ route, extensions }: Exchange): boolean {
  return route !== undefined || (extensions?.fallbackModels.length ?? 0) > 0;
}

/** Another model than was admitted is asked for first. */
function tryCandidate(
  exchange: Exchange,
  services: Services,
  candidate: Candidate,
  deadlineMs: number,
): Promise<Tried> {
  const { rateTicket } = exchange;
  if (rateTicket === undefined || rateTicket.model === candidate.model)
    return runAttempt(exchange, services, candidate, deadlineMs);
  return Promise.resolve(admitModel(exchange, rateTicket, candidate.model)).then(
    (refusal): Tried | Promise<Tried> =>
      refusal === undefined
        ? runAttempt(exchange, services, candidate, deadlineMs)
        : { kind: 'full', refusal },
  );
}

function notePassed(exchange: Exchange, tried: Exclude<Tried, { kind: 'answer' | 'failed' }>): PassedOver {
  exchange.passed ??= new PassedOver();
  if (tried.kind === 'unsupported') exchange.passed.unsupported(tried.error);
  else if (tried.kind === 'full') exchange.passed.full(tried.refusal);
  else exchange.passed.refused(tried.refusal);
  return exchange.passed;
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
