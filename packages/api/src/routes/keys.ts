/** Virtual keys. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { can, type OrganizationActor } from '@tollgate/identity';
import { type EffectiveKeyPolicy, latestExpiry, rotationDueAt } from '@tollgate/keys';
import { recordChange } from '../framework/change-feed.ts';
import { askedIds, definedOnly, id, idParam, instant, iso, name, text } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { bindNewKey, newKeyBudget, newKeyRateLimits, newKeyRules } from '../virtual-keys/bind-new-key.ts';
import { waitForFirstRequest } from '../virtual-keys/first-request.ts';
import { listKeyActivity } from '../virtual-keys/key-activity.ts';
import { assertMayEndIn, decideExpiry } from '../virtual-keys/key-expiry.ts';
import { KEY_FINDINGS, toFindingQuery } from '../virtual-keys/key-findings.ts';
import { findNamesOfKeys } from '../virtual-keys/key-names.ts';
import { getEffectiveKeyPolicy } from '../virtual-keys/key-policy-store.ts';
import { assertTeam, getKeyOwner, mayManageKeys, scopeFields, tagFilter } from '../virtual-keys/key-scope.ts';
import {
  assertCursorOf,
  findKeys,
  KEY_SORTS,
  type KeyPageQuery,
  keyCursorOf,
} from '../virtual-keys/key-search.ts';
import {
  getKey,
  getKeySpend,
  insertKey,
  lockKey,
  revokeKey,
  rotateKey,
  updateKey,
} from '../virtual-keys/key-store.ts';
import { keysToCsv } from '../virtual-keys/keys-csv.ts';
import {
  KEY_STATES,
  Key,
  KeyDetail,
  type KeyRow,
  KeyWithSecret,
  ListedKey,
  presentKey,
} from '../virtual-keys/present-key.ts';
import { findingDays } from './key-hygiene.ts';

const MAX_OVERLAP_SECONDS = 30 * 86_400;
const MAX_WAIT_SECONDS = 30;

const optionalFields = {
  teamId: id.nullable().exactOptional(),
  ownerId: id.nullable().exactOptional(),
  expiresAt: instant.nullable().exactOptional(),
  ...scopeFields,
};

const CreateBody = z.strictObject({ name, ...optionalFields, ...newKeyRules });

/** What a list of keys can be asked, page by page or as a file. */
const listFields = {
  q: text(100).exactOptional(),
  teamId: id.exactOptional(),
  ownerId: id.exactOptional(),
  state: z.enum(KEY_STATES).exactOptional(),
  tag: tagFilter.exactOptional(),
  finding: z.enum(KEY_FINDINGS).exactOptional(),
  ...findingDays,
  sort: z.enum(KEY_SORTS).default('created'),
  direction: z.enum(['asc', 'desc']).default('desc'),
};
const ListQuery = z.object(listFields);
/** A file of more is what `GET /keys` and its pages are for. */
const CSV_MAX = 10_000;

export const keyRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/keys',
    tag: 'keys',
    summary: 'Keys, newest first unless told',
    description:
      '`q` finds parts of names, ids (`key_…`) and the first characters of a secret (`tgk_…`); `ids` names up to 100 keys, with commas between them; `tag` is `NAME` or `NAME=VALUE`; `finding` lists what `GET /keys/hygiene` counts. Keys that do not have what is sorted by stand behind the others.',
    access: 'keys:read',
    query: z.strictObject({ ...pageShape, ...listFields, ids: askedIds.exactOptional() }),
    response: pageOf(ListedKey),
    run: async ({ tx, actor, organizationId, query, nowMs }) => {
      const { limit, sort } = query;
      const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, 3);
      if (after !== undefined) assertCursorOf(sort, after);
      const page = await toPageQuery(tx, organizationId, query, limit + 1);
      const rows = await findKeys(
        tx,
        organizationId,
        { ...page, ...definedOnly({ after, ids: query.ids }) },
        nowMs,
      );
      const present = await presenterOf(tx, actor, rows, nowMs);
      return toPage(rows, limit, (row) => keyCursorOf(sort, row), present);
    },
  }),
  route({
    method: 'get',
    path: '/keys/csv',
    tag: 'keys',
    summary: 'The same list as a file',
    description: `At most ${CSV_MAX} keys; the header \`x-tollgate-more\` says whether there are more.`,
    access: 'keys:read',
    report: true,
    query: z.strictObject(listFields),
    contentType: 'text/csv',
    run: async ({ tx, organizationId, query, nowMs }) => {
      const page = await toPageQuery(tx, organizationId, query, CSV_MAX + 1);
      const rows = await findKeys(tx, organizationId, page, nowMs);
      return new Response(keysToCsv(rows.slice(0, CSV_MAX), nowMs), {
        headers: {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': 'attachment; filename="keys.csv"',
          'cache-control': 'private, no-store',
          'x-tollgate-more': String(rows.length > CSV_MAX),
        },
      });
    },
  }),
  route({
    method: 'post',
    path: '/keys',
    tag: 'keys',
    summary: 'Create a key; its secret is in this answer and nowhere else',
    description:
      '`budget` and `rateLimits` bind the key from its first request on. They only restrict what the caller makes, so they need no permission beyond `keys:write`. What is left out is as the rules of the team and the organization say (`GET /key-rules/effective`); null or an empty list says none.',
    access: 'keys:write',
    body: CreateBody,
    response: KeyWithSecret,
    idempotent: true,
    throttle: { limit: 600, windowSeconds: 60 },
    run: async (call) => {
      const { tx, actor, organizationId, body, nowMs, context, headers } = call;
      const { ownerId, teamId = null, expiresAt, budget, rateLimits, ...fields } = body;
      await assertTeam(tx, organizationId, teamId);
      const rules = await getEffectiveKeyPolicy(tx, organizationId, teamId);
      const mayAny = can(actor, 'keys:write-any');
      const owner = await getKeyOwner(tx, organizationId, ownerId ?? (mayAny ? null : actor.membershipId));
      const models = rules.defaultModels?.value ?? [];
      const empty = { models, providers: [], endpoints: [], ipAllowlist: [], tags: {} };
      const { row, secret } = await insertKey(call, context.keyHasher, {
        ...empty,
        ...fields,
        ...owner,
        teamId,
        expiresAt: decideExpiry(rules, expiresAt, { createdAtMs: nowMs, nowMs }),
      });
      await bindNewKey(call, row.id, withDefaults(rules, definedOnly({ budget, rateLimits })));
      await recordChange(call, tx, 'key-changed', row.id);
      setEtag(headers, row.version);
      return { key: presentKey(row, nowMs), secret };
    },
  }),
  route({
    method: 'get',
    path: '/keys/{id}',
    tag: 'keys',
    summary: 'One key with what it has spent',
    access: 'keys:read',
    params: idParam,
    response: KeyDetail,
    run: async ({ tx, organizationId, actor, params, nowMs, headers }) => {
      const row = await getKey(tx, organizationId, params.id);
      setEtag(headers, row.version);
      const [activity] = can(actor, 'requests:read')
        ? await listKeyActivity(tx, organizationId, [row.id], nowMs)
        : [];
      const rules = await getEffectiveKeyPolicy(tx, organizationId, row.teamId);
      const dueAt = rotationDueAt(rules, row.rotatedAt.getTime());
      const rotationTeamId = rules.rotateEveryDays?.teamId || null;
      const names = await findNamesOfKeys(tx, actor, [row], [rotationTeamId]);
      const [mayManage = false] = await mayManageKeys(tx, actor, [row]);
      return {
        ...presentKey(row, nowMs),
        teamName: names.teamName(row.teamId),
        ownerName: names.ownerName(row),
        mayManage: mayManage && can(actor, 'keys:write'),
        spentUsd: await getKeySpend(tx, organizationId, row.id),
        rotation:
          dueAt === null
            ? null
            : {
                everyDays: rules.rotateEveryDays!.value,
                dueAt: iso(dueAt),
                teamId: rotationTeamId,
                teamName: names.teamName(rotationTeamId),
              },
        lastAddress: activity?.lastAddress ?? null,
        lastUserAgent: activity?.lastUserAgent ?? null,
        latestExpiresAt: iso(latestExpiry(rules, row.createdAt.getTime()) ?? null),
      };
    },
  }),
  route({
    method: 'patch',
    path: '/keys/{id}',
    tag: 'keys',
    summary: 'Change a key; its secret and history stay',
    access: 'keys:write',
    params: idParam,
    body: z.strictObject({ name: name.exactOptional(), ...optionalFields }),
    response: Key,
    run: async (call) => {
      const { tx, organizationId, params, body, nowMs, request, headers } = call;
      const { ownerId, ...fields } = body;
      // Before the key, as whoever removes its owner takes both.
      const owner = ownerId === undefined ? {} : await getKeyOwner(tx, organizationId, ownerId);
      const before = await lockKey(call, params.id);
      assertIfMatch(request, before.version);
      if (fields.teamId !== undefined) await assertTeam(tx, organizationId, fields.teamId);
      const teamId = fields.teamId === undefined ? before.teamId : fields.teamId;
      // Names of keys older than a rule can still be changed.
      if (fields.expiresAt !== undefined || teamId !== before.teamId) {
        await assertMayEndIn(tx, before, { teamId, asked: fields.expiresAt, nowMs });
      }
      const row = await updateKey(call, before, { ...definedOnly(fields), ...owner });
      await recordChange(call, tx, 'key-changed', row.id);
      setEtag(headers, row.version);
      return presentKey(row, nowMs);
    },
  }),
  route({
    method: 'post',
    path: '/keys/{id}/rotate',
    tag: 'keys',
    summary: 'A new secret; the old one works for `overlapSeconds` more, or as long as the rules say',
    access: 'keys:write',
    params: idParam,
    body: z.strictObject({ overlapSeconds: z.int().min(0).max(MAX_OVERLAP_SECONDS).exactOptional() }),
    response: KeyWithSecret,
    status: 200,
    idempotent: true,
    throttle: { limit: 600, windowSeconds: 60 },
    run: async (call) => {
      const { tx, organizationId, params, body, nowMs, context, request, headers } = call;
      const before = await lockKey(call, params.id);
      assertIfMatch(request, before.version);
      const rules = await getEffectiveKeyPolicy(tx, organizationId, before.teamId);
      const overlapSeconds = body.overlapSeconds ?? rules.overlapSeconds?.value ?? 0;
      const { row, secret } = await rotateKey(call, context.keyHasher, before, overlapSeconds);
      await recordChange(call, tx, 'key-changed', row.id);
      setEtag(headers, row.version);
      return { key: presentKey(row, nowMs), secret };
    },
  }),
  route({
    method: 'post',
    path: '/keys/{id}/revoke',
    tag: 'keys',
    summary: 'Revoke a key for good, everywhere, within a second',
    access: 'keys:write',
    params: idParam,
    response: Key,
    run: async (call) => {
      const { tx, params, nowMs, request, headers } = call;
      const before = await lockKey(call, params.id);
      assertIfMatch(request, before.version);
      const row = await revokeKey(call, before);
      await recordChange(call, tx, 'key-changed', row.id);
      setEtag(headers, row.version);
      return presentKey(row, nowMs);
    },
  }),
  route({
    method: 'get',
    path: '/keys/{id}/first-request',
    tag: 'keys',
    summary: 'Waits until the key has been used for the first time, or `waitSeconds` are over',
    access: 'keys:read',
    params: idParam,
    query: z.strictObject({ waitSeconds: z.coerce.number().int().min(0).max(MAX_WAIT_SECONDS).default(25) }),
    response: z.object({ requestId: z.string().nullable() }),
    detached: true,
    run: async ({ tenant, organizationId, params, query, context, request }) => ({
      requestId: await waitForFirstRequest({
        changes: context.changes,
        keyId: params.id,
        waitMs: query.waitSeconds * 1_000,
        signal: request.signal,
        look: async () => (await tenant((tx) => getKey(tx, organizationId, params.id))).firstRequestId,
      }),
    }),
  }),
];

/** Names and what the caller may do, asked once for all of them. */
async function presenterOf(
  tx: Transaction,
  actor: OrganizationActor,
  rows: readonly KeyRow[],
  nowMs: number,
): Promise<(row: KeyRow) => z.input<typeof ListedKey>> {
  const names = await findNamesOfKeys(tx, actor, rows);
  const allowed = await mayManageKeys(tx, actor, rows);
  const manageable = new Set(rows.filter((_, place) => allowed[place]).map(({ id }) => id));
  return (row) => ({
    ...presentKey(row, nowMs),
    teamName: names.teamName(row.teamId),
    ownerName: names.ownerName(row),
    mayManage: can(actor, 'keys:write') && manageable.has(row.id),
  });
}

async function toPageQuery(
  tx: Transaction,
  organizationId: string,
  {
    q,
    teamId,
    ownerId,
    state,
    tag,
    finding,
    idleDays,
    rotatedDays,
    sort,
    direction,
  }: z.output<typeof ListQuery>,
  limit: number,
): Promise<KeyPageQuery> {
  const days = { idle: idleDays, rotated: rotatedDays };
  return {
    ...definedOnly({ search: q === '' ? undefined : q, teamId, ownerId, state, tag }),
    ...(finding === undefined ? {} : { finding: await toFindingQuery(tx, organizationId, finding, days) }),
    sort,
    direction,
    limit,
  };
}

/** What the caller says nothing about is as the rules say. */
function withDefaults(
  { defaultBudget, defaultRateLimits }: EffectiveKeyPolicy,
  { budget, rateLimits }: Partial<Parameters<typeof bindNewKey>[2]>,
): Parameters<typeof bindNewKey>[2] {
  return {
    budget: budget === undefined ? newKeyBudget.parse(defaultBudget?.value ?? null) : budget,
    rateLimits: rateLimits ?? newKeyRateLimits.parse(defaultRateLimits?.value ?? []),
  };
}
