/** Rating a period again after its prices were corrected: what would change is shown first, and then applied. */
import { z } from '@hono/zod-openapi';
import { recordAudit } from '@tollgate/audit';
import { auditActor } from '@tollgate/identity';
import {
  applyRerating,
  cancelRerating,
  createRerating,
  findRerating,
  listReratings,
  type ReratingLineRecord,
  type ReratingRecord,
} from '@tollgate/metering/rerating';
import { definedOnly, filledText, idParam, instant } from '../framework/field.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { ApiProblem, invalidField, notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { inOrganization } from '../prices/in-organization.ts';
import { presentRerating, Rerating } from '../prices/present-rerating.ts';
import type { PriceCall } from '../prices/price-change.ts';

const NewRerating = z.strictObject({
  from: instant,
  /** Now unless told. */
  to: instant.exactOptional(),
  provider: filledText(64).exactOptional(),
  model: filledText(256).exactOptional(),
  /** Stands in each correction. */
  reason: filledText(200),
});

const MAX_DAYS = 400;
const DAY_MS = 86_400_000;

export const reratingRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/reratings',
    tag: 'prices',
    summary: 'Re-ratings, newest first',
    access: 'prices:read',
    query: z.strictObject(pageShape),
    response: pageOf(Rerating),
    run: async ({ tx, organizationId, query }) => {
      const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
      const rows = await listReratings(tx, {
        organizationId,
        ...definedOnly({ before }),
        limit: query.limit + 1,
      });
      return toPage(rows, query.limit, (row) => [row.id], presentRerating);
    },
  }),
  route({
    method: 'post',
    path: '/reratings',
    tag: 'prices',
    summary: 'See what a period on the organization’s own credentials would cost by the prices that hold now',
    description: 'Nothing is written until it is applied. One at a time.',
    access: 'prices:write',
    body: NewRerating,
    response: Rerating,
    idempotent: true,
    run: async (call) => presentRerating(await begin(call, call.body, true)),
  }),
  route({
    method: 'get',
    path: '/reratings/{id}',
    tag: 'prices',
    summary: 'One re-rating: how many entries change, by how much, per model',
    access: 'prices:read',
    params: idParam,
    response: Rerating,
    run: async ({ tx, organizationId, params }) =>
      presentRerating(await getRerating(tx, organizationId, params.id)),
  }),
  route({
    method: 'post',
    path: '/reratings/{id}/apply',
    tag: 'prices',
    summary: 'Write the corrections that were shown',
    access: 'prices:write',
    params: idParam,
    response: Rerating,
    status: 200,
    run: async (call) => presentRerating(await step(call, call.params.id, 'apply', false)),
  }),
  route({
    method: 'post',
    path: '/reratings/{id}/cancel',
    tag: 'prices',
    summary: 'Stop it; corrections that are written by then stay, and are right',
    access: 'prices:write',
    params: idParam,
    response: Rerating,
    status: 200,
    run: async (call) => presentRerating(await step(call, call.params.id, 'cancel', false)),
  }),
  route({
    method: 'post',
    path: '/operator/reratings',
    tag: 'prices',
    summary: 'See what a period of an organization would cost, the operator’s credentials included',
    access: 'operator',
    recentSignIn: true,
    detached: true,
    idempotent: true,
    body: NewRerating.extend({ organizationId: filledText(100) }),
    response: Rerating,
    status: 201,
    run: (call) => {
      const { organizationId, ...input } = call.body;
      return inOrganization(call, organizationId, (own) =>
        call.once(own, async () => presentRerating(await begin(own, input, false))),
      );
    },
  }),
  ...(['apply', 'cancel'] as const).map((action) =>
    route({
      method: 'post',
      path: `/operator/reratings/{id}/${action}`,
      tag: 'prices',
      summary: action === 'apply' ? 'Write the corrections of an organization' : 'Stop it',
      access: 'operator',
      recentSignIn: action === 'apply',
      detached: true,
      params: idParam,
      body: z.strictObject({ organizationId: filledText(100) }),
      response: Rerating,
      status: 200,
      run: (call) =>
        inOrganization(call, call.body.organizationId, async (own) =>
          presentRerating(await step(own, call.params.id, action, true)),
        ),
    }),
  ),
];

type Found = ReratingRecord & { lines: ReratingLineRecord[] };

async function begin(
  call: PriceCall,
  input: z.output<typeof NewRerating>,
  ownCredentialsOnly: boolean,
): Promise<Found> {
  const { tx, organizationId, actor, nowMs } = call;
  const to = input.to ?? new Date(nowMs);
  if (input.from >= to) throw invalidField('body.from', 'must lie before the end', 'invalid');
  if (to.getTime() > nowMs) throw invalidField('body.to', 'must not lie in the future', 'too_large');
  if (to.getTime() - input.from.getTime() > MAX_DAYS * DAY_MS) {
    throw invalidField('body.from', `must lie at most ${MAX_DAYS} days before the end`, 'range_too_long');
  }
  const made = await createRerating(tx, {
    organizationId,
    from: input.from,
    to,
    provider: input.provider ?? '',
    model: input.model ?? '',
    reason: input.reason,
    ownCredentialsOnly,
    requestedByName: auditActor(actor.actor).name,
    nowMs,
  });
  if (made === undefined) {
    throw new ApiProblem(
      'conflict',
      'Cannot begin: another re-rating is not over; apply or cancel it first',
      { reason: 'rerating_open' },
    );
  }
  await record(call, 'rerating-previewed', made);
  return { ...made, lines: [] };
}

async function step(
  call: PriceCall,
  id: string,
  action: 'apply' | 'cancel',
  isOperator: boolean,
): Promise<Found> {
  const { tx, organizationId, nowMs } = call;
  const found = await getRerating(tx, organizationId, id);
  if (!found.ownCredentialsOnly && !isOperator) {
    throw new ApiProblem('permission_denied', 'Cannot do this: the operator has asked for this re-rating');
  }
  const change = { organizationId, id, now: new Date(nowMs) };
  const done = await (action === 'apply' ? applyRerating(tx, change) : cancelRerating(tx, change));
  if (!done) {
    const rule = action === 'apply' ? 'it must have been shown in full' : 'it must not be over';
    throw new ApiProblem('conflict', `Cannot ${action} the re-rating: ${rule}, and it is ${found.state}`, {
      reason: 'rerating_state',
    });
  }
  await record(call, action === 'apply' ? 'rerating-applied' : 'rerating-cancelled', found);
  return getRerating(tx, organizationId, id);
}

async function getRerating(tx: PriceCall['tx'], organizationId: string, id: string): Promise<Found> {
  const found = await findRerating(tx, organizationId, id);
  if (found === null) throw notFound('re-rating');
  return found;
}

async function record(call: PriceCall, action: string, rerating: ReratingRecord): Promise<void> {
  const { tx, organizationId, actor, origin, nowMs } = call;
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action,
    target: { kind: 'rerating', id: rerating.id, name: rerating.reason },
    after: {
      from: rerating.periodStart,
      to: rerating.periodEnd,
      provider: rerating.provider,
      model: rerating.model,
      ownCredentialsOnly: rerating.ownCredentialsOnly,
    },
    nowMs,
  });
}
