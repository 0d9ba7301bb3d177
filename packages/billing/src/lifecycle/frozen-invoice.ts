/**
 * Everything an invoice says, as one JSON value: what is hashed at finalization and what PDF and CSV are made
 * from. A draft composes the same value without a number, for its preview.
 */
import type { Transaction } from '@tollgate/db';
import { z } from 'zod';
import { localDate } from '../period/zone-time.ts';
import { resolveTaxes, taxPointOf } from '../tax/tax-rates.ts';
import { BillingError } from './billing-error.ts';
import { canonicalJson, type Json, sha256Hex } from './canonical-json.ts';
import { getIssuer, Issuer } from './issuer.ts';

const amount = z.string().regex(/^-?\d{1,38}$/);

export const FrozenLine = z.object({
  id: z.string(),
  /** usage, fee, credit */
  kind: z.string(),
  description: z.string(),
  teamId: z.string(),
  teamName: z.string(),
  costCenter: z.string(),
  provider: z.string(),
  model: z.string(),
  component: z.string(),
  unitPricePicoUsd: amount,
  markupBasisPoints: z.int(),
  quantity: amount,
  amountPicoUsd: amount,
});
export type FrozenLine = z.infer<typeof FrozenLine>;

export const FrozenInvoice = z.object({
  version: z.literal(1),
  /** invoice, credit, debit */
  kind: z.string(),
  id: z.string(),
  /** Null on a draft's preview. */
  number: z.string().nullable(),
  series: z.string().nullable(),
  /** Of a note: the invoice it corrects, and why. */
  corrects: z.object({ invoiceId: z.string(), number: z.string(), reason: z.string() }).nullable(),
  organizationId: z.string(),
  livemode: z.boolean(),
  currency: z.string(),
  issuedAt: z.string().nullable(),
  /** Calendar days in the period's time zone; the last one is the last that belongs to it. */
  issuedOn: z.string().nullable(),
  dueOn: z.string().nullable(),
  period: z.object({
    start: z.string(),
    end: z.string(),
    firstDay: z.string(),
    lastDay: z.string(),
    timeZone: z.string(),
  }),
  issuer: Issuer,
  customer: z.object({
    name: z.string(),
    addressLines: z.array(z.string()),
    country: z.string(),
    taxId: z.string(),
    email: z.string(),
    purchaseOrder: z.string(),
  }),
  lines: z.array(FrozenLine),
  subtotalPicoUsd: amount,
  roundingPicoUsd: amount,
  taxes: z.array(z.object({ name: z.string(), rateBasisPoints: z.int(), amountPicoUsd: amount })),
  /** Such as a reverse charge; absent where there is nothing to say. */
  taxNotes: z.array(z.string()).exactOptional(),
  taxPicoUsd: amount,
  totalPicoUsd: amount,
  /** Ledger rows written below this transaction id are in; a line opened later shows exactly those. */
  ledgerNextXid: z.string(),
});
export type FrozenInvoice = z.infer<typeof FrozenInvoice>;

/** The columns of `invoices` that composing needs. */
export interface InvoiceHead {
  readonly id: string;
  readonly organizationId: string;
  readonly livemode: boolean;
  readonly currency: string;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly timeZone: string;
  readonly subtotal: string;
  readonly rounding: string;
  readonly tax: string;
  readonly total: string;
}

export interface Issuance {
  readonly number: string;
  readonly series: string;
  readonly issuedAt: Date;
  readonly dueAt: Date;
}

/** Reads the lines, the profile and the letterhead as they are now. */
export async function composeInvoice(
  tx: Transaction,
  head: InvoiceHead,
  issuance: Issuance | undefined,
): Promise<FrozenInvoice> {
  const issuer = await getIssuer(tx);
  const customer = await getCustomer(tx, head.organizationId);
  const lines = await tx.$queryRaw<(FrozenLine & { id: string })[]>`
    SELECT id, kind, description, team_id AS "teamId", team_name AS "teamName", cost_center AS "costCenter", provider, model,
      component, unit_price_pico_usd::text AS "unitPricePicoUsd", markup_basis_points AS "markupBasisPoints",
      quantity::text AS quantity, amount_pico_usd::text AS "amountPicoUsd"
    FROM invoice_lines WHERE organization_id = ${head.organizationId} AND invoice_id = ${head.id}
    ORDER BY CASE kind WHEN 'usage' THEN 0 WHEN 'fee' THEN 1 WHEN 'credit' THEN 2 ELSE 3 END, position,
      team_name, team_id, cost_center, provider, model, component, unit_price_pico_usd, markup_basis_points, description`;
  const [cursor] = await tx.$queryRaw<{ nextXid: string }[]>`
    SELECT next_xid::text AS "nextXid" FROM ledger_cursors WHERE organization_id = ${head.organizationId} AND name = 'usage-rollup'`;
  const day = (instant: Date) => localDate(instant.getTime(), head.timeZone);
  const { notes } = await resolveTaxes(tx, head.organizationId, taxPointOf(head));
  return {
    version: 1,
    kind: 'invoice',
    id: head.id,
    number: issuance?.number ?? null,
    series: issuance?.series ?? null,
    corrects: null,
    organizationId: head.organizationId,
    livemode: head.livemode,
    currency: head.currency,
    issuedAt: issuance?.issuedAt.toISOString() ?? null,
    issuedOn: issuance === undefined ? null : day(issuance.issuedAt),
    dueOn: issuance === undefined ? null : day(issuance.dueAt),
    period: {
      start: head.periodStart.toISOString(),
      end: head.periodEnd.toISOString(),
      firstDay: day(head.periodStart),
      lastDay: day(new Date(head.periodEnd.getTime() - 1)),
      timeZone: head.timeZone,
    },
    issuer,
    customer,
    lines: lines.filter((line) => line.kind !== 'rounding' && line.kind !== 'tax'),
    subtotalPicoUsd: head.subtotal,
    roundingPicoUsd: head.rounding,
    taxes: lines
      .filter((line) => line.kind === 'tax')
      .map((line) => ({
        name: line.description,
        rateBasisPoints: line.markupBasisPoints,
        amountPicoUsd: line.amountPicoUsd,
      })),
    ...(notes.length > 0 ? { taxNotes: [...notes] } : {}),
    taxPicoUsd: head.tax,
    totalPicoUsd: head.total,
    ledgerNextXid: cursor?.nextXid ?? '0',
  };
}

/** The canonical bytes and their hash. */
export function freeze(invoice: FrozenInvoice): { text: string; sha256: string } {
  const text = canonicalJson(invoice);
  return { text, sha256: sha256Hex(text) };
}

/** @param what `invoice inv_1`. @throws {BillingError} `wrong-state` when it no longer has its hash. */
export function thaw(frozen: Json, sha256: string | null, what: string): FrozenInvoice {
  if (sha256Hex(canonicalJson(frozen)) === sha256) return FrozenInvoice.parse(frozen);
  throw new BillingError(
    'wrong-state',
    `Cannot render ${what}: its frozen JSON must have its hash, got another`,
  );
}

export async function getCustomer(
  tx: Transaction,
  organizationId: string,
): Promise<FrozenInvoice['customer']> {
  const [row] = await tx.$queryRaw<FrozenInvoice['customer'][]>`
    SELECT COALESCE(NULLIF(p.legal_name, ''), o.name) AS name, COALESCE(p.address_lines, '{}') AS "addressLines",
      COALESCE(p.country, '') AS country, COALESCE(p.tax_id, '') AS "taxId", COALESCE(p.email, '') AS email,
      COALESCE(p.purchase_order, '') AS "purchaseOrder"
    FROM organizations o LEFT JOIN billing_profiles p ON p.organization_id = o.id WHERE o.id = ${organizationId}`;
  return row!;
}
