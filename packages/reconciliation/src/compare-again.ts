/**
 * Compares a bill with the ledger as it is now, for instance after late usage.
 *
 * What was decided holds while a difference is still the same to the last digit. Decisions about those that changed
 * are dropped, never more of them than whoever asks has been told of.
 */
import { type AuditActor, type AuditOrigin, recordAudit } from '@tollgate/audit';
import type { Database, Transaction } from '@tollgate/db';
import {
  type BillScope,
  type Compared,
  compareLines,
  insertDifferences,
  insertLines,
  type KeptDecision,
  type LockedBill,
  lockUnbookedBill,
  modelText,
} from './bill-store.ts';
import type { Difference, MatchedLine } from './compare.ts';
import { ReconciliationError } from './reconciliation-error.ts';

export interface Comparison extends BillScope {
  /** How many decisions may be lost because their difference changed. */
  readonly mayDrop: number;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly now: Date;
}

export interface ComparedDecisions {
  readonly kept: number;
  readonly dropped: number;
}

/**
 * @throws {ReconciliationError} `not-found`; `wrong-state`: something of it was booked; `drops-decisions`, with how many: more than
 * may be.
 */
export async function compareAgain(database: Database, comparison: Comparison): Promise<ComparedDecisions> {
  const { organizationId } = comparison;
  const { bill, lines } = await database.tenant(organizationId, async (tx) => ({
    bill: await lockUnbookedBill(tx, comparison),
    lines: await readLines(tx, comparison),
  }));
  const compared = await compareLines(database, { organizationId, ...bill }, lines);
  return database.tenant(
    organizationId,
    async (tx) => {
      await lockUnbookedBill(tx, comparison);
      return replaceDifferences(tx, comparison, bill, compared);
    },
    { timeoutMs: 60_000 },
  );
}

async function readLines(tx: Transaction, { organizationId, billId }: BillScope): Promise<MatchedLine[]> {
  const rows = await tx.$queryRaw<
    (Omit<MatchedLine, 'quantity' | 'amountPicoUsd' | 'rows'> & {
      quantity: string;
      amount: string;
      rows: number;
    })[]
  >`
    SELECT day::text AS day, provider_model AS "providerModel", model, component, tier, account, quantity::text AS quantity,
      amount_pico_usd::text AS amount, rows::int AS rows
    FROM provider_bill_lines WHERE organization_id = ${organizationId} AND bill_id = ${billId}`;
  return rows.map(({ amount, quantity, ...line }) => ({
    ...line,
    quantity: BigInt(quantity),
    amountPicoUsd: BigInt(amount),
  }));
}

async function replaceDifferences(
  tx: Transaction,
  { organizationId, billId, mayDrop, actor, origin, now }: Comparison,
  bill: LockedBill,
  compared: Compared,
): Promise<ComparedDecisions> {
  const before = await readDecided(tx, { organizationId, billId });
  const kept = keepDecisions(before.decided, compared.differences);
  const dropped = before.decided.length - kept.size;
  if (dropped > mayDrop) {
    throw new ReconciliationError(
      'drops-decisions',
      `Cannot compare again: at most ${mayDrop} decisions may be dropped, got ${dropped} about differences that changed`,
      { decisions: dropped },
    );
  }
  await tx.$executeRaw`DELETE FROM provider_differences WHERE organization_id = ${organizationId} AND bill_id = ${billId}`;
  await tx.$executeRaw`DELETE FROM provider_bill_lines WHERE organization_id = ${organizationId} AND bill_id = ${billId}`;
  await insertLines(tx, organizationId, billId, compared.lines);
  await insertDifferences(tx, organizationId, billId, compared.differences, kept);
  await tx.$executeRaw`
    UPDATE provider_bills SET ledger_pico_usd = ${String(compared.ledgerPicoUsd)}::numeric,
      difference_pico_usd = bill_pico_usd - ${String(compared.ledgerPicoUsd)}::numeric, compared_at = ${now}
    WHERE organization_id = ${organizationId} AND id = ${billId}`;
  await recordAudit(tx, {
    organizationId,
    actor,
    origin,
    action: 'provider-bill-compared',
    target: { kind: 'providerBill', id: billId, name: bill.fileName },
    before: {
      ledgerPicoUsd: before.ledgerPicoUsd,
      differences: before.differences,
      decisions: before.decided.length,
    },
    after: {
      ledgerPicoUsd: String(compared.ledgerPicoUsd),
      differences: compared.differences.length,
      decisions: kept.size,
    },
    nowMs: now.getTime(),
  });
  return { kept: kept.size, dropped };
}

interface Decided extends KeptDecision {
  readonly day: string;
  readonly model: string;
  readonly bill: string;
  readonly ledger: string;
}

async function readDecided(
  tx: Transaction,
  { organizationId, billId }: BillScope,
): Promise<{ decided: Decided[]; differences: number; ledgerPicoUsd: string }> {
  // What was opened again with a note has something to lose, too.
  const decided = await tx.$queryRaw<Decided[]>`
    SELECT day::text AS day, model, bill_pico_usd::text AS bill, ledger_pico_usd::text AS ledger, state, note,
      actor_kind AS "actorKind", actor_id AS "actorId", actor_name AS "actorName", decided_at AS "decidedAt"
    FROM provider_differences
    WHERE organization_id = ${organizationId} AND bill_id = ${billId} AND (state <> 'open' OR note <> '')
    ORDER BY position`;
  const [row] = await tx.$queryRaw<{ differences: number; ledgerPicoUsd: string }[]>`
    SELECT b.ledger_pico_usd::text AS "ledgerPicoUsd", (SELECT count(*)::int FROM provider_differences d
      WHERE d.organization_id = b.organization_id AND d.bill_id = b.id) AS differences
    FROM provider_bills b WHERE b.organization_id = ${organizationId} AND b.id = ${billId}`;
  return { decided, ...row! };
}

/** @returns By the position of the difference that a decision still holds for: same day, model and amounts. Pure. */
export function keepDecisions<D extends Pick<Decided, 'day' | 'model' | 'bill' | 'ledger'>>(
  decided: readonly D[],
  differences: readonly Difference[],
): Map<number, D> {
  const waiting = new Map<string, D[]>();
  for (const each of decided) {
    const key = JSON.stringify([each.day, each.model, each.bill, each.ledger]);
    waiting.set(key, [...(waiting.get(key) ?? []), each]);
  }
  const kept = new Map<number, D>();
  for (const [position, { day, model, billPicoUsd, ledgerPicoUsd }] of differences.entries()) {
    const key = JSON.stringify([day, modelText(model), String(billPicoUsd), String(ledgerPicoUsd)]);
    const decision = waiting.get(key)?.shift();
    if (decision !== undefined) kept.set(position, decision);
  }
  return kept;
}
