/**
 * Seats follow the members: whoever joins beyond those of the running plan adds one, from that day on and at the terms
 * at which the plan was taken. Otherwise a plan with one seat would hold any number of people for one fee.
 *
 * One, and not as many as there are members without a seat: whoever invited was told the price of one. Members from
 * before seats followed them cost nothing until somebody changes the plan, which asks for a seat for each.
 */
import { type AuditActor, type AuditOrigin, recordAudit } from '@tollgate/audit';
import { type Transaction, toBigInt } from '@tollgate/db';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { beginPart, lockSubscription } from './subscription.ts';

export interface SeatRaise {
  readonly organizationId: string;
  readonly membershipId: string;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly nowMs: number;
}

/**
 * In the transaction that made the membership: the next one waits for its end, and counts this one too. The caller holds
 * the organization's row, so that it is not closed meanwhile.
 */
export async function raiseSeats(tx: Transaction, raise: SeatRaise): Promise<void> {
  const { organizationId, membershipId, actor, origin, nowMs } = raise;
  await lockSubscription(tx, organizationId);
  const running = await tx.subscription.findFirst({ where: { organizationId, endsAt: null } });
  if (running === null) return;
  const members = await tx.membership.count({ where: { organizationId } });
  const seats = seatsAfterJoining(running, members);
  if (seats === running.seats) return;
  const plan = await tx.plan.findUnique({ where: { id: running.planId }, select: { name: true } });
  await beginPart(tx, running, { ...running, seats }, new Date(nowMs));
  await recordAudit(tx, {
    organizationId,
    actor,
    origin,
    action: 'subscription-changed',
    target: { kind: 'subscription', id: organizationId, name: plan?.name ?? '' },
    before: { planId: running.planId, seats: running.seats },
    after: { planId: running.planId, seats, because: 'member-joined', membershipId },
    nowMs,
  });
}

/** @param members With who joins. */
function seatsAfterJoining(running: PlanSeats, members: number): number {
  const paidFor = seatsPaidFor(running);
  return members > paidFor ? paidFor + 1 : Math.max(running.seats, members);
}

type PlanSeats = { readonly seats: number; readonly includedSeats: number };

/** How many members are there before one costs something more: those that the plan includes are paid with its fee. */
const seatsPaidFor = ({ seats, includedSeats }: PlanSeats) => Math.max(seats, includedSeats);

export interface SeatStanding {
  /** Of the running plan; null: there is none, and nobody who joins costs anything. */
  readonly seats: number | null;
  readonly usedSeats: number;
  readonly openInvitations: number;
  /** How many more can be invited before one of them costs something. */
  readonly freeSeats: number | null;
  /** A month, of one that is not free; null: none costs anything. */
  readonly seatFeeUsd: string | null;
}

export async function getSeatStanding(
  tx: Transaction,
  organizationId: string,
  now: Date,
): Promise<SeatStanding> {
  const running = await tx.subscription.findFirst({ where: { organizationId, endsAt: null } });
  const usedSeats = await tx.membership.count({ where: { organizationId } });
  const openInvitations = await tx.invitation.count({
    where: { organizationId, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
  });
  const counts = { usedSeats, openInvitations };
  if (running === null) return { seats: null, ...counts, freeSeats: null, seatFeeUsd: null };
  const fee = toBigInt(running.seatFeePicoUsd);
  return {
    seats: running.seats,
    ...counts,
    freeSeats: Math.max(0, seatsPaidFor(running) - usedSeats - openInvitations),
    seatFeeUsd: fee === 0n ? null : formatUsd(picoUsdSum(fee)),
  };
}
