/** Virtual keys. */
import { z } from '@hono/zod-openapi';
import { can } from '@tollgate/identity';
import { recordChange } from '../framework/change-feed.ts';
import { definedOnly, id, idParam, instant, name, text } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { invalidField } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { bindNewKey, newKeyRules } from '../virtual-keys/bind-new-key.ts';
import { waitForFirstRequest } from '../virtual-keys/first-request.ts';
import { assertTeam, getKeyOwner, scopeFields } from '../virtual-keys/key-scope.ts';
import {
  getKey,
  getKeySpend,
  insertKey,
  listKeys,
  lockKey,
  revokeKey,
  rotateKey,
  updateKey,
} from '../virtual-keys/key-store.ts';
import { KEY_STATES, Key, KeyDetail, KeyWithSecret, presentKey } from '../virtual-keys/present-key.ts';

const MAX_OVERLAP_SECONDS = 30 * 86_400;
const MAX_WAIT_SECONDS = 30;

const optionalFields = {
  teamId: id.nullable().exactOptional(),
  ownerId: id.nullable().exactOptional(),
  expiresAt: instant.nullable().exactOptional(),
  ...scopeFields,
};

export const keyRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/keys',
    tag: 'keys',
    summary: 'Keys, newest first',
    description: '`q` finds names, ids (`key_…`) and the first characters of a secret (`tgk_…`).',
    access: 'keys:read',
    query: z.strictObject({
      ...pageShape,
      q: text(100).exactOptional(),
      teamId: id.exactOptional(),
      ownerId: id.exactOptional(),
      state: z.enum(KEY_STATES).exactOptional(),
    }),
    response: pageOf(Key),
    run: async ({ tx, organizationId, query, nowMs }) => {
      const { q, teamId, ownerId, state, limit } = query;
      const after = decodeTimeCursor(query.cursor);
      const filter = definedOnly({ search: q === '' ? undefined : q, teamId, ownerId, state, after });
      const rows = await listKeys(tx, organizationId, { ...filter, limit: limit + 1 }, nowMs);
      return toPage(
        rows,
        limit,
        (row) => [row.createdAt.toISOString(), row.id],
        (row) => presentKey(row, nowMs),
      );
    },
  }),
  route({
    method: 'post',
    path: '/keys',
    tag: 'keys',
    summary: 'Create a key; its secret is in this answer and nowhere else',
    description:
      '`budget` and `rateLimits` bind the key from its first request on. They only restrict what the caller makes, so they need no permission beyond `keys:write`.',
    access: 'keys:write',
    body: z.strictObject({ name, ...optionalFields, ...newKeyRules }),
    response: KeyWithSecret,
    idempotent: true,
    throttle: { limit: 600, windowSeconds: 60 },
    run: async (call) => {
      const { tx, actor, organizationId, body, nowMs, context, headers } = call;
      const { ownerId, teamId = null, expiresAt = null, budget, rateLimits, ...fields } = body;
      assertFuture(expiresAt, nowMs);
      await assertTeam(tx, organizationId, teamId);
      const mayAny = can(actor, 'keys:write-any');
      const owner = await getKeyOwner(tx, organizationId, ownerId ?? (mayAny ? null : actor.membershipId));
      const empty = { models: [], providers: [], endpoints: [], ipAllowlist: [], tags: {} };
      const { row, secret } = await insertKey(call, context.keyHasher, {
        ...empty,
        ...fields,
        ...owner,
        teamId,
        expiresAt,
      });
      await bindNewKey(call, row.id, { budget, rateLimits });
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
    run: async ({ tx, organizationId, params, nowMs, headers }) => {
      const row = await getKey(tx, organizationId, params.id);
      setEtag(headers, row.version);
      return { ...presentKey(row, nowMs), spentUsd: await getKeySpend(tx, organizationId, row.id) };
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
      const before = await lockKey(call, params.id);
      assertIfMatch(request, before.version);
      const { ownerId, ...fields } = body;
      if (fields.expiresAt != null) assertFuture(fields.expiresAt, nowMs);
      if (fields.teamId !== undefined) await assertTeam(tx, organizationId, fields.teamId);
      const owner = ownerId === undefined ? {} : await getKeyOwner(tx, organizationId, ownerId);
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
    summary: 'A new secret; the old one works for `overlapSeconds` more',
    access: 'keys:write',
    params: idParam,
    body: z.strictObject({ overlapSeconds: z.int().min(0).max(MAX_OVERLAP_SECONDS).default(0) }),
    response: KeyWithSecret,
    status: 200,
    idempotent: true,
    throttle: { limit: 600, windowSeconds: 60 },
    run: async (call) => {
      const { tx, params, body, nowMs, context, request, headers } = call;
      const before = await lockKey(call, params.id);
      assertIfMatch(request, before.version);
      const { row, secret } = await rotateKey(call, context.keyHasher, before, body.overlapSeconds);
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

function assertFuture(expiresAt: Date | null, nowMs: number): void {
  if (expiresAt !== null && expiresAt.getTime() <= nowMs) {
    throw invalidField('body.expiresAt', 'must lie in the future', 'not_future');
  }
}
