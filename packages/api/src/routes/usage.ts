/** Usage by any dimension. */
import { z } from '@hono/zod-openapi';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import {
  definedOnly,
  id,
  instant,
  queryFlag,
  text,
  timestamp,
  timeZone,
  tokenCounts,
  usd,
} from '../framework/field.ts';
import { decodeCursor, encodeCursor, PAGE_MAX } from '../framework/pagination.ts';
import { invalidField } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { type DimensionNames, findDimensionNames } from '../usage/dimension-names.ts';
import { BASE_DIMENSIONS, type GroupPlace, type TimeRange } from '../usage/usage-dimensions.ts';
import {
  type AskedFilters,
  readUsageQuestion,
  type UsageQuestion,
  UsageQuestionError,
} from '../usage/usage-grouping.ts';
import { queryUsage, type UsageRow as Row } from '../usage/usage-query.ts';
import { parseValueList } from '../usage/value-list.ts';

const MAX_ROWS = 10_000;
const MAX_TOP = 1_000;
const MAX_VALUES = 100;
const DAY_MS = 86_400_000;
const MAX_RANGE_MS = 1_100 * DAY_MS;
/** By the hour a year is 8,760 rows for each value. */
const MAX_HOURLY_RANGE_MS = 93 * DAY_MS;

/** One value, or several with commas between them. */
const anyOf = (value: z.ZodType<string, string>, maxLength: number) =>
  z
    .string()
    .max(MAX_VALUES * maxLength)
    .transform(parseValueList)
    .pipe(z.array(value).min(1).max(MAX_VALUES));
const ids = anyOf(id, 80);

export const UsageRow = z
  .object({
    /** When the hour, day or month began; null without an interval. */
    start: timestamp.nullable(),
    /** One member per dimension of `groupBy`, besides those below. */
    team: z.string().exactOptional(),
    key: z.string().exactOptional(),
    model: z.string().exactOptional(),
    provider: z.string().exactOptional(),
    member: z.string().exactOptional(),
    endUser: z.string().exactOptional(),
    endpoint: z.string().exactOptional(),
    status: z.string().exactOptional(),
    costCenter: z.string().exactOptional(),
    credential: z.string().exactOptional(),
    tags: z.record(z.string(), z.string()).exactOptional(),
    /** Everything but the `top` groups. */
    rest: z.literal(true).exactOptional(),
    /** How many groups the rest stands for, over the whole range. */
    restGroups: z.int().exactOptional(),
    /** What people call the ids of this row. */
    names: z.record(z.string(), z.string()),
    requests: z.int().openapi({
      description:
        'Each request once, where it was tried first: of a provider or credential that requests only fall back to, 0.',
    }),
    attempts: z.int().openapi({
      description:
        'Every try of a request, where it was made: what a provider was asked, fall-backs and retries included.',
    }),
    ...tokenCounts,
    costUsd: usd,
    chargeUsd: usd,
    savedUsd: usd.openapi({ description: 'What cached input would have cost more if it had been unseen.' }),
    spentUsd: usd.openapi({
      description: 'Charge where the credential is resold, cost where it is the organization’s own.',
    }),
  })
  .openapi('UsageRow');

export const usageRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/usage',
    tag: 'usage',
    summary: 'Usage in a range, by time and by any dimension',
    description: `\`groupBy\` is a list of ${BASE_DIMENSIONS.join(', ')}; or \`endUser\` or \`tag:NAME\`, alone or with \`model\`. Every dimension is a filter as well: one value, or up to ${MAX_VALUES} with commas between them, any of which it may be (a comma of the value itself has a backslash before it); \`tag\` is one, as \`NAME=VALUE\`. End users and tags are counted apart: only \`model\` goes with them. With \`top\` only the dearest groups are told, and the rest as one row; \`topFrom\` and \`topTo\` name another range that tells which they are, so that two ranges are told of the same groups. Without \`interval\` and \`top\`, \`limit\` pages through the groups, the dearest first. Days are those of \`timeZone\` (the organization’s unless told).`,
    access: 'usage:read',
    report: true,
    query: z.strictObject({
      from: instant.exactOptional(),
      to: instant.exactOptional(),
      interval: z.enum(['hour', 'day', 'month']).exactOptional(),
      groupBy: z.string().max(300).default(''),
      timeZone: timeZone.exactOptional(),
      livemode: queryFlag.exactOptional(),
      teamId: ids.exactOptional(),
      keyId: ids.exactOptional(),
      memberId: ids.exactOptional(),
      model: anyOf(text(256), 256).exactOptional(),
      provider: anyOf(text(64), 64).exactOptional(),
      endpoint: anyOf(text(64), 64).exactOptional(),
      /** Of an attempt: succeeded, failed, aborted, interrupted. */
      status: anyOf(text(32), 32).exactOptional(),
      costCenter: anyOf(text(100), 100).exactOptional(),
      credentialId: ids.exactOptional(),
      endUser: anyOf(text(256), 256).exactOptional(),
      tag: text(400).exactOptional(),
      /** Only so many groups, the dearest of the range, and all others as one row with `rest`. */
      top: z.coerce.number().int().min(1).max(MAX_TOP).exactOptional(),
      topFrom: instant.exactOptional(),
      topTo: instant.exactOptional(),
      limit: z.coerce.number().int().min(1).max(MAX_TOP).exactOptional(),
      cursor: z.string().max(2_000).exactOptional(),
    }),
    response: z.object({
      from: timestamp,
      to: timestamp,
      timeZone: z.string(),
      data: z.array(UsageRow),
      /** More rows than one answer holds: ask for a shorter range or fewer dimensions. */
      truncated: z.boolean(),
      /** Of the next page, where `limit` asked for pages. */
      nextCursor: z.string().nullable(),
    }),
    run: async ({ tx, organizationId, query, nowMs }) => {
      const {
        groupBy,
        interval,
        livemode,
        top,
        topFrom,
        topTo,
        limit,
        cursor,
        from: askedFrom,
        to: askedTo,
        timeZone: askedZone,
        ...asked
      } = query;
      const to = askedTo ?? new Date(nowMs + 60_000);
      const from = askedFrom ?? new Date(to.getTime() - 30 * DAY_MS);
      assertRange(from, to, interval === 'hour' ? MAX_HOURLY_RANGE_MS : MAX_RANGE_MS);
      if ((limit ?? cursor) !== undefined && (interval ?? top) !== undefined) {
        throw invalidField('query.limit', 'goes with neither interval nor top, which are one answer');
      }
      const { grouping, filters } = readQuestion(groupBy, definedOnly(asked));
      const zone =
        askedZone ?? (await tx.organization.findUniqueOrThrow({ where: { id: organizationId } })).timeZone;
      const pageLimit = limit ?? (cursor === undefined ? undefined : PAGE_MAX);
      const rows = await queryUsage(tx, organizationId, grouping, {
        ...filters,
        ...definedOnly({
          interval,
          livemode,
          top,
          topRange: readTopRange(topFrom, topTo),
          after: cursor === undefined ? undefined : readPlace(cursor),
        }),
        from,
        to,
        timeZone: zone,
        limit: (pageLimit ?? MAX_ROWS) + 1,
      });
      const told = rows.slice(0, pageLimit ?? MAX_ROWS);
      const names = await findDimensionNames(tx, organizationId, told);
      const last = told.at(-1);
      const hasMore = rows.length > told.length;
      return {
        from: from.toISOString(),
        to: to.toISOString(),
        timeZone: zone,
        data: told.map((row) => present(row, names)),
        truncated: pageLimit === undefined && hasMore,
        nextCursor:
          pageLimit === undefined || !hasMore || last === undefined
            ? null
            : encodeCursor([last.spentPicoUsd, JSON.stringify(last.dimensions)]),
      };
    },
  }),
];

function readTopRange(from: Date | undefined, to: Date | undefined): TimeRange | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined || from >= to) {
    throw invalidField('query.topFrom', 'must be told with a later topTo');
  }
  assertRange(from, to, MAX_RANGE_MS, 'query.topFrom');
  return { from, to };
}

const Place = z.tuple([z.string().regex(/^-?\d{1,38}$/), z.record(z.string().max(80), z.string().max(400))]);

/** @throws {ApiProblem} Not a cursor of this list. */
function readPlace(cursor: string): GroupPlace {
  const [spentPicoUsd, dimensions] = decodeCursor(cursor, 2) as [string, string];
  const place = Place.safeParse([spentPicoUsd, parseJson(dimensions)]);
  if (!place.success) throw invalidField('query.cursor', 'is not a cursor of this list');
  return { spentPicoUsd: place.data[0], dimensions: place.data[1] };
}

/** @returns Undefined where it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function assertRange(from: Date, to: Date, maxMs: number, field = 'query.from'): void {
  if (to.getTime() - from.getTime() <= maxMs) return;
  throw invalidField(field, `must lie at most ${maxMs / DAY_MS} days before the end`, 'range_too_long');
}

/** @throws {ApiProblem} A dimension that does not exist, or several that no cube has together. */
function readQuestion(groupBy: string, asked: AskedFilters): UsageQuestion {
  try {
    return readUsageQuestion(groupBy.split(','), asked);
  } catch (error) {
    if (!(error instanceof UsageQuestionError)) throw error;
    throw invalidField(`query.${error.field}`, error.message);
  }
}

function present(row: Row, names: DimensionNames): z.input<typeof UsageRow> {
  const dimensions = Object.entries(row.dimensions);
  const tags = dimensions
    .filter(([name]) => name.startsWith('tag:'))
    .map(([name, value]) => [name.slice(4), value]);
  const named = dimensions.flatMap(([dimension, value]) => {
    const name = names.get(dimension)?.get(value);
    return name === undefined ? [] : [[dimension, name]];
  });
  return {
    ...Object.fromEntries(dimensions.filter(([name]) => !name.startsWith('tag:'))),
    ...(row.isRest ? { rest: true as const, restGroups: Number(row.restGroups ?? 0) } : {}),
    ...(tags.length === 0 ? {} : { tags: Object.fromEntries(tags) }),
    names: Object.fromEntries(named),
    start: row.start?.toISOString() ?? null,
    requests: Number(row.requests),
    attempts: Number(row.attempts),
    inputTokens: Number(row.inputTokens),
    cachedInputTokens: Number(row.cachedInputTokens),
    cacheWriteTokens: Number(row.cacheWriteTokens),
    outputTokens: Number(row.outputTokens),
    reasoningTokens: Number(row.reasoningTokens),
    costUsd: picoText(row.costPicoUsd),
    chargeUsd: picoText(row.chargePicoUsd),
    savedUsd: picoText(row.savedPicoUsd),
    spentUsd: picoText(row.spentPicoUsd),
  };
}

function picoText(picoUsd: string): string {
  return formatUsd(picoUsdSum(BigInt(picoUsd)));
}
