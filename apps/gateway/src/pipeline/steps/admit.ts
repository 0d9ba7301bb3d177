/**
 * Rate limits: each request is admitted once, under all limits in scope, before anything of it is sent.
 *
 * Where the organization has no limits there is nothing to do. A model that is full is passed over for the next one, and
 * one that is tried behind another is asked for first; nothing else is counted again. Not here: what a request may spend
 * (budgets/hold.ts).
 */
import { totalInputTokens, totalOutputTokens } from '@tollgate/catalog';
import { OUTPUT_TOKENS_ESTIMATE, type RateTicket, type Refusal, toGatewayError } from '@tollgate/limits';
import type { Services } from '../../services.ts';
import { countTokens } from '../../token-counter.ts';
import { type Exchange, known } from '../exchange.ts';
import { PassedOver, withoutModel } from '../passed-over.ts';
import { subjectOf } from '../subject-of.ts';

/** So that every answer, also one that is never admitted, can tell how much is left. */
export function watchRateLimits(exchange: Exchange, services: Services): void {
  const { rates } = known(exchange.organization, 'the organization');
  if (rates === null) return;
  const status = () => {
    services.rates.use(rates);
    const model = exchange.candidates[0]?.model ?? '';
    return services.rates.status({ subject: subjectOf(exchange), model });
  };
  exchange.rateStatus = status;
}

export function admit(exchange: Exchange, services: Services): void | Promise<void> {
  const { rates } = known(exchange.organization, 'the organization');
  if (rates === null) return;
  services.rates.use(rates);
  const outcome = services.rates.admit({
    subject: known(exchange.subject, 'the subject'),
    model: exchange.candidates[0]!.model,
    tokensEstimate: estimateTokens(exchange),
  });
  if (outcome.kind === 'pending') return outcome.outcome.then((later) => accept(exchange, services, later));
  return accept(exchange, services, outcome);
}

function accept(exchange: Exchange, services: Services, outcome: RateTicket | Refusal): void | Promise<void> {
  if (outcome.kind === 'refused') {
    passOver(exchange, services, outcome);
    return admit(exchange, services);
  }
  exchange.rateTicket = outcome;
  const status = () => outcome.status();
  exchange.rateStatus = status;
}

/** To the next model, where it is the first one that is full. @throws {GatewayError} It is not, or there is no other. */
function passOver(exchange: Exchange, { limits }: Services, refusal: Refusal): void {
  if (refusal.ofModel !== true) throw toGatewayError(refusal);
  exchange.passed ??= new PassedOver();
  exchange.passed.full(refusal);
  const others = withoutModel(exchange.candidates, 0).slice(1);
  if (others.length === 0 || exchange.passed.count >= limits.maxRoutedAttempts)
    throw exchange.passed.toError();
  exchange.candidates = others;
}

/**
 * The limits of another model than was admitted, before that is tried; those of the model that is left count what was sent
 * to it. @returns Why it is passed over.
 */
export function admitModel(
  exchange: Exchange,
  ticket: RateTicket,
  model: string,
): Refusal | undefined | Promise<Refusal | undefined> {
  const entered = (refusal: Refusal | undefined): Refusal | undefined => {
    if (refusal === undefined) exchange.rateFrom = exchange.attempts.length;
    return refusal;
  };
  const moved = ticket.moveTo(model, tokensOfModel(exchange));
  return moved instanceof Promise ? moved.then(entered) : entered(moved);
}

function estimateTokens({ use }: Exchange): number {
  const { inputTokensMax, outputCap, choices } = known(use, 'what the request can use');
  return countTokens(inputTokensMax) + (outputCap ?? OUTPUT_TOKENS_ESTIMATE) * choices;
}

/** Frees its slots and puts what it used in place of the estimate. Later calls do nothing. */
export function endAdmission(exchange: Exchange): void {
  const { rateTicket, attempts, rateFrom } = exchange;
  if (rateTicket === undefined) return;
  if (attempts.length === 0) rateTicket.cancel();
  else if (rateFrom === 0) rateTicket.finish(tokensSince(exchange, 0));
  else rateTicket.finish(tokensSince(exchange, 0), tokensOfModel(exchange));
}

/** Null: nothing was sent to the model that the ticket is for now. */
function tokensOfModel(exchange: Exchange): number | null {
  const { attempts, rateFrom } = exchange;
  return attempts.length === rateFrom ? null : tokensSince(exchange, rateFrom);
}

function tokensSince({ attempts }: Exchange, from: number): number {
  let tokens = 0;
  for (let index = from; index < attempts.length; index += 1) {
    const { settled } = attempts[index]!;
    if (settled === undefined) continue;
    tokens += totalInputTokens(settled.settle.usage) + totalOutputTokens(settled.settle.usage);
  }
  return tokens;
}
