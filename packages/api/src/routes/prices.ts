/** The price book: what applies, what is to come, what an organization states itself, and what would have been. */
import { z } from '@hono/zod-openapi';
import { PRICE_LAYERS, PriceIndex } from '@tollgate/catalog';
import { listPrices } from '@tollgate/catalog/store';
import { parseId } from '@tollgate/ids';
import { type WhatIfLine, whatIf } from '@tollgate/metering/rerating';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import {
  definedOnly,
  filledText,
  idParam,
  instant,
  iso,
  queryFlag,
  text,
  timestamp,
  usd,
} from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { invalidField, notFound } from '../framework/problem.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { inOrganization } from '../prices/in-organization.ts';
import { Price, presentPrice } from '../prices/present-price.ts';
import { isOperatorPrice, isOwnPrice, removeScheduledPrice, statePrice } from '../prices/price-change.ts';
import { NewPrice } from '../prices/price-input.ts';
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

const Compared = z.object({
  attempts: z.int(),
  /** Attempts without a price there: left out of all amounts. */
  unpricedAttempts: z.int(),
  costUsd: usd,
  chargeUsd: usd,
  spentUsd: usd.openapi({
    description:
      'What was paid: the charge through resold credentials, the provider’s cost through own ones.',
  }),
  otherCostUsd: usd,
  otherChargeUsd: usd,
  otherSpentUsd: usd.openapi({ description: 'What would have been paid.' }),
});

export const WhatIf = z
  .object({
    alternatives: z.array(
      Compared.extend({
        provider: z.string().nullable(),
        model: z.string().nullable(),
        at: timestamp.nullable(),
        /** By the model that was used, and whose the credential was. */
        lines: z.array(
          Compared.extend({
            provider: z.string(),
            model: z.string(),
            credentialOwner: z.enum(['organization', 'operator']),
          }),
        ),
      }),
    ),
  })
  .openapi('WhatIf');

const alternative = z
  .strictObject({
    provider: filledText(64).exactOptional(),
    model: filledText(256).exactOptional(),
    at: instant.exactOptional(),
  })
  .refine(
    ({ provider, model, at }) => provider !== undefined || model !== undefined || at !== undefined,
    refusal('must name a model, a provider or a time', 'required'),
  );

/** A cursor names the providers that came first. */
const pricePage = { ...pageShape, cursor: z.string().max(4_000).optional() };

const WHAT_IF_DAYS = 92;
const WHAT_IF_ATTEMPTS = 100_000;
const UNKNOWN_MAX = 500;
const DAY_MS = 86_400_000;

/** Gateways hold them in memory, those of every organization. */
const MAX_OWN_PRICES = 2_000;

const organizationBody = { organizationId: filledText(100).exactOptional() };

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
    method: 'post',
    path: '/prices/what-if',
    tag: 'prices',
    summary: 'What a request or a period would have cost at other models’ prices, or at those of another day',
    description:
      'The same usage, rated attempt by attempt. Other models would have used other numbers of tokens: this compares prices, not answers.',
    access: 'prices:read',
    alsoNeeds: ['usage:read'],
    report: true,
    body: z.strictObject({
      requestId: filledText(100).exactOptional(),
      from: instant.exactOptional(),
      to: instant.exactOptional(),
      provider: filledText(64).exactOptional(),
      model: filledText(256).exactOptional(),
      alternatives: z.array(alternative).min(1).max(5),
    }),
    response: WhatIf,
    status: 200,
    run: async ({ tx, organizationId, body, nowMs }) => {
      const scope = {
        organizationId,
        ...whatIfRange(body, nowMs),
        provider: body.provider ?? '',
        model: body.model ?? '',
        ownCredentialsOnly: false,
        ...definedOnly({ requestId: body.requestId }),
      };
      const alternatives = [];
      for (const other of body.alternatives) {
        const lines = await whatIf(
          tx,
          {
            ...scope,
            ...definedOnly({ otherProvider: other.provider, otherModel: other.model, at: other.at }),
          },
          WHAT_IF_ATTEMPTS,
        );
        if (lines === undefined) {
          const rule = `must hold at most ${WHAT_IF_ATTEMPTS.toLocaleString('en')} attempts; name a shorter period or one model`;
          throw invalidField('body.from', rule, 'range_too_long');
        }
        alternatives.push({
          provider: other.provider ?? null,
          model: other.model ?? null,
          at: iso(other.at ?? null),
          ...compare(lines),
          lines: lines.map((line) => ({
            provider: line.provider,
            model: line.model,
            credentialOwner: line.credentialOwner,
            ...compare([line]),
          })),
        });
      }
      return { alternatives };
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

function whatIfRange(
  { requestId, from, to }: { requestId?: string; from?: Date; to?: Date },
  nowMs: number,
): { from: Date; to: Date } {
  if (requestId !== undefined) {
    const parsed = parseId('request', requestId);
    if (parsed === undefined)
      throw invalidField('body.requestId', 'is not the id of a request', 'wrong_format');
    return { from: new Date(parsed.timeMs), to: new Date(parsed.timeMs + 1) };
  }
  const end = to ?? new Date(nowMs);
  if (from === undefined)
    throw invalidField('body.from', 'must be there where no request is named', 'required');
  if (from >= end) throw invalidField('body.from', 'must lie before the end', 'invalid');
  if (end.getTime() - from.getTime() > WHAT_IF_DAYS * DAY_MS) {
    throw invalidField('body.from', `must lie at most ${WHAT_IF_DAYS} days before the end`, 'range_too_long');
  }
  return { from, to: end };
}

function isResold({ credentialOwner }: WhatIfLine): boolean {
  return credentialOwner === 'operator';
}

function compare(lines: readonly WhatIfLine[]): z.input<typeof Compared> {
  const sum = (of: (line: WhatIfLine) => string) =>
    formatUsd(picoUsdSum(lines.reduce((total, line) => total + BigInt(of(line)), 0n)));
  return {
    attempts: lines.reduce((total, line) => total + line.attempts, 0),
    unpricedAttempts: lines.reduce((total, line) => total + line.unpricedAttempts, 0),
    costUsd: sum(({ costPicoUsd }) => costPicoUsd),
    chargeUsd: sum(({ chargePicoUsd }) => chargePicoUsd),
    spentUsd: sum((line) => (isResold(line) ? line.chargePicoUsd : line.costPicoUsd)),
    otherCostUsd: sum(({ otherCostPicoUsd }) => otherCostPicoUsd),
    otherChargeUsd: sum(({ otherChargePicoUsd }) => otherChargePicoUsd),
    otherSpentUsd: sum((line) => (isResold(line) ? line.otherChargePicoUsd : line.otherCostPicoUsd)),
  };
}
