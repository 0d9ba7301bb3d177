/** Routes of traffic: names that requests ask for like models, and where they are sent then. */
import { z } from '@hono/zod-openapi';
import { ROUTE_BOUNDS, readRoute } from '@tollgate/routing';
import { recordChange } from '../framework/change-feed.ts';
import { definedOnly, id, idParam } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { invalidField } from '../framework/problem.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, type OrganizationCall, route } from '../framework/route.ts';
import { presentRoutes } from '../routing/present-route.ts';
import { previewedRequest, previewRoute, previewSample, RoutePreview } from '../routing/preview-route.ts';
import { Route, routeFields } from '../routing/route-shapes.ts';
import {
  assertReferences,
  deleteRoute,
  getRoute,
  insertRoute,
  lockRoute,
  type RouteRow,
  readableConfiguration,
  updateRoute,
} from '../routing/route-store.ts';
import { readSupply } from '../routing/routing-supply.ts';

const { name, description, isEnabled, rules, fallbacks, stickyBy, allowResold } = routeFields;

const changes = {
  name: name.exactOptional(),
  description: description.exactOptional(),
  isEnabled: isEnabled.exactOptional(),
  rules: rules.exactOptional(),
  fallbacks: fallbacks.exactOptional(),
  stickyBy: stickyBy.exactOptional(),
  allowResold: allowResold.exactOptional(),
};

export const trafficRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/routes',
    tag: 'routes',
    summary: 'Routes, newest first',
    access: 'routes:read',
    query: z.strictObject(pageShape),
    response: pageOf(Route),
    run: async ({ tx, organizationId, query }) => {
      const after = decodeTimeCursor(query.cursor);
      const rows = await tx.route.findMany({
        where: {
          organizationId,
          ...(after === undefined
            ? {}
            : { OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }] }),
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: query.limit + 1,
      });
      const shown = presentRoutes(rows, await readSupply(tx, organizationId));
      const byId = new Map(shown.map((each) => [each.id, each]));
      return toPage(
        rows,
        query.limit,
        (row) => [row.createdAt.toISOString(), row.id],
        (row) => byId.get(row.id)!,
      );
    },
  }),
  route({
    method: 'post',
    path: '/routes',
    tag: 'routes',
    summary: 'Create a route',
    description:
      'Requests ask for it by its name, as their model or in `x-tollgate-route`. A route never widens a key: what the key may not use of its targets is left out.',
    access: 'routes:write',
    body: z.strictObject({
      name,
      description: description.default(null),
      isEnabled: isEnabled.default(true),
      rules,
      fallbacks: fallbacks.default([]),
      stickyBy: stickyBy.default('none'),
      allowResold: allowResold.default(false),
    }),
    response: Route,
    idempotent: true,
    run: async (call) => {
      const { tx, organizationId, body } = call;
      await assertRoom(tx.route.count({ where: { organizationId } }), ROUTE_BOUNDS.routes, 'routes');
      const row = await insertRoute(call, body);
      await recordChange(call, tx, 'policy-changed', row.id);
      return presentOne(call, row);
    },
  }),
  route({
    method: 'post',
    path: '/routes/preview',
    tag: 'routes',
    summary: 'Where a request would go under a route, stored or not',
    description:
      'Sends nothing. With `routeId` the stored route, and what is given besides in place of its own. The same functions as in gateways; budgets, rate limits and the health of providers are not looked at.',
    access: 'routes:read',
    body: z.strictObject({
      route: z.strictObject({ routeId: id.exactOptional(), ...changes }),
      request: previewedRequest.prefault({}),
      sample: previewSample,
    }),
    response: RoutePreview,
    status: 200,
    run: async (call) => {
      const { tx, organizationId, body } = call;
      const { routeId, ...draft } = body.route;
      const stored = routeId === undefined ? undefined : await getRoute(tx, organizationId, routeId);
      return previewRoute(tx, call, await previewed(call, stored, draft), body.request, body.sample);
    },
  }),
  route({
    method: 'get',
    path: '/routes/{id}',
    tag: 'routes',
    summary: 'One route',
    access: 'routes:read',
    params: idParam,
    response: Route,
    run: async (call) => presentOne(call, await getRoute(call.tx, call.organizationId, call.params.id)),
  }),
  route({
    method: 'patch',
    path: '/routes/{id}',
    tag: 'routes',
    summary: 'Change a route',
    description: '`rules` and `fallbacks` are replaced as a whole.',
    access: 'routes:write',
    params: idParam,
    body: z.strictObject(changes),
    response: Route,
    run: async (call) => {
      const { tx, organizationId, params, body, request } = call;
      const before = await lockRoute(tx, organizationId, params.id);
      assertIfMatch(request, before.version);
      const row = await updateRoute(call, before, definedOnly(body));
      await recordChange(call, tx, 'policy-changed', row.id);
      return presentOne(call, row);
    },
  }),
  route({
    method: 'delete',
    path: '/routes/{id}',
    tag: 'routes',
    summary: 'Delete a route',
    description: 'Requests that ask for its name are refused, or go to the model of that name.',
    access: 'routes:write',
    params: idParam,
    run: async (call) => {
      const { tx, organizationId, params, request } = call;
      const before = await lockRoute(tx, organizationId, params.id);
      assertIfMatch(request, before.version);
      await deleteRoute(call, before);
      await recordChange(call, tx, 'policy-changed', before.id);
      return undefined;
    },
  }),
];

type Call = Pick<OrganizationCall<unknown, unknown, unknown>, 'tx' | 'organizationId' | 'headers'>;

async function presentOne({ tx, organizationId, headers }: Call, row: RouteRow) {
  setEtag(headers, row.version);
  const [shown] = presentRoutes([row], await readSupply(tx, organizationId));
  return shown!;
}

type Draft = Partial<{ -readonly [K in keyof typeof routeFields]: z.output<(typeof routeFields)[K]> }>;

/** A draft has no id yet: what it draws will be drawn otherwise once it has one. */
async function previewed({ tx, organizationId }: Call, stored: RouteRow | undefined, draft: Draft) {
  const before = stored === undefined ? undefined : readableConfiguration(stored);
  const usual = { rules: [], fallbacks: [], stickyBy: 'none' as const, allowResold: false };
  const { isEnabled: enabled = stored === undefined || stored.disabledAt === null, ...fields } = draft;
  const configuration = { ...usual, ...before, ...definedOnly(fields) };
  if (configuration.rules.length === 0) throw invalidField('body.route.rules', 'is needed', 'required');
  await assertReferences(tx, organizationId, configuration, before, 'body.route');
  const known = { id: stored?.id ?? 'draft', name: draft.name ?? stored?.name ?? 'draft' };
  return { ...readRoute({ ...configuration, ...known }), isEnabled: enabled };
}
