/**
 * Rates every entry again with the price and markup that Postgres holds, before it may be counted.
 *
 * Price versions and markup rules never change under their id, so they are kept once read.
 */
import { type Markup, type PriceVersion, rateUsage } from '@tollgate/catalog';
import { priceFromRow } from '@tollgate/catalog/store';
import type { Transaction } from '@tollgate/db';
import { assumedOf, toRatedAttempt } from '../log/rate-attempt.ts';
import { type EntryLine, pricedBy } from './line-schema.ts';

interface MarkupRule {
  readonly markup: Markup;
  /** Null: for every organization. */
  readonly appliesToId: string | null;
}

export type RatingProblem =
  | 'unknown-price-version'
  | 'foreign-price-version'
  | 'unknown-markup-rule'
  | 'markup-mismatch'
  | 'rating-mismatch';

const MAX_KEPT = 20_000;

export class RatingRules {
  readonly #prices = new Map<string, PriceVersion>();
  readonly #markups = new Map<string, MarkupRule>();

  /** Reads what these entries need and is not known yet. In the transaction of their organization. */
  async load(tx: Transaction, entries: readonly EntryLine[]): Promise<void> {
    const prices = missing(
      this.#prices,
      entries.map((entry) => pricedBy(entry).priceVersionId),
    );
    if (prices.length > 0) {
      makeRoom(this.#prices);
      const rows = await tx.priceVersion.findMany({ where: { id: { in: prices } } });
      for (const row of rows) readInto(this.#prices, row.id, () => priceFromRow(row));
    }
    const rules = missing(
      this.#markups,
      entries.map(({ target }) => target.markupRuleId),
    );
    if (rules.length > 0) {
      makeRoom(this.#markups);
      const rows = await tx.markupRule.findMany({ where: { id: { in: rules } } });
      for (const row of rows) {
        readInto(this.#markups, row.id, () => {
          const markup = { basisPoints: row.basisPoints, perUnit: toPerUnit(row.perUnit) };
          return { markup, appliesToId: row.appliesToId };
        });
      }
    }
  }

  /** @returns Why this entry must not be counted; undefined when cost and charge are right to the last digit. */
  check({ subject, target, settle, holds }: EntryLine): RatingProblem | undefined {
    const { priceVersionId } = pricedBy({ target, settle });
    const price = this.#prices.get(priceVersionId);
    if (priceVersionId !== '' && price === undefined) return 'unknown-price-version';
    if (
      price !== undefined &&
      price.organizationId !== null &&
      price.organizationId !== subject.organizationId
    ) {
      return 'foreign-price-version';
    }
    const markup = this.#markupOf(subject.organizationId, target);
    if (typeof markup === 'string') return markup;
    const expected =
      settle.usageSource === 'none'
        ? NOTHING_USED
        : toRatedAttempt(rateUsage({ usage: settle.usage, price, markup, owner: target.credentialOwner }));
    const agrees =
      expected.costPicoUsd === settle.costPicoUsd &&
      expected.chargePicoUsd === settle.chargePicoUsd &&
      textOf(expected.components) === textOf(settle.components) &&
      // A gateway of the version before tells no amount: it freed the hold. More than none must be what was held.
      (settle.budgetPicoUsd === undefined ||
        settle.budgetPicoUsd === assumedOf({ ...settle, streamed: subject.streamed }, holds).budgetPicoUsd);
    return agrees ? undefined : 'rating-mismatch';
  }

  #markupOf(organizationId: string, target: EntryLine['target']): Markup | RatingProblem {
    if (target.markupRuleId === '') {
      const none = target.markupBasisPoints === 0 && target.markupPerUnit === undefined;
      return none ? { basisPoints: 0 } : 'markup-mismatch';
    }
    const rule = this.#markups.get(target.markupRuleId);
    if (rule === undefined) return 'unknown-markup-rule';
    const applies = rule.appliesToId === null || rule.appliesToId === organizationId;
    return applies && rule.markup.basisPoints === target.markupBasisPoints ? rule.markup : 'markup-mismatch';
  }
}

const NOTHING_USED = { components: [], costPicoUsd: '0', chargePicoUsd: '0' };

function missing(known: ReadonlyMap<string, unknown>, ids: readonly string[]): string[] {
  return [...new Set(ids)].filter((id) => id !== '' && !known.has(id));
}

function makeRoom(known: Map<string, unknown>): void {
  if (known.size > MAX_KEPT) known.clear();
}

/** A row that cannot be read counts as unknown: its own entries are set aside, nobody else's batch stops. */
function readInto<T>(known: Map<string, T>, id: string, read: () => T): void {
  try {
    known.set(id, read());
  } catch {
    known.delete(id); // Said by the quarantine's reason.
  }
}

function toPerUnit(json: unknown): Readonly<Record<string, bigint>> {
  const entries = Object.entries((json ?? {}) as Record<string, string | number>);
  return Object.fromEntries(entries.map(([component, amount]) => [component, BigInt(amount)]));
}

/** Both sides have their fields in the order of the schema. */
function textOf(components: readonly unknown[]): string {
  return JSON.stringify(components);
}
