/**
 * What has happened that people are told of: alerts that fire, exports that are ready, and what the audit log says.
 *
 * Each comes with a cause that never changes, so that telling twice is telling once, and with the permission that
 * somebody needs to know it. Only a few days back: a worker that was away tells no old stories.
 */
import type { Transaction } from '@tollgate/db';
import type { Permission } from '@tollgate/identity/permission';
import { isAlertKind, READ_PERMISSION_OF } from '../alert-kinds.ts';
import type { NoticeKind } from './notice-kinds.ts';

export interface Happening {
  readonly kind: NoticeKind;
  /** Closer than the kind: an alert's kind, an audit event's action. */
  readonly event: string;
  readonly cause: string;
  readonly severity: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly targetName: string;
  readonly actorName: string;
  readonly occurredAt: Date;
  readonly audience: Audience;
}

/** Whom it concerns. Of these, whoever may not read it is left out. */
export interface Audience {
  /** Everybody who has it. */
  readonly permission?: Permission;
  /** What everybody else here needs; empty: it is about themselves. */
  readonly readPermission: Permission | '';
  /** Members of this team. */
  readonly teamId?: string;
  readonly membershipIds?: readonly string[];
  readonly userIds?: readonly string[];
  /** Who did it knows it. */
  readonly exceptUserId?: string;
}

const DAY_MS = 86_400_000;
const LOOK_BACK_DAYS = 2;
/**
 * Read at once. What nobody is there to be told of stays untold, and must hide nothing: neither what came before nor what
 * came after it, so that a round goes on behind each page until there is no more.
 */
const PAGE_SIZE = 200;

/** What the page after a row begins behind. */
interface Position {
  readonly at: Date;
  readonly id: string;
}

async function readAll<R>(
  readPage: (after: Position) => Promise<readonly R[]>,
  positionOf: (row: R) => Position,
  from: Date,
): Promise<R[]> {
  const rows: R[] = [];
  for (let after: Position = { at: from, id: '' }; ; ) {
    const page = await readPage(after);
    rows.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_SIZE) return rows;
    after = positionOf(last);
  }
}

export interface Span {
  readonly organizationId: string;
  readonly nowMs: number;
  /** Transaction ids, as text; the end is open. */
  readonly fromXid: string;
  readonly toXid: string;
}

function earliest({ nowMs }: Span): Date {
  return new Date(nowMs - LOOK_BACK_DAYS * DAY_MS);
}

interface AlertRow {
  readonly id: string;
  readonly kind: string;
  readonly severity: string;
  readonly target_kind: string;
  readonly target_id: string;
  readonly target_name: string;
  readonly team_id: string;
  readonly occurrence: number;
  readonly fired_at: Date;
  readonly owner_id: string | null;
}

/** Alerts that fire and that nobody was told of. Invoices are told of by their own event. */
export async function listAlertHappenings(tx: Transaction, span: Span): Promise<Happening[]> {
  const { organizationId } = span;
  const readPage = ({ at, id }: Position) => tx.$queryRaw<AlertRow[]>`
    SELECT a.id, a.kind, a.severity, a.target_kind, a.target_id, a.target_name, a.team_id, a.occurrence, a.fired_at,
      (SELECT k.member_id FROM virtual_keys k
       WHERE k.organization_id = a.organization_id AND a.target_kind = 'key' AND k.id = a.target_id) AS owner_id
    FROM alerts a
    WHERE a.organization_id = ${organizationId} AND (a.fired_at, a.id) > (${at}, ${id}) AND a.kind NOT LIKE 'invoice-%'
      AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.organization_id = a.organization_id
        AND n.cause = 'alert:' || a.id || ':' || a.occurrence)
    ORDER BY a.fired_at, a.id LIMIT ${PAGE_SIZE}`;
  const rows = await readAll(readPage, (row) => ({ at: row.fired_at, id: row.id }), earliest(span));
  return rows.map((row) => {
    const expires = row.kind === 'key-expiring';
    return {
      kind: expires ? 'key-rotation' : 'alert',
      event: row.kind,
      cause: `alert:${row.id}:${row.occurrence}`,
      severity: row.severity,
      targetKind: row.target_kind,
      targetId: expires ? row.target_id : row.target_id || row.id,
      targetName: row.target_name,
      actorName: '',
      occurredAt: row.fired_at,
      audience: {
        permission: expires ? 'keys:write-any' : 'alerts:write',
        readPermission: isAlertKind(row.kind) ? READ_PERMISSION_OF[row.kind] : 'alerts:read',
        ...(row.team_id === '' ? {} : { teamId: row.team_id }),
        ...(row.owner_id === null ? {} : { membershipIds: [row.owner_id] }),
      },
    };
  });
}

interface ReminderRow {
  readonly key_id: string;
  readonly rotated_at: Date;
  readonly days_before: number;
  readonly created_at: Date;
  readonly name: string;
  readonly member_id: string | null;
  /** Two rotations of a key at the same instant are two. */
  readonly position: string;
  readonly lead_ids: string[] | null;
}

/** Rotations that are due, as the reminders note them: for the key's owner and the leads of its team. */
export async function listRotationHappenings(tx: Transaction, span: Span): Promise<Happening[]> {
  const { organizationId } = span;
  const readPage = ({ at, id }: Position) => tx.$queryRaw<ReminderRow[]>`
    SELECT r.key_id, r.rotated_at, min(r.days_before)::integer AS days_before, r.created_at, k.name, k.member_id,
      r.key_id || ' ' || extract(epoch FROM r.rotated_at) AS position,
      (SELECT array_agg(t.membership_id) FROM team_memberships t
       WHERE t.organization_id = k.organization_id AND t.team_id = k.team_id AND t.is_lead) AS lead_ids
    FROM key_reminders r
    JOIN virtual_keys k ON k.organization_id = r.organization_id AND k.id = r.key_id AND k.revoked_at IS NULL
    WHERE r.organization_id = ${organizationId}
      AND (r.created_at, r.key_id || ' ' || extract(epoch FROM r.rotated_at)) > (${at}, ${id})
      AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.organization_id = r.organization_id
        AND n.cause LIKE 'rotation:' || r.key_id || ':%' AND n.occurred_at = r.created_at)
    GROUP BY r.key_id, r.rotated_at, r.created_at, k.name, k.member_id, k.organization_id, k.team_id
    ORDER BY r.created_at, position LIMIT ${PAGE_SIZE}`;
  const rows = await readAll(readPage, (row) => ({ at: row.created_at, id: row.position }), earliest(span));
  return rows.map((row) => {
    const concerned = [...(row.member_id === null ? [] : [row.member_id]), ...(row.lead_ids ?? [])];
    return {
      kind: 'key-rotation',
      event: 'key-rotation-due',
      cause: `rotation:${row.key_id}:${row.rotated_at.getTime()}:${row.days_before}`,
      severity: row.days_before === 0 ? 'warning' : 'info',
      targetKind: 'key',
      targetId: row.key_id,
      targetName: row.name,
      actorName: '',
      occurredAt: row.created_at,
      // Where it is nobody's, whoever answers for all keys.
      audience:
        concerned.length === 0
          ? { permission: 'keys:write-any', readPermission: 'keys:read' }
          : { membershipIds: concerned, readPermission: 'keys:read' },
    };
  });
}

interface ExportRow {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly file_name: string;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly finished_at: Date;
}

/** Exports that were made or given up: whoever asked for them waits. For those that go to a bucket nobody does. */
export async function listExportHappenings(tx: Transaction, span: Span): Promise<Happening[]> {
  const { organizationId } = span;
  const readPage = ({ at, id }: Position) => tx.$queryRaw<ExportRow[]>`
    SELECT e.id, e.kind, e.state, e.file_name, e.actor_kind, e.actor_id, e.finished_at
    FROM data_exports e
    WHERE e.organization_id = ${organizationId} AND e.state IN ('done', 'failed') AND (e.finished_at, e.id) > (${at}, ${id})
      AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.organization_id = e.organization_id AND n.cause = 'export:' || e.id)
      AND (e.state = 'failed' OR NOT EXISTS (
        SELECT 1 FROM export_deliveries d WHERE d.organization_id = e.organization_id AND d.export_id = e.id))
    ORDER BY e.finished_at, e.id LIMIT ${PAGE_SIZE}`;
  const rows = await readAll(readPage, (row) => ({ at: row.finished_at, id: row.id }), earliest(span));
  return rows.map((row) => ({
    kind: 'export',
    event: row.state === 'done' ? 'export-ready' : 'export-failed',
    cause: `export:${row.id}`,
    severity: row.state === 'done' ? 'info' : 'warning',
    targetKind: 'export',
    targetId: row.id,
    targetName: row.file_name,
    actorName: '',
    occurredAt: row.finished_at,
    // Those after every month are finance's.
    audience:
      row.actor_kind === 'user'
        ? { readPermission: 'requests:read', userIds: [row.actor_id] }
        : { permission: 'invoices:write', readPermission: 'requests:read' },
  }));
}

interface AuditRow {
  readonly id: string;
  readonly action: string;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly actor_name: string;
  readonly target_kind: string;
  readonly target_id: string;
  readonly target_name: string;
  readonly occurred_at: Date;
  readonly inviter_id: string | null;
}

/** Changes that touch who may do what. */
const SECURITY_ACTIONS: readonly string[] = [
  'admin-token-created',
  'member-updated',
  'member-removed',
  'second-factor-removed',
  'role-created',
  'role-updated',
  'role-deleted',
  'organization-closed',
];
/** About one's own account: only for oneself. */
const PERSONAL_ACTIONS: readonly string[] = [
  'user-password-changed',
  'user-password-reset',
  'user-email-changed',
  'user-email-restored',
  'passkey-added',
  'passkey-removed',
  'totp-enabled',
  'totp-disabled',
  'recovery-code-used',
];

/** What the audit log says since the last time; what commits late is met late, never passed over. */
export async function listAuditHappenings(tx: Transaction, span: Span): Promise<Happening[]> {
  const { organizationId, fromXid, toXid } = span;
  const actions = [...SECURITY_ACTIONS, ...PERSONAL_ACTIONS, 'invitation-accepted', 'invoice-finalized'];
  const rows = await tx.$queryRaw<AuditRow[]>`
    SELECT e.id, e.action, e.actor_kind, e.actor_id, e.actor_name, e.target_kind, e.target_id, e.target_name, e.occurred_at,
      (SELECT c.actor_id FROM audit_events c WHERE c.organization_id = e.organization_id AND e.action = 'invitation-accepted'
         AND c.action = 'invitation-created' AND c.target_id = e.target_id AND c.occurred_at > e.occurred_at - interval '8 days'
       ORDER BY c.occurred_at DESC LIMIT 1) AS inviter_id
    FROM audit_events e
    WHERE e.organization_id = ${organizationId} AND e.recorded_xid >= ${fromXid}::xid8 AND e.recorded_xid < ${toXid}::xid8
      AND e.occurred_at > ${earliest(span)} AND e.action = ANY(${actions})
    ORDER BY e.recorded_xid, e.occurred_at, e.id`;
  return rows.map(fromAudit);
}

function fromAudit(row: AuditRow): Happening {
  const base = {
    event: row.action,
    cause: `audit:${row.id}`,
    severity: 'info',
    targetKind: row.target_kind,
    targetId: row.target_id,
    targetName: row.target_name,
    actorName: row.actor_name,
    occurredAt: row.occurred_at,
  };
  const self = row.actor_kind === 'user' ? { exceptUserId: row.actor_id } : {};
  if (row.action === 'invitation-accepted') {
    const inviter = row.inviter_id === null ? {} : { userIds: [row.inviter_id] };
    return {
      ...base,
      kind: 'invitation',
      audience: { permission: 'members:write', readPermission: 'members:read', ...inviter, ...self },
    };
  }
  if (row.action === 'invoice-finalized') {
    return {
      ...base,
      kind: 'invoice',
      audience: { permission: 'invoices:read', readPermission: 'invoices:read', ...self },
    };
  }
  if (PERSONAL_ACTIONS.includes(row.action)) {
    return { ...base, kind: 'security', audience: { readPermission: '', userIds: [row.actor_id] } };
  }
  return {
    ...base,
    kind: 'security',
    severity: row.action === 'organization-closed' ? 'critical' : 'warning',
    audience: { permission: 'audit:read', readPermission: 'audit:read', ...self },
  };
}
