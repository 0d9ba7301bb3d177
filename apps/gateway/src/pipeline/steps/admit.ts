/**
 * Rate limits: each request is admitted once, under all limits in scope, before anything of it is sent.
 *
 * Where the organization has no limits there is nothing to do. Fall-backs to other models are not counted again:
 * the limits of a model are those of the first candidate. Not here: what a request may spend (budgets/hold.ts).
 */
import { totalInputTokens, totalOutputTokens } from '@tollgate/catalog';
import { OUTPUT_TOKENS_ESTIMATE, type RateTicket, type Refusal, toGatewayError } from '@tollgate/limits';
import type { Services } from '../../services.ts';
import { countTokens } from '../../token-counter.ts';
import { type Exchange, known } from '../exchange.ts';
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
  if (outcome.kind === 'pending') return outcome.outcome.then((later) => accept(exchange, later));
  accept(exchange, outcome);
}

function accept(exchange: Exchange, outcome: RateTicket | Refusal): void {
  if (outcome.kind === 'refused') throw toGatewayError(outcome);
  exchange.rateTicket = outcome;
  const status = () => outcome.status();
  exchange.rateStatus = status;
}

function estimateTokens({ use }: Exchange): number {
  const { inputTokensMax, outputCap, choices } = known(use, 'what the request can use');
  return countTokens(inputTokensMax) + (outputCap ?? OUTPUT_TOKENS_ESTIMATE) * choices;
}

/** Frees its slots and puts what it used in place of the estimate. Later calls do nothing. */
export function endAdmission({ rateTicket, attempts }: Exchange): void {
  if (rateTicket === undefined) return;
  if (attempts.length === 0) {
    rateTicket.cancel();
    return;
  }
  let tokens = 0;
  for (const { settled } of attempts) {
    if (settled === undefined) continue;
    tokens += totalInputTokens(settled.settle.usage) + totalOutputTokens(settled.settle.usage);
  }
  rateTicket.finish(tokens);
}
