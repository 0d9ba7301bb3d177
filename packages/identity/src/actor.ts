/** Who is asking, once that is known. */
import type { AuditActor } from '@tollgate/audit';
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
}

export interface TokenActor {
  readonly kind: 'adminToken';
  readonly tokenId: string;
  readonly name: string;
  /** Whose authority the token borrows: it never has more. */
  readonly createdById: string;
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
}

export function auditActor(actor: Actor): AuditActor {
  return actor.kind === 'person'
    ? { kind: 'user', id: actor.userId, name: actor.email }
    : { kind: 'adminToken', id: actor.tokenId, name: actor.name };
}

/** The user behind the actor. */
export function userIdOf(actor: Actor): string {
  return actor.kind === 'person' ? actor.userId : actor.createdById;
}
