/** What was written down since the last look: the outbox, and the audit log. */
import { formatUsd, type PicoUsdSum } from '@tollgate/money';
import { type Observation, observe } from '../observation.ts';
import {
  BUDGET_ACTIONS,
  EVENT_OF_AUDIT,
  EVENT_OF_OUTBOX,
  type WebhookEvent,
  type WebhookEventType,
} from '../webhooks/event-types.ts';
import type { Look } from './look.ts';

interface OutboxRow {
  readonly id: string;
  readonly kind: string;
  readonly targetId: string;
  readonly payload: unknown;
  readonly createdAt: Date;
}

interface AuditRow {
  readonly id: string;
  readonly action: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly targetName: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly occurredAt: Date;
}

interface NewEvents {
  readonly webhooks: readonly WebhookEvent[];
  readonly observations: readonly Observation[];
  readonly changedBudgetIds: readonly string[];
  /** The newest word on the prepaid balance: that it is low, or no longer. */
  readonly balance: WebhookEvent | undefined;
}

const DAY_MS = 86_400_000;
/** Older events are nobody's news. */
const NEWS_DAYS = 2;
/** Of one look. What there is more of is the next look's: the cursor stops where these do. */
const PAGE_SIZE = 5_000;

type Stretch = Pick<Look, 'tx' | 'organizationId' | 'fromXid' | 'toXid' | 'nowMs'>;

/**
 * How far a look may go, so that it reads a bounded number of events: whole transactions, and at least one.
 *
 * @returns The end (open), `toXid` where all of it is little enough.
 */
export async function endOfPage({ tx, organizationId, fromXid, toXid, nowMs }: Stretch): Promise<string> {
  const since = newsSince(nowMs);
  const [row] = await tx.$queryRaw<{ first: string; next: string | null }[]>`
    WITH new AS MATERIALIZED (
      (SELECT recorded_xid AS xid FROM outbox_events
        WHERE organization_id = ${organizationId} AND recorded_xid >= ${fromXid}::xid8 AND recorded_xid < ${toXid}::xid8
          AND created_at >= ${since} AND kind = ANY(${Object.keys(EVENT_OF_OUTBOX)}) ORDER BY 1 LIMIT ${PAGE_SIZE + 1})
      UNION ALL
      (SELECT recorded_xid FROM audit_events
        WHERE organization_id = ${organizationId} AND recorded_xid >= ${fromXid}::xid8 AND recorded_xid < ${toXid}::xid8
          AND occurred_at >= ${since} AND action = ANY(${Object.keys(EVENT_OF_AUDIT)}) ORDER BY 1 LIMIT ${PAGE_SIZE + 1}))
    SELECT min(xid)::text AS first, (SELECT xid::text FROM new ORDER BY xid OFFSET ${PAGE_SIZE} LIMIT 1) AS next FROM new`;
  const next = row?.next ?? null;
  if (next === null) return toXid;
  return next === row!.first ? String(BigInt(next) + 1n) : next;
}

function newsSince(nowMs: number): Date {
  return new Date(nowMs - NEWS_DAYS * DAY_MS);
}

export async function readEvents(
  look: Omit<Look, 'changedBudgetIds' | 'open' | 'rules'>,
): Promise<NewEvents> {
  const { tx, organizationId, fromXid, toXid, nowMs } = look;
  const since = newsSince(nowMs);
  const outbox = await tx.$queryRaw<OutboxRow[]>`
    SELECT id, kind, target_id AS "targetId", payload, created_at AS "createdAt" FROM outbox_events
    WHERE organization_id = ${organizationId} AND recorded_xid >= ${fromXid}::xid8 AND recorded_xid < ${toXid}::xid8
      AND created_at >= ${since} AND kind = ANY(${Object.keys(EVENT_OF_OUTBOX)})
    ORDER BY created_at, id`;
  const audit = await tx.$queryRaw<AuditRow[]>`
    SELECT id, action, target_kind AS "targetKind", target_id AS "targetId", target_name AS "targetName", actor_kind AS "actorKind",
      actor_id AS "actorId", actor_name AS "actorName", before, after, occurred_at AS "occurredAt" FROM audit_events
    WHERE organization_id = ${organizationId} AND recorded_xid >= ${fromXid}::xid8 AND recorded_xid < ${toXid}::xid8
      AND occurred_at >= ${since} AND action = ANY(${Object.keys(EVENT_OF_AUDIT)})
    ORDER BY occurred_at, id`;
  const fromOutbox = outbox.map((row) => outboxEvent(organizationId, row));
  return {
    webhooks: [...fromOutbox, ...audit.map((row) => auditEvent(organizationId, row))],
    observations: (await Promise.all(fromOutbox.map((event) => observeEvent(look, event)))).flat(),
    balance: fromOutbox.findLast(({ type }) => type === 'credits.low' || type === 'credits.recovered'),
    changedBudgetIds: audit
      .filter(({ action }) => BUDGET_ACTIONS.has(action))
      .map(({ targetId }) => targetId),
  };
}

function outboxEvent(organizationId: string, row: OutboxRow): WebhookEvent {
  return {
    id: row.id,
    type: EVENT_OF_OUTBOX[row.kind]!,
    createdAt: row.createdAt.toISOString(),
    organizationId,
    data: { targetId: row.targetId, ...objectOf(row.payload) },
  };
}

function auditEvent(organizationId: string, row: AuditRow): WebhookEvent {
  return {
    id: row.id,
    type: EVENT_OF_AUDIT[row.action]!,
    createdAt: row.occurredAt.toISOString(),
    organizationId,
    data: {
      target: { kind: row.targetKind, id: row.targetId, name: row.targetName },
      actor: { kind: row.actorKind, id: row.actorId, name: row.actorName },
      before: objectOf(row.before),
      after: objectOf(row.after),
    },
  };
}

const NOTICES: Partial<Record<WebhookEventType, 'invoice-finalized' | 'invoice-paid'>> = {
  'invoice.finalized': 'invoice-finalized',
  'invoice.paid': 'invoice-paid',
};

async function observeEvent(
  look: Pick<Look, 'tx' | 'organizationId'>,
  event: WebhookEvent,
): Promise<Observation[]> {
  if (!event.type.startsWith('invoice.')) return [];
  const invoice = await look.tx.invoice.findFirst({
    where: { organizationId: look.organizationId, id: String(event.data.targetId) },
    select: {
      id: true,
      number: true,
      livemode: true,
      totalPicoUsd: true,
      periodStart: true,
      periodEnd: true,
      timeZone: true,
      dueAt: true,
    },
  });
  if (invoice === null) return [];
  const common = {
    causeKey: invoice.id,
    periodKey: '',
    target: { kind: 'invoice', id: invoice.id, name: invoice.number ?? '' },
    figures: {
      number: invoice.number ?? '',
      totalUsd: formatUsd(BigInt(invoice.totalPicoUsd.toFixed(0)) as PicoUsdSum),
      livemode: String(invoice.livemode),
      periodStart: invoice.periodStart.toISOString(),
      periodEnd: invoice.periodEnd.toISOString(),
      timeZone: invoice.timeZone,
      ...(invoice.dueAt === null ? {} : { dueAt: invoice.dueAt.toISOString() }),
      ...(typeof event.data.failureCode === 'string' ? { failure: event.data.failureCode } : {}),
    },
  };
  const failed = event.type === 'invoice.payment_failed' || event.type === 'invoice.uncollectible';
  const notice = NOTICES[event.type];
  return [
    // Paid, void: what had failed is over.
    observe({
      ...common,
      kind: 'invoice-failed',
      firing: failed,
      severity: 'critical',
      recoveryReason: event.type === 'invoice.paid' ? 'paid' : 'settled',
    }),
    ...(notice === undefined
      ? []
      : [observe({ ...common, kind: notice, firing: true, notice: true, severity: 'info' })]),
  ];
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
