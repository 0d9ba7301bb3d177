/** What each role may do: the built-in ones, and the organization's own. */
import { z } from '@hono/zod-openapi';
import { countRoleChannels, lockRoleChannels, readdressChannels } from '@tollgate/alerts';
import {
  can,
  countRoleHolders,
  createRole,
  deleteRole,
  getRole,
  listRoles,
  lockIdentityProvider,
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
import { alertsChange } from '../alerts/alerts-change.ts';
import { assertMaySeeChannel } from '../alerts/told-permissions.ts';
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
    channelCount: z.int().nullable().openapi({
      description:
        'Alert channels that mail whoever has it. Null for those who may neither see channels nor change roles.',
    }),
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
    summary: 'Delete a role; those who have it get the one that is named instead, and so do alert channels',
    description:
      'Members, open invitations, and alert channels that mail whoever has it get `replacement`, which is needed where there are any. To lead channels to another role takes the permission to read what their rules tell.',
    access: 'roles:write',
    params: idParam,
    query: z.strictObject({ replacement: id.exactOptional() }),
    run: async (call) => {
      const { tx, organizationId, actor, params, query, origin, nowMs, request } = call;
      await assertOwn(call);
      // Before the role, as whoever changes it does: it may be what the provider gives.
      await lockIdentityProvider(tx, organizationId);
      const before = await lockRole(tx, organizationId, params.id);
      assertIfMatch(request, before.version);
      const { replacement } = query;
      const channels = await lockRoleChannels(tx, organizationId, before.id);
      const removal = { replacement, channelCount: channels.length };
      await deleteRole(tx, actor, before, removal, origin, nowMs);
      if (replacement === undefined) return undefined;
      for (const channel of channels) await assertMaySeeChannel(tx, actor, channel.id);
      await readdressChannels(alertsChange(call), channels, before.id, replacement);
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

interface Holders {
  /** Undefined for those who may not see members. */
  readonly people: ReadonlyMap<string, RoleHolders> | undefined;
  /** Undefined for those who may neither see them nor delete the role, which tells how many there are. */
  readonly channels: ReadonlyMap<string, number> | undefined;
}

async function findHolders({ tx, organizationId, actor, nowMs }: RoleCall): Promise<Holders> {
  const mayKnowChannels = can(actor, 'alerts:read') || can(actor, 'roles:write');
  return {
    people: can(actor, 'members:read') ? await countRoleHolders(tx, organizationId, nowMs) : undefined,
    channels: mayKnowChannels ? await countRoleChannels(tx, organizationId) : undefined,
  };
}

function present(role: RoleSummary, { people, channels }: Holders) {
  const held = people?.get(role.id);
  return {
    ...role,
    permissions: [...role.permissions],
    memberCount: people === undefined ? null : (held?.members ?? 0),
    openInvitationCount: people === undefined ? null : (held?.openInvitations ?? 0),
    channelCount: channels === undefined ? null : (channels.get(role.id) ?? 0),
    updatedAt: iso(role.updatedAt),
  };
}
