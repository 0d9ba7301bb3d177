/** Reading invoices and their lines, for the admin API. Amounts are exact decimal text in USD. */
import { type Database, empty, type Prisma, sql, type Transaction } from '@tollgate/db';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { z } from 'zod';
import { BillingError } from '../lifecycle/billing-error.ts';
import { describeLine, shownUnitPrice } from './line-text.ts';
import { decodeCursor, type Page, type PageOptions, toPage } from './page-cursor.ts';

export interface InvoiceView {
  readonly id: string;
  readonly kind: 'invoice' | 'showback';
  readonly state: 'draft' | 'open' | 'paid' | 'void' | 'uncollectible';
  readonly livemode: boolean;
  readonly number: string | null;
  readonly currency: string;
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly timeZone: string;
  readonly subtotalUsd: string;
  readonly roundingUsd: string;
  readonly taxUsd: string;
  readonly totalUsd: string;
  readonly dueAt: string | null;
  readonly finalizedAt: string | null;
  readonly paidAt: string | null;
  readonly voidedAt: string | null;
  readonly uncollectibleAt: string | null;
  readonly frozenSha256: string | null;
  readonly version: number;
  readonly updatedAt: string;
}

export interface InvoiceDetail extends InvoiceView {
  readonly taxes: readonly {
    readonly name: string;
    readonly rateBasisPoints: number;
    readonly amountUsd: string;
  }[];
}

export interface InvoiceFilter extends PageOptions {
  readonly organizationId: string;
  /** `invoice` unless told. */
  readonly kind?: 'invoice' | 'showback' | undefined;
  readonly state?: InvoiceView['state'] | undefined;
  readonly livemode?: boolean | undefined;
}

export interface InvoiceLineView {
  readonly id: string;
  /** usage, fee, credit: they sum to the subtotal. Rounding and taxes are fields of the invoice. */
  readonly kind: string;
  readonly description: string;
  readonly teamId: string;
  readonly teamName: string;
  readonly costCenter: string;
  readonly provider: string;
  readonly model: string;
  readonly component: string;
  readonly quantity: string;
  /** Per unit. Times quantity it is the amount, except where a markup had to be rounded per request. */
  readonly unitPriceUsd: string;
  /** The provider's price, before the markup. */
  readonly listUnitPriceUsd: string;
  readonly markupBasisPoints: number;
  readonly costUsd: string;
  readonly amountUsd: string;
}

interface InvoiceRow {
  readonly id: string;
  readonly kind: InvoiceView['kind'];
  readonly state: InvoiceView['state'];
  readonly livemode: boolean;
  readonly number: string | null;
  readonly currency: string;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly timeZone: string;
  readonly subtotal: string;
  readonly rounding: string;
  readonly tax: string;
  readonly total: string;
  readonly dueAt: Date | null;
  readonly finalizedAt: Date | null;
  readonly paidAt: Date | null;
  readonly voidedAt: Date | null;
  readonly uncollectibleAt: Date | null;
  readonly frozenSha256: string | null;
  readonly version: number;
  readonly updatedAt: Date;
}

const INVOICE_COLUMNS = sql`i.id, i.kind, i.state, i.livemode, i.number, i.currency, i.period_start AS "periodStart",
  i.period_end AS "periodEnd", i.time_zone AS "timeZone", i.subtotal_pico_usd::text AS subtotal,
  i.rounding_pico_usd::text AS rounding, i.tax_pico_usd::text AS tax, i.total_pico_usd::text AS total, i.due_at AS "dueAt",
  i.finalized_at AS "finalizedAt", i.paid_at AS "paidAt", i.voided_at AS "voidedAt", i.uncollectible_at AS "uncollectibleAt",
  i.frozen_sha256 AS "frozenSha256", i.version, i.updated_at AS "updatedAt"`;

const InvoiceCursor = z.tuple([z.iso.datetime(), z.string()]);

/** Newest period first. @throws {InvalidCursorError} */
export function listInvoices(database: Database, filter: InvoiceFilter): Promise<Page<InvoiceView>> {
  return database.tenant(filter.organizationId, async (tx) => {
    const after = filter.cursor === undefined ? undefined : decodeCursor(InvoiceCursor, filter.cursor);
    const rows = await tx.$queryRaw<InvoiceRow[]>`
      SELECT ${INVOICE_COLUMNS} FROM invoices i
      WHERE i.organization_id = ${filter.organizationId} AND i.kind = ${filter.kind ?? 'invoice'}
        ${filter.state === undefined ? empty : sql`AND i.state = ${filter.state}`}
        ${filter.livemode === undefined ? empty : sql`AND i.livemode = ${filter.livemode}`}
        ${after === undefined ? empty : sql`AND (i.period_start, i.id) < (${after[0]}::timestamptz, ${after[1]})`}
      ORDER BY i.period_start DESC, i.id DESC LIMIT ${filter.limit + 1}`;
    return toPage(rows, filter.limit, (row) => [row.periodStart.toISOString(), row.id], toInvoiceView);
  });
}

/** @throws {BillingError} `not-found`. */
export function getInvoice(
  database: Database,
  { organizationId, invoiceId }: { organizationId: string; invoiceId: string },
): Promise<InvoiceDetail> {
  return database.tenant(organizationId, async (tx) => {
    const [row] = await tx.$queryRaw<InvoiceRow[]>`
      SELECT ${INVOICE_COLUMNS} FROM invoices i WHERE i.organization_id = ${organizationId} AND i.id = ${invoiceId}`;
    if (row === undefined) throw notFound('invoice', invoiceId);
    const taxes = await tx.$queryRaw<{ name: string; rateBasisPoints: number; amount: string }[]>`
      SELECT description AS name, markup_basis_points AS "rateBasisPoints", amount_pico_usd::text AS amount FROM invoice_lines
      WHERE organization_id = ${organizationId} AND invoice_id = ${invoiceId} AND kind = 'tax' ORDER BY position`;
    return {
      ...toInvoiceView(row),
      taxes: taxes.map(({ amount, ...tax }) => ({ ...tax, amountUsd: usd(amount) })),
    };
  });
}

export interface LineRow {
  readonly id: string;
  readonly kind: string;
  readonly position: number;
  readonly description: string;
  readonly teamId: string;
  readonly teamName: string;
  readonly costCenter: string;
  readonly provider: string;
  readonly model: string;
  readonly component: string;
  readonly unitPrice: string;
  readonly markupBasisPoints: number;
  readonly quantity: string;
  readonly cost: string;
  readonly amount: string;
}

const LINE_COLUMNS = sql`l.id, l.kind, l.position, l.description, l.team_id AS "teamId", l.team_name AS "teamName",
  l.cost_center AS "costCenter", l.provider, l.model, l.component, l.unit_price_pico_usd::text AS "unitPrice",
  l.markup_basis_points AS "markupBasisPoints", l.quantity::text AS quantity, l.cost_pico_usd::text AS cost, l.amount_pico_usd::text AS amount`;

// Usage first, then fees, then credits: alphabetical from the end, which a row comparison can express.
const LineCursor = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
]);
const LINE_ORDER = sql`(CASE l.kind WHEN 'usage' THEN '0' WHEN 'fee' THEN '1' ELSE '2' END), l.team_name, l.team_id, l.cost_center, l.model, l.component, l.id`;

/** By team, cost centre, model. They sum to the subtotal. @throws {BillingError} `not-found`. @throws {InvalidCursorError} */
export function listInvoiceLines(
  database: Database,
  { organizationId, invoiceId, limit, cursor }: PageOptions & { organizationId: string; invoiceId: string },
): Promise<Page<InvoiceLineView>> {
  return database.tenant(organizationId, async (tx) => {
    await assertInvoice(tx, organizationId, invoiceId);
    const after = cursor === undefined ? empty : lineAfter(decodeCursor(LineCursor, cursor));
    const rows = await tx.$queryRaw<LineRow[]>`
      SELECT ${LINE_COLUMNS} FROM invoice_lines l
      WHERE l.organization_id = ${organizationId} AND l.invoice_id = ${invoiceId} AND l.kind IN ('usage', 'fee', 'credit') ${after}
      ORDER BY ${LINE_ORDER} LIMIT ${limit + 1}`;
    return toPage(rows, limit, keyOfLine, toLineView);
  });
}

function lineAfter(key: z.infer<typeof LineCursor>): Prisma.Sql {
  return sql`AND (${LINE_ORDER}) > (${key[0]}, ${key[1]}, ${key[2]}, ${key[3]}, ${key[4]}, ${key[5]}, ${key[6]})`;
}

function keyOfLine(row: LineRow): string[] {
  const rank = row.kind === 'usage' ? '0' : row.kind === 'fee' ? '1' : '2';
  return [rank, row.teamName, row.teamId, row.costCenter, row.model, row.component, row.id];
}

/** @throws {BillingError} `not-found`. */
export async function getLineRow(
  tx: Transaction,
  organizationId: string,
  invoiceId: string,
  lineId: string,
): Promise<LineRow> {
  const [row] = await tx.$queryRaw<LineRow[]>`
    SELECT ${LINE_COLUMNS} FROM invoice_lines l
    WHERE l.organization_id = ${organizationId} AND l.invoice_id = ${invoiceId} AND l.id = ${lineId}`;
  if (row === undefined) throw notFound('invoice line', lineId);
  return row;
}

export function toLineView(row: LineRow): InvoiceLineView {
  const unitPricePicoUsd = BigInt(row.unitPrice);
  const shown = shownUnitPrice({
    unitPricePicoUsd,
    markupBasisPoints: row.markupBasisPoints,
    quantity: BigInt(row.quantity),
    amountPicoUsd: BigInt(row.amount),
  });
  return {
    id: row.id,
    kind: row.kind,
    description: describeLine(row),
    teamId: row.teamId,
    teamName: row.teamName,
    costCenter: row.costCenter,
    provider: row.provider,
    model: row.model,
    component: row.component,
    quantity: row.quantity,
    unitPriceUsd: usd(String(shown)),
    listUnitPriceUsd: usd(row.unitPrice),
    markupBasisPoints: row.markupBasisPoints,
    costUsd: usd(row.cost),
    amountUsd: usd(row.amount),
  };
}

/** Exact USD of pico-USD text. */
export function usd(picoUsdText: string): string {
  return formatUsd(picoUsdSum(BigInt(picoUsdText)));
}

export function notFound(what: string, id: string): BillingError {
  return new BillingError(
    'not-found',
    `Cannot find the ${what}: it must exist in the organization, got ${id}`,
  );
}

async function assertInvoice(tx: Transaction, organizationId: string, invoiceId: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM invoices WHERE organization_id = ${organizationId} AND id = ${invoiceId}`;
  if (rows.length === 0) throw notFound('invoice', invoiceId);
}

function toInvoiceView(row: InvoiceRow): InvoiceView {
  const { subtotal, rounding, tax, total, ...rest } = row;
  return {
    ...rest,
    periodStart: row.periodStart.toISOString(),
    periodEnd: row.periodEnd.toISOString(),
    subtotalUsd: usd(subtotal),
    roundingUsd: usd(rounding),
    taxUsd: usd(tax),
    totalUsd: usd(total),
    dueAt: row.dueAt?.toISOString() ?? null,
    finalizedAt: row.finalizedAt?.toISOString() ?? null,
    paidAt: row.paidAt?.toISOString() ?? null,
    voidedAt: row.voidedAt?.toISOString() ?? null,
    uncollectibleAt: row.uncollectibleAt?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
  };
}
