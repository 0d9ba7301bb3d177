/**
 * Carries out what people decided to book: the difference of a day and a model becomes an adjustment in the ledger,
 * with the bill as its reason. The worker's, because nobody else may write there.
 *
 * An adjustment has no request of its own; its id is made for the noon of its day, so that it falls into the right
 * period everywhere. It carries cost and no charge: what the organization owes us follows our prices, not the bill.
 */
import type { Database, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { BillProvider } from './bill-line.ts';

/** Runs in the transaction that wrote the adjustments: budgets count them. */
export type AfterBooking = (tx: Transaction, organizationId: string) => Promise<void>;

const AT_ONCE = 200;

const LEDGER_PROVIDER: Readonly<Record<BillProvider, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  aws: 'bedrock',
};

interface Waiting {
  readonly billId: string;
  readonly position: number;
  readonly day: string;
  readonly model: string;
  readonly reason: string;
  readonly difference: string;
  readonly provider: BillProvider;
  readonly credentialId: string;
  readonly owner: string | null;
}

/** Safe to run twice and at once. @returns How many were booked. */
export async function bookDifferences(
  database: Database,
  organizationId: string,
  afterBooking: AfterBooking,
): Promise<number> {
  let booked = 0;
  for (;;) {
    const count = await database.tenant(organizationId, (tx) => bookSome(tx, organizationId, afterBooking), {
      timeoutMs: 60_000,
    });
    booked += count;
    if (count < AT_ONCE) return booked;
  }
}

async function bookSome(
  tx: Transaction,
  organizationId: string,
  afterBooking: AfterBooking,
): Promise<number> {
  const waiting = await tx.$queryRaw<Waiting[]>`
    SELECT d.bill_id AS "billId", d.position, d.day::text AS day, d.model, d.reason, d.difference_pico_usd::text AS difference,
      b.provider, b.credential_id AS "credentialId",
      CASE WHEN b.credential_id = '' THEN NULL ELSE (SELECT CASE WHEN c.id IS NULL THEN 'operator' ELSE 'organization' END
        FROM (SELECT 1) AS one LEFT JOIN provider_credentials c ON c.organization_id = b.organization_id AND c.id = b.credential_id) END AS owner
    FROM provider_differences d JOIN provider_bills b ON b.organization_id = d.organization_id AND b.id = d.bill_id
    WHERE d.organization_id = ${organizationId} AND d.state = 'booking'
    ORDER BY d.bill_id, d.position LIMIT ${AT_ONCE} FOR UPDATE OF d SKIP LOCKED`;
  if (waiting.length === 0) return 0;
  const rows = JSON.stringify(
    waiting.map((each) => {
      const noon = Date.parse(`${each.day}T12:00:00Z`);
      return {
        started_at: new Date(noon).toISOString(),
        request_id: newId('request', noon),
        reason: `provider-bill:${each.billId}#${each.position}:${each.reason}`,
        model: each.model,
        provider: LEDGER_PROVIDER[each.provider],
        credential_id: each.credentialId,
        owner: each.owner ?? 'organization',
        cost: each.difference,
      };
    }),
  );
  await tx.$executeRaw`
    INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, reason, key_id, requested_model, model, provider,
      credential_id, credential_owner, endpoint, streamed, livemode, cost_pico_usd, charge_pico_usd, status, usage_source)
    SELECT ${organizationId}, r.started_at, r.request_id, 1, 1, r.reason, '', r.model, r.model, r.provider, r.credential_id, r.owner,
      'adjustment', false, true, r.cost, 0, 'succeeded', 'provider'
    FROM jsonb_to_recordset(${rows}::jsonb) AS r(started_at timestamptz, request_id text, reason text, model text, provider text,
      credential_id text, owner text, cost bigint)`;
  await tx.$executeRaw`
    UPDATE provider_differences d SET state = 'booked'
    FROM jsonb_to_recordset(${JSON.stringify(waiting.map(({ billId, position }) => ({ bill_id: billId, position })))}::jsonb)
      AS w(bill_id text, position int)
    WHERE d.organization_id = ${organizationId} AND d.bill_id = w.bill_id AND d.position = w.position`;
  await afterBooking(tx, organizationId);
  return waiting.length;
}
