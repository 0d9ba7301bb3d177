/** Requests as the API shows them. */
import { z } from '@hono/zod-openapi';
import type { Prisma } from '@tollgate/db';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { id, iso, timestamp, tokenCounts, usd } from '../framework/field.ts';
import { ServedRoute } from '../routing/key-routes.ts';
import type { RequestNames } from './request-names.ts';
import type { RequestRow } from './request-store.ts';

const Component = z.object({
  component: z.string(),
  quantity: z.string(),
  unitPriceUsd: usd,
  costUsd: usd.nullable(),
  chargeUsd: usd,
});

const Attempt = z
  .object({
    attempt: z.int(),
    /** 0 is the usage; later ones correct it. */
    entry: z.int(),
    reason: z.string(),
    provider: z.string(),
    model: z.string(),
    credentialId: z.string(),
    credentialOwner: z.string(),
    status: z.string(),
    httpStatus: z.int(),
    errorCode: z.string(),
    finishReason: z.string(),
    usageSource: z.string(),
    estimated: z.boolean(),
    overrun: z.boolean(),
    ...tokenCounts,
    /** Null: no price was known. */
    costUsd: usd.nullable(),
    chargeUsd: usd,
    priceVersionId: z.string(),
    totalMs: z.int(),
    firstTokenMs: z.int().nullable(),
    upstreamRequestId: z.string(),
    components: z.array(Component),
  })
  .openapi('Attempt');

export const RequestSummary = z
  .object({
    id,
    startedAt: timestamp,
    keyId: z.string(),
    /** As they are called now; null: no longer there. */
    keyName: z.string().nullable(),
    teamId: z.string().nullable(),
    teamName: z.string().nullable(),
    ownerId: z.string().nullable(),
    endUser: z.string(),
    tags: z.record(z.string(), z.string()),
    sessionId: z.string(),
    endpoint: z.string(),
    requestedModel: z.string(),
    model: z.string(),
    provider: z.string(),
    /** Whose words the client speaks: `openai`, `anthropic`, `gemini`. */
    dialect: z.string(),
    /** What the last attempt was sent in, such as `anthropic-messages`. Null: nothing was sent, or it is not known. */
    providerFormat: z.string().nullable(),
    /** The formats of client and provider differ. */
    translated: z.boolean(),
    /** Parameters that the provider could not be told, as the client wrote them. */
    unsupported: z.array(z.string()),
    streamed: z.boolean(),
    livemode: z.boolean(),
    /** HTTP status that the client saw; 499 when it went away. */
    status: z.int(),
    errorCode: z.string(),
    ...tokenCounts,
    costUsd: usd.nullable(),
    chargeUsd: usd,
    spentUsd: usd.nullable().openapi({
      description:
        'What the organization pays, as usage and budgets count it: of each attempt the charge where the credential is resold, the provider’s cost where it is its own. Null: a price is missing.',
    }),
    estimated: z.boolean(),
    totalMs: z.int(),
    firstTokenMs: z.int().nullable(),
    overheadUs: z.int(),
    attempts: z.array(Attempt),
  })
  .openapi('Request');

/** Names and places as they were then. */
const Substitution = z
  .object({
    budget: z.object({ id, name: z.string() }),
    /** As the budget names it. */
    model: z.string(),
    /** That it took over from; null: none was asked for. */
    route: ServedRoute.nullable(),
  })
  .openapi('Substitution');

export const RequestDetail = RequestSummary.extend({
  /** By which route it was served, as it was then; null: by none. */
  route: ServedRoute.nullable(),
  /** Which budget was spent, so that the model it names for then took over. Null: none; there is no route beside it. */
  substitution: Substitution.nullable(),
  /** What the client was told, where it was refused. */
  refusal: z.unknown().nullable(),
  clientAddress: z.string(),
  userAgent: z.string(),
  /** Of the key, as it is called now; null: the organization's own, gone, or one whom the caller may not read. */
  ownerName: z.string().nullable(),
  /** Of the attempts, by id, as they are called now; without those that are resold, gone, or not the caller's to read. */
  credentialNames: z.record(z.string(), z.string()),
  /** What it said can be read until then. Null: none is kept, or no longer; or it is not the caller's to read. */
  payloadKeptUntil: timestamp.nullable(),
}).openapi('RequestDetail');

/** What only one request is shown with. */
export type RequestDetailShown = Pick<
  z.input<typeof RequestDetail>,
  'ownerName' | 'credentialNames' | 'payloadKeptUntil'
>;

type Entry = Prisma.UsageEntryModel;

/** @param entries Of this request. */
export function presentRequest(
  row: RequestRow,
  entries: readonly Entry[],
  names: RequestNames,
): Omit<z.input<typeof RequestDetail>, keyof RequestDetailShown> {
  return {
    ...row,
    startedAt: iso(row.startedAt),
    keyName: names.keys.get(row.keyId) ?? null,
    teamId: row.teamId || null,
    teamName: names.teams.get(row.teamId) ?? null,
    providerFormat: row.providerFormat || null,
    ownerId: row.memberId || row.serviceAccountId || null,
    inputTokens: Number(row.inputTokens),
    cachedInputTokens: Number(row.cachedInputTokens),
    cacheWriteTokens: Number(row.cacheWriteTokens),
    outputTokens: Number(row.outputTokens),
    reasoningTokens: Number(row.reasoningTokens),
    costUsd: row.costPicoUsd === null ? null : picoText(row.costPicoUsd),
    chargeUsd: picoText(row.chargePicoUsd),
    spentUsd: row.spentPicoUsd === null ? null : picoText(row.spentPicoUsd),
    refusal: row.refusal ?? null,
    attempts: entries.map(presentEntry),
  };
}

function presentEntry(entry: Entry): z.input<typeof Attempt> {
  return {
    ...entry,
    inputTokens: Number(entry.inputTokens + entry.audioInputTokens),
    cachedInputTokens: Number(entry.cachedInputTokens),
    cacheWriteTokens: Number(entry.cacheWrite5mTokens + entry.cacheWrite1hTokens),
    outputTokens: Number(entry.outputTokens + entry.audioOutputTokens),
    reasoningTokens: Number(entry.reasoningTokens),
    costUsd: entry.costPicoUsd === null ? null : picoText(entry.costPicoUsd),
    chargeUsd: picoText(entry.chargePicoUsd),
    components: StoredComponents.parse(entry.components).map((component) => ({
      component: component.component,
      quantity: String(component.quantity),
      unitPriceUsd: picoText(component.unitPricePicoUsd),
      costUsd: component.costPicoUsd === null ? null : picoText(component.costPicoUsd),
      chargeUsd: picoText(component.chargePicoUsd),
    })),
  };
}

const amount = z.union([z.string().regex(/^-?\d{1,38}$/), z.int()]).transform(String);

const StoredComponents = z
  .array(
    z.object({
      component: z.string(),
      quantity: z.union([z.string(), z.number()]),
      unitPricePicoUsd: amount,
      costPicoUsd: amount.nullable().default('0'),
      chargePicoUsd: amount.default('0'),
    }),
  )
  .catch([]);

function picoText(picoUsd: string | bigint): string {
  return formatUsd(picoUsdSum(BigInt(picoUsd)));
}
