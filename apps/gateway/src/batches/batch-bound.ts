/**
 * What a batch can cost at most: the sum of what each of its lines would hold if it were sent alone, by the same readers,
 * models and prices, at the price of batches.
 *
 * Pure. A line that the key could not send alone refuses the whole batch, by its number; one that nothing bounds makes the
 * batch unbounded, which only a hard budget refuses. Not here: where the lines come from (read-kept-file.ts).
 */
import { GatewayError } from '@tollgate/errors';
import { type CostBound, fixedBound, type UnboundedReason, worstCaseOf } from '@tollgate/limits';
import { type BatchModel, MAX_BATCH_MODELS } from '@tollgate/metering';
import { BATCH_TIER, DEFAULT_TIER, readBatchLine, type UnderstoodRequest } from '@tollgate/providers';
import { boundOf, withUnasked } from '../budgets/hold.ts';
import { type Candidate, resolveModel } from '../pipeline/candidates.ts';
import type { KeyEntry, ModelEntry, OrganizationPolicy, PlatformPolicy } from '../policy/policy.ts';
import { type FixedPrice, fixPrice } from '../pricing.ts';

export interface BatchQuestion {
  readonly key: KeyEntry;
  readonly organization: OrganizationPolicy;
  readonly platform: PlatformPolicy;
  /** The account that the batch is made at. */
  readonly keeper: Candidate;
  /** Where its lines are asked. */
  readonly endpoint: string;
  readonly startedAtMs: number;
}

export interface BatchBound {
  readonly bound: CostBound;
  /** Why nothing bounds it, as the client is told; empty where something does. */
  readonly reason: string;
  /** That all lines ask for, as the ledger knows it; empty: several, or none. */
  readonly model: string;
  readonly models: readonly BatchModel[];
}

interface LineModel {
  readonly candidate: Candidate;
  readonly fixed: FixedPrice;
  readonly entry: ModelEntry | undefined;
}

const UNBOUNDED: Readonly<Record<UnboundedReason, string>> = {
  'no-price': 'its model has no price',
  'no-component-price': 'its model has no price for something that it uses',
  'no-output-cap': 'it has no output limit, and none is known of its model',
  'unbounded-use': 'it uses what nothing limits',
  'unseen-input': 'it names input that it does not hold, and the window of its model is not known',
};
const NAME_MAX_LENGTH = 256;
/** Lines and their answers are in OpenAI's words, whoever serves them. */
const LINE_CACHE_WRITES = '5m';

export class BatchLines {
  readonly #question: BatchQuestion;
  readonly #models = new Map<string, LineModel>();
  #lines = 0;
  #amountPicoUsd = 0n;
  #unbounded: { readonly kind: UnboundedReason; readonly reason: string } | undefined;

  constructor(question: BatchQuestion) {
    this.#question = question;
  }

  get lineCount(): number {
    return this.#lines;
  }

  /** @throws {GatewayError} The key could not send it alone; names the line. */
  add(line: Buffer): void {
    this.#lines += 1;
    const { endpoint, keeper } = this.#question;
    let asked: UnderstoodRequest;
    try {
      asked = readBatchLine(endpoint, line);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      throw this.#refused('invalid_request', error.message.replace(/^Cannot read the request: /, ''));
    }
    const model = this.#modelOf(asked);
    const price = model.fixed.price;
    const use = withUnasked(asked.useFor(price?.components), keeper.provider, price);
    if (asked.serviceTierAt(keeper.provider, asked.model) !== DEFAULT_TIER) {
      this.#cannotBound('unbounded-use', 'it asks for another service tier than that of batches');
      return;
    }
    const target = {
      attempt: 1,
      model: model.candidate.model,
      provider: keeper.credential.provider,
      credentialId: keeper.credential.id,
      credentialOwner: keeper.credential.owner,
      region: keeper.credential.region,
      serviceTier: BATCH_TIER,
      livemode: keeper.credential.livemode,
      ...model.fixed.target,
    };
    // Nobody puts a cap into a file: without the caller's the model's own counts.
    const cap = use.outputCap ?? model.entry?.maxOutputTokens ?? model.entry?.contextWindow ?? null;
    const worst = worstCaseOf(boundOf(use, model.entry, target, price, LINE_CACHE_WRITES), cap);
    if (worst.kind === 'unbounded') this.#cannotBound(worst.reason, UNBOUNDED[worst.reason]);
    else this.#amountPicoUsd += worst.amountPicoUsd;
  }

  total(): BatchBound {
    const models = [...this.#models].map(([name, { candidate, fixed }]) => ({
      name,
      model: candidate.model,
      priceVersionId: fixed.target.priceVersionId,
    }));
    const several = this.#severalUnderModelBudget(models);
    if (several !== '') this.#cannotBound('unbounded-use', several);
    const bound: CostBound =
      this.#unbounded === undefined
        ? fixedBound(this.#amountPicoUsd)
        : { kind: 'unbounded', reason: this.#unbounded.kind };
    const [first] = models;
    const isOne = first !== undefined && models.every(({ model }) => model === first.model);
    return { bound, reason: this.#unbounded?.reason ?? '', model: isOne ? first.model : '', models };
  }

  /** One attempt is held for under one model: a budget of one of several could not see its part. */
  #severalUnderModelBudget(models: readonly BatchModel[]): string {
    const names = new Set(models.map(({ model }) => model));
    if (names.size < 2) return '';
    const rules = this.#question.organization.ownBudgets?.budgets ?? [];
    const isWatched = rules.some(
      ({ scope }) => scope.type === 'model' && (scope.id === '*' || names.has(scope.id)),
    );
    return isWatched
      ? 'lines ask for several models, and a hard budget watches one: make a batch for each'
      : '';
  }

  #modelOf(asked: UnderstoodRequest): LineModel {
    const known = this.#models.get(asked.model);
    if (known !== undefined) return known;
    const { key, organization, platform, keeper, startedAtMs } = this.#question;
    const own = { ...organization, credentials: [keeper.credential] };
    const { candidates } = resolveModel(asked.model, key, own, NO_RESOLD(platform));
    const candidate = candidates.find(({ provider, upstreamModel }) =>
      asked.isServedBy(provider, upstreamModel),
    );
    if (candidate === undefined || asked.model.length > NAME_MAX_LENGTH) {
      const name = asked.model.slice(0, 100);
      throw this.#refused(
        'model_not_found',
        `the model "${name}" does not exist at ${keeper.provider.displayName}, or this key may not use it`,
      );
    }
    if (this.#models.size >= MAX_BATCH_MODELS) {
      throw this.#refused('invalid_request', `a batch may ask for at most ${MAX_BATCH_MODELS} models`);
    }
    const model: LineModel = {
      candidate,
      fixed: fixPrice({
        organization,
        platform,
        credential: keeper.credential,
        model: candidate.model,
        region: keeper.credential.region,
        serviceTier: BATCH_TIER,
        startedAtMs,
      }),
      entry: platform.models.get(keeper.credential.provider)?.get(candidate.upstreamModel),
    };
    this.#models.set(asked.model, model);
    return model;
  }

  /** The first one is told. */
  #cannotBound(kind: UnboundedReason, rule: string): void {
    this.#unbounded ??= { kind, reason: `line ${this.#lines} of its input file: ${rule}` };
  }

  #refused(code: 'invalid_request' | 'model_not_found', rule: string): GatewayError {
    return new GatewayError(code, `Cannot make the batch: line ${this.#lines} of its input file: ${rule}`, {
      param: 'input_file_id',
    });
  }
}

const NO_RESOLD = (platform: PlatformPolicy): PlatformPolicy => ({ ...platform, credentials: [] });
