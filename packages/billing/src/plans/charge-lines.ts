/**
 * The lines of a live invoice that are no usage: plan and seats, included usage, prepaid credits.
 *
 * Derived: rewritten whenever the draft's totals are, from subscriptions, usage lines and the balance. Included usage
 * covers usage only; prepaid credits then cover what is left of everything, older drafts first. Test invoices have
 * none of them.
 */
import { type Transaction, toBigInt } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { getCreditBalance } from '../credits/credit-ledger.ts';
import type { BillingPeriod } from '../period/billing-period.ts';
import { planCharges, type SubscriptionPart } from './plan-charges.ts';

interface ChargedInvoice {
  readonly livemode: boolean;
  readonly kind: string;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly timeZone: string;
  readonly usage: string;
  /** What drafts of earlier periods take of the balance. */
  readonly reserved: string;
}

interface ChargeLine {
  readonly kind: 'fee' | 'credit';
  readonly component: string;
  readonly description: string;
  readonly quantity: bigint;
  readonly unitPricePicoUsd: bigint;
  readonly amountPicoUsd: bigint;
}

const COMPONENTS = ['plan', 'seats', 'included-usage', 'prepaid'];

/** The caller holds the invoice's lock and knows it to be a draft. */
export async function refreshChargeLines(
  tx: Transaction,
  organizationId: string,
  invoiceId: string,
  nowMs: number,
): Promise<void> {
  const invoice = await readInvoice(tx, organizationId, invoiceId);
  if (invoice === undefined || !invoice.livemode || invoice.kind !== 'invoice') return;
  const lines = await chargeLinesOf(tx, organizationId, invoice);
  await writeLines(tx, organizationId, invoiceId, lines, nowMs);
}

async function chargeLinesOf(
  tx: Transaction,
  organizationId: string,
  invoice: ChargedInvoice,
): Promise<ChargeLine[]> {
  const period = {
    startMs: invoice.periodStart.getTime(),
    endMs: invoice.periodEnd.getTime(),
    timeZone: invoice.timeZone,
  };
  const parts = await listSubscriptionParts(tx, organizationId, invoice.periodStart, invoice.periodEnd);
  const { fees, includedUsagePicoUsd } = planCharges(period, parts);
  const usage = BigInt(invoice.usage);
  const included = smaller(includedUsagePicoUsd, usage);
  const owed = fees.reduce((sum, fee) => sum + fee.amountPicoUsd, usage - included);
  const balance = (await getCreditBalance(tx, organizationId)) - BigInt(invoice.reserved);
  const prepaid = smaller(balance, owed);
  return [
    ...fees.map((fee) => ({ ...fee, kind: 'fee' as const })),
    ...credit('included-usage', 'Included usage', included),
    ...credit('prepaid', 'Prepaid credits', prepaid),
  ];
}

/** The most usage that the plans of a period include. */
export async function includedUsageOf(
  tx: Transaction,
  organizationId: string,
  period: BillingPeriod,
): Promise<bigint> {
  const [from, to] = [new Date(period.startMs), new Date(period.endMs)];
  const parts = await listSubscriptionParts(tx, organizationId, from, to);
  return planCharges(period, parts).includedUsagePicoUsd;
}

/** 0 where one of them is negative. */
export function smaller(left: bigint, right: bigint): bigint {
  const least = left < right ? left : right;
  return least > 0n ? least : 0n;
}

function credit(component: string, description: string, amount: bigint): ChargeLine[] {
  if (amount === 0n) return [];
  return [
    { kind: 'credit', component, description, quantity: 1n, unitPricePicoUsd: 0n, amountPicoUsd: -amount },
  ];
}

async function readInvoice(
  tx: Transaction,
  organizationId: string,
  invoiceId: string,
): Promise<ChargedInvoice | undefined> {
  const [row] = await tx.$queryRaw<ChargedInvoice[]>`
    SELECT i.livemode, i.kind, i.period_start AS "periodStart", i.period_end AS "periodEnd", i.time_zone AS "timeZone",
      (SELECT COALESCE(sum(amount_pico_usd), 0)::text FROM invoice_lines
       WHERE organization_id = ${organizationId} AND invoice_id = i.id AND kind = 'usage') AS usage,
      (SELECT COALESCE(-sum(l.amount_pico_usd), 0)::text FROM invoice_lines l
       JOIN invoices o ON o.organization_id = l.organization_id AND o.id = l.invoice_id
       WHERE l.organization_id = ${organizationId} AND o.state = 'draft' AND o.kind = 'invoice' AND o.livemode
         AND o.period_start < i.period_start AND l.kind = 'credit' AND l.component = 'prepaid') AS reserved
    FROM invoices i WHERE i.organization_id = ${organizationId} AND i.id = ${invoiceId}`;
  return row;
}

/** The parts that touch a period, with the terms they were taken at. */
async function listSubscriptionParts(
  tx: Transaction,
  organizationId: string,
  from: Date,
  to: Date,
): Promise<SubscriptionPart[]> {
  const rows = await tx.subscription.findMany({
    where: { organizationId, validFrom: { lt: to }, OR: [{ endsAt: null }, { endsAt: { gt: from } }] },
  });
  if (rows.length === 0) return [];
  const plans = await tx.plan.findMany({ where: { id: { in: rows.map(({ planId }) => planId) } } });
  return rows.map((row) => ({
    planName: plans.find(({ id }) => id === row.planId)?.name ?? row.planId,
    seats: row.seats,
    includedSeats: row.includedSeats,
    monthlyFeePicoUsd: toBigInt(row.monthlyFeePicoUsd),
    seatFeePicoUsd: toBigInt(row.seatFeePicoUsd),
    includedUsagePicoUsd: toBigInt(row.includedUsagePicoUsd),
    validFromMs: row.validFrom.getTime(),
    endsAtMs: row.endsAt?.getTime(),
  }));
}

async function writeLines(
  tx: Transaction,
  organizationId: string,
  invoiceId: string,
  lines: readonly ChargeLine[],
  nowMs: number,
): Promise<void> {
  const rows = JSON.stringify(
    lines.map((line, position) => ({
      id: newId('invoiceLine', nowMs),
      kind: line.kind,
      position,
      description: line.description,
      component: line.component,
      quantity: String(line.quantity),
      unit_price: String(line.unitPricePicoUsd),
      amount: String(line.amountPicoUsd),
    })),
  );
  await tx.$executeRaw`
    DELETE FROM invoice_lines l WHERE organization_id = ${organizationId} AND invoice_id = ${invoiceId}
      AND kind IN ('fee', 'credit') AND component = ANY (${COMPONENTS})
      AND NOT EXISTS (SELECT 1 FROM jsonb_to_recordset(${rows}::jsonb)
          AS r(kind text, description text, component text, unit_price bigint)
        WHERE r.kind = l.kind AND r.component = l.component AND r.description = l.description
          AND r.unit_price = l.unit_price_pico_usd)`;
  if (lines.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO invoice_lines (id, organization_id, invoice_id, kind, position, description, component, unit_price_pico_usd,
      quantity, amount_pico_usd)
    SELECT r.id, ${organizationId}, ${invoiceId}, r.kind, r.position, r.description, r.component, r.unit_price, r.quantity, r.amount
    FROM jsonb_to_recordset(${rows}::jsonb) AS r(id text, kind text, position int, description text, component text,
      unit_price bigint, quantity numeric, amount numeric)
    ON CONFLICT (organization_id, invoice_id, kind, team_id, cost_center, provider, model, component, unit_price_pico_usd,
      markup_basis_points, description)
    DO UPDATE SET position = excluded.position, quantity = excluded.quantity, amount_pico_usd = excluded.amount_pico_usd,
      updated_at = now()`;
}
