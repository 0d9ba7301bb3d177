/** Members of the organization. They come by invitation. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import {
  type AuthenticatedPerson,
  changeMemberRole,
  endMembersSessions,
  getMember,
  listMembers,
  type MemberSummary,
  type OrganizationActor,
  removeMember,
  removeMembersSecondFactor,
} from '@tollgate/identity';
import { recordChange } from '../framework/change-feed.ts';
import { askedIds, definedOnly, id, idParam, iso, text, timestamp } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { ApiProblem } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';

export const Member = z
  .object({
    id,
    userId: id,
    email: z.string(),
    name: z.string(),
    /** A built-in role, or the id of a custom one. */
    role: z.string(),
    teamIds: z.array(z.string()),
    /** Whether they have a passkey or an authenticator app. */
    hasSecondFactor: z.boolean(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('Member');

export const MemberDetail = Member.extend({
  /** Keys that they own and that work: removing the member revokes them, those of teams included. */
  activeKeyCount: z.int(),
}).openapi('MemberDetail');

export const RemovedSecondFactor = z
  .object({ passkeyCount: z.int(), totp: z.boolean(), endedSessionCount: z.int() })
  .openapi('RemovedSecondFactor');

export const memberRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/members',
    tag: 'members',
    summary: 'Members, in the order of joining',
    description:
      '`q` finds parts of names and addresses; `ids` names up to 100 members, or the people that they are, with commas between them.',
    access: 'members:read',
    query: z.strictObject({
      ...pageShape,
      q: text(100).exactOptional(),
      teamId: id.exactOptional(),
      role: id.exactOptional(),
      ids: askedIds.exactOptional(),
    }),
    response: pageOf(Member),
    run: async ({ tx, organizationId, query }) => {
      const [after] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
      const filter = definedOnly({
        after,
        search: query.q,
        teamId: query.teamId,
        role: query.role,
        ids: query.ids,
      });
      const rows = await listMembers(tx, organizationId, { ...filter, limit: query.limit + 1 });
      return toPage(rows, query.limit, (row) => [row.id], presentMember);
    },
  }),
  route({
    method: 'get',
    path: '/members/{id}',
    tag: 'members',
    summary: 'One member',
    access: 'members:read',
    params: idParam,
    response: MemberDetail,
    run: async ({ tx, organizationId, params, headers, nowMs }) => {
      const member = await getMember(tx, organizationId, params.id);
      setEtag(headers, member.updatedAt);
      return {
        ...presentMember(member),
        activeKeyCount: await countActiveKeys(tx, organizationId, member.id, nowMs),
      };
    },
  }),
  route({
    method: 'patch',
    path: '/members/{id}',
    tag: 'members',
    summary: 'Give a member another role, no greater than one’s own',
    access: 'members:write',
    params: idParam,
    body: z.strictObject({ role: id }),
    response: Member,
    run: async ({ tx, actor, organizationId, params, body, origin, nowMs, request, headers }) => {
      assertIfMatch(request, (await getMember(tx, organizationId, params.id)).updatedAt);
      const member = await changeMemberRole(tx, actor, params.id, body.role, origin, nowMs);
      setEtag(headers, member.updatedAt);
      return presentMember(member);
    },
  }),
  route({
    method: 'delete',
    path: '/members/{id}/second-factor',
    tag: 'members',
    summary: 'Take a member’s lost second factor off; every session of theirs ends',
    description:
      'Passkeys, authenticator app and recovery codes; a mail tells the member. A signed-in person is needed, and that the member belongs to no other organization: for others the operator can.',
    access: 'members:write',
    recentSignIn: true,
    detached: true,
    params: idParam,
    response: RemovedSecondFactor,
    status: 200,
    run: ({ context, actor, person, params, origin }) =>
      removeMembersSecondFactor(context.identity, asPerson(actor, person), params.id, origin),
  }),
  route({
    method: 'delete',
    path: '/members/{id}/sessions',
    tag: 'members',
    summary: 'End every session of a member, who can sign in again',
    description:
      'A signed-in person is needed, and that the member belongs to no other organization: sessions are the person’s.',
    access: 'members:write',
    recentSignIn: true,
    detached: true,
    params: idParam,
    response: z.object({ endedSessionCount: z.int() }),
    status: 200,
    run: async ({ context, actor, person, params, origin }) => {
      const by = asPerson(actor, person);
      return { endedSessionCount: await endMembersSessions(context.identity, by, params.id, origin) };
    },
  }),
  route({
    method: 'delete',
    path: '/members/{id}',
    tag: 'members',
    summary: 'Remove a member; what they could do ends at once, with their keys and admin tokens',
    access: 'members:write',
    params: idParam,
    run: async (call) => {
      const { tx, actor, params, origin, nowMs } = call;
      const keyIds = await removeMember(tx, actor, params.id, origin, nowMs);
      for (const keyId of keyIds) await recordChange(call, tx, 'key-changed', keyId);
      return undefined;
    },
  }),
];

/** @throws {ApiProblem} `permission_denied`: a token. */
function asPerson(
  actor: OrganizationActor,
  person: AuthenticatedPerson | undefined,
): OrganizationActor & Pick<AuthenticatedPerson, 'actor'> {
  if (person === undefined) {
    throw new ApiProblem('permission_denied', 'Cannot do this with a token: a signed-in person is needed');
  }
  return { ...actor, actor: person.actor };
}

function countActiveKeys(
  tx: Transaction,
  organizationId: string,
  memberId: string,
  nowMs: number,
): Promise<number> {
  return tx.virtualKey.count({
    where: {
      organizationId,
      memberId,
      revokedAt: null,
      OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(nowMs) } }],
    },
  });
}

export function presentMember(member: MemberSummary) {
  return {
    ...member,
    teamIds: [...member.teamIds],
    createdAt: iso(member.createdAt),
    updatedAt: iso(member.updatedAt),
  };
}
