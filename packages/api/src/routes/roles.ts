/** What each role may do: the built-in ones, and the organization's own. */
import { z } from '@hono/zod-openapi';
import {
  can,
  countRoleHolders,
  createRole,
  deleteRole,
  getRole,
  listRoles,
  lockRole,
  neededFor,
  type OrganizationActor,
  PERMISSION_DESCRIPTIONS,
  PERMISSIONS,
  type RoleHolders,
  type RoleSummary,
  summarizeRole,
  updateRole,
} from '@tollgate/identity';
import { definedOnly, id, idParam, iso, name, text, timestamp } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { ApiProblem } from '../framework/problem.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, type OrganizationCall, route } from '../framework/route.ts';

export const Role = z
  .object({
    id: id.openapi({ description: 'Of a built-in role: its name.' }),
    name: z.string(),
    description: z.string(),
    builtIn: z.boolean(),
    permissions: z.array(z.enum(PERMISSIONS)),
    memberCount: z.int().nullable().openapi({ description: 'Null for those who may not see members.' }),
    openInvitationCount: z.int().nullable(),
    version: z.int().nullable().openapi({ description: 'Null for built-in roles, which never change.' }),
    updatedAt: timestamp.nullable(),
  })
  .openapi('Role');

const PermissionInfo = z
  .object({
    name: z.enum(PERMISSIONS),
    description: z.string(),
    needs: z.array(z.enum(PERMISSIONS)).openapi({ description: 'What a role with it must allow as well.' }),
    mayGrant: z.boolean().openapi({ description: 'Whether the caller has it, and may so give it away.' }),
  })
  .openapi('Permission');

const permissions = z.array(z.enum(PERMISSIONS)).max(PERMISSIONS.length);
const MAX_ROLES = 100;

export const roleRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/permissions',
    tag: 'roles',
    summary: 'Every permission there is, in words',
    access: 'roles:read',
    response: z.object({ data: z.array(PermissionInfo), nextCursor: z.null() }),
    run: ({ actor }) => ({
      data: PERMISSIONS.map((permission) => ({
        name: permission,
        description: PERMISSION_DESCRIPTIONS[permission],
        needs: [...neededFor(permission)],
        mayGrant: can(actor, permission),
      })),
      nextCursor: null,
    }),
  }),
  route({
    method: 'get',
    path: '/roles',
    tag: 'roles',
    summary: 'Built-in and custom roles',
    access: 'roles:read',
    response: z.object({ data: z.array(Role), nextCursor: z.null() }),
    run: async (call) => {
      const roles = await listRoles(call.tx, call.organizationId);
      const holders = await findHolders(call);
      return { data: roles.map((role) => present(role, holders)), nextCursor: null };
    },
  }),
  route({
    method: 'post',
    path: '/roles',
    tag: 'roles',
    summary: 'Create a role that allows no more than one’s own',
    description: 'It allows what is named and nothing else. A permission to change needs the one to see.',
    access: 'roles:write',
    body: z.strictObject({ name, description: text(300).default(''), permissions }),
    response: Role,
    idempotent: true,
    run: async (call) => {
      const { tx, organizationId, actor, body, origin, nowMs, headers } = call;
      await assertRoom(tx.role.count({ where: { organizationId } }), MAX_ROLES, 'roles');
      const row = await createRole(tx, actor, body, origin, nowMs);
      setEtag(headers, row.version);
      return present(summarizeRole(row), await findHolders(call));
    },
  }),
  route({
    method: 'get',
    path: '/roles/{id}',
    tag: 'roles',
    summary: 'One role',
    access: 'roles:read',
    params: idParam,
    response: Role,
    run: async (call) => {
      const role = await getRole(call.tx, call.organizationId, call.params.id);
      if (role.version !== null) setEtag(call.headers, role.version);
      return present(role, await findHolders(call));
    },
  }),
  route({
    method: 'patch',
    path: '/roles/{id}',
    tag: 'roles',
    summary: 'Change a role for everybody who has it, from their next request on',
    description: 'Neither before nor after may it allow more than the caller’s own role does.',
    access: 'roles:write',
    params: idParam,
    body: z.strictObject({
      name: name.exactOptional(),
      description: text(300).exactOptional(),
      permissions: permissions.exactOptional(),
    }),
    response: Role,
    run: async (call) => {
      const { tx, organizationId, actor, params, body, origin, nowMs, request, headers } = call;
      await assertOwn(call);
      const before = await lockRole(tx, organizationId, params.id);
      assertIfMatch(request, before.version);
      const row = await updateRole(tx, actor, before, definedOnly(body), origin, nowMs);
      setEtag(headers, row.version);
      return present(summarizeRole(row), await findHolders(call));
    },
  }),
  route({
    method: 'delete',
    path: '/roles/{id}',
    tag: 'roles',
    summary: 'Delete a role; those who have it get the one that is named instead',
    access: 'roles:write',
    params: idParam,
    query: z.strictObject({ replacement: id.exactOptional() }),
    run: async (call) => {
      const { tx, organizationId, actor, params, query, origin, nowMs, request } = call;
      await assertOwn(call);
      const before = await lockRole(tx, organizationId, params.id);
      assertIfMatch(request, before.version);
      await deleteRole(tx, actor, before, query.replacement, origin, nowMs);
      return undefined;
    },
  }),
];

type RoleCall = Pick<OrganizationCall<unknown, unknown, unknown>, 'tx' | 'organizationId' | 'nowMs'> & {
  readonly actor: OrganizationActor;
};

/** @throws {ApiProblem} `conflict`: a built-in role stays as it is. */
async function assertOwn({
  tx,
  organizationId,
  params,
}: RoleCall & { readonly params: { readonly id: string } }): Promise<void> {
  const { builtIn } = await getRole(tx, organizationId, params.id);
  if (!builtIn) return;
  throw new ApiProblem('conflict', 'Cannot change the role: it is built in; make one of your own like it', {
    reason: 'role_built_in',
  });
}

/** @returns Undefined for those who may not see members. */
async function findHolders({ tx, organizationId, actor, nowMs }: RoleCall) {
  return can(actor, 'members:read') ? countRoleHolders(tx, organizationId, nowMs) : undefined;
}

function present(role: RoleSummary, holders: ReadonlyMap<string, RoleHolders> | undefined) {
  const held = holders?.get(role.id);
  return {
    ...role,
    permissions: [...role.permissions],
    memberCount: holders === undefined ? null : (held?.members ?? 0),
    openInvitationCount: holders === undefined ? null : (held?.openInvitations ?? 0),
    updatedAt: iso(role.updatedAt),
  };
}
