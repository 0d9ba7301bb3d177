/**
 * The frame of what people save for themselves or share (views, reports): found by whoever sees it, changed by whoever
 * may, at the version that was seen, and audited where it is shared. What it holds is its routes' own.
 */
import { changedFields, recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { auditActor } from '@tollgate/identity';
import { assertIfMatch } from './if-match.ts';
import { assertMayChange, type Owned, type Ownership, ownershipOf, visibleTo } from './ownership.ts';
import { notFound } from './problem.ts';
import type { OrganizationCall } from './route.ts';

export type SavedCall = Pick<
  OrganizationCall<unknown, unknown, unknown>,
  'tx' | 'organizationId' | 'actor' | 'origin' | 'nowMs'
>;

type VisibleById = ReturnType<typeof visibleTo> & { readonly id: string };

export interface SavedKind<R extends Owned> {
  /** `view`: in refusals, and as `saved-view-created` and `savedView` in the audit log. */
  readonly noun: 'view' | 'report';
  readonly find: (tx: Transaction, where: VisibleById) => Promise<R | null>;
  readonly remove: (tx: Transaction, where: { organizationId: string; id: string }) => Promise<unknown>;
  /** What the audit log tells of it. */
  readonly detail: (row: R) => Readonly<Record<string, unknown>>;
}

/** One that the caller sees. @throws {ApiProblem} `not_found`. */
export async function getSaved<R extends Owned>(
  kind: SavedKind<R>,
  { tx, organizationId, actor }: Pick<SavedCall, 'tx' | 'organizationId' | 'actor'>,
  id: string,
): Promise<R> {
  const row = await kind.find(tx, { ...visibleTo(organizationId, ownershipOf(actor)), id });
  if (row === null) throw notFound(kind.noun);
  return row;
}

/** @throws {ApiProblem} `permission_denied`, `version_conflict`. */
export function assertMayUpdate(row: Owned, ownership: Ownership, request: Request): void {
  assertMayChange(row, ownership);
  assertIfMatch(request, row.version);
}

/** Deletes one that the caller may change. @throws {ApiProblem} */
export async function removeSaved<R extends Owned>(
  kind: SavedKind<R>,
  call: SavedCall,
  id: string,
): Promise<undefined> {
  const before = await getSaved(kind, call, id);
  assertMayChange(before, ownershipOf(call.actor));
  await kind.remove(call.tx, { organizationId: call.organizationId, id });
  await auditSaved(kind, call, before, undefined);
  return undefined;
}

/** The columns that say whose a new one is. */
export function savedBy({ organizationId, actor, nowMs }: SavedCall) {
  const now = new Date(nowMs);
  return {
    organizationId,
    ownerId: actor.membershipId,
    ownerName: auditActor(actor.actor).name,
    createdAt: now,
    updatedAt: now,
  };
}

/** What was shared, or is, is everybody's: private ones are nobody's business. */
export async function auditSaved<R extends Owned>(
  kind: SavedKind<R>,
  { tx, organizationId, actor, origin, nowMs }: SavedCall,
  before: R | undefined,
  after: R | undefined,
): Promise<void> {
  const target = after ?? before;
  if (target === undefined || !(before?.shared || after?.shared)) return;
  const both = before && after ? changedFields(kind.detail(before), kind.detail(after)) : undefined;
  const happened = before === undefined ? 'created' : after === undefined ? 'deleted' : 'updated';
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action: `saved-${kind.noun}-${happened}`,
    target: { kind: kind.noun === 'view' ? 'savedView' : 'savedReport', id: target.id, name: target.name },
    before: both?.before ?? (before === undefined ? null : kind.detail(before)),
    after: both?.after ?? (after === undefined ? null : kind.detail(after)),
    nowMs,
  });
}
