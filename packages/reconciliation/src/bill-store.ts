/**
 * Bills as they were imported, and forgotten. A file is imported once: by its hash, per credential. Comparing one again is
 * compare-again.ts, deciding about its differences decide-differences.ts.
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

/**
 * @returns The bill's id; of the earlier import where the same file was imported before.
 * @throws {ImportError}
 * @throws {ReconciliationError} `imported-otherwise`: as a bill of another provider, or in the days of another time zone. Another
 * bill beside it would have every difference be decided about, and booked, twice.
 */
export async function importBill(
  database: Database,
  upload: BillUpload,
): Promise<{ readonly billId: string; readonly isNew: boolean }> {
  const { organizationId, provider, credentialId } = upload;
  const sha256 = createHash('sha256').update(upload.file).digest('hex');
  const known = await database.tenant(organizationId, (tx) => findSame(tx, upload, sha256));
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
  const compared = await compareLines(database, question, bill.lines);
  return database.tenant(
    organizationId,
    async (tx) => {
      const id = newId('providerBill', upload.now.getTime());
      const inserted = await insertBill(tx, upload, { id, sha256, bill, compared });
      if (!inserted) return { billId: (await findSame(tx, upload, sha256))!, isNew: false };
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

async function findSame(
  tx: Transaction,
  { organizationId, credentialId, provider, timeZone }: BillUpload,
  sha256: string,
): Promise<string | undefined> {
  const earlier = await tx.providerBill.findFirst({
    where: { organizationId, fileSha256: sha256, credentialId },
    select: { id: true, provider: true, timeZone: true },
  });
  if (earlier === null) return undefined;
  if (earlier.provider === provider && earlier.timeZone === timeZone) return earlier.id;
  throw new ReconciliationError(
    'imported-otherwise',
    `Cannot import the file as a bill of ${provider} in the days of ${timeZone}: it is there as ${earlier.id}, of ${earlier.provider} in the days of ${earlier.timeZone}, which must be deleted first`,
    { earlier: { bill: earlier.id, provider: earlier.provider, timeZone: earlier.timeZone } },
  );
}

export interface Compared {
  readonly lines: readonly MatchedLine[];
  readonly differences: readonly Difference[];
  readonly ledgerPicoUsd: bigint;
}

export async function compareLines(
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

export async function insertLines(
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

/** What somebody decided about a difference. */
export interface KeptDecision {
  readonly state: string;
  readonly note: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly decidedAt: Date | null;
}

/** @param decisions Of an earlier comparison, by the position of the difference that they hold for. */
export async function insertDifferences(
  tx: Transaction,
  organizationId: string,
  billId: string,
  differences: readonly Difference[],
  decisions: ReadonlyMap<number, KeptDecision> = new Map(),
): Promise<void> {
  const rows = JSON.stringify(
    differences.map((difference, position) => {
      const decision = decisions.get(position);
      return {
        position,
        day: difference.day,
        model: modelText(difference.model),
        reason: difference.reason,
        bill: String(difference.billPicoUsd),
        ledger: String(difference.ledgerPicoUsd),
        difference: String(difference.differencePicoUsd),
        detail: difference.detail,
        state: decision?.state ?? 'open',
        note: decision?.note ?? '',
        actor_kind: decision?.actorKind ?? '',
        actor_id: decision?.actorId ?? '',
        actor_name: decision?.actorName ?? '',
        decided_at: decision?.decidedAt ?? null,
      };
    }),
  );
  await tx.$executeRaw`
    INSERT INTO provider_differences (organization_id, bill_id, position, day, model, reason, bill_pico_usd, ledger_pico_usd, difference_pico_usd,
      detail, state, note, actor_kind, actor_id, actor_name, decided_at)
    SELECT ${organizationId}, ${billId}, r.position, r.day, r.model, r.reason, r.bill, r.ledger, r.difference, r.detail, r.state, r.note,
      r.actor_kind, r.actor_id, r.actor_name, r.decided_at
    FROM jsonb_to_recordset(${rows}::jsonb) AS r(position int, day date, model text, reason text, bill numeric, ledger numeric,
      difference numeric, detail jsonb, state text, note text, actor_kind text, actor_id text, actor_name text, decided_at timestamptz)`;
}

/** As differences keep it. */
export const modelText = (model: string): string => model.slice(0, 200);

export interface BillScope {
  readonly organizationId: string;
  readonly billId: string;
}

export interface LockedBill {
  readonly fileName: string;
  readonly provider: BillProvider;
  readonly credentialId: string;
  readonly timeZone: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly comparedAt: Date;
}

/** Nobody else compares it or decides about it until the transaction ends. @throws {ReconciliationError} `not-found`. */
export async function lockBill(tx: Transaction, { organizationId, billId }: BillScope): Promise<LockedBill> {
  const [bill] = await tx.$queryRaw<LockedBill[]>`
    SELECT file_name AS "fileName", compared_at AS "comparedAt", provider, credential_id AS "credentialId", time_zone AS "timeZone", first_day::text AS "firstDay", last_day::text AS "lastDay"
    FROM provider_bills WHERE organization_id = ${organizationId} AND id = ${billId} FOR UPDATE`;
  if (bill === undefined) {
    throw new ReconciliationError(
      'not-found',
      `Cannot find the bill: it must exist in the organization, got ${billId}`,
    );
  }
  return bill;
}

/** @throws {ReconciliationError} `not-found`; `wrong-state`: something of it was booked. */
export async function lockUnbookedBill(
  tx: Transaction,
  { organizationId, billId }: BillScope,
): Promise<LockedBill> {
  const bill = await lockBill(tx, { organizationId, billId });
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
  const { provider } = await lockUnbookedBill(tx, scope);
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
