/** Decisions about differences: fine as they are, to be booked, or open again. Booking itself is book-differences.ts. */
import { type AuditActor, type AuditOrigin, recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { type BillScope, lockBill } from './bill-store.ts';
import { ReconciliationError } from './reconciliation-error.ts';

export interface DifferenceDecision extends BillScope {
  readonly positions: readonly number[];
  /** `book`: the ledger gets the difference as an adjustment. */
  readonly decision: 'accept' | 'book' | 'reopen';
  /** Left out, the note of an earlier decision stays. */
  readonly note?: string;
  /** Of the comparison that was looked at: after a newer one, positions are those of other differences. */
  readonly comparedAt?: Date;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly now: Date;
}

const MAX_BOOKED = '9000000000000000000';

/**
 * @returns How many were decided: those that are booked stay so.
 * @throws {ReconciliationError} `not-found`; `compared-since`: the bill was compared again after `comparedAt`.
 */
export async function decideDifferences(tx: Transaction, decision: DifferenceDecision): Promise<number> {
  const { organizationId, billId, actor, now } = decision;
  const bill = await lockBill(tx, decision);
  const { comparedAt = bill.comparedAt } = decision;
  if (comparedAt.getTime() !== bill.comparedAt.getTime()) {
    throw new ReconciliationError(
      'compared-since',
      `Cannot decide: the differences must be those of ${comparedAt.toISOString()}, got a comparison of ${bill.comparedAt.toISOString()}`,
    );
  }
  const state = { accept: 'accepted', book: 'booking', reopen: 'open' }[decision.decision];
  const { count } = await tx.providerDifference.updateMany({
    where: {
      organizationId,
      billId,
      position: { in: [...decision.positions] },
      state: { in: ['open', 'accepted'] },
      // An entry of the ledger holds no more; one that did not fit would keep all others from being booked.
      ...(decision.decision === 'book'
        ? { differencePicoUsd: { gte: `-${MAX_BOOKED}`, lte: MAX_BOOKED } }
        : {}),
    },
    data: {
      state,
      ...(decision.note === undefined ? {} : { note: decision.note }),
      actorKind: actor.kind,
      actorId: actor.id,
      actorName: actor.name ?? '',
      decidedAt: now,
    },
  });
  if (count === 0) return 0;
  await recordAudit(tx, {
    organizationId,
    actor,
    origin: decision.origin,
    action: `provider-difference-${decision.decision}`,
    target: { kind: 'providerBill', id: billId, name: bill.fileName },
    after: {
      positions: decision.positions.slice(0, 100).join(' '),
      count,
      ...(decision.note === undefined ? {} : { note: decision.note }),
    },
    nowMs: now.getTime(),
  });
  return count;
}
