/** The models within a key's reach: of one that is there, and of one that is yet to be made. */
import { z } from '@hono/zod-openapi';
import { id, idParam, text } from '../framework/field.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { compare, KeyModel, KeyReach, listKeyModels, previewReach } from '../limits/key-reach.ts';
import { getEffectiveKeyPolicy } from '../virtual-keys/key-policy-store.ts';
import { assertTeam, scopeFields } from '../virtual-keys/key-scope.ts';
import { getKey } from '../virtual-keys/key-store.ts';

export const keyModelRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/keys/{id}/models',
    tag: 'keys',
    summary: 'Models within a key’s reach, those that are withheld from it, and by what',
    description:
      '`q` finds parts of ids. By scope and credentials alone: `POST /keys/{id}/policy/check` asks budgets and rate limits as well.',
    access: 'keys:read',
    alsoNeeds: ['models:read'],
    params: idParam,
    query: z.strictObject({
      ...pageShape,
      q: text(100).exactOptional(),
      reach: z.enum(['reachable', 'withheld']).exactOptional(),
    }),
    response: pageOf(KeyModel),
    run: async ({ tx, organizationId, params, query }) => {
      const { limit, cursor, q = '', reach } = query;
      const [after] = cursor === undefined ? [] : decodeCursor(cursor, 1);
      const wanted = q.toLowerCase();
      const key = await getKey(tx, organizationId, params.id);
      const rows = (await listKeyModels(tx, organizationId, key))
        .filter((model) => model.id.toLowerCase().includes(wanted))
        .filter(
          ({ withheldBy }) => reach === undefined || (reach === 'reachable') === (withheldBy.length === 0),
        )
        .filter((model) => after === undefined || compare(model.id, after) > 0);
      return toPage(
        rows,
        limit,
        (row) => [row.id],
        (row) => row,
      );
    },
  }),
  route({
    method: 'post',
    path: '/keys/preview',
    tag: 'keys',
    summary: 'What a key with this scope would reach',
    description:
      'Makes nothing. `models` left out: as the rules of the team and the organization say, as in `POST /keys`.',
    access: 'keys:read',
    alsoNeeds: ['models:read'],
    body: z.strictObject({
      teamId: id.nullable().exactOptional(),
      models: scopeFields.models,
      providers: scopeFields.providers,
    }),
    response: KeyReach,
    status: 200,
    run: async ({ tx, organizationId, body }) => {
      const { teamId = null, models, providers = [] } = body;
      await assertTeam(tx, organizationId, teamId);
      const rules = await getEffectiveKeyPolicy(tx, organizationId, teamId);
      const scope = { models: models ?? [...(rules.defaultModels?.value ?? [])], providers };
      return previewReach(tx, organizationId, scope);
    },
  }),
];
