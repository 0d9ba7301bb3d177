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
  type OrganizationActor,
  removeTeamMember,
  SLUG,
  setTeamLead,
  type Team as TeamRow,
  updateTeam,
} from '@tollgate/identity';
import { recordChange } from '../framework/change-feed.ts';
import {
  askedIds,
  definedOnly,
  id,
  idParam,
  iso,
  name,
  queryFlag,
  text,
  timestamp,
} from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { findTightestBudgets } from '../limits/budgets-of-teams.ts';
import { Budget } from '../limits/present-budget.ts';
import { countTeams, findTeamsAbove } from '../teams/team-facts.ts';
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

const belowCount = z.int().openapi({
  description:
    'Teams right below it. Its members, keys and spend are without theirs; its budgets and limits are with them',
});
const Above = z.array(z.object({ id, name: z.string() }));

export const ListedTeam = Team.extend({
  /** The teams above it, from the root. */
  above: Above,
  /** Where `figures` asked for them. */
  memberCount: z.int().nullable(),
  /** Keys that work, counted to 10,000; null: not asked for, or the caller may not read keys. */
  activeKeyCount: z.int().nullable(),
  belowCount: belowCount.nullable(),
  /** Of its own budgets in force the one with least left; null: none, not asked for, or the caller may not read budgets. */
  budget: Budget.nullable(),
}).openapi('ListedTeam');

export const TeamDetail = Team.extend({
  /** The teams above it, from the root. */
  above: Above,
  memberCount: z.int(),
  /** Keys that work, counted to 10,000; null: the caller may not read keys. */
  activeKeyCount: z.int().nullable(),
  belowCount,
}).openapi('TeamDetail');

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
    description:
      '`q` finds parts of names, slugs and cost centres; `ids` names up to 100 teams, with commas between them; `mine` leaves those of which the caller is a member, and the teams below; `figures` counts members and keys, and says where its own budget stands.',
    access: 'teams:read',
    query: z.strictObject({
      ...pageShape,
      q: text(100).exactOptional(),
      ids: askedIds.exactOptional(),
      mine: queryFlag.exactOptional(),
      figures: queryFlag.exactOptional(),
    }),
    response: pageOf(ListedTeam),
    run: async ({ tx, organizationId, actor, query, nowMs }) => {
      const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, 2);
      const [afterName, afterId] = after ?? [];
      const rows = await tx.team.findMany({
        where: {
          organizationId,
          archivedAt: null,
          ...(query.ids === undefined ? {} : { id: { in: query.ids } }),
          AND: [
            query.q === undefined ? {} : fitting(query.q),
            query.mine ? await withinTeamsOf(tx, actor) : {},
            afterName === undefined || afterId === undefined
              ? {}
              : { OR: [{ name: { gt: afterName } }, { name: afterName, id: { gt: afterId } }] },
          ],
        },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        take: query.limit + 1,
      });
      const above = await findTeamsAbove(tx, organizationId, rows);
      const figures = query.figures ? await countTeams(tx, actor, rows, new Date(nowMs)) : undefined;
      const budgets =
        query.figures && can(actor, 'budgets:read')
          ? await findTightestBudgets(
              tx,
              organizationId,
              rows.map((row) => row.id),
              nowMs,
            )
          : undefined;
      const presentListed = (row: TeamRow) => ({
        ...present(row),
        above: above(row),
        memberCount: figures?.get(row.id)?.memberCount ?? null,
        activeKeyCount: figures?.get(row.id)?.activeKeyCount ?? null,
        belowCount: figures?.get(row.id)?.belowCount ?? null,
        budget: budgets?.get(row.id) ?? null,
      });
      return toPage(rows, query.limit, (row) => [row.name, row.id], presentListed);
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
      const above = await findTeamsAbove(tx, organizationId, [team]);
      const counts = await countTeams(tx, actor, [team], new Date(nowMs));
      return {
        ...present(team),
        above: above(team),
        ...counts.get(team.id)!,
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
    description: '`q` finds parts of names and addresses.',
    access: 'teams:read',
    params: idParam,
    query: z.strictObject({ ...pageShape, q: text(100).exactOptional() }),
    response: pageOf(Member),
    run: async ({ tx, organizationId, params, query }) => {
      await getTeam(tx, organizationId, params.id);
      const [after] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
      const rows = await listMembers(tx, organizationId, {
        ...definedOnly({ after, search: query.q }),
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

/** Teams whose keys `keys:write` alone lets the caller manage. */
async function withinTeamsOf(tx: Transaction, { organizationId, membershipId }: OrganizationActor) {
  const rows = await tx.teamMembership.findMany({
    where: { organizationId, membershipId },
    select: { teamId: true },
    take: 1_000,
  });
  // An OR of nothing would leave all of them.
  if (rows.length === 0) return { id: { in: [] } };
  return { OR: rows.map(({ teamId }) => ({ path: { contains: escapeLike(teamId) } })) };
}

/** By part of its name, slug or cost centre. */
function fitting(q: string) {
  const part = { contains: escapeLike(q), mode: 'insensitive' as const };
  return { OR: [{ name: part }, { slug: part }, { costCenter: part }] };
}

function present(team: TeamRow) {
  return {
    ...team,
    path: team.path.split('/'),
    createdAt: iso(team.createdAt),
    updatedAt: iso(team.updatedAt),
  };
}
