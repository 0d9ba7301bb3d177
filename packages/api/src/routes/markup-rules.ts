/** The operator's markup on credentials that it resells. */
import { z } from '@hono/zod-openapi';
import { definedOnly, idParam, text } from '../framework/field.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { inOrganization } from '../prices/in-organization.ts';
import {
  listMarkupRules,
  MarkupRule,
  NewMarkupRule,
  presentMarkupRule,
  removeScheduledMarkup,
  stateMarkupRule,
} from '../prices/markup-rules.ts';

export const markupRuleRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/operator/markup-rules',
    tag: 'operator',
    summary: 'What is added to the cost of resold credentials, newest first',
    access: 'operator',
    detached: true,
    query: z.strictObject({ ...pageShape, credentialId: text(100).exactOptional() }),
    response: pageOf(MarkupRule),
    run: (call) => {
      const { cursor, limit, credentialId } = call.query;
      const [before] = cursor === undefined ? [] : decodeCursor(cursor, 1);
      return inOrganization(call, undefined, async ({ tx, nowMs }) => {
        const rows = await listMarkupRules(tx, {
          ...definedOnly({ before, credentialId }),
          limit: limit + 1,
          now: new Date(nowMs),
        });
        return toPage(rows, limit, (row) => [row.id], presentMarkupRule);
      });
    },
  }),
  route({
    method: 'post',
    path: '/operator/markup-rules',
    tag: 'operator',
    summary:
      'State the markup of a resold credential, for everybody or for one organization, now or for later',
    description: 'A rule never changes: the next one of the same credential and organization ends it.',
    access: 'operator',
    recentSignIn: true,
    detached: true,
    idempotent: true,
    body: NewMarkupRule,
    response: MarkupRule,
    status: 201,
    run: async (call) => {
      const { organizationId } = call.body;
      // That it exists; the rule itself is the operator's.
      if (organizationId !== null) await inOrganization(call, organizationId, async () => undefined);
      return inOrganization(call, undefined, (own) =>
        call.once(own, async () => presentMarkupRule(await stateMarkupRule(own, call.body))),
      );
    },
  }),
  route({
    method: 'delete',
    path: '/operator/markup-rules/{id}',
    tag: 'operator',
    summary: 'Take back a markup that is yet to come',
    access: 'operator',
    recentSignIn: true,
    detached: true,
    params: idParam,
    run: async (call) => {
      await inOrganization(call, undefined, (own) => removeScheduledMarkup(own, call.params.id));
      return undefined;
    },
  }),
];
