/**
 * For whom the provider of an organization may speak. Whoever sets it may have it say anything, and one that is honest may
 * be asked for ever after the organization has lost a domain, or a person the address: so both addresses count, the one
 * that it tells and the one that the person has here.
 */
import type { Transaction } from '@tollgate/db';
import { domainOf, type EmailAddress, findEmailAddress } from '../email-address.ts';
import type { IdentityContext } from '../identity-context.ts';
import { IdentityError } from '../identity-error.ts';
import { isOperatorsAddress } from '../user.ts';
import type { ProvedIdentity } from './proved-identity.ts';

/** Has accounts with addresses of domains whose mail Google never carried, and keeps them when those are given up. */
const GOOGLE = 'https://accounts.google.com';
const MAX_SUBJECT_LENGTH = 255;

/**
 * @returns The address that the provider tells.
 * @throws {IdentityError} `email_not_of_domain`; `provider_misconfigured`: it tells no usable `sub`.
 */
export function readProvedAddress({ subject, email, emailVerified }: ProvedIdentity): EmailAddress {
  if (!isSubject(subject)) throw misconfigured('it does not say who somebody is');
  const address = findEmailAddress(email ?? '');
  if (address === undefined || !emailVerified) throw notOfDomain();
  return address;
}

/** OpenID Connect Core, section 2: at most 255 ASCII characters. */
function isSubject(subject: string): boolean {
  return subject.length <= MAX_SUBJECT_LENGTH && /^[\x20-\x7e]+$/.test(subject);
}

/** What a provider has told, with what its address was read as. */
export type ToldIdentity = Pick<ProvedIdentity, 'organizationId' | 'identityProviderId' | 'hostedDomain'> & {
  readonly email: EmailAddress;
};

/**
 * Inside the organization, in a transaction of the person that holds them. Until it ends nobody takes the domains away, or
 * the provider.
 *
 * @throws {IdentityError} `operators_account`, `email_not_of_domain`, `provider_misconfigured`: it is gone.
 */
export async function assertSpeaksFor(
  tx: Transaction,
  { settings }: Pick<IdentityContext, 'settings'>,
  { organizationId, identityProviderId, email, hostedDomain }: ToldIdentity,
  person: { readonly email: string; readonly isOperator: boolean },
): Promise<void> {
  // An address counts as verified once the provider has told it.
  if (person.isOperator || isOperatorsAddress(settings, person.email)) throw operatorsAccount();
  const provider = await tx.identityProvider.findFirst({
    where: { organizationId, id: identityProviderId },
    select: { issuer: true },
  });
  if (provider === null) throw gone();
  const domains = new Set([domainOf(email), domainOf(person.email as EmailAddress)]);
  if (provider.issuer === GOOGLE) domains.add(hostedDomain?.toLowerCase() ?? '');
  // In one order: two of them at once must not wait for each other.
  for (const name of [...domains].sort()) await holdDomain(tx, organizationId, name);
  await holdProvider(tx, organizationId, identityProviderId);
}

async function holdProvider(tx: Transaction, organizationId: string, id: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM identity_providers WHERE organization_id = ${organizationId} AND id = ${id}
      AND disabled_at IS NULL FOR KEY SHARE`;
  if (rows.length === 0) throw gone();
}

async function holdDomain(tx: Transaction, organizationId: string, name: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM domains WHERE organization_id = ${organizationId} AND name = ${name}
      AND verified_at IS NOT NULL FOR SHARE`;
  if (rows.length === 0) throw notOfDomain();
}

export function notOfDomain(): IdentityError {
  return new IdentityError(
    'email_not_of_domain',
    'Cannot sign in: the address must be verified, and of a domain that the organization has verified, here and at the provider',
  );
}

function operatorsAccount(): IdentityError {
  return new IdentityError(
    'operators_account',
    'Cannot sign in this way: no organization speaks for an operator of the installation',
  );
}

function misconfigured(why: string): IdentityError {
  return new IdentityError('provider_misconfigured', `Cannot sign in by this provider: ${why}`);
}

export function gone(): IdentityError {
  return misconfigured('it was changed meanwhile; begin anew');
}
