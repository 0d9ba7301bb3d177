/**
 * What each team and cost centre is charged inside the organization for a month: its usage, with shared keys divided.
 * Sums are those of the showback statement, whatever is divided: every amount's parts sum to it.
 */
import type { Transaction } from '@tollgate/db';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { listTimeZones } from '../draft/add-usage.ts';
import { billingPeriodAt } from '../period/billing-period.ts';
import { assertWhole, type SplitShare, splitsInForce } from './cost-splits.ts';
import { divideAmount } from './divide-amount.ts';
import { type Amounts, sumKeys, sumMonth } from './sum-month.ts';

export interface ChargebackScope {
  readonly organizationId: string;
  /** Any instant of the month. */
  readonly at: Date;
  readonly livemode: boolean;
}

export interface ChargebackRow {
  readonly teamId: string;
  readonly teamName: string;
  readonly costCenter: string;
  /** Those that were made with the team's own name on them: requests are not divided. */
  readonly requests: number;
  readonly costUsd: string;
  readonly chargeUsd: string;
  /** What budgets count: charge of resold credentials, cost of the organization's own. */
  readonly spentUsd: string;
  /** Of `spentUsd`: what came from divided keys, less what went to others. */
  readonly dividedUsd: string;
}

/** What the rows sum to. */
export interface ChargebackTotal {
  readonly requests: number;
  readonly costUsd: string;
  readonly chargeUsd: string;
  readonly spentUsd: string;
}

/** The showback statement of the month, beside which the rows are held. */
export interface ChargebackStatement {
  readonly invoiceId: string;
  readonly costUsd: string;
  /** The rows' cost less the statement's: zero, but for the moment between two roll-ups. */
  readonly differenceUsd: string;
}

export interface Chargeback {
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly rows: readonly ChargebackRow[];
  readonly total: ChargebackTotal;
  /** Null: nothing was used in the month. */
  readonly statement: ChargebackStatement | null;
}

interface Place extends Amounts {
  readonly teamId: string;
  readonly costCenter: string;
  readonly requests: number;
  readonly divided: bigint;
}

export async function getChargeback(tx: Transaction, scope: ChargebackScope): Promise<Chargeback> {
  const period = await periodOf(tx, scope);
  const splits = await splitsInForce(tx, scope.organizationId, period.start);
  const sums = await sumMonth(tx, { ...scope, ...period }, [...splits.keys()]);
  const places = new Map<string, Place>();
  for (const sum of sums) {
    const shares = splits.get(sum.keyId);
    if (shares === undefined) addTo(places, sum, sum, sum.requests, 0n);
    else {
      addTo(places, sum, { cost: 0n, charge: 0n, spent: 0n }, sum.requests, -sum.spent);
      for (const part of divide(sum, shares)) addTo(places, part, part, 0, part.spent);
    }
  }
  const names = await teamNames(tx, scope.organizationId);
  const total = totalOf([...places.values()]);
  return {
    periodStart: period.start.toISOString(),
    periodEnd: period.end.toISOString(),
    total: { requests: total.requests, ...inUsd(total) },
    statement: await compareWithShowback(tx, scope, period, total.cost),
    rows: [...places.values()]
      .toSorted((left, right) => (left.spent === right.spent ? 0 : left.spent > right.spent ? -1 : 1))
      .map((place) => ({
        teamId: place.teamId,
        teamName: names.get(place.teamId) ?? place.teamId,
        costCenter: place.costCenter,
        requests: place.requests,
        ...inUsd(place),
        dividedUsd: usd(place.divided),
      })),
  };
}

function totalOf(places: readonly Place[]): Amounts & { readonly requests: number } {
  return places.reduce(
    (total, { requests, cost, charge, spent }) => ({
      requests: total.requests + requests,
      cost: total.cost + cost,
      charge: total.charge + charge,
      spent: total.spent + spent,
    }),
    { requests: 0, cost: 0n, charge: 0n, spent: 0n },
  );
}

async function compareWithShowback(
  tx: Transaction,
  { organizationId, livemode }: ChargebackScope,
  { start }: { readonly start: Date },
  cost: bigint,
): Promise<ChargebackStatement | null> {
  const [row] = await tx.$queryRaw<{ id: string; subtotal: string }[]>`
    SELECT id, subtotal_pico_usd::text AS subtotal FROM invoices
    WHERE organization_id = ${organizationId} AND kind = 'showback' AND subject_id = '' AND livemode = ${livemode}
      AND period_start = ${start.toISOString()}::timestamptz`;
  if (row === undefined) return null;
  const differenceUsd = usd(cost - BigInt(row.subtotal));
  return {
    invoiceId: row.id,
    costUsd: usd(BigInt(row.subtotal)),
    differenceUsd,
  };
}

export interface SplitPreview {
  readonly costUsd: string;
  readonly chargeUsd: string;
  readonly spentUsd: string;
  readonly parts: readonly (SplitShare & {
    readonly costUsd: string;
    readonly chargeUsd: string;
    readonly spentUsd: string;
  })[];
}

/** What a key used in a month, divided by shares that nobody has saved. @throws {BillingError} `wrong-state`. */
export async function previewCostSplit(
  tx: Transaction,
  scope: ChargebackScope & { readonly keyId: string; readonly shares: readonly SplitShare[] },
): Promise<SplitPreview> {
  assertWhole(scope.shares);
  const period = await periodOf(tx, scope);
  const sums = await sumKeys(tx, { ...scope, ...period }, [scope.keyId]);
  const whole = sums.reduce(
    (total, { cost, charge, spent }) => ({
      cost: total.cost + cost,
      charge: total.charge + charge,
      spent: total.spent + spent,
    }),
    { cost: 0n, charge: 0n, spent: 0n },
  );
  // As the report does it: what was used under each team and cost centre is divided by itself.
  const parts = scope.shares.map((share) => ({ ...share, cost: 0n, charge: 0n, spent: 0n }));
  for (const sum of sums) {
    for (const [index, part] of divide(sum, scope.shares).entries()) {
      const target = parts[index]!;
      target.cost += part.cost;
      target.charge += part.charge;
      target.spent += part.spent;
    }
  }
  return {
    ...inUsd(whole),
    parts: parts.map(({ cost, charge, spent, ...share }) => ({
      ...share,
      ...inUsd({ cost, charge, spent }),
    })),
  };
}

async function periodOf(tx: Transaction, { organizationId, at }: ChargebackScope) {
  const period = billingPeriodAt(await listTimeZones(tx, organizationId), at.getTime());
  return { start: new Date(period.startMs), end: new Date(period.endMs) };
}

function divide({ cost, charge, spent }: Amounts, shares: readonly SplitShare[]) {
  const weights = shares.map(({ shareBasisPoints }) => shareBasisPoints);
  const [costs, charges, spents] = [cost, charge, spent].map((amount) => divideAmount(amount, weights));
  return shares.map(({ teamId, costCenter }, index) => ({
    teamId,
    costCenter,
    cost: costs![index]!,
    charge: charges![index]!,
    spent: spents![index]!,
  }));
}

function addTo(
  places: Map<string, Place>,
  { teamId, costCenter }: Pick<Place, 'teamId' | 'costCenter'>,
  { cost, charge, spent }: Amounts,
  requests: number,
  divided: bigint,
): void {
  const key = `${teamId}\0${costCenter}`;
  const before = places.get(key) ?? { cost: 0n, charge: 0n, spent: 0n, requests: 0, divided: 0n };
  places.set(key, {
    teamId,
    costCenter,
    cost: before.cost + cost,
    charge: before.charge + charge,
    spent: before.spent + spent,
    requests: before.requests + requests,
    divided: before.divided + divided,
  });
}

async function teamNames(tx: Transaction, organizationId: string): Promise<Map<string, string>> {
  const teams = await tx.team.findMany({ where: { organizationId }, select: { id: true, name: true } });
  return new Map(teams.map(({ id, name }) => [id, name]));
}

const usd = (amount: bigint): string => formatUsd(picoUsdSum(amount));

function inUsd({ cost, charge, spent }: Amounts) {
  return { costUsd: usd(cost), chargeUsd: usd(charge), spentUsd: usd(spent) };
}
