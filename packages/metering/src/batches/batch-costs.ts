/**
 * Adds up what the lines of a batch used and cost, line by line: prices have tiers by the input of one request, and fees
 * for each. Pure. Exact: amounts are integers of pico-USD.
 *
 * Not here: reading the lines (packages/providers), writing the sum into the ledger (followed-batches.ts).
 */
import {
  type PriceComponent,
  type PriceVersion,
  type RatedComponentJson,
  rateUsage,
  type TokenUsage,
} from '@tollgate/catalog';

export interface SummedUsage {
  inputTokens: number;
  cachedInputTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  audioInputTokens: number;
  audioOutputTokens: number;
  /** Named as price components are. */
  units: Record<string, number>;
}

export interface ModelCost {
  readonly model: string;
  readonly priceVersionId: string;
  readonly lines: number;
  readonly usage: SummedUsage;
  readonly components: readonly RatedComponentJson[];
  readonly costPicoUsd: bigint;
}

export interface BatchCost {
  /** Of models that were used, in the order in which they were given. */
  readonly models: readonly ModelCost[];
  readonly costPicoUsd: bigint;
  /** Lines that were answered, and will be billed. */
  readonly answeredLines: number;
  /** Of those: nobody can tell what they cost, for want of usage or of a price. */
  readonly unknownLines: number;
}

/** A model of the batch with its price; undefined: none is known. */
export interface PricedModel {
  readonly model: string;
  readonly priceVersionId: string;
  readonly price: PriceVersion | undefined;
}

interface Sum {
  lines: number;
  costPicoUsd: bigint;
  readonly usage: SummedUsage;
  readonly components: Map<string, { name: PriceComponent; quantity: number; unit: bigint; cost: bigint }>;
}

const TOKEN_FIELDS = [
  'inputTokens',
  'cachedInputTokens',
  'cacheWrite5mTokens',
  'cacheWrite1hTokens',
  'outputTokens',
  'reasoningTokens',
  'audioInputTokens',
  'audioOutputTokens',
] as const;

export class BatchCosts {
  readonly #models: readonly PricedModel[];
  readonly #sums: readonly Sum[];
  #answeredLines = 0;
  #unknownLines = 0;

  constructor(models: readonly PricedModel[]) {
    this.#models = models;
    this.#sums = models.map(() => ({
      lines: 0,
      costPicoUsd: 0n,
      usage: { ...NOTHING, units: {} },
      components: new Map(),
    }));
  }

  /**
   * One line that was answered.
   *
   * @param index Of its model, as the constructor had them; undefined: it is none of them.
   * @param usage Undefined: the answer does not tell it.
   */
  add(index: number | undefined, usage: TokenUsage | undefined): void {
    this.#answeredLines += 1;
    const sum = index === undefined ? undefined : this.#sums[index];
    const model = index === undefined ? undefined : this.#models[index];
    if (sum === undefined || model === undefined || usage === undefined) {
      this.#unknownLines += 1;
      return;
    }
    // What is made with the organization's own credential has no markup.
    const rated = rateUsage({
      usage,
      price: model.price,
      markup: { basisPoints: 0 },
      owner: 'organization',
    });
    sum.lines += 1;
    addUsage(sum.usage, usage);
    if (rated.kind === 'unknown') {
      this.#unknownLines += 1;
      return;
    }
    sum.costPicoUsd += rated.costPicoUsd;
    for (const { component, quantity, unitPricePicoUsd, costPicoUsd } of rated.components) {
      const key = `${component} ${unitPricePicoUsd}`;
      const before = sum.components.get(key);
      sum.components.set(key, {
        name: component,
        quantity: (before?.quantity ?? 0) + quantity,
        unit: unitPricePicoUsd,
        cost: (before?.cost ?? 0n) + costPicoUsd,
      });
    }
  }

  total(): BatchCost {
    const models = this.#sums.flatMap((sum, index): ModelCost[] => {
      if (sum.lines === 0) return [];
      const { model, priceVersionId } = this.#models[index]!;
      const components = [...sum.components.values()].map(({ name, quantity, unit, cost }) => ({
        component: name,
        quantity,
        unitPricePicoUsd: String(unit),
        costPicoUsd: String(cost),
        chargePicoUsd: '0',
      }));
      return [{ ...sum, model, priceVersionId, components }];
    });
    return {
      models,
      costPicoUsd: models.reduce((total, { costPicoUsd }) => total + costPicoUsd, 0n),
      answeredLines: this.#answeredLines,
      unknownLines: this.#unknownLines,
    };
  }
}

const NOTHING = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  audioInputTokens: 0,
  audioOutputTokens: 0,
};

function addUsage(sum: SummedUsage, usage: TokenUsage): void {
  for (const field of TOKEN_FIELDS) sum[field] += usage[field];
  for (const [name, count] of Object.entries(usage.images ?? {})) addUnit(sum, `image:${name}`, count);
  for (const [name, count] of Object.entries(usage.units ?? {})) addUnit(sum, `unit:${name}`, count);
}

function addUnit({ units }: SummedUsage, name: string, count: number): void {
  units[name] = (units[name] ?? 0) + count;
}
