/** Tokens for this API. */
import { z } from '@hono/zod-openapi';
import {
  type AdminToken as AdminTokenRow,
  createAdminToken,
  PERMISSIONS,
  revokeAdminToken,
} from '@tollgate/identity';
import { id, idParam, instant, iso, name, timestamp } from '../framework/field.ts';
import { decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { invalidField } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';

export const AdminToken = z
  .object({
    id,
    name: z.string(),
    hint: z.string(),
    permissions: z.array(z.string()),
    createdById: z.string(),
    createdAt: timestamp,
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable(),
    revokedAt: timestamp.nullable(),
  })
  .openapi('AdminToken');

export const adminTokenRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/admin-tokens',
    tag: 'admin-tokens',
    summary: 'Tokens, newest first',
    access: 'admin-tokens:read',
    query: z.strictObject(pageShape),
    response: pageOf(AdminToken),
    run: async ({ tx, organizationId, query }) => {
      const after = decodeTimeCursor(query.cursor);
      const rows = await tx.adminToken.findMany({
        where: {
          organizationId,
          kind: 'admin',
          ...(after === undefined
            ? {}
            : { OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }] }),
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: query.limit + 1,
      });
      return toPage(rows, query.limit, (row) => [row.createdAt.toISOString(), row.id], present);
    },
  }),
  route({
    method: 'post',
    path: '/admin-tokens',
    tag: 'admin-tokens',
    summary: 'Create a token; its secret is in this answer and nowhere else',
    access: 'admin-tokens:write',
    recentSignIn: true,
    body: z.strictObject({
      name,
      permissions: z.array(z.enum(PERMISSIONS)).min(1).max(PERMISSIONS.length),
      expiresAt: instant.nullable().exactOptional(),
    }),
    response: z.object({ token: AdminToken, secret: z.string() }),
    idempotent: true,
    throttle: { limit: 100, windowSeconds: 3_600 },
    run: async ({ tx, actor, body, origin, nowMs }) => {
      const expiresAt = body.expiresAt ?? null;
      if (expiresAt !== null && expiresAt.getTime() <= nowMs) {
        throw invalidField('body.expiresAt', 'must lie in the future', 'not_future');
      }
      const { token, secret } = await createAdminToken(tx, actor, { ...body, expiresAt }, origin, nowMs);
      return { token: present(token), secret };
    },
  }),
  route({
    method: 'post',
    path: '/admin-tokens/{id}/revoke',
    tag: 'admin-tokens',
    summary: 'Revoke a token at once',
    access: 'admin-tokens:write',
    params: idParam,
    run: async ({ tx, actor, params, origin, nowMs }) => {
      await revokeAdminToken(tx, actor, params.id, origin, nowMs);
      return undefined;
    },
  }),
];

function present(row: AdminTokenRow) {
  return {
    ...row,
    createdAt: iso(row.createdAt),
    expiresAt: iso(row.expiresAt),
    lastUsedAt: iso(row.lastUsedAt),
    revokedAt: iso(row.revokedAt),
  };
}
