/** The session of somebody who has shown who they are, with its event, in one transaction. */
import { type AuditedPerson, auditPerson, type PersonEventPlace } from './audit-person.ts';
import { createSession, type NewSession, revokeSessions } from './session.ts';

/** What the browser brought along; it ends with a new sign-in. */
export interface PreviousSession {
  readonly userId: string;
  readonly sessionId: string;
}

/** How they showed it. */
export interface SignInManner {
  readonly previous?: PreviousSession | undefined;
  /** The identity provider; empty: none. */
  readonly provider: string;
  /** Of an organization, where it is one's own. */
  readonly identityProviderId?: string | null;
  /** Whether the account at the provider was linked just now. */
  readonly linked?: boolean;
  /** When the provider asked who they are, where it says so. */
  readonly authenticatedAtMs?: number | undefined;
  readonly secondFactor: 'passkey' | 'totp' | 'recovery-code' | null;
}

/** Each organization of the person sees it in its own log. */
export async function insertAuditedSession(
  place: PersonEventPlace,
  user: AuditedPerson,
  { previous, provider, identityProviderId = null, linked, authenticatedAtMs, secondFactor }: SignInManner,
): Promise<NewSession> {
  const { tx, origin, nowMs } = place;
  if (previous?.userId === user.id) await revokeSessions(tx, user.id, { only: previous.sessionId }, nowMs);
  const session = await createSession(tx, user.id, origin, nowMs, {
    provider,
    identityProviderId,
    secondFactor: secondFactor !== null,
    authenticatedAtMs,
  });
  const after = {
    ...(provider === '' ? {} : { provider, linked: linked ?? false }),
    ...(identityProviderId === null ? {} : { identityProviderId }),
    ...(secondFactor === null ? {} : { secondFactor }),
  };
  await auditPerson(place, user, {
    action: 'session-created',
    target: { kind: 'session', id: session.sessionId },
    after: Object.keys(after).length === 0 ? null : after,
  });
  return session;
}
