/**
 * The budget hold of one attempt: its worst case at the candidate's price, on every hard budget in scope.
 *
 * Where no hard budget of the organization counts what the candidate's credential serves, there is nothing to do. The rules are packages/limits's; what the
 * request can use is its dialect's to say (`RequestUse`).
 */
import type { CacheWrites, PriceVersion } from '@tollgate/catalog';
import type { RequestUse } from '@tollgate/dialects';
import {
  type CostBound,
  costBound,
  DEFAULT_OUTPUT_CAP,
  type Held,
  type Hold,
  type Refusal,
} from '@tollgate/limits';
import { type AttemptTarget, markupOf } from '@tollgate/metering';
import type { Provider } from '@tollgate/providers';
import type { InspectedBatch } from '../batches/inspected-batch.ts';
import type { Candidate } from '../pipeline/candidates.ts';
import { type Exchange, known } from '../pipeline/exchange.ts';
import type { ModelEntry } from '../policy/policy.ts';
import type { Services } from '../services.ts';
import { countTokens } from '../token-counter.ts';

/** @returns Undefined: nothing is to be held. The caller settles or releases what it gets, once. */
export function holdFor(
  exchange: Exchange,
  services: Services,
  candidate: Candidate,
  target: AttemptTarget,
  price: PriceVersion | undefined,
): Hold | undefined | Refusal | Promise<Hold | undefined | Refusal> {
  // As it is by now: an older one would take back what is granted under the newer.
  const policy = services.policy.latest(known(exchange.organization, 'the organization'));
  const budgets = target.credentialOwner === 'operator' ? policy.budgets : policy.ownBudgets;
  if (budgets === null || exchange.asked?.isFree === true) return undefined;
  services.budgets.use(budgets);
  if (exchange.batch !== undefined) return holdForBatch(exchange, services, exchange.batch, target);
  const asked = known(exchange.asked, 'the request');
  const { provider, upstreamModel, credential } = candidate;
  const use = withUnasked(asked.useFor(price?.components), provider, price);
  const entry = exchange.platform?.models.get(credential.provider)?.get(upstreamModel);
  const writes = asked.cacheWritesAt(provider, upstreamModel, credential.baseUrl);
  const outcome = services.budgets.hold({
    subject: known(exchange.subject, 'the subject'),
    model: target.model,
    owner: target.credentialOwner,
    startedAtMs: exchange.startedAtMs,
    bound: boundOf(use, entry, target, price, writes),
    outputCap: use.outputCap,
    modelOutputMax: outputMaxOf(use, entry),
  });
  return outcome.kind === 'pending' ? outcome.outcome.then(holdOf) : holdOf(outcome);
}

/** The sum of its lines, which was found out before. */
function holdForBatch(
  exchange: Exchange,
  services: Services,
  { bound, reason }: InspectedBatch,
  { model, credentialOwner: owner }: AttemptTarget,
): Hold | undefined | Refusal | Promise<Hold | undefined | Refusal> {
  const outcome = services.budgets.hold({
    subject: known(exchange.subject, 'the subject'),
    model,
    owner,
    startedAtMs: exchange.startedAtMs,
    bound,
    outputCap: 0,
    modelOutputMax: null,
  });
  const explained = (held: Held | Refusal): Hold | undefined | Refusal =>
    held.kind === 'refused' && held.code === 'unbounded_cost'
      ? {
          ...held,
          message: `Cannot make the batch under a hard budget: its cost must be bounded, but ${reason}`,
        }
      : holdOf(held);
  return outcome.kind === 'pending' ? outcome.outcome.then(explained) : explained(outcome);
}

/** What a provider does of its own accord costs what its price says, and brings what nobody saw before. */
export function withUnasked(
  use: RequestUse,
  { quirks: { unaskedSearches = 0 } }: Pick<Provider, 'quirks'>,
  price: PriceVersion | undefined,
): RequestUse {
  if (unaskedSearches === 0 || price === undefined || !('unit:web_search' in price.components)) return use;
  return { ...use, unseenInput: true, units: { ...use.units, 'unit:web_search': unaskedSearches } };
}

function holdOf(outcome: Held | Refusal): Hold | undefined | Refusal {
  if (outcome.kind === 'refused') return outcome;
  // None of the budgets is in scope, or Postgres says that there is nothing to hold for them.
  return outcome.hold.holds.length === 0 ? undefined : outcome.hold;
}

export function isRefusal(held: Hold | undefined | Refusal): held is Refusal {
  return held !== undefined && 'code' in held;
}

/** @param cacheWrites What the provider can bill of its cache for this request. */
export function boundOf(
  use: RequestUse,
  entry: ModelEntry | undefined,
  target: AttemptTarget,
  price: PriceVersion | undefined,
  cacheWrites: CacheWrites,
): CostBound {
  const window = readableOf(use, entry);
  if (use.unseenInput && window === null) return { kind: 'unbounded', reason: 'unseen-input' };
  return costBound({
    inputTokensEstimate: use.unseenInput
      ? window!
      : Math.min(use.inputTokensMax, window ?? use.inputTokensMax),
    price,
    markup: markupOf(target),
    owner: target.credentialOwner,
    choices: use.choices,
    audio: use.audio,
    cacheWrites,
    unbounded: use.unbounded,
    ...(use.units === undefined ? {} : { units: use.units }),
  });
}

/** A provider reads no more than its window, whatever it is sent; but a window for each text. Null: not known. */
function readableOf({ prompts = 1, askedWindow = 0 }: RequestUse, entry: ModelEntry | undefined) {
  const window = entry?.contextWindow ?? null;
  return window === null ? null : Math.max(window, askedWindow) * prompts;
}

/** What a cap of ours may be at most: some providers refuse one that does not fit behind the input. */
function outputMaxOf(use: RequestUse, entry: ModelEntry | undefined): number | null {
  if (entry === undefined) return null;
  const { contextWindow, maxOutputTokens } = entry;
  if (contextWindow === null) return maxOutputTokens;
  const room = Math.max(1, contextWindow - countTokens(use.inputTokensMax));
  return Math.min(maxOutputTokens ?? DEFAULT_OUTPUT_CAP, room);
}
