/** Virtual keys in the database: reading one, making, changing, rotating, revoking. Not here: lists (key-search.ts). */

import { type AuditOrigin, changedFields, recordAudit } from '@tollgate/audit';
import type { Prisma, Transaction } from '@tollgate/db';
import { auditActor, type OrganizationActor, userIdOf } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { type KeyHasher, keyHint, mintKeySecret } from '@tollgate/keys';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { ApiProblem, notFound } from '../framework/problem.ts';
import { queryUsage } from '../usage/usage-query.ts';
import { assertMayManageKey, type KeyPlace } from './key-scope.ts';
import { auditKey, type KeyRow, keyInclude } from './present-key.ts';

/** Who changes it, and when. */
export interface KeyChange {
  readonly tx: Transaction;
  readonly actor: OrganizationActor;
  readonly origin: AuditOrigin;
  readonly nowMs: number;
}

export interface KeyFields extends KeyPlace {
  readonly name: string;
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly endpoints: readonly string[];
  readonly ipAllowlist: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly expiresAt: Date | null;
}

/** @throws {ApiProblem} `not_found`. */
export async function getKey(tx: Transaction, organizationId: string, id: string): Promise<KeyRow> {
  const row = await tx.virtualKey.findFirst({ where: { organizationId, id }, include: keyInclude });
  if (row === null) throw notFound('key');
  return row;
}

/** As far as ids have times. */
const EVER = { from: new Date('2000-01-01T00:00:00Z'), to: new Date('2200-01-01T00:00:00Z') };

/** What a key has spent in all, as a decimal string in USD. */
export async function getKeySpend(tx: Transaction, organizationId: string, keyId: string): Promise<string> {
  const { timeZone } = await tx.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { timeZone: true },
  });
  const everything = { cube: 'base', dimensions: [] } as const;
  const [sum] = await queryUsage(tx, organizationId, everything, { ...EVER, keyId, timeZone, limit: 1 });
  return formatUsd(picoUsdSum(BigInt(sum?.spentPicoUsd ?? '0')));
}

/** @returns The row, and the secret that exists nowhere else. */
export async function insertKey(
  change: KeyChange,
  hasher: KeyHasher,
  fields: KeyFields,
): Promise<{ row: KeyRow; secret: string }> {
  const { tx, actor, nowMs } = change;
  const { organizationId } = actor;
  await assertMayManageKey(tx, actor, fields);
  const id = newId('virtualKey', nowMs);
  const now = new Date(nowMs);
  await tx.virtualKey.create({
    data: {
      id,
      organizationId,
      ...toColumns(fields),
      createdById: userIdOf(actor.actor),
      createdAt: now,
      updatedAt: now,
      rotatedAt: now,
    },
    select: { id: true },
  });
  const secret = await insertSecret(change, hasher, id);
  const row = await getKey(tx, organizationId, id);
  await audit(change, 'key-created', row, { after: auditKey(row) });
  return { row, secret };
}

async function insertSecret(change: KeyChange, hasher: KeyHasher, keyId: string): Promise<string> {
  const secret = mintKeySecret();
  await change.tx.virtualKeySecret.create({
    data: {
      id: newId('keySecret', change.nowMs),
      organizationId: change.actor.organizationId,
      keyId,
      ...hasher.hash(secret),
      hint: keyHint(secret),
      createdAt: new Date(change.nowMs),
    },
    select: { id: true },
  });
  return secret;
}

/**
 * Locks a key that may be changed by this actor.
 *
 * @throws {ApiProblem} `not_found`, `exceeds_own_permissions`; `conflict` for one that is revoked.
 */
export async function lockKey(change: KeyChange, id: string): Promise<KeyRow> {
  const { tx, actor } = change;
  await tx.$queryRaw`
    SELECT 1 FROM virtual_keys WHERE organization_id = ${actor.organizationId} AND id = ${id} FOR UPDATE`;
  const row = await getKey(tx, actor.organizationId, id);
  await assertMayManageKey(tx, actor, row);
  if (row.revokedAt !== null)
    throw new ApiProblem('conflict', 'Cannot change the key: it is revoked', { reason: 'key_revoked' });
  return row;
}

/** @param before The locked row. */
export async function updateKey(
  change: KeyChange,
  before: KeyRow,
  fields: Partial<KeyFields>,
): Promise<KeyRow> {
  const { tx, actor } = change;
  const { teamId, memberId, serviceAccountId } = before;
  await assertMayManageKey(tx, actor, { teamId, memberId, serviceAccountId, ...fields });
  const row = await bumpKey(change, before.id, toColumns(fields));
  await audit(change, 'key-updated', row, changedFields(auditKey(before), auditKey(row)));
  return row;
}

/** A new secret; the old ones work for `overlapSeconds` more. Identity, history and limits stay. */
export async function rotateKey(
  change: KeyChange,
  hasher: KeyHasher,
  before: KeyRow,
  overlapSeconds: number,
): Promise<{ row: KeyRow; secret: string }> {
  const { tx, actor, nowMs } = change;
  const where = { organizationId: actor.organizationId, keyId: before.id, revokedAt: null };
  const endsAt = new Date(nowMs + overlapSeconds * 1_000);
  if (overlapSeconds === 0) {
    await tx.virtualKeySecret.updateMany({ where, data: { revokedAt: endsAt } });
  } else {
    // A secret that was to end sooner still does.
    await tx.virtualKeySecret.updateMany({
      where: { ...where, OR: [{ expiresAt: null }, { expiresAt: { gt: endsAt } }] },
      data: { expiresAt: endsAt },
    });
  }
  const secret = await insertSecret(change, hasher, before.id);
  const row = await bumpKey(change, before.id, { rotatedAt: new Date(nowMs) });
  await audit(change, 'key-rotated', row, { after: { overlapSeconds, hint: row.secrets[0]?.hint } });
  return { row, secret };
}

export async function revokeKey(change: KeyChange, before: KeyRow): Promise<KeyRow> {
  const { actor, nowMs } = change;
  const row = await bumpKey(change, before.id, {
    revokedAt: new Date(nowMs),
    revokedById: userIdOf(actor.actor),
  });
  await audit(change, 'key-revoked', row, { before: auditKey(before) });
  return row;
}

function bumpKey(
  change: KeyChange,
  id: string,
  data: Prisma.VirtualKeyUncheckedUpdateInput,
): Promise<KeyRow> {
  const { organizationId } = change.actor;
  return change.tx.virtualKey.update({
    where: { organizationId_id: { organizationId, id } },
    data: { ...data, version: { increment: 1 }, updatedAt: new Date(change.nowMs) },
    include: keyInclude,
  });
}

function toColumns<T extends Partial<KeyFields>>(fields: T) {
  const { models, providers, endpoints, ipAllowlist, tags, ...rest } = fields;
  return {
    ...rest,
    ...(models && { models: [...models] }),
    ...(providers && { providers: [...providers] }),
    ...(endpoints && { endpoints: [...endpoints] }),
    ...(ipAllowlist && { ipAllowlist: [...ipAllowlist] }),
    ...(tags && { tags: { ...tags } }),
  };
}

async function audit(
  { tx, actor, origin, nowMs }: KeyChange,
  action: string,
  row: KeyRow,
  detail: { before?: Record<string, unknown>; after?: Record<string, unknown> },
): Promise<void> {
  await recordAudit(tx, {
    organizationId: actor.organizationId,
    actor: auditActor(actor.actor),
    origin,
    action,
    target: { kind: 'key', id: row.id, name: row.name },
    ...detail,
    nowMs,
  });
}
