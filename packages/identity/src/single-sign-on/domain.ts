/**
 * Domains of an organization, proved by a record in their DNS. One organization has a domain at a time: who proves one that
 * another holds gets it only where that one's record is gone, so that neither an old proof nor a new one takes it away from
 * whoever runs the domain now.
 */
import { randomBytes } from 'node:crypto';
import { recordAudit } from '@tollgate/audit';
import { isUniqueViolation, type Prisma, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { auditActor, type OrganizationActor } from '../actor.ts';
import { auditChange } from '../audit-change.ts';
import type { IdentityContext, Origin } from '../identity-context.ts';
import { IdentityError } from '../identity-error.ts';
import { type DomainRecord, parseDomainName, recordOf } from './domain-name.ts';
import { lockIdentityProvider } from './identity-provider.ts';
import type { LookUpTxt } from './look-up-txt.ts';
import { mailLostDomain } from './lost-domain-mail.ts';
import { endProviderSessions } from './provider-sessions.ts';

export type DomainRow = Prisma.DomainModel;

export const MAX_DOMAINS = 50;

export async function claimDomain(
  tx: Transaction,
  actor: OrganizationActor,
  nameText: string,
  origin: Origin,
  nowMs: number,
): Promise<DomainRow> {
  const { organizationId } = actor;
  const name = parseDomainName(nameText);
  const taken = await tx.domain.findFirst({ where: { organizationId, name }, select: { id: true } });
  if (taken !== null) throw nameTaken();
  const row = await tx.domain.create({
    data: {
      id: newId('domain', nowMs),
      organizationId,
      name,
      verificationToken: randomBytes(24).toString('base64url'),
      createdAt: new Date(nowMs),
    },
  });
  await auditChange(tx, actor, 'domain-added', targetOf(row), { after: { name } }, origin, nowMs);
  return row;
}

/** @throws {IdentityError} `not_found`. */
export async function getDomain(tx: Transaction, organizationId: string, id: string): Promise<DomainRow> {
  const row = await tx.domain.findFirst({ where: { organizationId, id } });
  if (row === null) throw new IdentityError('not_found', 'Cannot find the domain: it does not exist here');
  return row;
}

/**
 * Looks the record up and, where it stands there, verifies the domain. Nothing is held open while the DNS is asked.
 *
 * @throws {IdentityError} `not_found`, `domain_record_missing`, `domain_record_differs`, `domain_lookup_failed`;
 *   `domain_taken`: another organization holds it, and its record stands there as well.
 */
export async function verifyDomain(
  context: IdentityContext,
  actor: OrganizationActor,
  id: string,
  lookUp: LookUpTxt,
  origin: Origin,
): Promise<DomainRow> {
  const { organizationId } = actor;
  const { database } = context;
  const domain = await database.tenant(organizationId, (tx) => getDomain(tx, organizationId, id));
  const record = recordOf(domain);
  const texts = await lookUpRecord(lookUp, record);
  assertStands(record, texts);
  const nowMs = context.clock.nowMs();
  try {
    return await database.tenants(async (tx, use) => {
      await takeFromHolder(tx, use, context, { domain, texts, actor, origin, nowMs });
      await use(organizationId);
      return markVerified(tx, actor, domain, origin, nowMs);
    });
  } catch (error) {
    // Two organizations at once: the index has let one of them through.
    throw isUniqueViolation(error) ? heldByAnother(domain.name) : error;
  }
}

async function lookUpRecord(lookUp: LookUpTxt, record: DomainRecord): Promise<readonly string[]> {
  try {
    return await lookUp(record.name);
  } catch (cause) {
    throw new IdentityError(
      'domain_lookup_failed',
      `Cannot tell whether the domain is yours: its DNS did not answer for ${record.name}; try again`,
      { names: { record: record.name, expected: record.value }, cause },
    );
  }
}

function assertStands(record: DomainRecord, texts: readonly string[]): void {
  if (texts.includes(record.value)) return;
  const names = { record: record.name, expected: record.value };
  if (texts.length === 0) {
    throw new IdentityError(
      'domain_record_missing',
      `Cannot verify the domain: there is no TXT record at ${record.name}; publish one, and wait until it is seen`,
      { names },
    );
  }
  const found = texts
    .slice(0, 3)
    .join(', ')
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .slice(0, 300);
  throw new IdentityError(
    'domain_record_differs',
    `Cannot verify the domain: the TXT record at ${record.name} says something else`,
    { names: { ...names, found } },
  );
}

interface Proved {
  readonly domain: DomainRow;
  readonly texts: readonly string[];
  readonly actor: OrganizationActor;
  readonly origin: Origin;
  readonly nowMs: number;
}

/** Where the holder's record is gone, it holds nothing any longer, and its sessions end. */
async function takeFromHolder(
  tx: Transaction,
  use: (organizationId: string) => Promise<void>,
  context: IdentityContext,
  { domain: { name, organizationId }, texts, nowMs, origin }: Proved,
): Promise<void> {
  const holders = await tx.$queryRaw<{ organizationId: string }[]>`
    SELECT organization_id AS "organizationId" FROM find_verified_domain(${name})`;
  const holderId = holders[0]?.organizationId;
  if (holderId === undefined || holderId === organizationId) return;
  await use(holderId);
  await tx.$queryRaw`SELECT 1 FROM domains WHERE organization_id = ${holderId} AND name = ${name} FOR UPDATE`;
  const held = await tx.domain.findFirst({
    where: { organizationId: holderId, name, verifiedAt: { not: null } },
  });
  if (held === null) return;
  if (texts.includes(recordOf(held).value)) throw heldByAnother(name);
  await tx.domain.update({ where: { id: held.id }, data: { verifiedAt: null }, select: { id: true } });
  const endedSessionCount = await endProviderSessions(tx, holderId, nowMs);
  await recordAudit(tx, {
    organizationId: holderId,
    // Whoever took it is nobody's business here, nor where they asked from.
    actor: { kind: 'system', id: 'domain-verification', name: 'domain-verification' },
    origin: { ipAddress: '', userAgent: '', requestId: origin.requestId },
    action: 'domain-lost',
    target: targetOf(held),
    before: { verifiedAt: held.verifiedAt },
    after: { verifiedAt: null, endedSessionCount },
    nowMs,
  });
  await mailLostDomain(tx, context, held, nowMs);
}

async function markVerified(
  tx: Transaction,
  actor: OrganizationActor,
  { id, organizationId, verificationToken }: DomainRow,
  origin: Origin,
  nowMs: number,
): Promise<DomainRow> {
  await tx.$queryRaw`SELECT 1 FROM domains WHERE organization_id = ${organizationId} AND id = ${id} FOR UPDATE`;
  const before = await getDomain(tx, organizationId, id);
  // Removed and claimed again while the DNS was asked: another token, which nobody has looked for.
  if (before.verificationToken !== verificationToken) {
    throw new IdentityError('not_found', 'Cannot find the domain: it does not exist here');
  }
  if (before.verifiedAt !== null) return before;
  const row = await tx.domain.update({ where: { id }, data: { verifiedAt: new Date(nowMs) } });
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action: 'domain-verified',
    target: targetOf(row),
    before: { verifiedAt: null },
    after: { verifiedAt: row.verifiedAt },
    nowMs,
  });
  return row;
}

/**
 * The provider's sessions end with it: who has shown an address of it may not have shown another. Not while people have to
 * show the provider by it: they would enter with whatever they had before.
 *
 * @throws {IdentityError} `not_found`, `sso_domain_enforced`.
 */
export async function removeDomain(
  tx: Transaction,
  actor: OrganizationActor,
  id: string,
  origin: Origin,
  nowMs: number,
): Promise<void> {
  const { organizationId } = actor;
  const before = await getDomain(tx, organizationId, id);
  const { count } = await tx.domain.deleteMany({ where: { organizationId, id } });
  if (count === 0) throw new IdentityError('not_found', 'Cannot find the domain: it does not exist here');
  if (before.verifiedAt !== null) await assertEnforcesNothing(tx, before);
  const endedSessionCount =
    before.verifiedAt === null ? 0 : await endProviderSessions(tx, organizationId, nowMs);
  const detail = {
    before: { name: before.name, verifiedAt: before.verifiedAt },
    after: { endedSessionCount },
  };
  await auditChange(tx, actor, 'domain-removed', targetOf(before), detail, origin, nowMs);
}

async function assertEnforcesNothing(tx: Transaction, { organizationId, name }: DomainRow): Promise<void> {
  const provider = await lockIdentityProvider(tx, organizationId);
  if (provider?.enforced !== true) return;
  const members = await tx.membership.count({
    where: { organizationId, role: { not: 'owner' }, user: { email: { endsWith: `@${name}` } } },
  });
  if (members === 0) return;
  throw new IdentityError(
    'sso_domain_enforced',
    `Cannot remove ${name}: members with its addresses have to sign in by the identity provider; stop enforcing it first`,
    { counts: { members } },
  );
}

function targetOf({ id, name }: Pick<DomainRow, 'id' | 'name'>) {
  return { kind: 'domain', id, name } as const;
}

function nameTaken(): IdentityError {
  return new IdentityError('name_taken', 'Cannot add the domain: it is in the list already', {
    field: 'name',
  });
}

function heldByAnother(name: string): IdentityError {
  return new IdentityError(
    'domain_taken',
    `Cannot verify ${name}: another organization holds it, and its record still stands in the DNS; remove that record first`,
  );
}
