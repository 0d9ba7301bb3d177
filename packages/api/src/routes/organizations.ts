/** The organizations that one can see: one's own. */
import { z } from '@hono/zod-openapi';
import { OPERATOR_ORGANIZATION_ID, type Prisma } from '@tollgate/db';
import {
  type Actor,
  asksForLess,
  assertRecentSignIn,
  can,
  closeOrganization,
  createOrganization,
  removeMember,
  SECOND_FACTOR_POLICIES,
  SLUG,
  updateOrganization,
} from '@tollgate/identity';
import { alignBudgets, lockTimeZones } from '@tollgate/limits';
import { MAX_RETENTION_DAYS } from '@tollgate/payloads';
import { recordChange } from '../framework/change-feed.ts';
import { definedOnly, id, idParam, iso, name, timestamp, timeZone } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { ApiProblem, invalidField, notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';

const slug = z.string().regex(SLUG, 'must be lower-case letters, digits and hyphens');

export const Organization = z
  .object({
    id,
    name: z.string(),
    slug: z.string(),
    timeZone: z.string(),
    currency: z.string(),
    region: z.string(),
    stalenessCapSeconds: z.int(),
    /** What members need: `required-or-provider` takes a sign-in at an identity provider for a second factor. */
    secondFactorPolicy: z.enum(SECOND_FACTOR_POLICIES),
    /** For how many days what requests said and were answered is kept; 0: not at all. */
    payloadRetentionDays: z.int(),
    suspendedAt: timestamp.nullable(),
    closedAt: timestamp.nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('Organization');

export const organizationRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/organizations',
    tag: 'organizations',
    summary: 'One’s own organizations',
    access: 'authenticated',
    response: z.object({ data: z.array(Organization), nextCursor: z.null() }),
    run: async ({ context, person, tokenActor }) => {
      const ids =
        tokenActor === undefined
          ? (person?.memberships ?? []).map(({ organizationId }) => organizationId)
          : [tokenActor.organizationId];
      const find = { where: { id: { in: ids } }, orderBy: { id: 'asc' as const } };
      const rows =
        tokenActor === undefined
          ? await context.database.person({ userId: person?.actor.userId ?? '' }, (tx) =>
              tx.organization.findMany(find),
            )
          : await context.database.tenant(tokenActor.organizationId, (tx) => tx.organization.findMany(find));
      return { data: rows.map(present), nextCursor: null };
    },
  }),
  route({
    method: 'post',
    path: '/organizations',
    tag: 'organizations',
    summary: 'Create another organization and own it',
    access: 'session',
    body: z.strictObject({ name, slug: slug.exactOptional(), timeZone: timeZone.exactOptional() }),
    response: z.object({ id, slug: z.string(), membershipId: id }),
    idempotent: true,
    throttle: { limit: 20, windowSeconds: 3_600 },
    run: ({ context, actor, body, origin, nowMs, once }) => {
      if (!actor.emailVerified) {
        throw new ApiProblem('email_not_verified', 'Cannot create another organization: verify your address');
      }
      // The answer is kept with the operator: there is no organization yet when the same request comes again.
      const organizationId = OPERATOR_ORGANIZATION_ID;
      return context.database.person({ userId: actor.userId, organizationId }, (tx, use) =>
        once({ tx, organizationId }, async () => {
          const created = await createOrganization(context.identity, { tx, use, origin, nowMs }, actor, body);
          await use(organizationId);
          return { id: created.organizationId, slug: created.slug, membershipId: created.membershipId };
        }),
      );
    },
  }),
  route({
    method: 'get',
    path: '/organizations/{id}',
    tag: 'organizations',
    summary: 'The organization of this request',
    access: 'organization:read',
    params: idParam,
    response: Organization,
    run: async ({ tx, params, organizationId, headers }) => {
      if (params.id !== organizationId) throw notFound('organization');
      const row = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
      setEtag(headers, row.updatedAt);
      return present(row);
    },
  }),
  route({
    method: 'patch',
    path: '/organizations/{id}',
    tag: 'organizations',
    summary: 'Change the organization; a new time zone takes effect with the next month once there is usage',
    description:
      'To ask for fewer second factors than before takes a person who signed in within the last 15 minutes. With fewer `payloadRetentionDays` what is older is read by nobody from then on, and deleted within hours.',
    access: 'organization:write',
    params: idParam,
    body: z.strictObject({
      name: name.exactOptional(),
      slug: slug.exactOptional(),
      timeZone: timeZone.exactOptional(),
      stalenessCapSeconds: z.int().min(30).max(86_400).exactOptional(),
      secondFactorPolicy: z.enum(SECOND_FACTOR_POLICIES).exactOptional(),
      payloadRetentionDays: z.int().min(0).max(MAX_RETENTION_DAYS).exactOptional(),
    }),
    response: Organization,
    run: async (call) => {
      const { tx, params, organizationId, body, actor, origin, nowMs, request, headers } = call;
      if (params.id !== organizationId) throw notFound('organization');
      if (body.timeZone !== undefined) await lockTimeZones(tx);
      await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId} FOR UPDATE`;
      const before = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
      assertIfMatch(request, before.updatedAt);
      const wanted = body.secondFactorPolicy;
      if (wanted !== undefined && asksForLess(before.secondFactorPolicy, wanted)) {
        assertPresent(actor.actor, nowMs);
      }
      const row = await updateOrganization(tx, organizationId, definedOnly(body), actor.actor, origin, nowMs);
      if (body.timeZone !== undefined) await alignBudgets(tx, organizationId, nowMs);
      await recordChange(call, tx, 'organization-changed', organizationId);
      setEtag(headers, row.updatedAt);
      return present(row);
    },
  }),
  route({
    method: 'post',
    path: '/organizations/{id}/leave',
    tag: 'organizations',
    summary: 'Leave the organization; one’s own keys and admin tokens end with the membership',
    access: 'member',
    whenClosed: true,
    params: idParam,
    run: async (call) => {
      const { tx, params, organizationId, actor, person, origin, nowMs } = call;
      if (params.id !== organizationId) throw notFound('organization');
      if (person === undefined) {
        throw new ApiProblem('permission_denied', 'Cannot leave with a token: a signed-in person is needed');
      }
      const keyIds = await removeMember(tx, actor, actor.membershipId, origin, nowMs);
      for (const keyId of keyIds) await recordChange(call, tx, 'key-changed', keyId);
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/organizations/{id}/close',
    tag: 'organizations',
    summary: 'Close the organization for good: every key, token and invitation ends at once',
    description:
      'Needs `billing:write` as well, and the organization’s name. Invoices, usage and the audit log stay readable for its members; nothing can be changed any more.',
    access: 'organization:write',
    recentSignIn: true,
    params: idParam,
    body: z.strictObject({ name: z.string().max(200) }),
    response: z.object({
      revokedKeyCount: z.int(),
      revokedTokenCount: z.int(),
      revokedInvitationCount: z.int(),
    }),
    run: async (call) => {
      const { tx, params, organizationId, body, actor, person, origin, nowMs } = call;
      if (params.id !== organizationId) throw notFound('organization');
      if (person === undefined || !can(actor, 'billing:write')) {
        throw new ApiProblem(
          'permission_denied',
          'Cannot close the organization: a signed-in owner is needed (billing:write)',
        );
      }
      const { name: wanted } = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
      if (body.name !== wanted)
        throw invalidField('body.name', 'must be the name of the organization', 'invalid');
      const counts = await closeOrganization(tx, actor, origin, nowMs);
      await recordChange(call, tx, 'organization-changed', organizationId);
      return counts;
    },
  }),
];

/** Neither a token nor whoever finds a session open lets members in with less than before. */
function assertPresent(actor: Actor, nowMs: number): void {
  if (actor.kind !== 'person') {
    throw new ApiProblem(
      'permission_denied',
      'Cannot ask for fewer second factors with a token: a signed-in person is needed',
    );
  }
  assertRecentSignIn(actor, nowMs);
}

function present(row: Prisma.OrganizationModel) {
  return {
    ...row,
    // The table has a check; the strict one is the answer to what nobody knows.
    secondFactorPolicy:
      SECOND_FACTOR_POLICIES.find((policy) => policy === row.secondFactorPolicy) ?? ('required' as const),
    suspendedAt: iso(row.suspendedAt),
    closedAt: iso(row.closedAt),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}
