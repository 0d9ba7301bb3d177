/** What each role may do. */
import { z } from '@hono/zod-openapi';
import { listRoles } from '@tollgate/identity';
import { id } from '../framework/field.ts';
import { type AnyRoute, route } from '../framework/route.ts';

export const Role = z
  .object({ id, name: z.string(), builtIn: z.boolean(), permissions: z.array(z.string()) })
  .openapi('Role');

export const roleRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/roles',
    tag: 'roles',
    summary: 'Built-in and custom roles',
    access: 'roles:read',
    response: z.object({ data: z.array(Role), nextCursor: z.null() }),
    run: async ({ tx, organizationId }) => {
      const roles = await listRoles(tx, organizationId);
      return {
        data: roles.map((role) => ({ ...role, permissions: [...role.permissions] })),
        nextCursor: null,
      };
    },
  }),
];
