/**
 * The playground's key: one per member (and team), so that budgets, limits and history belong to somebody, with a
 * secret for one session only.
 *
 * The secret is minted here, sealed in the database for the other processes of the console, used by this server alone,
 * and never sent to a browser. It ends after half an hour without a call, when the page is left, and with the key,
 * which is listed, limited and revoked like every other.
 */
import { type AuditOrigin, recordAudit } from '@tollgate/audit';
import type { KeyRing } from '@tollgate/config';
import type { Transaction } from '@tollgate/db';
import { auditActor, type OrganizationActor } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import {
  type KeyHasher,
  keyHint,
  latestExpiry,
  mintKeySecret,
  openSecret,
  type SealContext,
  sealSecret,
} from '@tollgate/keys';
import { ApiProblem } from '../framework/problem.ts';
import { getEffectiveKeyPolicy } from '../virtual-keys/key-policy-store.ts';
import { assertMayManageKey, assertTeam, getKeyOwner } from '../virtual-keys/key-scope.ts';
import { insertKey } from '../virtual-keys/key-store.ts';

const SESSION_MS = 30 * 60_000;
/** A session that would end soon is replaced instead of used. */
const MIN_LEFT_MS = 10 * 60_000;

export interface PlaygroundChange {
  readonly tx: Transaction;
  readonly actor: OrganizationActor;
  readonly origin: AuditOrigin;
  readonly nowMs: number;
}

export interface PlaygroundSession {
  readonly keyId: string;
  readonly secret: string;
  readonly endsAt: Date;
  /** Gateways must hear of it: the key is new to them. */
  readonly isNew: boolean;
}

interface SessionOptions {
  readonly hasher: KeyHasher;
  readonly ring: KeyRing;
  /** Whose budgets hold beside one's own; null: no team's. */
  readonly teamId: string | null;
}

/** @throws {ApiProblem} `permission_denied` for tokens, `exceeds_own_permissions`, `invalid_request`. */
export async function openPlaygroundSession(
  change: PlaygroundChange,
  { hasher, ring, teamId }: SessionOptions,
): Promise<PlaygroundSession> {
  const { tx, actor, nowMs } = change;
  const { organizationId, membershipId } = actor;
  assertPerson(actor);
  await assertTeam(tx, organizationId, teamId);
  await assertMayManageKey(tx, actor, { teamId, memberId: membershipId, serviceAccountId: null });
  await lockMember(change);
  const where = { organizationId, membershipId, teamId: teamId ?? '' };
  const row = await tx.playgroundKey.findUnique({ where: { organizationId_membershipId_teamId: where } });
  const key = row === null ? null : await findUsableKey(change, row.keyId, teamId);
  if (row !== null && key !== null && row.secretCiphertext !== null && row.endsAt !== null) {
    if (row.endsAt.getTime() - nowMs > MIN_LEFT_MS) {
      const secret = openSecret(ring, sealContext(organizationId, row.keyId), row.secretCiphertext);
      return { keyId: row.keyId, secret, endsAt: row.endsAt, isNew: false };
    }
  }
  const endsAt = new Date(nowMs + SESSION_MS);
  const { keyId, secret } =
    key === null
      ? await makeKey(change, hasher, teamId, endsAt)
      : { keyId: key.id, secret: await addSecret(change, hasher, key, endsAt) };
  const session = {
    keyId,
    endsAt,
    secretCiphertext: sealSecret(ring, sealContext(organizationId, keyId), secret),
  };
  await tx.playgroundKey.upsert({
    where: { organizationId_membershipId_teamId: where },
    create: { ...where, ...session, createdAt: new Date(nowMs) },
    update: session,
    select: { keyId: true },
  });
  return { keyId, secret, endsAt, isNew: true };
}

/** Ends what runs of the member's playground. @returns The keys that gateways must hear of. */
export async function endPlaygroundSessions(change: PlaygroundChange): Promise<readonly string[]> {
  const { tx, actor, nowMs } = change;
  const { organizationId, membershipId } = actor;
  assertPerson(actor);
  await lockMember(change);
  const rows = await tx.playgroundKey.findMany({
    where: { organizationId, membershipId, secretCiphertext: { not: null } },
    select: { keyId: true, endsAt: true, teamId: true },
  });
  if (rows.length === 0) return [];
  const keyIds = rows.map(({ keyId }) => keyId);
  for (const { keyId, endsAt, teamId } of rows) {
    // A key that was given away has secrets of others by now: of that one, the session's alone.
    const own = { memberId: membershipId, teamId: teamId === '' ? null : teamId };
    await tx.virtualKeySecret.updateMany({
      where: {
        organizationId,
        keyId,
        revokedAt: null,
        OR: [{ key: own }, ...(endsAt === null ? [] : [{ expiresAt: endsAt }])],
      },
      data: { revokedAt: new Date(nowMs) },
    });
  }
  await tx.playgroundKey.updateMany({
    where: { organizationId, membershipId, keyId: { in: keyIds } },
    data: { secretCiphertext: null },
  });
  await bump(change, keyIds);
  for (const { keyId, endsAt } of rows) {
    await audit(change, 'playground-session-ended', keyId, {
      before: { endsAt },
      after: { endsAt: new Date(nowMs) },
    });
  }
  return keyIds;
}

/** Tokens call the gateway by keys of their own. */
function assertPerson({ actor }: OrganizationActor): void {
  if (actor.kind === 'person') return;
  throw new ApiProblem(
    'permission_denied',
    'Cannot use the playground with a token: a signed-in person is needed',
  );
}

/** Several models are asked at once: one of the calls opens the session, the others find it. */
async function lockMember({ tx, actor }: PlaygroundChange): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(${`playground:${actor.membershipId}`}, 0))`;
}

interface UsableKey {
  readonly id: string;
}

/**
 * One that was revoked or is over stays so, and one that was given to somebody else or to another team is theirs: the
 * next session makes another, which its maker may make as any key.
 */
function findUsableKey(
  { tx, actor, nowMs }: PlaygroundChange,
  id: string,
  teamId: string | null,
): Promise<UsableKey | null> {
  const { organizationId, membershipId } = actor;
  const lasts = [{ expiresAt: null }, { expiresAt: { gt: new Date(nowMs + MIN_LEFT_MS) } }];
  return tx.virtualKey.findFirst({
    where: { organizationId, id, memberId: membershipId, teamId, revokedAt: null, OR: lasts },
    select: { id: true },
  });
}

async function makeKey(
  change: PlaygroundChange,
  hasher: KeyHasher,
  teamId: string | null,
  endsAt: Date,
): Promise<{ keyId: string; secret: string }> {
  const { tx, actor, nowMs } = change;
  // The secret is short-lived in any case; the key is one like every other, and could be given another secret.
  const rules = await getEffectiveKeyPolicy(tx, actor.organizationId, teamId);
  const { row, secret } = await insertKey(change, hasher, {
    name: `Playground: ${actor.actor.name}`.slice(0, 100).toWellFormed(),
    teamId,
    ...(await getKeyOwner(tx, actor.organizationId, actor.membershipId)),
    models: [],
    providers: [],
    endpoints: [],
    ipAllowlist: [],
    tags: { source: 'playground' },
    expiresAt: latestExpiry(rules, nowMs) ?? null,
  });
  await tx.virtualKeySecret.updateMany({
    where: { organizationId: actor.organizationId, keyId: row.id },
    data: { expiresAt: endsAt },
  });
  return { keyId: row.id, secret };
}

async function addSecret(
  change: PlaygroundChange,
  hasher: KeyHasher,
  key: UsableKey,
  endsAt: Date,
): Promise<string> {
  const { tx, actor, nowMs } = change;
  const { organizationId } = actor;
  // The one before is left to the calls that still run with it, until it ends by itself.
  const secret = mintKeySecret();
  await tx.virtualKeySecret.create({
    data: {
      id: newId('keySecret', nowMs),
      organizationId,
      keyId: key.id,
      ...hasher.hash(secret),
      hint: keyHint(secret),
      createdAt: new Date(nowMs),
      expiresAt: endsAt,
    },
    select: { id: true },
  });
  await bump(change, [key.id]);
  await audit(change, 'playground-session-started', key.id, { after: { endsAt } });
  return secret;
}

async function bump({ tx, actor, nowMs }: PlaygroundChange, keyIds: readonly string[]): Promise<void> {
  await tx.virtualKey.updateMany({
    where: { organizationId: actor.organizationId, id: { in: [...keyIds] } },
    data: { version: { increment: 1 }, updatedAt: new Date(nowMs) },
  });
}

async function audit(
  { tx, actor, origin, nowMs }: PlaygroundChange,
  action: string,
  keyId: string,
  states: { readonly before?: Record<string, unknown>; readonly after: Record<string, unknown> },
): Promise<void> {
  await recordAudit(tx, {
    organizationId: actor.organizationId,
    actor: auditActor(actor.actor),
    origin,
    action,
    target: { kind: 'key', id: keyId, name: 'Playground' },
    ...states,
    nowMs,
  });
}

function sealContext(organizationId: string, keyId: string): SealContext {
  return { organizationId, recordId: keyId, field: 'playground-secret', baseUrl: '' };
}
