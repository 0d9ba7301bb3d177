/**
 * What attempts would have cost at another model's price, or at the price of another day: the same usage, rated in SQL
 * attempt by attempt, because tiers are a matter of each request. Nothing is written.
 */
import type { CredentialOwner } from '@tollgate/catalog';
import { empty, sql, type Transaction } from '@tollgate/db';
import { listPricedKeys, listPricesOf, listUnitMarkups } from './load-plan.ts';
import { type PricedKey, type PriceSheet, planSheets } from './price-plan.ts';
import { markupRows, RATED_PARTS, RATED_SUMS, SHEET_APPLIES, sheetRows } from './rating-sql.ts';
import { inScope, type RatedScope, tunePlanner } from './rerate-chunk.ts';

export interface WhatIfQuestion extends RatedScope {
  /** Only this request. */
  readonly requestId?: string;
  /** What it would have been sent to; absent: where it was. */
  readonly otherProvider?: string;
  readonly otherModel?: string;
  /** At the prices of this time; absent: of each request's own. */
  readonly at?: Date;
}

/** By the model that was used. Amounts are decimal text of pico-USD, over the attempts that have a price there. */
export interface WhatIfLine {
  readonly provider: string;
  readonly model: string;
  readonly credentialOwner: CredentialOwner;
  readonly attempts: number;
  /** Attempts without a price there: left out of all amounts. */
  readonly unpricedAttempts: number;
  readonly costPicoUsd: string;
  readonly chargePicoUsd: string;
  readonly otherCostPicoUsd: string;
  readonly otherChargePicoUsd: string;
}

/** @returns Undefined: more than `maxAttempts`. */
export async function whatIf(
  tx: Transaction,
  question: WhatIfQuestion,
  maxAttempts: number,
): Promise<WhatIfLine[] | undefined> {
  const only = question.requestId === undefined ? empty : sql`AND e.request_id = ${question.requestId}`;
  const [count] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::integer AS count FROM (SELECT 1 FROM usage_entries e WHERE ${inScope(question)} ${only} LIMIT ${maxAttempts + 1}) AS counted`;
  if ((count?.count ?? 0) > maxAttempts) return undefined;
  const plan = { sheets: await otherSheets(tx, question), markups: await listUnitMarkups(tx) };
  await tunePlanner(tx, true);
  const lines = await tx.$queryRaw<WhatIfLine[]>`
    WITH base AS MATERIALIZED (SELECT e.* FROM usage_entries e WHERE ${inScope(question)} ${only}),
    later AS (
      SELECT e.started_at, e.request_id, e.attempt, sum(e.cost_pico_usd) AS cost, sum(e.charge_pico_usd) AS charge
      FROM usage_entries e WHERE e.organization_id = ${question.organizationId} AND e.entry > 0
        AND e.started_at >= ${question.from.toISOString()}::timestamptz AND e.started_at < ${question.to.toISOString()}::timestamptz ${only}
      GROUP BY 1, 2, 3),
    candidates AS MATERIALIZED (
      SELECT row_number() OVER () AS n, c.*, sheet.prices, markup.per_unit,
        COALESCE(c.cost_pico_usd, 0) + COALESCE(later.cost, 0) AS cost, c.charge_pico_usd + COALESCE(later.charge, 0) AS charge
      FROM base c
      LEFT JOIN later ON later.started_at = c.started_at AND later.request_id = c.request_id AND later.attempt = c.attempt
      LEFT JOIN ${sheetRows(plan)} ON ${SHEET_APPLIES}
      LEFT JOIN ${markupRows(plan)} ON markup.rule_id = c.markup_rule_id),
    part AS MATERIALIZED (${RATED_PARTS}),
    rated AS (${RATED_SUMS}),
    compared AS (
      SELECT c.*, c.prices IS NOT NULL AND rated.unknown IS NOT TRUE AS priced,
        COALESCE(rated.cost, 0) AS other_cost, COALESCE(rated.charge, 0) AS other_charge
      FROM candidates c LEFT JOIN rated ON rated.n = c.n)
    SELECT provider, model, credential_owner AS "credentialOwner", (count(*) FILTER (WHERE priced))::integer AS attempts,
      (count(*) FILTER (WHERE NOT priced))::integer AS "unpricedAttempts",
      COALESCE(sum(cost) FILTER (WHERE priced), 0)::text AS "costPicoUsd",
      COALESCE(sum(charge) FILTER (WHERE priced), 0)::text AS "chargePicoUsd",
      COALESCE(sum(other_cost) FILTER (WHERE priced), 0)::text AS "otherCostPicoUsd",
      COALESCE(sum(other_charge) FILTER (WHERE priced), 0)::text AS "otherChargePicoUsd"
    FROM compared GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
  await tunePlanner(tx, false);
  return lines;
}

/** Sheets under the keys of what was used, with the prices of what would have been. */
async function otherSheets(tx: Transaction, question: WhatIfQuestion): Promise<PriceSheet[]> {
  const { organizationId, from, to, at, otherProvider, otherModel } = question;
  const keys = await listPricedKeys(tx, question);
  const priceAs = (key: PricedKey): PricedKey => ({
    ...key,
    provider: otherProvider ?? key.provider,
    model: otherModel ?? key.model,
  });
  const prices = await listPricesOf(tx, organizationId, keys.map(priceAs));
  return planSheets({ organizationId, keys, prices, from, to, priceAs, ...(at === undefined ? {} : { at }) });
}
