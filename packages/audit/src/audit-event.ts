/**
 * What an audit event says: who did what to which thing, from where, and what it was before and after.
 *
 * Events are written in the transaction of the change, so there is no change without its event. Secrets never
 * enter: fields whose names say secret are removed before anything is stored. Not here: the chain (seal.ts).
 */
import type { Prisma, Transaction } from '@tollgate/db';
import { type Id, newId } from '@tollgate/ids';

export interface AuditActor {
  readonly kind: 'user' | 'adminToken' | 'system';
  readonly id: string;
  readonly name: string;
}

/** Where a request came from. Empty where there was none, as in jobs. */
export interface AuditOrigin {
  readonly ipAddress: string;
  readonly userAgent: string;
  readonly requestId: string;
}

export const NO_ORIGIN: AuditOrigin = { ipAddress: '', userAgent: '', requestId: '' };

export interface AuditTarget {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
}

export interface AuditEntry {
  readonly organizationId: string;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  /** Noun, then what happened: `key-created`, `member-removed`. */
  readonly action: string;
  readonly target: AuditTarget;
  /** Only the fields that matter; null where the thing did not exist. */
  readonly before?: Readonly<Record<string, unknown>> | null;
  readonly after?: Readonly<Record<string, unknown>> | null;
  readonly nowMs: number;
}

const MAX_USER_AGENT_LENGTH = 512;
const MAX_DETAIL_LENGTH = 32_768;

/** Writes one event. The transaction must have entered the event's organization. @returns Its id. */
export async function recordAudit(tx: Transaction, entry: AuditEntry): Promise<Id<'event'>> {
  const id = newId('event', entry.nowMs);
  await tx.auditEvent.create({
    data: {
      organizationId: entry.organizationId,
      occurredAt: new Date(entry.nowMs),
      id,
      actorKind: entry.actor.kind,
      actorId: entry.actor.id,
      actorName: entry.actor.name,
      action: entry.action,
      targetKind: entry.target.kind,
      targetId: entry.target.id,
      targetName: entry.target.name ?? '',
      ...(entry.before == null ? {} : { before: toDetail(entry.before) }),
      ...(entry.after == null ? {} : { after: toDetail(entry.after) }),
      ipAddress: entry.origin.ipAddress,
      userAgent: entry.origin.userAgent.slice(0, MAX_USER_AGENT_LENGTH).toWellFormed(),
      requestId: entry.origin.requestId,
    },
    select: { id: true },
  });
  return id;
}

const SECRET_NAME = /secret|password|token|hash|cipher|api_?key|authorization|cookie/i;
// What names a secret without being one.
const HARMLESS_NAME = /(hint|id|count|expiresAt|tokens)$/i;

/** The detail as plain JSON without anything that is named like a secret. */
export function toDetail(detail: Readonly<Record<string, unknown>>): Prisma.InputJsonObject {
  const text = JSON.stringify(detail, (name, value: unknown) => {
    if (name !== '' && SECRET_NAME.test(name) && !HARMLESS_NAME.test(name)) return undefined;
    return typeof value === 'bigint' ? value.toString() : value;
  });
  if (text.length > MAX_DETAIL_LENGTH) return { omitted: `${text.length} characters` };
  return JSON.parse(text) as Prisma.InputJsonObject;
}

/** The fields of `after` that differ from `before`, on both sides: what an update's event shows. */
export function changedFields(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): { before: Record<string, unknown>; after: Record<string, unknown> } {
  const changed = Object.keys(after).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  return {
    before: Object.fromEntries(changed.map((name) => [name, before[name] ?? null])),
    after: Object.fromEntries(changed.map((name) => [name, after[name] ?? null])),
  };
}
