/**
 * Plans, and which one an organization is on. A change ends the running part and begins another, with the plan's terms
 * as they are then; nothing that was is written over.
 */
import { type AuditActor, type AuditOrigin, NO_ORIGIN, recordAudit } from '@tollgate/audit';
import { type Prisma, type Transaction, toBigInt } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { CollectionError } from '../stripe/collection-error.ts';

/** Whoever took no plan. */
export const FREE_PLAN_ID = 'plan_free';

export interface PlanView {
  readonly id: string;
  readonly name: string;
  readonly monthlyFeeUsd: string;
  readonly seatFeeUsd: string;
  readonly includedSeats: number;
  readonly includedUsageUsd: string;
  readonly archived: boolean;
}

type PlanRow = Awaited<ReturnType<Transaction['plan']['findMany']>>[number];

const usd = (amount: PlanRow['monthlyFeePicoUsd']) => formatUsd(picoUsdSum(toBigInt(amount)));

/** Cheapest first. */
export async function listPlans(tx: Transaction, withArchived = false): Promise<PlanView[]> {
  const rows = await tx.plan.findMany({
    ...(withArchived ? {} : { where: { archivedAt: null } }),
    orderBy: [{ monthlyFeePicoUsd: 'asc' }, { name: 'asc' }],
    take: 200,
  });
  return rows.map(toPlanView);
}

export function toPlanView(row: PlanRow): PlanView {
  return {
    id: row.id,
    name: row.name,
    monthlyFeeUsd: usd(row.monthlyFeePicoUsd),
    seatFeeUsd: usd(row.seatFeePicoUsd),
    includedSeats: row.includedSeats,
    includedUsageUsd: usd(row.includedUsagePicoUsd),
    archived: row.archivedAt !== null,
  };
}

export interface SubscriptionView {
  readonly planId: string;
  readonly planName: string;
  readonly seats: number;
  readonly includedSeats: number;
  readonly usedSeats: number;
  readonly monthlyFeeUsd: string;
  readonly seatFeeUsd: string;
  readonly includedUsageUsd: string;
  /** Null: it never took one. */
  readonly since: string | null;
}

export async function getSubscription(tx: Transaction, organizationId: string): Promise<SubscriptionView> {
  const running = await tx.subscription.findFirst({ where: { organizationId, endsAt: null } });
  const planId = running?.planId ?? FREE_PLAN_ID;
  const plan = await tx.plan.findUnique({ where: { id: planId } });
  const usedSeats = await tx.membership.count({ where: { organizationId } });
  const terms = running ?? plan;
  return {
    planId,
    planName: plan?.name ?? '',
    seats: running?.seats ?? Math.max(plan?.includedSeats ?? 0, usedSeats),
    includedSeats: terms?.includedSeats ?? 0,
    usedSeats,
    monthlyFeeUsd: terms === null ? '0.00' : usd(terms.monthlyFeePicoUsd),
    seatFeeUsd: terms === null ? '0.00' : usd(terms.seatFeePicoUsd),
    includedUsageUsd: terms === null ? '0.00' : usd(terms.includedUsagePicoUsd),
    since: running?.validFrom.toISOString() ?? null,
  };
}

export interface SubscriptionChange {
  readonly organizationId: string;
  readonly planId: string;
  readonly seats: number;
  readonly actor: AuditActor;
  readonly origin?: AuditOrigin;
  readonly now: Date;
}

/**
 * Takes effect at once; the day counts for the new part. Doing it twice changes nothing.
 *
 * @throws {CollectionError} `organization-closed`, `unknown-plan`, `too-few-seats`.
 */
export async function changeSubscription(tx: Transaction, change: SubscriptionChange): Promise<void> {
  const { organizationId, planId, seats, now } = change;
  await lockSubscription(tx, organizationId);
  const plan = await assertPossible(tx, change);
  const running = await tx.subscription.findFirst({ where: { organizationId, endsAt: null } });
  if (running?.planId === planId && running.seats === seats) return;
  await beginPart(tx, running, { ...plan, organizationId, planId, seats }, now);
  await recordAudit(tx, {
    organizationId,
    actor: change.actor,
    origin: change.origin ?? NO_ORIGIN,
    action: 'subscription-changed',
    target: { kind: 'subscription', id: organizationId, name: plan.name },
    before: running === null ? null : { planId: running.planId, seats: running.seats },
    after: { planId, seats },
    nowMs: now.getTime(),
  });
}

/** One change at a time, so that parts never overlap. Held until the transaction ends. */
export async function lockSubscription(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended('subscription ' || ${organizationId}, 0))::text AS locked`;
}

type PartTerms = Pick<
  Prisma.SubscriptionModel,
  | 'organizationId'
  | 'planId'
  | 'seats'
  | 'monthlyFeePicoUsd'
  | 'seatFeePicoUsd'
  | 'includedSeats'
  | 'includedUsagePicoUsd'
>;

/** Ends the running part, and begins another at these terms. The caller holds `lockSubscription`. */
export async function beginPart(
  tx: Transaction,
  running: { readonly id: string } | null,
  terms: PartTerms,
  now: Date,
): Promise<void> {
  if (running !== null) {
    await tx.subscription.update({ where: { id: running.id }, data: { endsAt: now }, select: { id: true } });
  }
  const { organizationId, planId, seats, monthlyFeePicoUsd, seatFeePicoUsd } = terms;
  const { includedSeats, includedUsagePicoUsd } = terms;
  await tx.subscription.create({
    data: {
      id: newId('subscription', now.getTime()),
      ...{ organizationId, planId, seats, validFrom: now, monthlyFeePicoUsd, seatFeePicoUsd },
      ...{ includedSeats, includedUsagePicoUsd },
    },
    select: { id: true },
  });
}

/** @throws {CollectionError} as `changeSubscription`. */
export async function assertPossible(
  tx: Transaction,
  { organizationId, planId, seats }: Pick<SubscriptionChange, 'organizationId' | 'planId' | 'seats'>,
): Promise<PlanRow> {
  await assertNotClosed(tx, organizationId);
  const plan = await tx.plan.findUnique({ where: { id: planId } });
  if (plan === null || plan.archivedAt !== null) {
    throw new CollectionError(
      'unknown-plan',
      `Cannot take the plan: it must be one that is offered, got ${planId}`,
    );
  }
  const members = await tx.membership.count({ where: { organizationId } });
  if (seats < members) {
    throw new CollectionError(
      'too-few-seats',
      `Cannot take ${seats} seats: there must be one for each of the ${members} members`,
    );
  }
  return plan;
}

/** Held until the transaction ends: nobody could end a plan again that begins after its organization was closed. */
async function assertNotClosed(tx: Transaction, organizationId: string): Promise<void> {
  const [row] = await tx.$queryRaw<{ closedAt: Date | null }[]>`
    SELECT closed_at AS "closedAt" FROM organizations WHERE id = ${organizationId} FOR SHARE`;
  if (row?.closedAt == null) return;
  throw new CollectionError('organization-closed', 'Cannot take the plan: the organization is closed');
}
