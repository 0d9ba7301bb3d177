/** Machine identities. */
import { z } from '@hono/zod-openapi';
import {
  createServiceAccount,
  escapeLike,
  getServiceAccount,
  type ServiceAccount as ServiceAccountRow,
  updateServiceAccount,
} from '@tollgate/identity';
import { recordChange } from '../framework/change-feed.ts';
import { definedOnly, id, idParam, iso, name, text, timestamp } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { type AnyRoute, route } from '../framework/route.ts';

export const ServiceAccount = z
  .object({
    id,
    name: z.string(),
    teamId: z.string().nullable(),
    disabledAt: timestamp.nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('ServiceAccount');

export const serviceAccountRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/service-accounts',
    tag: 'service-accounts',
    summary: 'Service accounts, oldest first',
    access: 'service-accounts:read',
    query: z.strictObject({ ...pageShape, teamId: id.exactOptional(), q: text(100).exactOptional() }),
    response: pageOf(ServiceAccount),
    run: async ({ tx, organizationId, query }) => {
      const [after] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
      const rows = await tx.serviceAccount.findMany({
        where: {
          organizationId,
          ...(query.teamId === undefined ? {} : { teamId: query.teamId }),
          ...(after === undefined ? {} : { id: { gt: after } }),
          ...(query.q === undefined || query.q === ''
            ? {}
            : { name: { contains: escapeLike(query.q), mode: 'insensitive' as const } }),
        },
        orderBy: { id: 'asc' },
        take: query.limit + 1,
      });
      return toPage(rows, query.limit, (row) => [row.id], present);
    },
  }),
  route({
    method: 'post',
    path: '/service-accounts',
    tag: 'service-accounts',
    summary: 'Create a service account',
    access: 'service-accounts:write',
    body: z.strictObject({ name, teamId: id.nullable().exactOptional() }),
    response: ServiceAccount,
    idempotent: true,
    run: async ({ tx, actor, body, origin, nowMs, headers }) => {
      const account = await createServiceAccount(tx, actor, body, origin, nowMs);
      setEtag(headers, account.updatedAt);
      return present(account);
    },
  }),
  route({
    method: 'get',
    path: '/service-accounts/{id}',
    tag: 'service-accounts',
    summary: 'One service account',
    access: 'service-accounts:read',
    params: idParam,
    response: ServiceAccount,
    run: async ({ tx, organizationId, params, headers }) => {
      const account = await getServiceAccount(tx, organizationId, params.id);
      setEtag(headers, account.updatedAt);
      return present(account);
    },
  }),
  route({
    method: 'patch',
    path: '/service-accounts/{id}',
    tag: 'service-accounts',
    summary: 'Change, disable or enable a service account; disabling stops its keys',
    access: 'service-accounts:write',
    params: idParam,
    body: z.strictObject({
      name: name.exactOptional(),
      teamId: id.nullable().exactOptional(),
      disabled: z.boolean().exactOptional(),
    }),
    response: ServiceAccount,
    run: async (call) => {
      const { tx, actor, organizationId, params, body, origin, nowMs, request, headers } = call;
      assertIfMatch(request, (await getServiceAccount(tx, organizationId, params.id)).updatedAt);
      const account = await updateServiceAccount(tx, actor, params.id, definedOnly(body), origin, nowMs);
      await recordChange(call, tx, 'policy-changed', account.id);
      setEtag(headers, account.updatedAt);
      return present(account);
    },
  }),
];

function present(row: ServiceAccountRow) {
  return {
    ...row,
    disabledAt: iso(row.disabledAt),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}
