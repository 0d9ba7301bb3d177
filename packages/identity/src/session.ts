/**
 * Sessions in the database, so that they can be listed and ended. The cookie holds a random token; the
 * database holds its SHA-256, so that a stolen dump opens nothing.
 */
import type { Database, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { hashToken, isToken, mintToken } from './opaque-token.ts';

export const SESSION_ABSOLUTE_MS = 30 * 86_400_000;
export const SESSION_IDLE_MS = 7 * 86_400_000;
/** Of a session by an organization's provider: who is gone there is out within a day. */
export const PROVIDER_SESSION_MS = 86_400_000;
/** `last_seen_at` is written no more often than this. */
const TOUCH_INTERVAL_MS = 60_000;

export interface NewSession {
  readonly sessionId: string;
  /** For the cookie; exists nowhere else. */
  readonly token: string;
  readonly expiresAt: Date;
}

export interface SessionOrigin {
  readonly ipAddress: string;
  readonly userAgent: string;
}

/** How its person showed who they are. */
export interface SessionProof {
  /** The identity provider; empty: none. */
  readonly provider: string;
  /** Of an organization, where it is one's own. The database makes no session of one that is being taken away. */
  readonly identityProviderId?: string | null;
  readonly secondFactor: boolean;
  /** When the provider asked them who they are, where it says so; else now. */
  readonly authenticatedAtMs?: number | undefined;
}

/** Opens a session. The transaction must have entered the user (`database.person`). */
export async function createSession(
  tx: Transaction,
  userId: string,
  origin: SessionOrigin,
  nowMs: number,
  proof: SessionProof = { provider: '', secondFactor: false },
): Promise<NewSession> {
  const { provider, identityProviderId = null, secondFactor, authenticatedAtMs = nowMs } = proof;
  const token = mintToken();
  const sessionId = newId('session', nowMs);
  const lifetimeMs = identityProviderId === null ? SESSION_ABSOLUTE_MS : PROVIDER_SESSION_MS;
  const expiresAt = new Date(nowMs + lifetimeMs);
  await tx.session.create({
    data: {
      id: sessionId,
      userId,
      tokenHash: hashToken(token),
      userAgent: origin.userAgent.slice(0, 512).toWellFormed(),
      ipAddress: origin.ipAddress,
      createdAt: new Date(nowMs),
      lastSeenAt: new Date(nowMs),
      expiresAt,
      authenticatedAt: new Date(Math.min(nowMs, authenticatedAtMs)),
      secondFactorAt: secondFactor ? new Date(nowMs) : null,
      provider,
      identityProviderId,
    },
    select: { id: true },
  });
  return { sessionId, token, expiresAt };
}

export interface FoundSession {
  readonly sessionId: string;
  readonly userId: string;
  /** Time to write `last_seen_at` again. */
  readonly stale: boolean;
  readonly authenticatedAt: Date;
  readonly secondFactorAt: Date | null;
  readonly provider: string;
  readonly identityProviderId: string | null;
}

interface FoundRow {
  readonly id: string;
  readonly user_id: string;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly last_seen_at: Date;
  readonly authenticated_at: Date;
  readonly second_factor_at: Date | null;
  readonly provider: string;
  readonly identity_provider_id: string | null;
}

/** @returns The session that this token opens now; undefined for unknown, revoked, expired and idle ones. */
export async function findSession(
  database: Database,
  token: string,
  nowMs: number,
): Promise<FoundSession | undefined> {
  if (!isToken(token)) return undefined;
  const rows = await database.platform(
    (tx) => tx.$queryRaw<FoundRow[]>`SELECT * FROM find_session(${hashToken(token)})`,
  );
  const row = rows[0];
  if (row === undefined || row.revoked_at !== null) return undefined;
  const idleMs = nowMs - row.last_seen_at.getTime();
  if (row.expires_at.getTime() <= nowMs || idleMs > SESSION_IDLE_MS) return undefined;
  return {
    sessionId: row.id,
    userId: row.user_id,
    stale: idleMs > TOUCH_INTERVAL_MS,
    authenticatedAt: row.authenticated_at,
    secondFactorAt: row.second_factor_at,
    provider: row.provider,
    identityProviderId: row.identity_provider_id,
  };
}

/** Its person has shown again who they are. In their transaction. */
export async function confirmSession(
  tx: Transaction,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
  shown: { readonly secondFactor: boolean },
  nowMs: number,
): Promise<void> {
  await tx.session.updateMany({
    where: { id: sessionId, userId, revokedAt: null },
    data: {
      authenticatedAt: new Date(nowMs),
      ...(shown.secondFactor ? { secondFactorAt: new Date(nowMs) } : {}),
    },
  });
}

/** In the transaction of the person. */
export async function touchSession(tx: Transaction, sessionId: string, nowMs: number): Promise<void> {
  await tx.session.updateMany({
    where: { id: sessionId, revokedAt: null },
    data: { lastSeenAt: new Date(nowMs) },
  });
}

export interface SessionRow {
  readonly id: string;
  readonly userAgent: string;
  readonly ipAddress: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly provider: string;
  readonly identityProviderId: string | null;
}

/** What opens something: the rest is over already, whether or not somebody ended it. As `isOpenAt` says of a row. */
function openAt(nowMs: number) {
  return {
    revokedAt: null,
    expiresAt: { gt: new Date(nowMs) },
    lastSeenAt: { gte: new Date(nowMs - SESSION_IDLE_MS) },
  };
}

/** Open sessions of the transaction's person, the one used last first. */
export function listSessions(tx: Transaction, userId: string, nowMs: number): Promise<SessionRow[]> {
  return tx.session.findMany({
    where: { userId, ...openAt(nowMs) },
    orderBy: { lastSeenAt: 'desc' },
    take: 200,
    select: {
      id: true,
      userAgent: true,
      ipAddress: true,
      createdAt: true,
      lastSeenAt: true,
      expiresAt: true,
      provider: true,
      identityProviderId: true,
    },
  });
}

function isOpenAt(nowMs: number, { expiresAt, lastSeenAt }: Pick<SessionRow, 'expiresAt' | 'lastSeenAt'>) {
  return expiresAt.getTime() > nowMs && lastSeenAt.getTime() >= nowMs - SESSION_IDLE_MS;
}

/**
 * Ends sessions of the transaction's person, idle ones among them: a request that began before one was idle may touch it
 * at the same moment, and it would be open again.
 *
 * @param which One, all but one, or all.
 * @returns How many of them were open.
 */
export async function revokeSessions(
  tx: Transaction,
  userId: string,
  which: { readonly only: string } | { readonly except: string } | 'all',
  nowMs: number,
): Promise<number> {
  const id = which === 'all' ? {} : 'only' in which ? { id: which.only } : { id: { not: which.except } };
  const ended = await tx.session.updateManyAndReturn({
    where: { userId, revokedAt: null, ...id },
    data: { revokedAt: new Date(nowMs) },
    select: { expiresAt: true, lastSeenAt: true },
  });
  return ended.filter((session) => isOpenAt(nowMs, session)).length;
}
