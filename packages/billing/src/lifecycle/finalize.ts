/**
 * From draft to open: the numbered, frozen invoice. After this nothing about it changes but its payment.
 *
 * One transaction: lock, check, final totals, prepaid credits, number, frozen JSON, state, audit, outbox, what Stripe
 * is to be told. The draft's lock keeps roll-ups out; what they bring afterwards goes to a note. PDF and CSV are
 * rendered after the commit, from the frozen JSON alone.
 */
import { type AuditActor, type AuditOrigin, NO_ORIGIN, recordAudit } from '@tollgate/audit';
import { type Database, sql, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { applyCredits, lockCredits } from '../credits/credit-ledger.ts';
import { refreshTotals } from '../draft/totals.ts';
import { hasUnrolledUsageOf } from '../rollup/ledger-window.ts';
import { enqueuePush } from '../stripe/push-queue.ts';
import { BillingError } from './billing-error.ts';
import { composeInvoice, freeze, type InvoiceHead } from './frozen-invoice.ts';
import { getIssuer } from './issuer.ts';
import { seriesOf, takeNumber } from './number-series.ts';

export interface InvoiceStep {
  readonly organizationId: string;
  readonly invoiceId: string;
  readonly actor: AuditActor;
  readonly origin?: AuditOrigin;
  readonly now: Date;
  /** Whether this installation collects by Stripe: then a live invoice is told to it. */
  readonly collectsByStripe?: boolean;
}

export interface FinalizedInvoice {
  readonly id: string;
  readonly number: string;
  readonly series: string;
  readonly sha256: string;
}

const DAY_MS = 24 * 60 * 60_000;
const TRANSACTION_TIMEOUT_MS = 60_000;

/**
 * Finalizes a draft whose period has ended. Grace days are the monthly close's business, not this function's.
 *
 * @throws {BillingError} `not-found`, `wrong-state`, `period-running`, `usage-arriving`, `disagrees-with-ledger`.
 */
export function finalizeInvoice(database: Database, step: InvoiceStep): Promise<FinalizedInvoice> {
  return database.tenant(step.organizationId, (tx) => finalizeWithin(tx, step), {
    timeoutMs: TRANSACTION_TIMEOUT_MS,
  });
}

async function finalizeWithin(tx: Transaction, step: InvoiceStep): Promise<FinalizedInvoice> {
  const { organizationId, invoiceId, now } = step;
  const state = await lockInvoice(tx, step);
  if (state.state !== 'draft') {
    throw new BillingError(
      'wrong-state',
      `Cannot finalize the invoice: it must be a draft, got ${state.state}`,
      'invoice-not-draft',
    );
  }
  if (now < state.periodEnd) {
    throw new BillingError(
      'period-running',
      `Cannot finalize the invoice: its period must have ended, got one until ${state.periodEnd.toISOString()}`,
    );
  }
  await assertCurrent(tx, step, state.periodStart, state.periodEnd);
  if (state.livemode) await lockCredits(tx, organizationId);
  await refreshTotals(tx, organizationId, [invoiceId], now.getTime());
  await assertEqualsLedger(tx, step);

  const head = await readHead(tx, step);
  if (state.livemode) await applyCredits(tx, organizationId, invoiceId, now.getTime());
  const dueAt = new Date(now.getTime() + state.paymentTermDays * DAY_MS);
  const issuer = await getIssuer(tx);
  const { series, number } = await takeNumber(tx, issuer, seriesOf(issuer, 'invoice', head.livemode, now));
  const frozen = freeze(await composeInvoice(tx, head, { number, series, issuedAt: now, dueAt }));
  await tx.$executeRaw`
    UPDATE invoices SET state = 'open', series = ${series}, number = ${number}, frozen = ${frozen.text}::jsonb,
      frozen_sha256 = ${frozen.sha256}, finalized_at = ${now.toISOString()}::timestamptz, due_at = ${dueAt.toISOString()}::timestamptz,
      version = version + 1, updated_at = now()
    WHERE organization_id = ${organizationId} AND id = ${invoiceId}`;
  await announce(
    tx,
    step,
    'invoice-finalized',
    { state: 'draft' },
    { state: 'open', number, totalPicoUsd: head.total },
  );
  if (state.livemode) await collect(tx, step, head, state);
  return { id: invoiceId, number, series, sha256: frozen.sha256 };
}

/** Asks Stripe to collect what is owed. Where credits left nothing to pay, it is paid. */
async function collect(
  tx: Transaction,
  step: InvoiceStep,
  { total }: InvoiceHead,
  { version, paymentTermDays, collectionMode }: LockedInvoice,
): Promise<void> {
  const { organizationId, invoiceId, now } = step;
  if (BigInt(total) <= 0n) {
    await tx.$executeRaw`
      UPDATE invoices SET state = 'paid', paid_at = ${now.toISOString()}::timestamptz
      WHERE organization_id = ${organizationId} AND id = ${invoiceId}`;
    await announce(tx, step, 'invoice-paid', { state: 'open' }, { state: 'paid', totalPicoUsd: total });
  } else if (step.collectsByStripe === true && collectionMode !== 'manual') {
    await enqueuePush(tx, {
      organizationId,
      kind: 'invoice',
      targetId: invoiceId,
      version: version + 1,
      payload: { collectionMode, paymentTermDays },
      nowMs: now.getTime(),
    });
  }
}

/** Writes the audit event and the outbox row of a step. */
export async function announce(
  tx: Transaction,
  step: InvoiceStep,
  action: string,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  targetKind: 'invoice' | 'creditNote' = 'invoice',
): Promise<void> {
  const nowMs = step.now.getTime();
  await recordAudit(tx, {
    organizationId: step.organizationId,
    actor: step.actor,
    origin: step.origin ?? NO_ORIGIN,
    action,
    target: {
      kind: targetKind,
      id: step.invoiceId,
      ...(typeof after.number === 'string' ? { name: after.number } : {}),
    },
    before,
    after,
    nowMs,
  });
  await tx.$executeRaw`
    INSERT INTO outbox_events (id, organization_id, kind, target_id, payload)
    VALUES (${newId('event', nowMs)}, ${step.organizationId}, ${action}, ${step.invoiceId}, ${JSON.stringify(after)}::jsonb)`;
}

export interface LockedInvoice {
  readonly state: string;
  readonly number: string | null;
  readonly livemode: boolean;
  readonly version: number;
  readonly totalPicoUsd: string;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly paymentTermDays: number;
  readonly collectionMode: CollectionMode;
}

/** automatic: the payment method is charged; send-invoice: Stripe sends it, to be paid by transfer; manual: by us. */
export type CollectionMode = 'automatic' | 'send-invoice' | 'manual';

/** @throws {BillingError} `not-found`; showback statements are no invoices. */
export async function lockInvoice(tx: Transaction, step: InvoiceStep): Promise<LockedInvoice> {
  const [invoice] = await tx.$queryRaw<LockedInvoice[]>`
    SELECT i.state, i.number, i.livemode, i.version, i.total_pico_usd::text AS "totalPicoUsd",
      i.period_start AS "periodStart", i.period_end AS "periodEnd",
      COALESCE((SELECT payment_term_days FROM billing_profiles p WHERE p.organization_id = i.organization_id), 30) AS "paymentTermDays",
      COALESCE((SELECT collection_mode FROM billing_profiles p WHERE p.organization_id = i.organization_id), 'automatic') AS "collectionMode"
    FROM invoices i
    WHERE i.organization_id = ${step.organizationId} AND i.id = ${step.invoiceId} AND i.kind = 'invoice' FOR UPDATE OF i`;
  if (invoice === undefined) {
    throw new BillingError(
      'not-found',
      `Cannot find the invoice: it must exist in the organization, got ${step.invoiceId}`,
    );
  }
  return invoice;
}

/** Recorded usage of the period that no roll-up has seen would miss the invoice it belongs to. */
async function assertCurrent(tx: Transaction, step: InvoiceStep, from: Date, to: Date): Promise<void> {
  if (await hasUnrolledUsageOf(tx, step.organizationId, { from, to })) {
    throw new BillingError(
      'usage-arriving',
      'Cannot finalize the invoice: usage of its period is still being added, try again in seconds',
    );
  }
}

/**
 * Lines against the base cube, which was summed from the ledger another way; buckets of 15 minutes never straddle
 * a period's end.
 */
async function assertEqualsLedger(tx: Transaction, step: InvoiceStep): Promise<void> {
  const [sums] = await tx.$queryRaw<{ lines: string; ledger: string }[]>`
    SELECT (SELECT COALESCE(sum(amount_pico_usd), 0)::text FROM invoice_lines
            WHERE organization_id = ${step.organizationId} AND invoice_id = ${step.invoiceId} AND kind = 'usage') AS lines,
      (SELECT COALESCE(sum(r.charge_pico_usd), 0)::text FROM usage_rollups r
       JOIN invoices i ON i.organization_id = r.organization_id AND i.id = ${step.invoiceId}
       WHERE r.organization_id = ${step.organizationId} AND r.livemode = i.livemode
         AND r.bucket_start >= i.period_start AND r.bucket_start < i.period_end) AS ledger`;
  if (sums === undefined || sums.lines !== sums.ledger) {
    throw new BillingError(
      'disagrees-with-ledger',
      `Cannot finalize invoice ${step.invoiceId}: its lines must sum to the ledger's ${sums?.ledger}, got ${sums?.lines}`,
    );
  }
}

const HEAD_COLUMNS = sql`id, organization_id AS "organizationId", livemode, currency, period_start AS "periodStart",
  period_end AS "periodEnd", time_zone AS "timeZone", subtotal_pico_usd::text AS subtotal, rounding_pico_usd::text AS rounding,
  tax_pico_usd::text AS tax, total_pico_usd::text AS total`;

/** @throws {BillingError} `not-found`. */
export async function readHead(
  tx: Transaction,
  { organizationId, invoiceId }: { organizationId: string; invoiceId: string },
): Promise<InvoiceHead> {
  const [head] = await tx.$queryRaw<InvoiceHead[]>`
    SELECT ${HEAD_COLUMNS} FROM invoices WHERE organization_id = ${organizationId} AND id = ${invoiceId}`;
  if (head === undefined) {
    throw new BillingError(
      'not-found',
      `Cannot find the invoice: it must exist in the organization, got ${invoiceId}`,
    );
  }
  return head;
}
