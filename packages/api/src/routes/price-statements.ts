/**
 * Stating a price and taking back one that is yet to come: by an organization for its own credentials, by the operator for
 * all or as one organization's contract.
 *
 * Not here: what a statement changes and tells (prices/price-change.ts), reading prices (prices.ts).
 */
import { z } from '@hono/zod-openapi';
import { filledText, idParam } from '../framework/field.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { inOrganization } from '../prices/in-organization.ts';
import { Price, presentPrice } from '../prices/present-price.ts';
import { isOperatorPrice, isOwnPrice, removeScheduledPrice, statePrice } from '../prices/price-change.ts';
import { NewPrice } from '../prices/price-input.ts';

/** Gateways hold them in memory, those of every organization. */
const MAX_OWN_PRICES = 2_000;

const organizationBody = { organizationId: filledText(100).exactOptional() };

export const priceStatementRoutes: readonly AnyRoute[] = [
  route({
    method: 'post',
    path: '/prices',
    tag: 'prices',
    summary:
      'State what a model costs on the organization’s own credentials, from now on or from a later day',
    description:
      'Requests are rated by the time they started. A price that begins in the past is for rating again: see /reratings.',
    access: 'prices:write',
    body: NewPrice,
    response: Price,
    idempotent: true,
    run: async (call) => {
      const where = { organizationId: call.organizationId, ownCredentialsOnly: true };
      await assertRoom(call.tx.priceVersion.count({ where }), MAX_OWN_PRICES, 'prices of its own');
      return presentPrice(
        await statePrice(call, call.body, { layer: 'organization', ownCredentialsOnly: true }),
      );
    },
  }),
  route({
    method: 'delete',
    path: '/prices/{id}',
    tag: 'prices',
    summary: 'Take back a price that is yet to come',
    access: 'prices:write',
    params: idParam,
    run: async (call) => {
      await removeScheduledPrice(call, call.params.id, isOwnPrice);
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/operator/prices',
    tag: 'prices',
    summary: 'State the operator’s price of a model, or one organization’s contract',
    access: 'operator',
    recentSignIn: true,
    detached: true,
    idempotent: true,
    body: NewPrice.extend(organizationBody),
    response: Price,
    status: 201,
    run: (call) => {
      const { organizationId, ...input } = call.body;
      const layer = organizationId === undefined ? 'operator' : 'organization';
      return inOrganization(call, organizationId, (own) =>
        call.once(own, async () =>
          presentPrice(await statePrice(own, input, { layer, ownCredentialsOnly: false })),
        ),
      );
    },
  }),
  route({
    method: 'delete',
    path: '/operator/prices/{id}',
    tag: 'prices',
    summary: 'Take back a price of the operator, or a contract, that is yet to come',
    access: 'operator',
    recentSignIn: true,
    detached: true,
    params: idParam,
    query: z.strictObject(organizationBody),
    run: async (call) => {
      await inOrganization(call, call.query.organizationId, (own) =>
        removeScheduledPrice(own, call.params.id, isOperatorPrice),
      );
      return undefined;
    },
  }),
];
