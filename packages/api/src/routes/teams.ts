/** Teams and who is in them. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import {
  addTeamMember,
  archiveTeam,
  can,
  createTeam,
  escapeLike,
  getTeam,
  listMembers,
  removeTeamMember,
  SLUG,
  setTeamLead,
  type Team as TeamRow,
  updateTeam,
} from '@tollgate/identity';
import { recordChange } from '../framework/change-feed.ts';
import { definedOnly, id, idParam, iso, name, text, timestamp } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { Member, presentMember } from './members.ts';

export const Team = z
  .object({
    id,
    name: z.string(),
    slug: z.string(),
    parentId: z.string().nullable(),
    /** Ids from the root to this team. */
    path: z.array(z.string()),
    costCenter: z.string(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('Team');

export const TeamDetail = Team.extend({
  /** The teams above it, from the root. */
  above: z.array(z.object({ id, name: z.string() })),
  memberCount: z.int(),
  /** Keys that work, counted to 10,000; null: the caller may not read keys. */
  activeKeyCount: z.int().nullable(),
}).openapi('TeamDetail');

const ACTIVE_KEYS_COUNTED = 10_000;

const slug = z.string().regex(SLUG, 'must be lower-case letters, digits and hyphens');
const teamFields = {
  slug: slug.exactOptional(),
  costCenter: text(100).exactOptional(),
  parentId: id.nullable().exactOptional(),
};

export const teamRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/teams',
    tag: 'teams',
    summary: 'Teams by name',
    access: 'teams:read',
    query: z.strictObject({ ...pageShape, q: text(100).exactOptional() }),
    response: pageOf(Team),
    run: async ({ tx, organizationId, query }) => {
      const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, 2);
      const [afterName, afterId] = after ?? [];
      const rows = await tx.team.findMany({
        where: {
          organizationId,
          archivedAt: null,
          ...(query.q === undefined
            ? {}
            : { name: { contains: escapeLike(query.q), mode: 'insensitive' as const } }),
          ...(afterName === undefined || afterId === undefined
            ? {}
            : { OR: [{ name: { gt: afterName } }, { name: afterName, id: { gt: afterId } }] }),
        },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        take: query.limit + 1,
      });
      return toPage(rows, query.limit, (row) => [row.name, row.id], present);
    },
  }),
  route({
    method: 'post',
    path: '/teams',
    tag: 'teams',
    summary: 'Create a team',
    access: 'teams:write',
    body: z.strictObject({ name, ...teamFields }),
    response: Team,
    idempotent: true,
    run: async (call) => {
      const { tx, actor, body, origin, nowMs, headers } = call;
      const team = await createTeam(tx, actor, body, origin, nowMs);
      await recordChange(call, tx, 'policy-changed', team.id);
      setEtag(headers, team.updatedAt);
      return present(team);
    },
  }),
  route({
    method: 'get',
    path: '/teams/{id}',
    tag: 'teams',
    summary: 'One team, with the teams above it and how many are in it',
    access: 'teams:read',
    params: idParam,
    response: TeamDetail,
    run: async ({ tx, organizationId, actor, params, headers, nowMs }) => {
      const team = await getTeam(tx, organizationId, params.id);
      setEtag(headers, team.updatedAt);
      const aboveIds = team.path.split('/').slice(0, -1);
      const above = await tx.team.findMany({
        where: { organizationId, id: { in: aboveIds } },
        select: { id: true, name: true },
      });
      return {
        ...present(team),
        above: aboveIds.flatMap((aboveId) => above.filter((one) => one.id === aboveId)),
        memberCount: await tx.teamMembership.count({ where: { organizationId, teamId: team.id } }),
        activeKeyCount: can(actor, 'keys:read')
          ? await countActiveKeys(tx, organizationId, team.id, new Date(nowMs))
          : null,
      };
    },
  }),
  route({
    method: 'patch',
    path: '/teams/{id}',
    tag: 'teams',
    summary: 'Change or move a team',
    access: 'teams:write',
    params: idParam,
    body: z.strictObject({ name: name.exactOptional(), ...teamFields }),
    response: Team,
    run: async (call) => {
      const { tx, actor, organizationId, params, body, origin, nowMs, request, headers } = call;
      await tx.$queryRaw`SELECT 1 FROM teams WHERE organization_id = ${organizationId} AND id = ${params.id} FOR UPDATE`;
      assertIfMatch(request, (await getTeam(tx, organizationId, params.id)).updatedAt);
      const team = await updateTeam(tx, actor, params.id, definedOnly(body), origin, nowMs);
      await recordChange(call, tx, 'policy-changed', team.id);
      setEtag(headers, team.updatedAt);
      return present(team);
    },
  }),
  route({
    method: 'delete',
    path: '/teams/{id}',
    tag: 'teams',
    summary: 'Archive a team without keys in use; its history keeps its name',
    access: 'teams:write',
    params: idParam,
    run: async (call) => {
      const { tx, actor, params, origin, nowMs } = call;
      await archiveTeam(tx, actor, params.id, origin, nowMs);
      await recordChange(call, tx, 'policy-changed', params.id);
      return undefined;
    },
  }),
  route({
    method: 'get',
    path: '/teams/{id}/members',
    tag: 'teams',
    summary: 'Members of a team',
    access: 'teams:read',
    params: idParam,
    query: z.strictObject(pageShape),
    response: pageOf(Member),
    run: async ({ tx, organizationId, params, query }) => {
      await getTeam(tx, organizationId, params.id);
      const [after] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
      const rows = await listMembers(tx, organizationId, {
        ...definedOnly({ after }),
        teamId: params.id,
        limit: query.limit + 1,
      });
      return toPage(rows, query.limit, (row) => [row.id], presentMember);
    },
  }),
  route({
    method: 'get',
    path: '/teams/{id}/leads',
    tag: 'teams',
    summary: 'Members of a team who are told of what concerns its keys',
    access: 'teams:read',
    params: idParam,
    response: z.object({ data: z.array(z.object({ memberId: id })) }),
    run: async ({ tx, organizationId, params }) => {
      const team = await getTeam(tx, organizationId, params.id);
      const rows = await tx.teamMembership.findMany({
        where: { organizationId, teamId: team.id, isLead: true },
        orderBy: { membershipId: 'asc' },
        take: 200,
      });
      return { data: rows.map(({ membershipId }) => ({ memberId: membershipId })) };
    },
  }),
  route({
    method: 'put',
    path: '/teams/{id}/members/{memberId}',
    tag: 'teams',
    summary: 'Add a member to a team; again is the same',
    description: '`lead` makes a lead of the member, or no longer one; without it that stays as it is.',
    access: 'teams:write',
    params: idParam.extend({ memberId: id }),
    body: z.strictObject({ lead: z.boolean().exactOptional() }),
    run: async ({ tx, actor, params, body, origin, nowMs }) => {
      await addTeamMember(tx, actor, params.id, params.memberId, origin, nowMs);
      if (body.lead !== undefined) {
        await setTeamLead(tx, actor, params.id, params.memberId, body.lead, origin, nowMs);
      }
      return undefined;
    },
  }),
  route({
    method: 'delete',
    path: '/teams/{id}/members/{memberId}',
    tag: 'teams',
    summary: 'Take a member out of a team',
    access: 'teams:write',
    params: idParam.extend({ memberId: id }),
    run: async ({ tx, actor, params, origin, nowMs }) => {
      await removeTeamMember(tx, actor, params.id, params.memberId, origin, nowMs);
      return undefined;
    },
  }),
];

function countActiveKeys(
  tx: Transaction,
  organizationId: string,
  teamId: string,
  now: Date,
): Promise<number> {
  const lasts = [{ expiresAt: null }, { expiresAt: { gt: now } }];
  return tx.virtualKey.count({
    where: { organizationId, teamId, revokedAt: null, OR: lasts },
    take: ACTIVE_KEYS_COUNTED,
  });
}

function present(team: TeamRow) {
  return {
    ...team,
    path: team.path.split('/'),
    createdAt: iso(team.createdAt),
    updatedAt: iso(team.updatedAt),
  };
}
