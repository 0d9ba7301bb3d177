/** How a person signs in, and what happened to that lately: for their own eyes. */
import { sql, type Transaction, type UseOrganization } from '@tollgate/db';
import type { PersonActor } from './actor.ts';
import { findWaitingEmailChange, type WaitingEmailChange } from './email-change.ts';
import type { IdentityContext } from './identity-context.ts';
import { listMembershipOrganizations } from './membership.ts';
import { listPasskeys, type PasskeySummary } from './passkey.ts';
import { countRecoveryCodes } from './recovery-code.ts';
import { SESSION_IDLE_MS } from './session.ts';

export interface AccountSecurity {
  readonly hasPassword: boolean;
  readonly passwordChangedAt: Date | null;
  readonly passkeys: readonly PasskeySummary[];
  readonly totpSince: Date | null;
  readonly recoveryCodesLeft: number;
  /** Identity providers with an account of theirs. */
  readonly providers: readonly string[];
  readonly openSessions: number;
  /** The change of one's address that waits for an answer from the new one. */
  readonly waitingEmail: WaitingEmailChange | null;
}

export function getAccountSecurity(
  context: IdentityContext,
  { userId }: Pick<PersonActor, 'userId'>,
): Promise<AccountSecurity> {
  const nowMs = context.clock.nowMs();
  return context.database.person({ userId }, async (tx) => {
    const password = await tx.passwordCredential.findUnique({
      where: { userId },
      select: { updatedAt: true },
    });
    const totp = await tx.totpFactor.findFirst({ where: { userId }, select: { confirmedAt: true } });
    const accounts = await tx.account.findMany({ where: { userId }, select: { provider: true } });
    return {
      hasPassword: password !== null,
      passwordChangedAt: password?.updatedAt ?? null,
      passkeys: await listPasskeys(tx, userId),
      totpSince: totp?.confirmedAt ?? null,
      recoveryCodesLeft: await countRecoveryCodes(tx, userId),
      waitingEmail: (await findWaitingEmailChange(tx, userId, nowMs)) ?? null,
      providers: [...new Set(accounts.map(({ provider }) => provider))].toSorted(),
      openSessions: await tx.session.count({
        where: {
          userId,
          revokedAt: null,
          expiresAt: { gt: new Date(nowMs) },
          lastSeenAt: { gt: new Date(nowMs - SESSION_IDLE_MS) },
        },
      }),
    };
  });
}

export interface SecurityEvent {
  readonly id: string;
  readonly occurredAt: Date;
  readonly action: string;
  readonly targetName: string;
  readonly detail: unknown;
  readonly ipAddress: string;
  readonly userAgent: string;
}

const ACTIONS = [
  'session-created',
  'session-confirmed',
  'session-revoked',
  'sessions-revoked',
  'sign-in-failed',
  'user-password-changed',
  'user-password-reset',
  'user-email-change-requested',
  'user-email-changed',
  'user-email-restored',
  'user-linked',
  'user-taken-over',
  'second-factor-removed',
  'passkey-added',
  'passkey-renamed',
  'passkey-removed',
  'totp-enabled',
  'totp-disabled',
  'recovery-codes-created',
  'recovery-code-used',
] as const;

const REACH_MS = 90 * 86_400_000;

/**
 * What the audit log says of the person's own account, newest first, of the last 90 days. Each of their organizations
 * has the same events from when they joined: read is the one that they have been in for longest.
 */
export function listSecurityEvents(
  context: IdentityContext,
  { userId }: Pick<PersonActor, 'userId'>,
  limit: number,
): Promise<SecurityEvent[]> {
  const from = new Date(context.clock.nowMs() - REACH_MS);
  return context.database.person({ userId }, async (tx, use) => {
    const organizationId = (await listMembershipOrganizations(tx, userId))[0];
    return organizationId === undefined ? [] : readEvents(tx, use, { organizationId, userId, from, limit });
  });
}

async function readEvents(
  tx: Transaction,
  use: UseOrganization,
  of: {
    readonly organizationId: string;
    readonly userId: string;
    readonly from: Date;
    readonly limit: number;
  },
): Promise<SecurityEvent[]> {
  await use(of.organizationId);
  const columns = sql`id, occurred_at, action, target_name, after, ip_address, user_agent`;
  const where = sql`organization_id = ${of.organizationId} AND occurred_at >= ${of.from}
    AND action = ANY (${[...ACTIONS]}::text[])`;
  // Two indexes, one for each side of the person: what they did, and what was done to them.
  const rows = await tx.$queryRaw<SecurityEvent[]>`
    SELECT id, occurred_at AS "occurredAt", action, target_name AS "targetName", after AS detail,
      ip_address AS "ipAddress", user_agent AS "userAgent"
    FROM ((SELECT ${columns} FROM audit_events WHERE ${where} AND actor_id = ${of.userId}
        ORDER BY occurred_at DESC LIMIT ${of.limit})
      UNION (SELECT ${columns} FROM audit_events WHERE ${where} AND target_id = ${of.userId}
        ORDER BY occurred_at DESC LIMIT ${of.limit})) AS e
    ORDER BY occurred_at DESC, id DESC LIMIT ${of.limit}`;
  return rows;
}
