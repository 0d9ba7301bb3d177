/**
 * The identity provider of an organization: one, by OpenID Connect.
 *
 * Another issuer or client names other people by the same `sub`, so it is another provider: with an id of its own, no links
 * to anybody, and a secret that was typed for it. The sessions of the old one end with it.
 */
import { changedFields } from '@tollgate/audit';
import type { KeyRing } from '@tollgate/config';
import { type Database, isUniqueViolation, type Prisma, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { openSecret, type SealContext, sealSecret } from '@tollgate/keys';
import type { OrganizationActor } from '../actor.ts';
import { auditChange } from '../audit-change.ts';
import { domainOf, type EmailAddress, findEmailAddress } from '../email-address.ts';
import type { Origin } from '../identity-context.ts';
import { IdentityError } from '../identity-error.ts';
import { getGrantableRole } from '../role.ts';
import { endProviderSessions } from './provider-sessions.ts';

export type IdentityProviderRow = Prisma.IdentityProviderModel;

export interface IdentityProviderInput {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly enforced: boolean;
  readonly provisioning: boolean;
  readonly defaultRole: string;
}

interface Change {
  readonly tx: Transaction;
  readonly actor: OrganizationActor;
  readonly origin: Origin;
  readonly nowMs: number;
}

/** Inside the organization. */
export async function findIdentityProvider(
  tx: Transaction,
  organizationId: string,
): Promise<IdentityProviderRow | undefined> {
  return (await tx.identityProvider.findFirst({ where: { organizationId } })) ?? undefined;
}

/** For a change: until the transaction ends nobody else changes it, and nobody signs in by it. */
export async function lockIdentityProvider(
  tx: Transaction,
  organizationId: string,
): Promise<IdentityProviderRow | undefined> {
  await tx.$queryRaw`SELECT 1 FROM identity_providers WHERE organization_id = ${organizationId} FOR UPDATE`;
  return findIdentityProvider(tx, organizationId);
}

/**
 * @param before The locked row.
 * @throws {IdentityError} `unknown_role`, `exceeds_own_permissions`, `secret_needed`, `sso_no_domain`, `sso_never_used`,
 *   `sso_locks_out`.
 */
export async function saveIdentityProvider(
  change: Change,
  ring: KeyRing,
  before: IdentityProviderRow | undefined,
  input: IdentityProviderInput,
): Promise<IdentityProviderRow> {
  const { tx, actor, nowMs } = change;
  const same =
    before !== undefined &&
    before.secretCiphertext !== null &&
    before.issuer === input.issuer &&
    before.clientId === input.clientId;
  // Whom it brings is decided by the role, by whether it brings anybody, and by who says who they are.
  if (!same || before.defaultRole !== input.defaultRole || (input.provisioning && !before.provisioning)) {
    await getGrantableRole(tx, actor, input.defaultRole, 'defaultRole');
  }
  if (!same && input.clientSecret === undefined) {
    throw new IdentityError(
      'secret_needed',
      'Cannot use another issuer or client without its secret: enter it again',
      { field: 'clientSecret' },
    );
  }
  if (input.enforced && before?.enforced !== true) {
    const [blocker] = await findEnforcementBlockers(tx, actor, same ? before : undefined);
    if (blocker !== undefined) throw new IdentityError(blocker, BLOCKED[blocker]);
  } else if (input.enforced && !same) {
    throw new IdentityError('sso_never_used', BLOCKED.sso_never_used);
  }
  try {
    return same
      ? await update(change, ring, before, input)
      : await replace(change, ring, before, input, nowMs);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new IdentityError('name_taken', 'Cannot connect the provider: the organization has one already');
  }
}

const BLOCKED = {
  sso_no_domain: 'Cannot enforce it: verify a domain first',
  sso_never_used: 'Cannot enforce it: sign in by it once, to show that it works',
  sso_locks_out: 'Cannot enforce it: you would lock yourself out; sign in by it first',
} as const;
export type EnforcementBlocker = keyof typeof BLOCKED;

/** What stands in the way of making people sign in by it. */
export async function findEnforcementBlockers(
  tx: Transaction,
  actor: OrganizationActor,
  provider: IdentityProviderRow | undefined,
): Promise<readonly EnforcementBlocker[]> {
  const { organizationId } = actor;
  const domains = await tx.domain.findMany({
    where: { organizationId, verifiedAt: { not: null } },
    select: { name: true },
  });
  const person = actor.actor.kind === 'person' ? actor.actor : undefined;
  const affected =
    person !== undefined &&
    (domains.some(({ name }) => name === domainOfText(person.email)) ||
      (await isLinked(tx, provider, person.userId)));
  const shown = provider !== undefined && person?.identityProviderId === provider.id;
  return [
    ...(domains.length === 0 ? (['sso_no_domain'] as const) : []),
    ...(provider?.signedInAt == null ? (['sso_never_used'] as const) : []),
    ...(affected && !shown && actor.role !== 'owner' ? (['sso_locks_out'] as const) : []),
  ];
}

/** Whoever has come by it is held to it, whatever their address is by now. */
async function isLinked(
  tx: Transaction,
  provider: IdentityProviderRow | undefined,
  userId: string,
): Promise<boolean> {
  if (provider === undefined) return false;
  const { organizationId, id: identityProviderId } = provider;
  return (await tx.externalIdentity.count({ where: { organizationId, identityProviderId, userId } })) > 0;
}

async function update(
  { tx, actor, origin, nowMs }: Change,
  ring: KeyRing,
  before: IdentityProviderRow,
  input: IdentityProviderInput,
): Promise<IdentityProviderRow> {
  const { clientSecret, ...fields } = input;
  const row = await tx.identityProvider.update({
    where: { id: before.id },
    data: {
      ...fields,
      ...(clientSecret === undefined ? {} : { secretCiphertext: sealed(ring, before, clientSecret) }),
      disabledAt: null,
      version: { increment: 1 },
      updatedAt: new Date(nowMs),
    },
  });
  const changed = changedFields(auditFields(before), auditFields(row));
  const replaced = clientSecret === undefined ? {} : { replaced: 'the client secret' };
  const detail = { before: changed.before, after: { ...changed.after, ...replaced } };
  await auditChange(tx, actor, 'identity-provider-updated', targetOf(row), detail, origin, nowMs);
  return row;
}

async function replace(
  change: Change,
  ring: KeyRing,
  before: IdentityProviderRow | undefined,
  { clientSecret = '', ...fields }: IdentityProviderInput,
  nowMs: number,
): Promise<IdentityProviderRow> {
  const { tx, actor, origin } = change;
  const { organizationId } = actor;
  const endedSessionCount = before === undefined ? 0 : await remove(tx, before, nowMs);
  const place = { organizationId, id: newId('identityProvider', nowMs), issuer: fields.issuer };
  const now = new Date(nowMs);
  const row = await tx.identityProvider.create({
    data: {
      ...fields,
      ...place,
      kind: 'oidc',
      secretCiphertext: sealed(ring, place, clientSecret),
      version: (before?.version ?? 0) + 1,
      createdAt: now,
      updatedAt: now,
    },
  });
  if (before === undefined) {
    const detail = { after: auditFields(row) };
    await auditChange(tx, actor, 'identity-provider-created', targetOf(row), detail, origin, nowMs);
    return row;
  }
  const detail = {
    before: { id: before.id, ...auditFields(before) },
    after: { id: row.id, ...auditFields(row), endedSessionCount },
  };
  await auditChange(tx, actor, 'identity-provider-replaced', targetOf(row), detail, origin, nowMs);
  return row;
}

/** @param before The locked row. */
export async function deleteIdentityProvider(change: Change, before: IdentityProviderRow): Promise<void> {
  const { tx, actor, origin, nowMs } = change;
  const endedSessionCount = await remove(tx, before, nowMs);
  const detail = { before: auditFields(before), after: { endedSessionCount } };
  await auditChange(tx, actor, 'identity-provider-deleted', targetOf(before), detail, origin, nowMs);
}

async function remove(tx: Transaction, before: IdentityProviderRow, nowMs: number): Promise<number> {
  const endedSessionCount = await endProviderSessions(tx, before.organizationId, nowMs);
  await tx.identityProvider.delete({ where: { id: before.id }, select: { id: true } });
  return endedSessionCount;
}

/** The organization is closed: nobody signs in by it, and nobody needs its secret. Its sessions end. */
export async function disableIdentityProvider(
  tx: Transaction,
  organizationId: string,
  nowMs: number,
): Promise<void> {
  await endProviderSessions(tx, organizationId, nowMs);
  await tx.identityProvider.updateMany({
    where: { organizationId },
    data: {
      disabledAt: new Date(nowMs),
      enforced: false,
      secretCiphertext: null,
      version: { increment: 1 },
      updatedAt: new Date(nowMs),
    },
  });
}

export interface SignInProvider {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** For a sign-in. @returns Undefined for one that is unknown, gone or disabled. */
export async function openIdentityProvider(
  database: Database,
  ring: KeyRing,
  id: string,
): Promise<SignInProvider | undefined> {
  const row = await findById(database, id);
  if (row === undefined || row.disabledAt !== null || row.secretCiphertext === null) {
    return undefined;
  }
  const { organizationId, name, issuer, clientId, secretCiphertext } = row;
  const clientSecret = openSecret(ring, sealContext(row), secretCiphertext);
  return { id, organizationId, name, issuer, clientId, clientSecret };
}

/** @returns By their ids; those that are gone are left out. */
export async function nameProviders(
  database: Database,
  rows: readonly { readonly identityProviderId: string | null }[],
): Promise<ReadonlyMap<string, { readonly id: string; readonly name: string }>> {
  const ids = new Set(rows.flatMap(({ identityProviderId }) => identityProviderId ?? []));
  const found = await Promise.all([...ids].map((id) => findById(database, id)));
  return new Map(
    found.flatMap((row) => (row === undefined ? [] : [[row.id, { id: row.id, name: row.name }]])),
  );
}

async function findById(database: Database, id: string): Promise<IdentityProviderRow | undefined> {
  const rows = await database.platform(
    (tx) => tx.$queryRaw<{ organizationId: string }[]>`
      SELECT organization_id AS "organizationId" FROM find_identity_provider(${id})`,
  );
  const organizationId = rows[0]?.organizationId;
  if (organizationId === undefined) return undefined;
  const row = await database.tenant(organizationId, (tx) => findIdentityProvider(tx, organizationId));
  return row?.id === id ? row : undefined;
}

export interface SignInWay {
  readonly identityProviderId: string;
  readonly name: string;
}

/** The provider that answers for the domain of an address, whoever has that address, and whether anybody has. */
export async function findSignInWay(database: Database, email: string): Promise<SignInWay | undefined> {
  const address = findEmailAddress(email);
  if (address === undefined) return undefined;
  const organizationId = await findDomainHolder(database, address);
  if (organizationId === undefined) return undefined;
  const row = await database.tenant(organizationId, (tx) => findIdentityProvider(tx, organizationId));
  return row === undefined || row.disabledAt !== null
    ? undefined
    : { identityProviderId: row.id, name: row.name };
}

async function findDomainHolder(database: Database, address: EmailAddress): Promise<string | undefined> {
  const rows = await database.platform(
    (tx) => tx.$queryRaw<{ organizationId: string }[]>`
      SELECT organization_id AS "organizationId" FROM find_verified_domain(${domainOf(address)})`,
  );
  return rows[0]?.organizationId;
}

function domainOfText(email: string): string {
  return email.slice(email.indexOf('@') + 1);
}

/** With the issuer: a secret goes to whom it was typed for. */
function sealContext({
  organizationId,
  id,
  issuer,
}: Pick<IdentityProviderRow, 'organizationId' | 'id' | 'issuer'>): SealContext {
  return { organizationId, recordId: id, field: 'client-secret', baseUrl: issuer };
}

function sealed(
  ring: KeyRing,
  place: Pick<IdentityProviderRow, 'organizationId' | 'id' | 'issuer'>,
  secret: string,
) {
  return sealSecret(ring, sealContext(place), secret);
}

function auditFields(row: IdentityProviderRow): Record<string, unknown> {
  const { name, issuer, clientId, enforced, provisioning, defaultRole } = row;
  return { name, issuer, clientId, enforced, provisioning, defaultRole };
}

function targetOf({ id, name }: IdentityProviderRow) {
  return { kind: 'identityProvider', id, name } as const;
}
