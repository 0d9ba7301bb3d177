/** What the organization can use, with prices and abilities. */
import { z } from '@hono/zod-openapi';
import type { PriceVersion } from '@tollgate/catalog';
import { can } from '@tollgate/identity';
import { iso, queryFlag, text, timestamp } from '../framework/field.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { Price, presentPrice } from '../prices/present-price.ts';
import { findEffectivePrices, listUsableModels, type UsableModel } from '../prices/usable-models.ts';

const Abilities = z.object({
  supports: z.array(z.string()).default([]),
  lacks: z.array(z.string()).default([]),
  modalitiesIn: z.array(z.string()).default([]),
  modalitiesOut: z.array(z.string()).default([]),
});

export const Model = z
  .object({
    /** `provider/name`: always understood by the gateway. */
    id: z.string(),
    provider: z.string(),
    name: z.string(),
    mode: z.string().nullable(),
    contextWindow: z.int().nullable(),
    maxOutputTokens: z.int().nullable(),
    abilities: Abilities,
    aliases: z.array(z.string()),
    deprecatedAt: timestamp.nullable(),
    /** Null: no price is known; usage is kept with unknown cost. */
    price: Price.nullable(),
    credentials: z.array(
      z.object({
        id: z.string(),
        /** Empty for those who may not see credentials. */
        name: z.string(),
        owner: z.enum(['organization', 'operator']),
        livemode: z.boolean(),
        markupBasisPoints: z.int(),
      }),
    ),
    livemode: z.boolean(),
  })
  .openapi('Model');

const MAX_NAMES = 100;
const MAX_NAME_LENGTH = 300;

const AskedNames = z
  .string()
  .max(MAX_NAMES * (MAX_NAME_LENGTH + 1))
  .transform((value) => [...new Set(value.split(',').filter((name) => name !== ''))])
  .pipe(z.array(text(MAX_NAME_LENGTH)).max(MAX_NAMES));

export const modelRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/models',
    tag: 'models',
    summary: 'Models that the organization’s own and the resold credentials serve',
    access: 'models:read',
    description:
      '`q` finds parts of ids and aliases; `names` has up to 100 names as requests send them, with commas between them: ids, names alone, and aliases.',
    query: z.strictObject({
      ...pageShape,
      q: text(100).exactOptional(),
      names: AskedNames.exactOptional(),
      provider: text(64).exactOptional(),
      livemode: queryFlag.exactOptional(),
    }),
    response: pageOf(Model),
    run: async ({ tx, organizationId, actor, query, nowMs }) => {
      const [after] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
      const wanted = query.q?.toLowerCase();
      const models = (await listUsableModels(tx, organizationId))
        .filter(({ provider }) => query.provider === undefined || provider === query.provider)
        .filter(
          (model) =>
            wanted === undefined || namesOf(model).some((name) => name.toLowerCase().includes(wanted)),
        )
        .filter((model) => query.names === undefined || isCalled(model, query.names))
        .filter((model) => query.livemode === undefined || isLive(model) === query.livemode);
      const start = after === undefined ? 0 : models.findIndex((model) => idOf(model) === after) + 1;
      const rows = models.slice(start, start + query.limit + 1);
      const prices = await findEffectivePrices(tx, organizationId, rows, new Date(nowMs));
      return toPage(
        rows,
        query.limit,
        (row) => [idOf(row)],
        (row) => present(row, prices.get(idOf(row)), can(actor, 'provider-credentials:read')),
      );
    },
  }),
];

function idOf(model: UsableModel): string {
  return `${model.provider}/${model.name}`;
}

/** As requests may send them. */
function namesOf(model: UsableModel): readonly string[] {
  return [idOf(model), model.name, ...(model.facts?.aliases ?? [])];
}

function isCalled(model: UsableModel, names: readonly string[]): boolean {
  return namesOf(model).some((one) => names.includes(one));
}

function isLive(model: UsableModel): boolean {
  return model.credentials.some(({ livemode }) => livemode);
}

/** @param mayName Whether the reader may see credentials. */
function present(
  model: UsableModel,
  price: PriceVersion | undefined,
  mayName: boolean,
): z.input<typeof Model> {
  const { facts } = model;
  return {
    id: idOf(model),
    provider: model.provider,
    name: model.name,
    mode: facts?.mode ?? null,
    contextWindow: facts?.contextWindow ?? null,
    maxOutputTokens: facts?.maxOutputTokens ?? null,
    abilities: Abilities.parse(facts?.abilities ?? {}),
    aliases: facts?.aliases ?? [],
    deprecatedAt: iso(facts?.deprecatedAt ?? null),
    price: price === undefined ? null : presentPrice(price),
    credentials: model.credentials.map(({ id, name, owner, livemode, markupBasisPoints }) => ({
      id,
      name: mayName ? name : '',
      owner,
      livemode,
      markupBasisPoints,
    })),
    livemode: isLive(model),
  };
}
