/**
 * The organizations of this installation, for those who run it: who they are, what they spend, and whether they are
 * served.
 *
 * The list comes from one function that answers to the operator's organization alone; everything else about an
 * organization is read inside its own walls, one after the other.
 */
import { z } from '@hono/zod-openapi';
import { recordAudit } from '@tollgate/audit';
import { getSubscription } from '@tollgate/billing';
import { OPERATOR_ORGANIZATION_ID, type Prisma, type Transaction } from '@tollgate/db';
import { auditActor, removeAnybodysSecondFactor } from '@tollgate/identity';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { findSuspender } from '../billing/suspension.ts';
import { recordChange } from '../framework/change-feed.ts';
import { definedOnly, id, idParam, iso, text, timestamp, usd } from '../framework/field.ts';
import { decodeCursor, encodeCursor, pageOf, pageShape } from '../framework/pagination.ts';
import { ApiProblem, notFound } from '../framework/problem.ts';
import { type AnyRoute, type DetachedCall, route } from '../framework/route.ts';
import { ResoldSpend, readResoldSpend } from '../limits/resold-spend.ts';
import { queryUsage } from '../usage/usage-query.ts';
import { RemovedSecondFactor } from './members.ts';

const HOUR_MS = 3_600_000;
/** Roll-ups know no shorter time. */
const QUARTER_MS = 900_000;

export const OperatedOrganization = z
  .object({
    id,
    name: z.string(),
    slug: z.string(),
    region: z.string(),
    createdAt: timestamp,
    suspendedAt: timestamp.nullable(),
    suspendedBy: z.enum(['operator', 'dunning']).nullable(),
    suspendedReason: z.string(),
    /** By its owner, for good: nothing resumes it. */
    closedAt: timestamp.nullable(),
    planId: z.string(),
    planName: z.string(),
    memberCount: z.int(),
    spentThisMonthUsd: usd.openapi({
      description: 'Live traffic since the month began in the organization’s time zone.',
    }),
    requestsThisMonth: z.int(),
    resoldSpend: ResoldSpend.nullable().openapi({
      description: 'What it may spend a month on what the operator resells. Null: as much as it wants.',
    }),
  })
  .openapi('OperatedOrganization');

export const OperatedOrganizationDetail = OperatedOrganization.extend({
  requestsLastHour: z.int().openapi({
    description: 'Live and test, in whole quarters of an hour: what a suspension would refuse.',
  }),
}).openapi('OperatedOrganizationDetail');

const reason = text(300).min(1);

export const operatorOrganizationRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/operator/organizations',
    tag: 'operator',
    summary: 'Every organization, the newest first',
    description: '`q` finds by name, short name, id, and by the address of a member.',
    access: 'operator',
    detached: true,
    query: z.strictObject({
      ...pageShape,
      limit: z.coerce.number().int().min(1).max(50).default(25),
      q: text(200).exactOptional(),
      state: z.enum(['active', 'suspended']).exactOptional(),
    }),
    response: pageOf(OperatedOrganization),
    run: (call) => {
      const { query, context, nowMs } = call;
      const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
      return context.database.tenants(async (tx, use) => {
        await use(OPERATOR_ORGANIZATION_ID);
        const found = await listIds(tx, { ...definedOnly(query), before });
        const page = found.slice(0, query.limit);
        const data = [];
        for (const organizationId of page) {
          await use(organizationId);
          data.push(await describeOrganization(tx, organizationId, nowMs));
        }
        const last = page.at(-1);
        const hasMore = found.length > query.limit && last !== undefined;
        return { data, nextCursor: hasMore ? encodeCursor([last]) : null };
      });
    },
  }),
  route({
    method: 'get',
    path: '/operator/organizations/{id}',
    tag: 'operator',
    summary: 'One organization',
    access: 'operator',
    detached: true,
    params: idParam,
    response: OperatedOrganizationDetail,
    run: ({ context, params, nowMs }) =>
      context.database.tenant(params.id, async (tx) => {
        await lockOrganization(tx, params.id);
        const requestsLastHour = await countLastHour(tx, params.id, nowMs);
        return { ...(await describeOrganization(tx, params.id, nowMs)), requestsLastHour };
      }),
  }),
  route({
    method: 'post',
    path: '/operator/organizations/{id}/suspend',
    tag: 'operator',
    summary: 'Refuse an organization’s requests from now on, until it is resumed',
    description:
      'Its people can still sign in, read and pay. A suspension by dunning becomes the operator’s: a payment no longer lifts it.',
    access: 'operator',
    recentSignIn: true,
    detached: true,
    params: idParam,
    body: z.strictObject({ reason }),
    response: OperatedOrganization,
    run: (call) => setSuspension(call, { suspended: true, reason: call.body.reason }),
  }),
  route({
    method: 'post',
    path: '/operator/organizations/{id}/resume',
    tag: 'operator',
    summary: 'Serve a suspended organization again',
    access: 'operator',
    recentSignIn: true,
    detached: true,
    params: idParam,
    body: z.strictObject({ reason }),
    response: OperatedOrganization,
    run: (call) => setSuspension(call, { suspended: false, reason: call.body.reason }),
  }),
  route({
    method: 'post',
    path: '/operator/remove-second-factor',
    tag: 'operator',
    summary: 'Take the lost second factor off an account; every session of it ends',
    description: 'For who belongs to several organizations: each of them, and the account’s owner, are told.',
    access: 'operator',
    recentSignIn: true,
    detached: true,
    body: z.strictObject({ email: z.string().min(3).max(254) }),
    response: RemovedSecondFactor,
    status: 200,
    run: ({ context, person, body, origin }) => {
      if (person === undefined) throw new ApiProblem('permission_denied', 'Cannot do this with a token');
      return removeAnybodysSecondFactor(context.identity, person.actor, body.email, origin);
    },
  }),
];

interface ListQuestion {
  readonly q?: string;
  readonly state?: 'active' | 'suspended';
  readonly before: string | undefined;
  readonly limit: number;
}

async function listIds(
  tx: Transaction,
  { q = '', state, before, limit }: ListQuestion,
): Promise<readonly string[]> {
  const suspended = state === undefined ? null : state === 'suspended';
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM list_organizations(${q}, ${suspended}::boolean, ${before ?? null}::text, ${limit + 1}::integer)`;
  return rows.map((row) => row.id);
}

/** The transaction is inside the organization. */
export async function describeOrganization(
  tx: Transaction,
  organizationId: string,
  nowMs: number,
): Promise<z.input<typeof OperatedOrganization>> {
  const row = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
  const { planId, planName, usedSeats } = await getSubscription(tx, organizationId);
  const { spentPicoUsd, requests } = await getMonth(tx, row, nowMs);
  return {
    ...row,
    createdAt: iso(row.createdAt),
    suspendedAt: iso(row.suspendedAt),
    closedAt: iso(row.closedAt),
    suspendedBy: row.suspendedAt === null ? null : await findSuspender(tx, organizationId),
    planId,
    planName,
    memberCount: usedSeats,
    spentThisMonthUsd: formatUsd(picoUsdSum(BigInt(spentPicoUsd))),
    requestsThisMonth: Number(requests),
    resoldSpend: await readResoldSpend(tx, organizationId, nowMs),
  };
}

async function getMonth(tx: Transaction, row: Prisma.OrganizationModel, nowMs: number) {
  const [month] = await tx.$queryRaw<{ start: Date }[]>`
    SELECT date_trunc('month', ${new Date(nowMs)}::timestamptz AT TIME ZONE ${row.timeZone}) AT TIME ZONE ${row.timeZone} AS start`;
  const filter = {
    from: month!.start,
    to: new Date(nowMs + 60_000),
    timeZone: row.timeZone,
    livemode: true,
    limit: 1,
  };
  const [total] = await queryUsage(tx, row.id, { cube: 'base', dimensions: [] }, filter);
  return { spentPicoUsd: total?.spentPicoUsd ?? '0', requests: total?.requests ?? '0' };
}

async function countLastHour(tx: Transaction, organizationId: string, nowMs: number): Promise<number> {
  const hourAgo = Math.floor((nowMs - HOUR_MS) / QUARTER_MS) * QUARTER_MS;
  const filter = { from: new Date(hourAgo), to: new Date(nowMs + 60_000), timeZone: 'UTC', limit: 1 };
  const [total] = await queryUsage(tx, organizationId, { cube: 'base', dimensions: [] }, filter);
  return Number(total?.requests ?? 0);
}

/** @throws {ApiProblem} `not_found`; the operator's own organization is none of these. */
export async function lockOrganization(
  tx: Transaction,
  organizationId: string,
): Promise<Prisma.OrganizationModel> {
  await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId} FOR UPDATE`;
  const row = await tx.organization.findUnique({ where: { id: organizationId } });
  if (row === null || organizationId === OPERATOR_ORGANIZATION_ID) throw notFound('organization');
  return row;
}

/** @throws {ApiProblem} `conflict`. */
export function assertNotClosed({ closedAt }: Pick<Prisma.OrganizationModel, 'closedAt'>): void {
  if (closedAt === null) return;
  throw new ApiProblem('conflict', 'Cannot do this: the organization was closed by its owner, for good', {
    reason: 'closed_by_owner',
  });
}

type OperatorCall = DetachedCall<unknown, unknown, { readonly id: string }>;

/** Told in the organization's audit log, whom it concerns, and in the operator's, who answers for it. */
function setSuspension(
  call: OperatorCall,
  { suspended, reason: why }: { readonly suspended: boolean; readonly reason: string },
): Promise<z.input<typeof OperatedOrganization>> {
  const { context, params, actor, origin, nowMs } = call;
  const organizationId = params.id;
  return context.database.tenants(async (tx, use) => {
    await use(organizationId);
    const before = await lockOrganization(tx, organizationId);
    // A closed organization is served no more by its suspension alone: what was under way when it closed may have come after.
    assertNotClosed(before);
    if ((before.suspendedAt !== null) === suspended && (await isOperators(tx, before))) {
      throw new ApiProblem(
        'conflict',
        `Cannot do this: the organization is ${suspended ? '' : 'not '}suspended`,
        { reason: suspended ? 'suspended_already' : 'not_suspended' },
      );
    }
    // What dunning holds becomes the operator's, so that no payment lifts or keeps it.
    await tx.$executeRaw`
      UPDATE dunning_steps SET detail = detail - 'suspended'
      WHERE organization_id = ${organizationId} AND step = 'stop' AND undone_at IS NULL`;
    const after = await tx.organization.update({
      where: { id: organizationId },
      data: {
        suspendedAt: suspended ? (before.suspendedAt ?? new Date(nowMs)) : null,
        suspendedReason: suspended ? why : '',
        updatedAt: new Date(nowMs),
      },
    });
    await recordChange({ ...call, organizationId }, tx, 'organization-changed', organizationId);
    const described = await describeOrganization(tx, organizationId, nowMs);
    const event = {
      actor: auditActor(actor.actor),
      origin,
      action: suspended ? 'organization-suspended' : 'organization-resumed',
      target: { kind: 'organization', id: organizationId, name: after.name },
      before: { suspendedAt: before.suspendedAt, suspendedReason: before.suspendedReason },
      after: { suspendedAt: after.suspendedAt, reason: why },
      nowMs,
    };
    await recordAudit(tx, { ...event, organizationId });
    await use(OPERATOR_ORGANIZATION_ID);
    await recordAudit(tx, { ...event, organizationId: OPERATOR_ORGANIZATION_ID });
    return described;
  });
}

/** A suspension by dunning may be taken over. */
async function isOperators(tx: Transaction, row: Prisma.OrganizationModel): Promise<boolean> {
  return row.suspendedAt === null || (await findSuspender(tx, row.id)) === 'operator';
}
