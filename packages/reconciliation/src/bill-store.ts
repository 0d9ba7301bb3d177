/**
 * Bills as they were imported, compared and decided about. A file is imported once: by its hash, per credential.
 */
import { createHash } from 'node:crypto';
import { type AuditActor, type AuditOrigin, recordAudit } from '@tollgate/audit';
import type { Database, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { BillProvider } from './bill-line.ts';
import { compareBill, type Difference, type MatchedLine } from './compare.ts';
import { type LedgerQuestion, loadLedgerDays } from './ledger-days.ts';
import { matchModel } from './model-name.ts';
import { type ReadBill, readBill } from './read-bill.ts';
import { ReconciliationError } from './reconciliation-error.ts';

export interface BillUpload {
  readonly organizationId: string;
  readonly provider: BillProvider;
  readonly credentialId: string;
  readonly timeZone: string;
  readonly fileName: string;
  readonly file: Uint8Array;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly now: Date;
}

/** @returns The bill's id; of the earlier import where the same file was imported before. @throws {ImportError} */
export async function importBill(
  database: Database,
  upload: BillUpload,
): Promise<{ readonly billId: string; readonly isNew: boolean }> {
  const { organizationId, provider, credentialId } = upload;
  const sha256 = createHash('sha256').update(upload.file).digest('hex');
  const known = await database.tenant(organizationId, (tx) =>
    findBySha(tx, organizationId, sha256, credentialId),
  );
  if (known !== undefined) return { billId: known, isNew: false };
  const bill = await readBill(upload.file, provider);
  const question = {
    organizationId,
    provider,
    credentialId,
    timeZone: upload.timeZone,
    firstDay: bill.firstDay,
    lastDay: bill.lastDay,
  };
  const compared = await compare(database, question, bill.lines);
  return database.tenant(
    organizationId,
    async (tx) => {
      const id = newId('providerBill', upload.now.getTime());
      const inserted = await insertBill(tx, upload, { id, sha256, bill, compared });
      if (!inserted)
        return { billId: (await findBySha(tx, organizationId, sha256, credentialId))!, isNew: false };
      await insertLines(tx, organizationId, id, compared.lines);
      await insertDifferences(tx, organizationId, id, compared.differences);
      await recordAudit(tx, {
        organizationId,
        actor: upload.actor,
        origin: upload.origin,
        action: 'provider-bill-imported',
        target: { kind: 'providerBill', id, name: upload.fileName },
        after: { provider, rows: bill.rows, billPicoUsd: String(bill.totalPicoUsd), sha256 },
        nowMs: upload.now.getTime(),
      });
      return { billId: id, isNew: true };
    },
    { timeoutMs: 60_000 },
  );
}

async function findBySha(
  tx: Transaction,
  organizationId: string,
  sha256: string,
  credentialId: string,
): Promise<string | undefined> {
  const row = await tx.providerBill.findFirst({
    where: { organizationId, fileSha256: sha256, credentialId },
    select: { id: true },
  });
  return row?.id;
}

interface Compared {
  readonly lines: readonly MatchedLine[];
  readonly differences: readonly Difference[];
  readonly ledgerPicoUsd: bigint;
}

async function compare(
  database: Database,
  question: LedgerQuestion,
  lines: ReadBill['lines'],
): Promise<Compared> {
  const ledger = await loadLedgerDays(database, question);
  const known = [...new Set(ledger.map(({ model }) => model))];
  const names = new Map<string, string>();
  const matched = lines.map((line): MatchedLine => {
    const model = names.get(line.providerModel) ?? matchModel(line.providerModel, known) ?? '';
    names.set(line.providerModel, model);
    return { ...line, model };
  });
  return {
    lines: matched,
    differences: compareBill(matched, ledger, question.lastDay),
    ledgerPicoUsd: ledger.reduce((total, day) => total + day.costPicoUsd, 0n),
  };
}

async function insertBill(
  tx: Transaction,
  upload: BillUpload,
  { id, sha256, bill, compared }: { id: string; sha256: string; bill: ReadBill; compared: Compared },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    INSERT INTO provider_bills (id, organization_id, provider, format, file_name, file_sha256, file_bytes, rows, ignored_rows,
      credential_id, time_zone, first_day, last_day, bill_pico_usd, ledger_pico_usd, difference_pico_usd, compared_at,
      actor_kind, actor_id, actor_name, created_at)
    VALUES (${id}, ${upload.organizationId}, ${upload.provider}, 'cost-export', ${upload.fileName}, ${sha256},
      ${upload.file.byteLength}, ${bill.rows}, ${bill.ignoredRows}, ${upload.credentialId}, ${upload.timeZone},
      ${bill.firstDay}::date, ${bill.lastDay}::date, ${String(bill.totalPicoUsd)}::numeric,
      ${String(compared.ledgerPicoUsd)}::numeric, ${String(bill.totalPicoUsd - compared.ledgerPicoUsd)}::numeric, ${upload.now},
      ${upload.actor.kind}, ${upload.actor.id}, ${upload.actor.name ?? ''}, ${upload.now})
    ON CONFLICT (organization_id, file_sha256, credential_id) DO NOTHING`;
  return count === 1;
}

async function insertLines(
  tx: Transaction,
  organizationId: string,
  billId: string,
  lines: readonly MatchedLine[],
): Promise<void> {
  const rows = JSON.stringify(
    lines.map((line) => ({
      day: line.day,
      provider_model: line.providerModel.slice(0, 200),
      model: line.model,
      component: line.component,
      tier: line.tier,
      account: line.account.slice(0, 200),
      quantity: String(line.quantity),
      amount: String(line.amountPicoUsd),
      rows: line.rows,
    })),
  );
  await tx.$executeRaw`
    INSERT INTO provider_bill_lines AS l (organization_id, bill_id, day, provider_model, model, component, tier, account, quantity, amount_pico_usd, rows)
    SELECT ${organizationId}, ${billId}, r.day, r.provider_model, r.model, r.component, r.tier, r.account, sum(r.quantity), sum(r.amount), sum(r.rows)
    FROM jsonb_to_recordset(${rows}::jsonb) AS r(day date, provider_model text, model text, component text, tier text, account text,
      quantity numeric, amount numeric, rows bigint)
    GROUP BY r.day, r.provider_model, r.model, r.component, r.tier, r.account`;
}

async function insertDifferences(
  tx: Transaction,
  organizationId: string,
  billId: string,
  differences: readonly Difference[],
): Promise<void> {
  const rows = JSON.stringify(
    differences.map((difference, position) => ({
      position,
      day: difference.day,
      model: difference.model.slice(0, 200),
      reason: difference.reason,
      bill: String(difference.billPicoUsd),
      ledger: String(difference.ledgerPicoUsd),
      difference: String(difference.differencePicoUsd),
      detail: difference.detail,
    })),
  );
  await tx.$executeRaw`
    INSERT INTO provider_differences (organization_id, bill_id, position, day, model, reason, bill_pico_usd, ledger_pico_usd, difference_pico_usd, detail)
    SELECT ${organizationId}, ${billId}, r.position, r.day, r.model, r.reason, r.bill, r.ledger, r.difference, r.detail
    FROM jsonb_to_recordset(${rows}::jsonb) AS r(position int, day date, model text, reason text, bill numeric, ledger numeric,
      difference numeric, detail jsonb)`;
}

export interface BillScope {
  readonly organizationId: string;
  readonly billId: string;
}

/**
 * Compares a bill with the ledger as it is now, for instance after late usage. Decisions are taken back.
 *
 * @throws {ReconciliationError} `not-found`; `wrong-state`: something of it was booked.
 */
export async function compareAgain(
  database: Database,
  { organizationId, billId }: BillScope,
  now: Date,
): Promise<void> {
  const { bill, lines } = await database.tenant(organizationId, async (tx) => {
    const found = await lockBill(tx, { organizationId, billId });
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
    return {
      bill: found,
      lines: rows.map(({ amount, quantity, ...line }) => ({
        ...line,
        quantity: BigInt(quantity),
        amountPicoUsd: BigInt(amount),
      })),
    };
  });
  const compared = await compare(database, { organizationId, ...bill }, lines);
  await database.tenant(
    organizationId,
    async (tx) => {
      await lockBill(tx, { organizationId, billId });
      await tx.$executeRaw`DELETE FROM provider_differences WHERE organization_id = ${organizationId} AND bill_id = ${billId}`;
      await tx.$executeRaw`DELETE FROM provider_bill_lines WHERE organization_id = ${organizationId} AND bill_id = ${billId}`;
      await insertLines(tx, organizationId, billId, compared.lines);
      await insertDifferences(tx, organizationId, billId, compared.differences);
      await tx.$executeRaw`
        UPDATE provider_bills SET ledger_pico_usd = ${String(compared.ledgerPicoUsd)}::numeric,
          difference_pico_usd = bill_pico_usd - ${String(compared.ledgerPicoUsd)}::numeric, compared_at = ${now}
        WHERE organization_id = ${organizationId} AND id = ${billId}`;
    },
    { timeoutMs: 60_000 },
  );
}

interface LockedBill {
  readonly provider: BillProvider;
  readonly credentialId: string;
  readonly timeZone: string;
  readonly firstDay: string;
  readonly lastDay: string;
}

async function lockBill(tx: Transaction, { organizationId, billId }: BillScope): Promise<LockedBill> {
  const [bill] = await tx.$queryRaw<LockedBill[]>`
    SELECT provider, credential_id AS "credentialId", time_zone AS "timeZone", first_day::text AS "firstDay", last_day::text AS "lastDay"
    FROM provider_bills WHERE organization_id = ${organizationId} AND id = ${billId} FOR UPDATE`;
  if (bill === undefined) {
    throw new ReconciliationError(
      'not-found',
      `Cannot find the bill: it must exist in the organization, got ${billId}`,
    );
  }
  const booked = await tx.providerDifference.count({
    where: { organizationId, billId, state: { in: ['booking', 'booked'] } },
  });
  if (booked > 0) {
    throw new ReconciliationError(
      'wrong-state',
      `Cannot change the bill: nothing of it may be booked, got ${booked} bookings`,
    );
  }
  return bill;
}

/** @throws {ReconciliationError} `not-found`, `wrong-state`. */
export async function deleteBill(
  tx: Transaction,
  scope: BillScope & { actor: AuditActor; origin: AuditOrigin; now: Date },
): Promise<void> {
  const { organizationId, billId } = scope;
  const { provider } = await lockBill(tx, scope);
  const before = await tx.providerBill.findFirst({
    where: { organizationId, id: billId },
    select: { fileName: true, rows: true, billPicoUsd: true, fileSha256: true },
  });
  await tx.$executeRaw`DELETE FROM provider_differences WHERE organization_id = ${organizationId} AND bill_id = ${billId}`;
  await tx.$executeRaw`DELETE FROM provider_bill_lines WHERE organization_id = ${organizationId} AND bill_id = ${billId}`;
  await tx.$executeRaw`DELETE FROM provider_bills WHERE organization_id = ${organizationId} AND id = ${billId}`;
  await recordAudit(tx, {
    organizationId,
    actor: scope.actor,
    origin: scope.origin,
    action: 'provider-bill-deleted',
    target: { kind: 'providerBill', id: billId, name: before?.fileName ?? '' },
    before: {
      provider,
      rows: before?.rows,
      billPicoUsd: before?.billPicoUsd.toFixed(),
      sha256: before?.fileSha256,
    },
    nowMs: scope.now.getTime(),
  });
}

export interface DifferenceDecision extends BillScope {
  readonly positions: readonly number[];
  /** `book`: the ledger gets the difference as an adjustment. */
  readonly decision: 'accept' | 'book' | 'reopen';
  readonly note: string;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly now: Date;
}

const MAX_BOOKED = '9000000000000000000';

/** @returns How many were decided: those that are booked stay so. */
export async function decideDifferences(tx: Transaction, decision: DifferenceDecision): Promise<number> {
  const { organizationId, billId, actor, now } = decision;
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
      note: decision.note,
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
    target: { kind: 'providerBill', id: billId },
    after: { positions: decision.positions.slice(0, 100).join(' '), count, note: decision.note },
    nowMs: now.getTime(),
  });
  return count;
}
