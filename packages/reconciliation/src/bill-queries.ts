/** Reading bills and their differences. Amounts are exact decimal text in USD. */
import { empty, sql, type Transaction } from '@tollgate/db';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import type { BillProvider } from './bill-line.ts';
import type { BillScope } from './bill-store.ts';
import { ReconciliationError } from './reconciliation-error.ts';

export interface BillView {
  readonly id: string;
  readonly provider: BillProvider;
  readonly fileName: string;
  readonly fileSha256: string;
  readonly rows: number;
  readonly ignoredRows: number;
  readonly credentialId: string;
  /** Empty: none, or one that is gone. */
  readonly credentialName: string;
  readonly timeZone: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly billUsd: string;
  readonly ledgerUsd: string;
  readonly differenceUsd: string;
  readonly openDifferences: number;
  readonly comparedAt: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

export type BillStates = Readonly<Record<DifferenceView['state'], number>>;

export interface BillReasonView {
  readonly reason: string;
  readonly count: number;
  readonly differenceUsd: string;
}

export interface DifferenceView {
  readonly position: number;
  readonly day: string;
  /** When its day begins and ends where the bill counts days. */
  readonly from: string;
  readonly to: string;
  readonly model: string;
  readonly reason: string;
  readonly billUsd: string;
  readonly ledgerUsd: string;
  readonly differenceUsd: string;
  readonly detail: Readonly<Record<string, string>>;
  readonly state: 'open' | 'accepted' | 'booking' | 'booked';
  readonly note: string;
  readonly decidedBy: string;
  readonly decidedAt: string | null;
}

const usd = (pico: string): string => formatUsd(picoUsdSum(BigInt(pico)));

interface BillRow
  extends Omit<BillView, 'billUsd' | 'ledgerUsd' | 'differenceUsd' | 'comparedAt' | 'createdAt'> {
  readonly bill: string;
  readonly ledger: string;
  readonly difference: string;
  readonly comparedAt: Date;
  readonly createdAt: Date;
}

const BILL_COLUMNS = sql`b.id, b.provider, b.file_name AS "fileName", b.file_sha256 AS "fileSha256", b.rows::int AS rows,
  b.ignored_rows::int AS "ignoredRows", b.credential_id AS "credentialId",
  COALESCE((SELECT c.name FROM provider_credentials c WHERE c.organization_id = b.organization_id AND c.id = b.credential_id), '') AS "credentialName",
  b.time_zone AS "timeZone",
  b.first_day::text AS "firstDay", b.last_day::text AS "lastDay", b.bill_pico_usd::text AS bill, b.ledger_pico_usd::text AS ledger,
  b.difference_pico_usd::text AS difference, b.compared_at AS "comparedAt", b.actor_name AS "createdBy", b.created_at AS "createdAt",
  (SELECT count(*)::int FROM provider_differences d WHERE d.organization_id = b.organization_id AND d.bill_id = b.id AND d.state = 'open') AS "openDifferences"`;

function toBillView({ bill, ledger, difference, ...row }: BillRow): BillView {
  return {
    ...row,
    billUsd: usd(bill),
    ledgerUsd: usd(ledger),
    differenceUsd: usd(difference),
    comparedAt: row.comparedAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
  };
}

/** Newest first. @param before Time and id of the last one of the page before. */
export async function listBills(
  tx: Transaction,
  filter: {
    readonly organizationId: string;
    readonly limit: number;
    readonly before?: { readonly at: Date; readonly id: string } | undefined;
  },
): Promise<BillView[]> {
  const rows = await tx.$queryRaw<BillRow[]>`
    SELECT ${BILL_COLUMNS} FROM provider_bills b WHERE b.organization_id = ${filter.organizationId}
      ${filter.before === undefined ? empty : sql`AND (b.created_at, b.id) < (${filter.before.at}, ${filter.before.id})`}
    ORDER BY b.created_at DESC, b.id DESC LIMIT ${filter.limit}`;
  return rows.map(toBillView);
}

/** @throws {ReconciliationError} `not-found`. */
export async function getBill(
  tx: Transaction,
  { organizationId, billId }: BillScope,
): Promise<BillView & { readonly reasons: readonly BillReasonView[]; readonly states: BillStates }> {
  const [row] = await tx.$queryRaw<BillRow[]>`
    SELECT ${BILL_COLUMNS} FROM provider_bills b WHERE b.organization_id = ${organizationId} AND b.id = ${billId}`;
  if (row === undefined) {
    throw new ReconciliationError(
      'not-found',
      `Cannot find the bill: it must exist in the organization, got ${billId}`,
    );
  }
  const reasons = await tx.$queryRaw<{ reason: string; count: number; difference: string }[]>`
    SELECT reason, count(*)::int AS count, sum(difference_pico_usd)::text AS difference FROM provider_differences
    WHERE organization_id = ${organizationId} AND bill_id = ${billId} GROUP BY 1 ORDER BY abs(sum(difference_pico_usd)) DESC, 1`;
  const [states] = await tx.$queryRaw<BillStates[]>`
    SELECT count(*) FILTER (WHERE state = 'open')::int AS open, count(*) FILTER (WHERE state = 'accepted')::int AS accepted,
      count(*) FILTER (WHERE state = 'booking')::int AS booking, count(*) FILTER (WHERE state = 'booked')::int AS booked
    FROM provider_differences WHERE organization_id = ${organizationId} AND bill_id = ${billId}`;
  return {
    ...toBillView(row),
    states: states!,
    reasons: reasons.map(({ difference, ...each }) => ({ ...each, differenceUsd: usd(difference) })),
  };
}

export async function listDifferences(
  tx: Transaction,
  filter: BillScope & {
    readonly limit: number;
    readonly afterPosition?: number | undefined;
    readonly state?: DifferenceView['state'] | undefined;
    readonly position?: number | undefined;
  },
): Promise<DifferenceView[]> {
  const rows = await tx.$queryRaw<
    (Omit<DifferenceView, 'billUsd' | 'ledgerUsd' | 'differenceUsd' | 'decidedAt' | 'from' | 'to'> & {
      from: Date;
      to: Date;
      bill: string;
      ledger: string;
      difference: string;
      decidedAt: Date | null;
    })[]
  >`
    SELECT d.position, d.day::text AS day, d.day::timestamp AT TIME ZONE b.time_zone AS from,
      (d.day + 1)::timestamp AT TIME ZONE b.time_zone AS to, d.model, d.reason, d.bill_pico_usd::text AS bill,
      d.ledger_pico_usd::text AS ledger, d.difference_pico_usd::text AS difference, d.detail, d.state, d.note,
      d.actor_name AS "decidedBy", d.decided_at AS "decidedAt"
    FROM provider_differences d JOIN provider_bills b ON b.organization_id = d.organization_id AND b.id = d.bill_id
    WHERE d.organization_id = ${filter.organizationId} AND d.bill_id = ${filter.billId} AND d.position > ${filter.afterPosition ?? -1}
      ${filter.state === undefined ? empty : sql`AND d.state = ${filter.state}`}
      ${filter.position === undefined ? empty : sql`AND d.position = ${filter.position}`}
    ORDER BY d.position LIMIT ${filter.limit}`;
  return rows.map(({ bill, ledger, difference, ...row }) => ({
    ...row,
    detail: withoutPico(row.detail),
    from: row.from.toISOString(),
    to: row.to.toISOString(),
    billUsd: usd(bill),
    ledgerUsd: usd(ledger),
    differenceUsd: usd(difference),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  }));
}

/** What was found out about a difference is kept exactly, and told in USD. */
function withoutPico(detail: DifferenceView['detail']): DifferenceView['detail'] {
  const { latePicoUsd, ...others } = detail;
  return latePicoUsd === undefined ? others : { ...others, lateUsd: usd(latePicoUsd) };
}
