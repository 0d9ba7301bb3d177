/**
 * Audit events about a person, in the log of each of their organizations: sign-in, password, sessions.
 *
 * Written in the transaction of the change, as its last step: afterwards the transaction stands in the last of the
 * organizations.
 */
import { type AuditEntry, recordAudit } from '@tollgate/audit';
import { OPERATOR_ORGANIZATION_ID, type Transaction, type UseOrganization } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { Origin } from './identity-context.ts';
import { listMembershipOrganizations } from './membership.ts';

export interface AuditedPerson {
  readonly id: string;
  readonly email: string;
}

export type PersonEvent = Pick<AuditEntry, 'action' | 'target' | 'before' | 'after'>;

export interface PersonEventPlace {
  readonly tx: Transaction;
  /** Of `database.person`. */
  readonly use: UseOrganization;
  readonly origin: Origin;
  readonly nowMs: number;
}

export async function auditPerson(
  { tx, use, origin, nowMs }: PersonEventPlace,
  person: AuditedPerson,
  event: PersonEvent,
): Promise<void> {
  for (const organizationId of await listMembershipOrganizations(tx, person.id)) {
    await use(organizationId);
    await recordAudit(tx, {
      ...event,
      organizationId,
      actor: { kind: 'user', id: person.id, name: person.email },
      origin: withRequestId(origin, nowMs),
      nowMs,
    });
  }
}

/**
 * A sign-in that failed, for the person's organizations. Where there is no such account it is the operator's to know:
 * that costs the same work, so that the time of the answer tells nobody who has an account.
 */
export async function auditFailedSignIn(
  place: PersonEventPlace,
  person: AuditedPerson | undefined,
): Promise<void> {
  const { tx, use, origin, nowMs } = place;
  const id = person?.id ?? 'unknown';
  const organizationIds = await listMembershipOrganizations(tx, id);
  if (person === undefined || organizationIds.length === 0) organizationIds.push(OPERATOR_ORGANIZATION_ID);
  for (const organizationId of organizationIds) {
    await use(organizationId);
    await recordAudit(tx, {
      organizationId,
      // Whoever it was, it was not shown to be them.
      actor: { kind: 'system', id: 'sign-in', name: 'sign-in' },
      origin: withRequestId(origin, nowMs),
      action: 'sign-in-failed',
      target: { kind: 'user', id, name: person?.email ?? '' },
      nowMs,
    });
  }
}

function withRequestId(origin: Origin, nowMs: number): Origin {
  return origin.requestId === '' ? { ...origin, requestId: newId('request', nowMs) } : origin;
}
