/** A virtual key as the API shows it. Its secret is in no answer but those of create and rotate. */
import { z } from '@hono/zod-openapi';
import type { Prisma } from '@tollgate/db';
import { id, iso, timestamp, usd } from '../framework/field.ts';

export const KEY_STATES = ['active', 'expired', 'revoked'] as const;
export type KeyState = (typeof KEY_STATES)[number];

const Secret = z.object({
  id,
  hint: z.string(),
  createdAt: timestamp,
  /** When a rotation’s overlap ends. */
  expiresAt: timestamp.nullable(),
});

export const Key = z
  .object({
    id,
    name: z.string(),
    state: z.enum(KEY_STATES),
    /** First and last characters of the newest secret. */
    hint: z.string(),
    /** More than one while a rotation overlaps. */
    secrets: z.array(Secret),
    teamId: z.string().nullable(),
    ownerId: z.string().nullable(),
    models: z.array(z.string()),
    providers: z.array(z.string()),
    endpoints: z.array(z.string()),
    ipAllowlist: z.array(z.string()),
    tags: z.record(z.string(), z.string()),
    expiresAt: timestamp.nullable(),
    revokedAt: timestamp.nullable(),
    createdById: z.string(),
    createdAt: timestamp,
    updatedAt: timestamp,
    lastUsedAt: timestamp.nullable(),
    /** When its newest secret was made. */
    rotatedAt: timestamp,
    firstRequestId: z.string().nullable(),
    version: z.int(),
  })
  .openapi('Key');

/** A key as somebody sees it, with what its ids stand for. */
export const ListedKey = Key.extend({
  /** What its team and its owner are called; null: there is none, it is gone, or the caller may not read it. */
  teamName: z.string().nullable(),
  ownerName: z.string().nullable(),
  /** Whether the caller may change, rotate and revoke it, unless it is revoked. */
  mayManage: z.boolean(),
}).openapi('ListedKey');

export const KeyDetail = ListedKey.extend({
  /** Everything it has spent: charge where the credential is resold, cost where it is the organization’s own. */
  spentUsd: usd,
  /** What the rules ask for; null: nobody asks for a rotation. */
  rotation: z
    .object({
      everyDays: z.int(),
      dueAt: timestamp,
      teamId: z.string().nullable(),
      teamName: z.string().nullable(),
    })
    .nullable(),
  /** Where its newest request came from, and by which client; null: none is kept, or the caller may not read requests. */
  lastAddress: z.string().nullable(),
  lastUserAgent: z.string().nullable(),
  /** The latest instant at which it may end; null: nothing bounds it. */
  latestExpiresAt: timestamp.nullable(),
}).openapi('KeyDetail');

export const KeyWithSecret = z
  .object({ key: Key, secret: z.string().openapi({ description: 'Shown in this answer and nowhere else' }) })
  .openapi('KeyWithSecret');

/** The rows behind a key. */
export const keyInclude = {
  secrets: { where: { revokedAt: null }, orderBy: { createdAt: 'desc' } },
} as const satisfies Prisma.VirtualKeyInclude;

export type KeyRow = Prisma.VirtualKeyGetPayload<{ include: typeof keyInclude }>;

export function presentKey(row: KeyRow, nowMs: number): z.input<typeof Key> {
  const secrets = row.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt.getTime() > nowMs);
  return {
    ...row,
    state: stateOf(row, nowMs),
    hint: (secrets[0] ?? row.secrets[0])?.hint ?? '',
    secrets: secrets.map((secret) => ({
      id: secret.id,
      hint: secret.hint,
      createdAt: iso(secret.createdAt),
      expiresAt: iso(secret.expiresAt),
    })),
    ownerId: row.memberId ?? row.serviceAccountId,
    tags: row.tags as Record<string, string>,
    expiresAt: iso(row.expiresAt),
    revokedAt: iso(row.revokedAt),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
    lastUsedAt: iso(row.lastUsedAt),
    rotatedAt: iso(row.rotatedAt),
  };
}

function stateOf(row: KeyRow, nowMs: number): KeyState {
  if (row.revokedAt !== null) return 'revoked';
  return row.expiresAt !== null && row.expiresAt.getTime() <= nowMs ? 'expired' : 'active';
}

/** What an audit event shows of a key. */
export function auditKey(row: KeyRow): Record<string, unknown> {
  const { name, teamId, memberId, serviceAccountId, models, providers, endpoints, ipAllowlist, tags } = row;
  const ownerId = memberId ?? serviceAccountId;
  return { name, teamId, ownerId, models, providers, endpoints, ipAllowlist, tags, expiresAt: row.expiresAt };
}
