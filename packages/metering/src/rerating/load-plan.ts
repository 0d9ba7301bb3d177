/** The price plan of a period, read in one transaction: which prices hold now for what was used then. */
import type { CredentialOwner, PriceVersion } from '@tollgate/catalog';
import { priceFromRow } from '@tollgate/catalog/store';
import { OPERATOR_ORGANIZATION_ID, type Transaction } from '@tollgate/db';
import { type PricedKey, type PricePlan, planSheets } from './price-plan.ts';
import { inScope, type RatedScope } from './rerate-chunk.ts';

/** Combinations of provider, model, region, service tier and owner; nobody has as many. */
const MAX_KEYS = 20_000;

/** Reads the period once. In the organization's transaction, under a role that sees the operator's prices. */
export async function loadPricePlan(tx: Transaction, scope: RatedScope): Promise<PricePlan> {
  const keys = await listPricedKeys(tx, scope);
  const { organizationId, from, to } = scope;
  const prices = await listPricesOf(tx, organizationId, keys);
  return {
    sheets: planSheets({ organizationId, keys, prices, from, to }),
    markups: await listUnitMarkups(tx),
  };
}

/** Every version of these models that the organization could be rated with. */
export async function listPricesOf(
  tx: Transaction,
  organizationId: string,
  keys: readonly PricedKey[],
): Promise<PriceVersion[]> {
  const rows = await tx.priceVersion.findMany({
    where: {
      organizationId: { in: [OPERATOR_ORGANIZATION_ID, organizationId] },
      provider: { in: [...new Set(keys.map(({ provider }) => provider))] },
      model: { in: [...new Set(keys.map(({ model }) => model))] },
    },
  });
  return rows.map(priceFromRow);
}

export async function listPricedKeys(tx: Transaction, scope: RatedScope): Promise<PricedKey[]> {
  const rows = await tx.$queryRaw<(Omit<PricedKey, 'credentialOwner'> & { credentialOwner: string })[]>`
    SELECT e.provider, e.model, e.region, e.service_tier AS "serviceTier", e.credential_owner AS "credentialOwner"
    FROM usage_entries e WHERE ${inScope(scope)}
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5 LIMIT ${MAX_KEYS}`;
  return rows.map((row) => ({ ...row, credentialOwner: row.credentialOwner as CredentialOwner }));
}

/** Percentages stand in the entries; what is added per unit stands in the rules, which never change. */
export async function listUnitMarkups(tx: Transaction): Promise<PricePlan['markups']> {
  const rows = await tx.$queryRaw<{ rule_id: string; per_unit: Record<string, string | number> }[]>`
    SELECT id AS rule_id, per_unit FROM markup_rules
    WHERE organization_id = ${OPERATOR_ORGANIZATION_ID} AND per_unit <> '{}'::jsonb ORDER BY id`;
  return rows.map(({ rule_id, per_unit }) => ({
    rule_id,
    per_unit: Object.fromEntries(Object.entries(per_unit).map(([name, amount]) => [name, String(amount)])),
  }));
}
