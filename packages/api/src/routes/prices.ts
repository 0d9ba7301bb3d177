/** The price book: what applies, and what is to come. */
import { z } from '@hono/zod-openapi';
import { PRICE_LAYERS, PriceIndex } from '@tollgate/catalog';
import { listPrices } from '@tollgate/catalog/store';
import { definedOnly, instant, text } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { Price, presentPrice } from '../prices/present-price.ts';

const required = (maxLength: number) =>
  text(maxLength).refine((value) => value !== '', refusal('must not be empty', 'required'));

export const priceRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/prices',
    tag: 'prices',
    summary: 'Price versions of the catalogue, the operator and the organization’s contracts',
    access: 'prices:read',
    query: z.strictObject({
      ...pageShape,
      provider: text(64).exactOptional(),
      model: text(256).exactOptional(),
      layer: z.enum(PRICE_LAYERS).exactOptional(),
    }),
    response: pageOf(Price),
    run: async ({ tx, organizationId, query }) => {
      const { cursor, limit, ...filter } = query;
      const [after] = cursor === undefined ? [] : decodeCursor(cursor, 1);
      const rows = await listPrices(tx, {
        organizationId,
        ...filter,
        ...definedOnly({ after }),
        limit: limit + 1,
      });
      return toPage(rows, limit, (row) => [row.id], presentPrice);
    },
  }),
  route({
    method: 'get',
    path: '/prices/effective',
    tag: 'prices',
    summary: 'The price that a request at that time is rated with',
    access: 'prices:read',
    query: z.strictObject({
      provider: required(64),
      model: required(256),
      at: instant.exactOptional(),
      region: required(64).exactOptional(),
      serviceTier: required(32).default('default'),
    }),
    response: Price,
    run: async ({ tx, organizationId, query, nowMs }) => {
      const { provider, model, region = null, serviceTier } = query;
      const index = new PriceIndex(await listPrices(tx, { organizationId, provider, model }));
      const at = query.at ?? new Date(nowMs);
      const price = index.find({ organizationId, provider, model, region, serviceTier, at });
      if (price === undefined) throw notFound('price');
      return presentPrice(price);
    },
  }),
];
