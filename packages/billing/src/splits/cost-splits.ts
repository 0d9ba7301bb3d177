/**
 * How what a shared key used is divided among teams and cost centres, from a month on. A later rule ends the one before;
 * one without shares ends it for good. Chargeback only: invoices, budgets and the ledger know nothing of it.
 */
import { type AuditActor, type AuditOrigin, recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { z } from 'zod';
import { listTimeZones } from '../draft/add-usage.ts';
import { BillingError } from '../lifecycle/billing-error.ts';
import { billingPeriodAt } from '../period/billing-period.ts';

export const WHOLE_BASIS_POINTS = 10_000;
export const MAX_SPLIT_SHARES = 50;

/** A share: a team, a cost centre or both; basis points are together 10,000. */
export const SplitShare = z.object({
  teamId: z.string(),
  costCenter: z.string(),
  shareBasisPoints: z.int().min(1).max(WHOLE_BASIS_POINTS),
});
export type SplitShare = z.infer<typeof SplitShare>;

/** Of the running month, of one to come, or of one that another rule has ended. */
export const SPLIT_STATES = ['in-force', 'scheduled', 'past'] as const;
export type SplitState = (typeof SPLIT_STATES)[number];

export interface CostSplitView {
  readonly id: string;
  readonly keyId: string;
  readonly keyName: string;
  /** The first instant of a month. */
  readonly validFrom: string;
  /** Where the key's next rule begins; null: it holds until there is one. */
  readonly validTo: string | null;
  readonly state: SplitState;
  /** Empty: no longer divided. */
  readonly shares: readonly SplitShare[];
}

export interface SplitChange {
  readonly organizationId: string;
  readonly keyId: string;
  /** In the month from which on it holds. */
  readonly at: Date;
  readonly shares: readonly SplitShare[];
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly now: Date;
}

/** Every rule, the newest month first. */
export async function listCostSplits(
  tx: Transaction,
  { organizationId, now }: { readonly organizationId: string; readonly now: Date },
): Promise<CostSplitView[]> {
  const zones = await listTimeZones(tx, organizationId);
  // As `splitsInForce` asks for the running month.
  const running = latestStart(new Date(billingPeriodAt(zones, now.getTime()).startMs));
  const rows = await tx.$queryRaw<
    {
      id: string;
      keyId: string;
      keyName: string | null;
      validFrom: Date;
      validTo: Date | null;
      shares: unknown;
    }[]
  >`
    SELECT s.id, s.key_id AS "keyId", k.name AS "keyName", s.valid_from AS "validFrom", s.shares,
      lead(s.valid_from) OVER (PARTITION BY s.key_id ORDER BY s.valid_from) AS "validTo"
    FROM cost_splits s
    LEFT JOIN virtual_keys k ON k.organization_id = s.organization_id AND k.id = s.key_id
    WHERE s.organization_id = ${organizationId} ORDER BY s.valid_from DESC, s.id DESC LIMIT 500`;
  return rows.map(({ keyName, validFrom, validTo, shares, ...row }) => ({
    ...row,
    keyName: keyName ?? row.keyId,
    validFrom: validFrom.toISOString(),
    validTo: validTo?.toISOString() ?? null,
    state: stateOf(validFrom, validTo, running),
    shares: z.array(SplitShare).parse(shares),
  }));
}

function stateOf(validFrom: Date, validTo: Date | null, running: Date): SplitState {
  if (validFrom > running) return 'scheduled';
  return validTo !== null && validTo <= running ? 'past' : 'in-force';
}

/** @throws {BillingError} `not-found`: the key or a team; `wrong-state`: the month is over, or shares are not a whole. */
export async function setCostSplit(tx: Transaction, change: SplitChange): Promise<void> {
  const { organizationId, keyId, shares, now } = change;
  assertWhole(shares);
  const zones = await listTimeZones(tx, organizationId);
  const period = billingPeriodAt(zones, change.at.getTime());
  if (period.endMs <= now.getTime()) {
    throw new BillingError(
      'wrong-state',
      `Cannot divide the key: the month must not be over, got ${change.at.toISOString()}`,
      'month-over',
    );
  }
  const key = await tx.virtualKey.findFirst({ where: { organizationId, id: keyId }, select: { name: true } });
  if (key === null) throw missing('key', keyId);
  await assertTeams(tx, organizationId, shares);
  const validFrom = new Date(period.startMs);
  const before = await tx.costSplit.findFirst({
    where: { organizationId, keyId, validFrom: { lte: latestStart(validFrom) } },
    orderBy: { validFrom: 'desc' },
    select: { shares: true, validFrom: true },
  });
  // One rule a month, though the month began at another instant when it was made.
  const made = before !== null && before.validFrom >= earliestStart(validFrom) ? before.validFrom : validFrom;
  await tx.costSplit.upsert({
    where: { organizationId_keyId_validFrom: { organizationId, keyId, validFrom: made } },
    create: {
      id: newId('costSplit', now.getTime()),
      organizationId,
      keyId,
      validFrom,
      shares: shares.map((share) => ({ ...share })),
      createdAt: now,
    },
    update: { validFrom, shares: shares.map((share) => ({ ...share })) },
    select: { id: true },
  });
  await recordAudit(tx, {
    organizationId,
    actor: change.actor,
    origin: change.origin,
    action: 'cost-split-set',
    target: { kind: 'virtualKey', id: keyId, name: key.name },
    before: { shares: before?.shares ?? [] },
    after: { shares, validFrom: validFrom.toISOString() },
    nowMs: now.getTime(),
  });
}

/** Walls of two time zones are at most 26 hours apart: so much earlier or later a month begins when the zone changes. */
const ZONES_APART_MS = 26 * 3_600_000;
const latestStart = (start: Date) => new Date(start.getTime() + ZONES_APART_MS);
const earliestStart = (start: Date) => new Date(start.getTime() - ZONES_APART_MS);

/** @throws {BillingError} `wrong-state`. */
export function assertWhole(shares: readonly SplitShare[]): void {
  if (shares.length === 0) return;
  const total = shares.reduce((sum, { shareBasisPoints }) => sum + shareBasisPoints, 0);
  const places = new Set(shares.map(({ teamId, costCenter }) => `${teamId}\0${costCenter}`));
  if (total === WHOLE_BASIS_POINTS && places.size === shares.length && shares.length <= MAX_SPLIT_SHARES)
    return;
  throw new BillingError(
    'wrong-state',
    `Cannot divide the key: at most ${MAX_SPLIT_SHARES} different places must share 100 %, got ${places.size} of ${shares.length} with ${total / 100} %`,
    'shares-not-whole',
  );
}

async function assertTeams(
  tx: Transaction,
  organizationId: string,
  shares: readonly SplitShare[],
): Promise<void> {
  const wanted = [...new Set(shares.map(({ teamId }) => teamId).filter((teamId) => teamId !== ''))];
  const found = await tx.team.findMany({
    where: { organizationId, id: { in: wanted } },
    select: { id: true },
  });
  const unknown = wanted.find((teamId) => !found.some(({ id }) => id === teamId));
  if (unknown !== undefined) throw missing('team', unknown);
}

function missing(what: string, id: string): BillingError {
  return new BillingError(
    'not-found',
    `Cannot find the ${what}: it must exist in the organization, got ${id}`,
  );
}

/** By key: the shares that hold in a month that begins then. */
export async function splitsInForce(
  tx: Transaction,
  organizationId: string,
  periodStart: Date,
): Promise<Map<string, SplitShare[]>> {
  const rows = await tx.$queryRaw<{ keyId: string; shares: unknown }[]>`
    SELECT DISTINCT ON (key_id) key_id AS "keyId", shares FROM cost_splits
    WHERE organization_id = ${organizationId} AND valid_from <= ${latestStart(periodStart).toISOString()}::timestamptz
    ORDER BY key_id, valid_from DESC`;
  return new Map(
    rows
      .map(({ keyId, shares }) => [keyId, z.array(SplitShare).parse(shares)] as const)
      .filter(([, shares]) => shares.length > 0),
  );
}
