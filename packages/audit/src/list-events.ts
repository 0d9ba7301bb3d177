/** Reading the audit log: newest first, by filters, page by page. */
import { empty, join, sql, type Transaction } from '@tollgate/db';
import { parseId } from '@tollgate/ids';

export interface AuditFilter {
  /** One event; its id tells when it happened, so that it is found in its partition. */
  readonly id?: string;
  readonly action?: string;
  readonly actorId?: string;
  /** `outsider`: people who are no members, such as the operator and who has left. */
  readonly actorKind?: 'user' | 'adminToken' | 'system' | 'outsider';
  readonly targetKind?: string;
  readonly targetId?: string;
  readonly from?: Date;
  readonly to?: Date;
  /** Continue after this event. */
  readonly after?: { readonly occurredAt: Date; readonly id: string };
  readonly limit: number;
}

export interface AuditEventRow {
  readonly id: string;
  readonly occurredAt: Date;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly action: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly targetName: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly ipAddress: string;
  readonly userAgent: string;
  readonly requestId: string;
  /** Its place in the chain; null until sealed. */
  readonly sequence: bigint | null;
}

const ofActorKind = (kind: NonNullable<AuditFilter['actorKind']>) =>
  kind === 'outsider'
    ? sql`e.actor_kind = 'user' AND NOT EXISTS (
        SELECT FROM memberships m WHERE m.organization_id = e.organization_id AND m.user_id = e.actor_id)`
    : sql`e.actor_kind = ${kind}`;

/** @returns The event of the transaction's organization with this id; undefined when there is none. */
export async function findAuditEvent(
  tx: Transaction,
  organizationId: string,
  id: string,
): Promise<AuditEventRow | undefined> {
  const timeMs = parseId('event', id)?.timeMs;
  if (timeMs === undefined) return undefined;
  const within = { from: new Date(timeMs), to: new Date(timeMs + 1) };
  const [event] = await listAuditEvents(tx, organizationId, { id, ...within, limit: 1 });
  return event;
}

/** At most `limit` events of the transaction's organization. */
export async function listAuditEvents(
  tx: Transaction,
  organizationId: string,
  filter: AuditFilter,
): Promise<AuditEventRow[]> {
  const conditions = [
    sql`e.organization_id = ${organizationId}`,
    filter.id === undefined ? undefined : sql`e.id = ${filter.id}`,
    filter.actorKind === undefined ? undefined : ofActorKind(filter.actorKind),
    filter.action === undefined ? undefined : sql`e.action = ${filter.action}`,
    filter.actorId === undefined ? undefined : sql`e.actor_id = ${filter.actorId}`,
    filter.targetKind === undefined ? undefined : sql`e.target_kind = ${filter.targetKind}`,
    filter.targetId === undefined ? undefined : sql`e.target_id = ${filter.targetId}`,
    filter.from === undefined ? undefined : sql`e.occurred_at >= ${filter.from}`,
    filter.to === undefined ? undefined : sql`e.occurred_at < ${filter.to}`,
    filter.after === undefined
      ? undefined
      : sql`(e.occurred_at, e.id) < (${filter.after.occurredAt}, ${filter.after.id})`,
  ].filter((condition) => condition !== undefined);
  return tx.$queryRaw<AuditEventRow[]>`
    SELECT e.id, e.occurred_at AS "occurredAt", e.actor_kind AS "actorKind", e.actor_id AS "actorId",
      e.actor_name AS "actorName", e.action, e.target_kind AS "targetKind", e.target_id AS "targetId",
      e.target_name AS "targetName", e.before, e.after, e.ip_address AS "ipAddress",
      e.user_agent AS "userAgent", e.request_id AS "requestId", s.sequence
    FROM audit_events e
    LEFT JOIN audit_seals s ON s.organization_id = e.organization_id AND s.event_id = e.id
    WHERE ${conditions.length === 0 ? empty : join(conditions, ' AND ')}
    ORDER BY e.occurred_at DESC, e.id DESC
    LIMIT ${filter.limit}`;
}
