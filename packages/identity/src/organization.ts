/** Organizations: made with their first owner, in one transaction. */
import { changedFields, recordAudit } from '@tollgate/audit';
import { isUniqueViolation, type Prisma, sql, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { payloadsSince } from '@tollgate/payloads';
import { type Actor, auditActor } from './actor.ts';
import type { PersonEventPlace } from './audit-person.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import type { SecondFactorPolicy } from './second-factor.ts';
import { toDistinctSlug, toSlug } from './slug.ts';

export interface NewOrganization {
  readonly name: string;
  readonly slug?: string;
  readonly timeZone?: string;
}

export interface CreatedOrganization {
  readonly organizationId: string;
  readonly membershipId: string;
  readonly slug: string;
}

/**
 * Inserts the organization and makes the user its owner. The transaction must have entered both
 * (`database.person({ userId, organizationId })`).
 */
export async function insertOrganization(
  tx: Transaction,
  context: Pick<IdentityContext, 'onFound'>,
  input: NewOrganization & { readonly organizationId: string },
  actor: Actor,
  origin: Origin,
  nowMs: number,
): Promise<CreatedOrganization> {
  const { organizationId, name } = input;
  const userId = actor.kind === 'person' ? actor.userId : actor.createdById;
  const now = new Date(nowMs);
  const timeZone = input.timeZone ?? 'UTC';
  const slug = await insertWithFreeSlug(tx, { ...input, timeZone }, now);
  await tx.organizationTimeZone.create({
    data: { organizationId, validFrom: new Date(0), timeZone },
    select: { organizationId: true },
  });
  const membershipId = newId('member', nowMs);
  await tx.membership.create({
    data: { id: membershipId, organizationId, userId, role: 'owner', createdAt: now, updatedAt: now },
    select: { id: true },
  });
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor),
    origin,
    action: 'organization-created',
    target: { kind: 'organization', id: organizationId, name },
    after: { name, slug, timeZone },
    nowMs,
  });
  await context.onFound?.(tx, { organizationId, origin, nowMs });
  return { organizationId, membershipId, slug };
}

/** ON CONFLICT instead of an error, because an error would end the transaction. */
async function insertWithFreeSlug(
  tx: Transaction,
  input: NewOrganization & { readonly organizationId: string; readonly timeZone: string },
  now: Date,
): Promise<string> {
  const candidates =
    input.slug === undefined ? [toSlug(input.name), toDistinctSlug(input.name)] : [input.slug];
  for (const slug of candidates) {
    const inserted = await tx.$executeRaw`
      INSERT INTO organizations (id, name, slug, time_zone, created_at, updated_at)
      VALUES (${input.organizationId}, ${input.name}, ${slug}, ${input.timeZone}, ${now}, ${now})
      ON CONFLICT (slug) DO NOTHING`;
    if (inserted === 1) return slug;
  }
  throw new IdentityError('slug_taken', 'Cannot create the organization: its slug is taken', {
    field: 'slug',
  });
}

/** An organization of one's own, beside those one has. In a transaction of the person, which it leaves inside the new one. */
export async function createOrganization(
  context: Pick<IdentityContext, 'onFound'>,
  { tx, use, origin, nowMs }: PersonEventPlace,
  actor: Actor & { readonly kind: 'person' },
  input: NewOrganization,
): Promise<CreatedOrganization> {
  const organizationId = newId('organization', nowMs);
  await use(organizationId);
  return insertOrganization(tx, context, { ...input, organizationId }, actor, origin, nowMs);
}

export interface OrganizationChange {
  readonly name?: string;
  readonly slug?: string;
  readonly timeZone?: string;
  readonly stalenessCapSeconds?: number;
  readonly secondFactorPolicy?: SecondFactorPolicy;
  /** What requests said is kept for so long; 0: not at all. What is older than fewer days is read by nobody from now on. */
  readonly payloadRetentionDays?: number;
}

type Organization = Prisma.OrganizationModel;

/**
 * Changes the transaction's organization.
 *
 * A time zone decides where periods begin, so a new one takes effect with the next month; at once only while
 * nothing has been metered yet.
 */
export async function updateOrganization(
  tx: Transaction,
  organizationId: string,
  change: OrganizationChange,
  actor: Actor,
  origin: Origin,
  nowMs: number,
): Promise<Organization> {
  const before = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
  const { timeZone, ...others } = change;
  const zone = timeZone === undefined ? {} : await changeTimeZone(tx, organizationId, timeZone, nowMs);
  const after = await updateRow(tx, organizationId, {
    ...others,
    ...zone,
    ...keptSince(before, change, nowMs),
    updatedAt: new Date(nowMs),
  });
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor),
    origin,
    action: 'organization-updated',
    target: { kind: 'organization', id: organizationId, name: after.name },
    ...changedFields(pickChangeable(before), { ...pickChangeable(after), ...(timeZone && { timeZone }) }),
    nowMs,
  });
  return after;
}

function keptSince(
  before: Organization,
  { payloadRetentionDays }: OrganizationChange,
  nowMs: number,
): { readonly payloadsSince?: Date } {
  if (payloadRetentionDays === undefined) return {};
  const since = payloadsSince(before, payloadRetentionDays, nowMs);
  return since === undefined ? {} : { payloadsSince: since };
}

async function updateRow(
  tx: Transaction,
  id: string,
  data: Prisma.OrganizationUpdateInput,
): Promise<Organization> {
  try {
    return await tx.organization.update({ where: { id }, data });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new IdentityError('slug_taken', 'Cannot change the slug: it is taken', { field: 'slug' });
  }
}

/** @returns What to change in the organization's own row now. */
async function changeTimeZone(
  tx: Transaction,
  organizationId: string,
  timeZone: string,
  nowMs: number,
): Promise<{ timeZone?: string }> {
  // Whoever records the first entry does so before it is asked for, or in the new zone.
  await tx.$queryRaw`SELECT lock_time_zones()::text`;
  const metered = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM usage_entries WHERE organization_id = ${organizationId} LIMIT 1`;
  const now = new Date(nowMs);
  const validFrom =
    metered.length === 0 ? new Date(0) : await nextPeriodStart(tx, organizationId, timeZone, now);
  if (metered.length === 0)
    await tx.organizationTimeZone.deleteMany({ where: { organizationId, validFrom: { gt: now } } });
  else await endPending(tx, organizationId, now);
  await tx.organizationTimeZone.upsert({
    where: { organizationId_validFrom: { organizationId, validFrom } },
    create: { organizationId, validFrom, timeZone },
    update: { timeZone },
  });
  return metered.length === 0 ? { timeZone } : {};
}

/**
 * One that is still to come is replaced, whichever of the two would begin first. But where its month would have begun by now
 * without it, what was used since then is in the month before: without it that would move into another invoice and budget.
 */
async function endPending(tx: Transaction, organizationId: string, now: Date): Promise<void> {
  const instant = sql`${now.toISOString()}::timestamptz`;
  await tx.$executeRaw`
    DELETE FROM organization_time_zones pending WHERE pending.organization_id = ${organizationId} AND pending.valid_from > ${instant}
      AND pending.valid_from AT TIME ZONE pending.time_zone > ${instant} AT TIME ZONE ${zoneInForce(organizationId, instant)}`;
}

function zoneInForce(organizationId: string, instant: Prisma.Sql): Prisma.Sql {
  return sql`COALESCE(
    (SELECT time_zone FROM organization_time_zones WHERE organization_id = ${organizationId} AND valid_from <= ${instant}
     ORDER BY valid_from DESC LIMIT 1),
    (SELECT time_zone FROM organizations WHERE id = ${organizationId}))`;
}

/**
 * The first month that has begun neither in the zone in force nor in the new one, at its start in the new one. A
 * month that runs in either may hold usage already: moving its boundary would leave that in the wrong invoice.
 */
async function nextPeriodStart(
  tx: Transaction,
  organizationId: string,
  timeZone: string,
  now: Date,
): Promise<Date> {
  const instant = sql`${now.toISOString()}::timestamptz`;
  const [row] = await tx.$queryRaw<{ start: Date }[]>`
    SELECT (GREATEST(date_trunc('month', ${instant} AT TIME ZONE in_force.zone),
        date_trunc('month', ${instant} AT TIME ZONE ${timeZone}::text)) + interval '1 month') AT TIME ZONE ${timeZone}::text AS start
    FROM (SELECT ${zoneInForce(organizationId, instant)} AS zone) AS in_force`;
  return row!.start;
}

function pickChangeable(organization: Organization): Record<string, unknown> {
  const { name, slug, timeZone, stalenessCapSeconds, secondFactorPolicy, payloadRetentionDays } =
    organization;
  return { name, slug, timeZone, stalenessCapSeconds, secondFactorPolicy, payloadRetentionDays };
}
