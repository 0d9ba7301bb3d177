/**
 * The nightly comparison: every invoice of ours that Stripe should have, and every one that Stripe has of this
 * customer, side by side. Differences are written down and told; nothing is corrected here.
 */
import type { Database, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import type Stripe from 'stripe';
import { TARGET_METADATA } from './customer.ts';
import type { PaymentProcessor } from './stripe-client.ts';
import { toPicoUsd } from './sync-invoice.ts';

export type DifferenceKind = 'missing-in-stripe' | 'unknown-here' | 'duplicate' | 'state' | 'total' | 'paid';

export interface Difference {
  readonly kind: DifferenceKind;
  readonly targetId: string;
  readonly stripeId: string;
  /** Ours, in words. */
  readonly expected: string;
  /** Stripe's. */
  readonly found: string;
}

export interface OurInvoice {
  readonly id: string;
  readonly state: string;
  readonly totalPicoUsd: bigint;
  readonly paidPicoUsd: bigint;
  readonly stripeId: string | null;
}

export interface TheirInvoice {
  readonly id: string;
  readonly targetId: string;
  readonly status: string;
  readonly totalPicoUsd: bigint;
  readonly paidPicoUsd: bigint;
}

/** Just pushed or just paid: the news may be on its way. */
const SETTLING_MS = 10 * 60_000;
const MOST_INVOICES = 10_000;

const usd = (amount: bigint) => `${formatUsd(picoUsdSum(amount))} USD`;

export function findDifferences(ours: readonly OurInvoice[], theirs: readonly TheirInvoice[]): Difference[] {
  const found: Difference[] = [];
  const known = new Map(ours.map((invoice) => [invoice.id, invoice]));
  const seen = new Map<string, TheirInvoice>();
  for (const invoice of theirs) {
    const own = known.get(invoice.targetId);
    const about = { targetId: invoice.targetId || invoice.id, stripeId: invoice.id };
    if (own === undefined) {
      found.push({
        ...about,
        kind: 'unknown-here',
        expected: 'none',
        found: `${invoice.status}, ${usd(invoice.totalPicoUsd)}`,
      });
      continue;
    }
    const twin = seen.get(own.id);
    if (twin !== undefined) {
      found.push({ ...about, kind: 'duplicate', expected: twin.id, found: invoice.id });
      continue;
    }
    seen.set(own.id, invoice);
    if (own.totalPicoUsd !== invoice.totalPicoUsd) {
      found.push({
        ...about,
        kind: 'total',
        expected: usd(own.totalPicoUsd),
        found: usd(invoice.totalPicoUsd),
      });
    }
    if (own.state !== invoice.status) {
      found.push({ ...about, kind: 'state', expected: own.state, found: invoice.status });
    }
    if (own.paidPicoUsd !== invoice.paidPicoUsd) {
      found.push({ ...about, kind: 'paid', expected: usd(own.paidPicoUsd), found: usd(invoice.paidPicoUsd) });
    }
  }
  for (const own of ours.filter(({ id }) => !seen.has(id))) {
    const stripeId = own.stripeId ?? '';
    found.push({
      kind: 'missing-in-stripe',
      targetId: own.id,
      stripeId,
      expected: `${own.state}, ${usd(own.totalPicoUsd)}`,
      found: 'none',
    });
  }
  return found;
}

/** @returns What differs now. */
export async function compareWithStripe(
  database: Database,
  { stripe }: PaymentProcessor,
  { organizationId, now }: { readonly organizationId: string; readonly now: Date },
): Promise<readonly Difference[]> {
  const profile = await database.tenant(organizationId, (tx) =>
    tx.billingProfile.findUnique({ where: { organizationId }, select: { stripeCustomerId: true } }),
  );
  if (profile?.stripeCustomerId == null) return [];
  const theirs = await listTheirs(stripe, profile.stripeCustomerId);
  return database.tenant(
    organizationId,
    async (tx) => {
      const ours = await listOurs(tx, organizationId, now);
      const recent = await listSettling(tx, organizationId, now);
      const differences = findDifferences(ours, theirs).filter(({ targetId }) => !recent.has(targetId));
      await keep(tx, organizationId, differences, now);
      return differences;
    },
    { timeoutMs: 60_000 },
  );
}

async function listTheirs(stripe: Stripe, customer: string): Promise<TheirInvoice[]> {
  const theirs: TheirInvoice[] = [];
  for await (const invoice of stripe.invoices.list({ customer, limit: 100 })) {
    if (theirs.length >= MOST_INVOICES) break;
    // A draft there is one of ours under way, or somebody's note to self.
    if (invoice.status === 'draft') continue;
    theirs.push({
      id: invoice.id,
      targetId: invoice.metadata?.[TARGET_METADATA] ?? '',
      status: invoice.status ?? '',
      totalPicoUsd: toPicoUsd(invoice.total),
      paidPicoUsd: toPicoUsd(invoice.amount_paid),
    });
  }
  return theirs;
}

/** Invoices and debit notes that Stripe was told of. A note has no payment state of its own: what was paid says it. */
async function listOurs(tx: Transaction, organizationId: string, now: Date): Promise<OurInvoice[]> {
  const rows = await tx.$queryRaw<
    { id: string; state: string; total: string; paid: string; stripeId: string | null }[]
  >`
    SELECT p.target_id AS id, p.stripe_id AS "stripeId", COALESCE(i.total_pico_usd, n.total_pico_usd)::text AS total,
      COALESCE(i.state, CASE WHEN d.paid >= n.total_pico_usd THEN 'paid' ELSE 'open' END) AS state, d.paid::text AS paid
    FROM stripe_pushes p
    LEFT JOIN invoices i ON i.organization_id = p.organization_id AND i.id = p.target_id
    LEFT JOIN credit_notes n ON n.organization_id = p.organization_id AND n.id = p.target_id
    CROSS JOIN LATERAL (SELECT COALESCE(sum(m.amount_pico_usd), 0) AS paid FROM payments m
      WHERE m.organization_id = p.organization_id AND m.kind = 'payment' AND m.state = 'succeeded'
        AND (m.invoice_id = p.target_id OR m.credit_note_id = p.target_id)) AS d
    WHERE p.organization_id = ${organizationId} AND p.kind IN ('invoice', 'debit-note')
      AND (p.stripe_id IS NOT NULL OR p.state <> 'done')
      AND p.created_at < ${new Date(now.getTime() - SETTLING_MS).toISOString()}::timestamptz`;
  return rows.map(({ total, paid, ...row }) => ({
    ...row,
    totalPicoUsd: BigInt(total),
    paidPicoUsd: BigInt(paid),
  }));
}

async function listSettling(
  tx: Transaction,
  organizationId: string,
  now: Date,
): Promise<ReadonlySet<string>> {
  const rows = await tx.stripePush.findMany({
    where: {
      organizationId,
      OR: [
        { createdAt: { gte: new Date(now.getTime() - SETTLING_MS) } },
        { doneAt: { gte: new Date(now.getTime() - SETTLING_MS) } },
      ],
    },
    select: { targetId: true },
  });
  return new Set(rows.map(({ targetId }) => targetId));
}

async function keep(
  tx: Transaction,
  organizationId: string,
  differences: readonly Difference[],
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const rows = JSON.stringify(
    differences.map((difference) => ({
      id: newId('difference', now.getTime()),
      kind: difference.kind,
      target_id: difference.targetId,
      stripe_id: difference.stripeId,
      expected: difference.expected,
      found: difference.found,
    })),
  );
  await tx.$executeRaw`
    INSERT INTO stripe_differences AS d (id, organization_id, kind, target_id, stripe_id, expected, found, found_at, last_seen_at)
    SELECT r.id, ${organizationId}, r.kind, r.target_id, r.stripe_id, r.expected, r.found, ${at}::timestamptz, ${at}::timestamptz
    FROM jsonb_to_recordset(${rows}::jsonb) AS r(id text, kind text, target_id text, stripe_id text, expected text, found text)
    ON CONFLICT (organization_id, kind, target_id, stripe_id) DO UPDATE SET expected = excluded.expected, found = excluded.found,
      last_seen_at = excluded.last_seen_at, found_at = CASE WHEN d.resolved_at IS NULL THEN d.found_at ELSE excluded.found_at END,
      resolved_at = NULL`;
  await tx.stripeDifference.updateMany({
    where: { organizationId, resolvedAt: null, lastSeenAt: { lt: now } },
    data: { resolvedAt: now },
  });
  await tx.billingProfile.updateMany({ where: { organizationId }, data: { stripeComparedAt: now } });
}

export interface DifferenceView extends Omit<Difference, 'kind'> {
  readonly id: string;
  readonly kind: string;
  readonly foundAt: string;
  readonly resolvedAt: string | null;
}

const MOST_SHOWN = 500;

/** Open ones first, then those that are gone. */
export async function listDifferences(
  tx: Transaction,
  organizationId: string,
): Promise<{ comparedAt: string | null; data: DifferenceView[] }> {
  const profile = await tx.billingProfile.findUnique({
    where: { organizationId },
    select: { stripeComparedAt: true },
  });
  const rows = await tx.stripeDifference.findMany({
    where: { organizationId },
    orderBy: [{ resolvedAt: { sort: 'desc', nulls: 'first' } }, { foundAt: 'desc' }],
    take: MOST_SHOWN,
  });
  return {
    comparedAt: profile?.stripeComparedAt?.toISOString() ?? null,
    data: rows.map(({ id, kind, targetId, stripeId, expected, found, foundAt, resolvedAt }) => ({
      id,
      kind,
      targetId,
      stripeId,
      expected,
      found,
      foundAt: foundAt.toISOString(),
      resolvedAt: resolvedAt?.toISOString() ?? null,
    })),
  };
}
