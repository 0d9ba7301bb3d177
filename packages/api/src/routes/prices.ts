/**
 * The price book as it is read: what applies, what is to come, what was used without a price.
 *
 * Not here: stating a price and taking one back (price-statements.ts), what usage would have cost otherwise
 * (price-what-if.ts).
 */
import { z } from '@hono/zod-openapi';
import { PRICE_LAYERS, PriceIndex } from '@tollgate/catalog';
import { listPrices } from '@tollgate/catalog/store';
import {
  definedOnly,
  filledText,
  idParam,
  instant,
  iso,
  queryFlag,
  text,
  timestamp,
} from '../framework/field.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { inOrganization } from '../prices/in-organization.ts';
import { Price, presentPrice } from '../prices/present-price.ts';
import { isOperatorPrice, isOwnPrice } from '../prices/price-change.ts';
import {
  FIRST_PROVIDERS_MAX,
  type FoundPrice,
  findCanonicalName,
  listUnknownPrices,
  PRICE_STATES,
  searchPrices,
} from '../prices/price-search.ts';

export const ListedPrice = Price.extend({
  state: z.enum(PRICE_STATES),
  /** When it came into this price book. */
  statedAt: timestamp,
  /** The organization may take it back. */
  removable: z.boolean(),
}).openapi('ListedPrice');

export const UnknownPrice = z
  .object({
    provider: z.string(),
    model: z.string(),
    credentialOwner: z.enum(['organization', 'operator']),
    /** Attempts whose cost is not known. */
    attempts: z.int(),
    firstSeenAt: timestamp,
    lastSeenAt: timestamp,
    /** A price holds now: rating the period again gives them their cost. */
    hasPriceNow: z.boolean(),
  })
  .openapi('UnknownPrice');

/** A cursor names the providers that came first. */
const pricePage = { ...pageShape, cursor: z.string().max(4_000).optional() };

const UNKNOWN_MAX = 500;

export const priceRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/prices',
    tag: 'prices',
    summary: 'Price versions of the catalogue, the operator and the organization’s contracts',
    description:
      'Providers that the organization has credentials for come first, then well-known ones, then the others by name.',
    access: 'prices:read',
    query: z.strictObject({
      ...pricePage,
      q: text(100).exactOptional(),
      provider: text(64).exactOptional(),
      model: text(256).exactOptional(),
      layer: z.enum(PRICE_LAYERS).exactOptional(),
      state: z.enum(PRICE_STATES).exactOptional(),
      changedSince: instant.exactOptional(),
    }),
    response: pageOf(ListedPrice),
    run: async ({ tx, organizationId, query, nowMs }) => {
      const { cursor, limit, ...filter } = query;
      const after = readCursor(cursor);
      const now = new Date(nowMs);
      const { rows, first } = await searchPrices(tx, {
        organizationId,
        now,
        ...filter,
        ...definedOnly({ after }),
        limit: limit + 1,
      });
      return toPage(rows, limit, placeIn(first), (row) => presentListed(row, isOwnPrice));
    },
  }),
  route({
    method: 'get',
    path: '/prices/effective',
    tag: 'prices',
    summary: 'The price that a request at that time is rated with; other names of a model are understood',
    access: 'prices:read',
    query: z.strictObject({
      provider: filledText(64),
      model: filledText(256),
      at: instant.exactOptional(),
      region: filledText(64).exactOptional(),
      serviceTier: filledText(32).default('default'),
      /** Whose credential: the operator's are not priced by what the organization states itself. */
      credentialOwner: z.enum(['organization', 'operator']).default('organization'),
    }),
    response: Price,
    run: async ({ tx, organizationId, query, nowMs }) => {
      const { provider, region = null, serviceTier, credentialOwner } = query;
      const at = query.at ?? new Date(nowMs);
      const find = async (model: string) => {
        const index = new PriceIndex(await listPrices(tx, { organizationId, provider, model }));
        return index.find({ organizationId, provider, model, region, serviceTier, credentialOwner, at });
      };
      const named = await find(query.model);
      if (named !== undefined) return presentPrice(named);
      const canonical = await findCanonicalName(tx, provider, query.model);
      const price = canonical === undefined ? undefined : await find(canonical);
      if (price === undefined) throw notFound('price');
      return presentPrice(price);
    },
  }),
  route({
    method: 'get',
    path: '/prices/unknown',
    tag: 'prices',
    summary: 'Models that were used without a price, with how often and since when',
    access: 'prices:read',
    alsoNeeds: ['usage:read'],
    query: z.strictObject({
      from: instant.exactOptional().openapi({ description: 'To a quarter of an hour' }),
      to: instant.exactOptional(),
      livemode: queryFlag.exactOptional(),
    }),
    response: z.object({ data: z.array(UnknownPrice) }),
    run: async ({ tx, organizationId, query, nowMs }) => {
      const rows = await listUnknownPrices(tx, { organizationId, ...query, limit: UNKNOWN_MAX });
      const prices = await Promise.all(
        rows.map(async ({ provider, model, credentialOwner }) => {
          const index = new PriceIndex(await listPrices(tx, { organizationId, provider, model }));
          const owner = credentialOwner === 'operator' ? 'operator' : 'organization';
          return index.find({
            organizationId,
            provider,
            model,
            region: null,
            serviceTier: 'default',
            credentialOwner: owner,
            at: new Date(nowMs),
          });
        }),
      );
      return {
        data: rows.map((row, position) => ({
          provider: row.provider,
          model: row.model,
          credentialOwner:
            row.credentialOwner === 'operator' ? ('operator' as const) : ('organization' as const),
          attempts: Number(row.entries),
          firstSeenAt: iso(row.firstSeenAt),
          lastSeenAt: iso(row.lastSeenAt),
          hasPriceNow: prices[position] !== undefined,
        })),
      };
    },
  }),
  route({
    method: 'get',
    path: '/prices/{id}',
    tag: 'prices',
    summary: 'One price version',
    access: 'prices:read',
    params: idParam,
    response: ListedPrice,
    run: async ({ tx, organizationId, params, nowMs }) => {
      const search = { organizationId, now: new Date(nowMs), id: params.id, limit: 1 };
      const [found] = (await searchPrices(tx, search)).rows;
      if (found === undefined) throw notFound('price');
      return presentListed(found, isOwnPrice);
    },
  }),
  route({
    method: 'get',
    path: '/operator/prices',
    tag: 'prices',
    summary: 'What was stated for one organization: its contracts, and what it states itself',
    access: 'operator',
    detached: true,
    query: z.strictObject({ ...pricePage, organizationId: filledText(100) }),
    response: pageOf(ListedPrice),
    run: (call) => {
      const { cursor, limit, organizationId } = call.query;
      const after = readCursor(cursor);
      return inOrganization(call, organizationId, async ({ tx, nowMs }) => {
        const search = { organizationId, layer: 'organization', now: new Date(nowMs), limit: limit + 1 };
        const { rows, first } = await searchPrices(tx, { ...search, ...definedOnly({ after }) });
        return toPage(rows, limit, placeIn(first), (row) => presentListed(row, isOperatorPrice));
      });
    },
  }),
];

/** Names of providers have no spaces. */
const placeIn =
  (first: readonly string[]) =>
  ({ price: { provider, model, serviceTier, region, id } }: FoundPrice) => [
    first.join(' '),
    provider,
    model,
    serviceTier,
    region ?? 'default',
    id,
  ];

function readCursor(cursor: string | undefined) {
  if (cursor === undefined) return undefined;
  const parts = decodeCursor(cursor, 6) as [string, string, string, string, string, string];
  const [listed, provider, model, serviceTier, region, id] = parts;
  const first = listed.split(' ').filter((name) => name !== '');
  return { first: first.slice(0, FIRST_PROVIDERS_MAX), provider, model, serviceTier, region, id };
}

/** @param owns Which prices whoever asks may take back. */
function presentListed(
  { price, state, statedAt }: FoundPrice,
  owns: (price: FoundPrice['price']) => boolean,
): z.input<typeof ListedPrice> {
  return {
    ...presentPrice(price),
    state,
    statedAt: iso(statedAt),
    removable: state === 'scheduled' && owns(price),
  };
}
