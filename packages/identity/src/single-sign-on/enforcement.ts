/**
 * Whether a session may enter an organization that wants its identity provider: one comparison, of what the session was
 * opened by, whichever way it was opened. Judged where somebody enters, before any permission.
 *
 * Exempt are owners, because a provider that fails must lock nobody out for good, and operators, for whom no organization
 * speaks; that is said in the log. So are people with addresses of other domains who never came by the provider: it does
 * not know them.
 */
import { recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { auditActor, type PersonActor } from '../actor.ts';
import { IdentityError } from '../identity-error.ts';

export interface EnforcedProvider {
  readonly organizationId: string;
  readonly identityProviderId: string;
  readonly role: string;
  readonly joinedAt: Date;
  /** By the address that they have now, and not alone because they have come by it. */
  readonly byAddress: boolean;
}

/** In a transaction of the person. @returns One for each of their organizations that wants it of their address. */
export function listEnforcedProviders(tx: Transaction): Promise<EnforcedProvider[]> {
  return tx.$queryRaw<EnforcedProvider[]>`
    SELECT organization_id AS "organizationId", identity_provider_id AS "identityProviderId", role, joined_at AS "joinedAt",
      by_address AS "byAddress"
    FROM list_enforced_providers()`;
}

export type SingleSignOnVerdict = 'shown' | 'exempt' | 'missing';

/** @param wanted Undefined: the organization wants nothing of this person. */
export function judgeSingleSignOn(
  wanted: Pick<EnforcedProvider, 'identityProviderId' | 'role'> | undefined,
  session: Pick<PersonActor, 'identityProviderId' | 'isOperator' | 'isNamed'>,
): SingleSignOnVerdict {
  if (wanted === undefined || session.identityProviderId === wanted.identityProviderId) return 'shown';
  const exempt = wanted.role === 'owner' || session.isOperator || session.isNamed === true;
  return exempt ? 'exempt' : 'missing';
}

/**
 * In a transaction of the person, inside the organization. Who is exempt and enters another way is written down, once for each
 * session.
 *
 * @returns The provider that the session has not shown; undefined: it may enter.
 */
export async function findMissingProvider(
  tx: Transaction,
  actor: PersonActor,
  organizationId: string,
  nowMs: number,
): Promise<string | undefined> {
  const wanted = (await listEnforcedProviders(tx)).find((row) => row.organizationId === organizationId);
  const verdict = judgeSingleSignOn(wanted, actor);
  if (wanted === undefined || verdict === 'shown') return undefined;
  if (verdict === 'missing') return wanted.identityProviderId;
  await noteBypass(tx, actor, wanted, nowMs);
  return undefined;
}

async function noteBypass(
  tx: Transaction,
  actor: PersonActor,
  { organizationId, identityProviderId }: EnforcedProvider,
  nowMs: number,
): Promise<void> {
  const entered = await tx.$queryRaw<{ ipAddress: string; userAgent: string }[]>`
    UPDATE sessions SET bypassed_organization_ids = array_append(bypassed_organization_ids, ${organizationId})
    WHERE id = ${actor.sessionId} AND NOT ${organizationId} = ANY (bypassed_organization_ids)
    RETURNING ip_address AS "ipAddress", user_agent AS "userAgent"`;
  const [session] = entered;
  if (session === undefined) return;
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor),
    origin: { ...session, requestId: newId('request', nowMs) },
    action: 'single-sign-on-bypassed',
    target: { kind: 'session', id: actor.sessionId },
    after: { identityProviderId, provider: actor.provider },
    nowMs,
  });
}

/**
 * An address that an organization enforces its provider by is changed there: with another one its person would be a guest
 * who needs no provider. Whoever is linked stays held whatever it is, and may come back to the domain. In a transaction of
 * the person.
 *
 * @param since Of a change that is taken back: what was joined later does not count. Else whoever has taken an account over
 *   would make it a member of an organization of their own, and keep it so.
 * @throws {IdentityError} `address_managed`.
 */
export async function assertAddressIsOwn(
  tx: Transaction,
  { isOperator }: Pick<PersonActor, 'isOperator'>,
  since?: Date,
): Promise<void> {
  const managed = (await listEnforcedProviders(tx)).some(
    ({ role, byAddress, joinedAt }) =>
      role !== 'owner' && byAddress && (since === undefined || joinedAt < since),
  );
  if (!managed || isOperator) return;
  throw new IdentityError(
    'address_managed',
    'Cannot change the address: your organization signs you in by it; ask its administrators',
  );
}
