/**
 * Every queue: its name, what its jobs carry, and how often they are tried.
 *
 * A job is a route that arrives late: the processor parses its payload here, calls one function of a subject,
 * and is safe to run twice. Payloads carry a schema version, because jobs outlive deployments. No bigint in a
 * payload: amounts are decimal strings.
 */
import { z } from 'zod';

const id = z.string().min(1).max(128);
const sequence = z.int().min(0);

/**
 * A gateway's batch of the ledger. The lines are checked one by one by packages/metering, so that one bad line
 * is set aside instead of stopping its batch.
 */
export const usageIngestPayload = z.object({
  version: z.literal(1),
  gatewayId: id,
  epochId: id,
  /** Everything that ended in frames (fromSequence, toSequence]. */
  fromSequence: sequence,
  toSequence: sequence,
  /** What the gateway had cut because Postgres confirmed it; differs from the watermark only after a restore. */
  floorSequence: sequence,
  entries: z.array(z.unknown()).max(10_000),
  requests: z.array(z.unknown()).max(20_000),
  /** Settlements whose dispatch was lost to a damaged log. */
  orphans: z.array(z.unknown()).max(10_000),
});

/** Roll-ups of one organization have something to do. */
export const rollupPayload = z.object({ version: z.literal(1), organizationId: id });

export const invoiceClosePayload = z.object({
  version: z.literal(1),
  organizationId: id,
  /** The invoice to close; absent: every one that is due. */
  invoiceId: id.exactOptional(),
});

/** Names a row of mail_messages; never addresses or text, because Redis is not where those belong. */
export const mailPayload = z.object({ version: z.literal(1), mailId: id });

/** New rows in outbox_events: webhooks to send. */
export const outboxPayload = z.object({ version: z.literal(1), organizationId: id });

export const webhookPayload = z.object({ version: z.literal(1), organizationId: id, deliveryId: id });

/** Seal what is new in an organization's audit chain. */
export const auditSealPayload = z.object({ version: z.literal(1), organizationId: id });

/** A round over everything, by schedule: partitions, expired records, periods that are due. */
export const maintenancePayload = z.object({
  version: z.literal(1),
  task: z.string().regex(/^[a-z][a-z-]{0,62}$/),
});

interface QueueDefinition {
  readonly schema: z.ZodType;
  readonly attempts: number;
  /** Doubles with each try. */
  readonly backoffMs: number;
  readonly keepFailed: number;
}

export const QUEUES = {
  // The gateway sends again whatever Postgres does not confirm, so a few tries bridge a short fault.
  'usage-ingest': { schema: usageIngestPayload, attempts: 6, backoffMs: 200, keepFailed: 100 },
  rollup: { schema: rollupPayload, attempts: 8, backoffMs: 500, keepFailed: 1_000 },
  'invoice-close': { schema: invoiceClosePayload, attempts: 8, backoffMs: 1_000, keepFailed: 1_000 },
  mail: { schema: mailPayload, attempts: 12, backoffMs: 5_000, keepFailed: 1_000 },
  outbox: { schema: outboxPayload, attempts: 8, backoffMs: 500, keepFailed: 1_000 },
  webhook: { schema: webhookPayload, attempts: 12, backoffMs: 5_000, keepFailed: 1_000 },
  'audit-seal': { schema: auditSealPayload, attempts: 8, backoffMs: 500, keepFailed: 1_000 },
  maintenance: { schema: maintenancePayload, attempts: 3, backoffMs: 5_000, keepFailed: 100 },
} as const satisfies Record<string, QueueDefinition>;

export type QueueName = keyof typeof QUEUES;
export type QueuePayload<N extends QueueName> = z.infer<(typeof QUEUES)[N]['schema']>;
export const QUEUE_NAMES = Object.keys(QUEUES) as readonly QueueName[];
