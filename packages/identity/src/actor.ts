/** Who is asking, once that is known. */
import type { AuditActor } from '@tollgate/audit';
import { IdentityError } from './identity-error.ts';
import type { Permission } from './permission.ts';

export interface PersonActor {
  readonly kind: 'person';
  readonly userId: string;
  readonly sessionId: string;
  readonly email: string;
  readonly name: string;
  readonly locale: string;
  /** Verified, or counted as verified because no mailer reaches people. */
  readonly emailVerified: boolean;
  readonly isOperator: boolean;
  /** Their address is named for running this installation, verified or not: no organization's provider opens anything to them. */
  readonly isNamed?: boolean;
  /** When they last showed who they are, in this session. */
  readonly authenticatedAt: Date;
  /** When they last showed a second factor, in this session; null: never. */
  readonly secondFactorAt: Date | null;
  /** The identity provider that opened this session; empty: none. */
  readonly provider: string;
  /** Of an organization, where it was one's own; else null. */
  readonly identityProviderId: string | null;
}

export interface TokenActor {
  readonly kind: 'adminToken';
  readonly tokenId: string;
  readonly name: string;
  /** Whose authority the token borrows: it never has more. */
  readonly createdById: string;
  /** Null: it ends only when it is revoked. */
  readonly expiresAt: Date | null;
}

export type Actor = PersonActor | TokenActor;

/** An actor inside one organization. */
export interface OrganizationActor {
  readonly actor: Actor;
  readonly organizationId: string;
  /** Of the person, or of the person who made the token. */
  readonly membershipId: string;
  readonly role: string;
  readonly permissions: ReadonlySet<Permission>;
  /** Its owner has closed the organization: what was is read, nothing is changed. */
  readonly organizationClosed?: boolean;
  /** The organization wants a second factor that the person's session has not shown: nothing is allowed before that. */
  readonly secondFactorMissing?: boolean;
  /** The organization wants its identity provider, which has not opened the person's session: nothing is allowed before that. */
  readonly missingIdentityProviderId?: string;
}

export function auditActor(actor: Actor): AuditActor {
  return actor.kind === 'person'
    ? { kind: 'user', id: actor.userId, name: actor.email }
    : { kind: 'adminToken', id: actor.tokenId, name: actor.name };
}

/**
 * For what reaches other people or outlives a session: an unverified account may be somebody else's by right.
 * Tokens pass, because nobody gets one without this.
 *
 * @param what Completes "Cannot …".
 * @throws {IdentityError} `email_not_verified`.
 */
export function assertVerified({ actor }: OrganizationActor, what: string): void {
  if (actor.kind === 'adminToken' || actor.emailVerified) return;
  throw new IdentityError('email_not_verified', `Cannot ${what}: verify your own e-mail address first`);
}

/** The user behind the actor. */
export function userIdOf(actor: Actor): string {
  return actor.kind === 'person' ? actor.userId : actor.createdById;
}
