/** The playground: calls to the gateway on a person's behalf, and the prompts they keep. */
import { z } from '@hono/zod-openapi';
import { recordAudit } from '@tollgate/audit';
import { auditActor } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { recordChange } from '../framework/change-feed.ts';
import { id, idParam, iso, name, timestamp } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { callGateway, PLAYGROUND_PATHS, type PlaygroundEndpoint } from '../playground/call-gateway.ts';
import { endPlaygroundSessions, openPlaygroundSession } from '../playground/playground-session.ts';
import {
  assertMayChange,
  getPrompt,
  listPrompts,
  lockPrompt,
  openContent,
  type PromptRow,
  sealContent,
} from '../playground/prompt-store.ts';

/** Four images of the size that the page lets through, in base64. */
const CALL_MAX_BYTES = 8 * 1_048_576;
const PROMPT_MAX_BYTES = 200 * 1_024;
const MAX_PROMPTS = 1_000;

const ENDPOINTS = Object.keys(PLAYGROUND_PATHS) as [PlaygroundEndpoint, ...PlaygroundEndpoint[]];

const content = z
  .record(z.string().max(100), z.unknown())
  .openapi({ description: 'What the playground shows: models, messages, parameters, tools' });

export const PlaygroundPrompt = z
  .object({
    id,
    name: z.string(),
    shared: z.boolean(),
    createdById: z.string(),
    createdByName: z.string(),
    mine: z.boolean(),
    version: z.int(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('PlaygroundPrompt');

export const PlaygroundPromptDetail = PlaygroundPrompt.extend({
  content: z.record(z.string(), z.unknown()),
}).openapi('PlaygroundPromptDetail');

export const playgroundRoutes: readonly AnyRoute[] = [
  route({
    method: 'post',
    path: '/playground/calls',
    tag: 'playground',
    summary: 'Call the gateway as the signed-in person; answers what the gateway answers, streams included',
    description:
      'Goes through the gateway under a key of the person’s own, named “Playground: NAME”, which is made on first use and whose secret lives for one session on the server. Budgets, limits and metering hold as for every key.',
    access: 'keys:write',
    body: z.strictObject({
      endpoint: z.enum(ENDPOINTS),
      teamId: id.nullable().exactOptional(),
      body: z.record(z.string().max(100), z.unknown()),
    }),
    bodyMaxBytes: CALL_MAX_BYTES,
    throttle: { limit: 600, windowSeconds: 60 },
    detached: true,
    run: async (call) => {
      const { context, actor, origin, nowMs, body, request } = call;
      const session = await call.tenant(async (tx) => {
        const change = { tx, actor, origin, nowMs };
        const opened = await openPlaygroundSession(change, {
          hasher: context.keyHasher,
          ring: context.encryptionKeys,
          teamId: body.teamId ?? null,
        });
        if (opened.isNew) await recordChange(call, tx, 'key-changed', opened.keyId);
        return opened;
      });
      call.headers.set('x-tollgate-playground-key', session.keyId);
      return callGateway({
        gatewayUrl: context.settings.gatewayUrl,
        endpoint: body.endpoint,
        secret: session.secret,
        body: body.body,
        signal: request.signal,
      });
    },
  }),
  route({
    method: 'delete',
    path: '/playground/session',
    tag: 'playground',
    summary: 'End one’s own playground session: its secret stops working at once',
    access: 'keys:write',
    run: async (call) => {
      const { tx, actor, origin, nowMs } = call;
      const keyIds = await endPlaygroundSessions({ tx, actor, origin, nowMs });
      for (const keyId of keyIds) await recordChange(call, tx, 'key-changed', keyId);
      return undefined;
    },
  }),
  route({
    method: 'get',
    path: '/playground/prompts',
    tag: 'playground',
    summary: 'Saved prompts, one’s own and the shared ones, last changed first',
    access: 'keys:write',
    query: z.strictObject(pageShape),
    response: pageOf(PlaygroundPrompt),
    run: async ({ tx, actor, query }) => {
      const { limit } = query;
      const after = decodeTimeCursor(query.cursor);
      const rows = await listPrompts(tx, actor, { after, limit: limit + 1 });
      return toPage(
        rows,
        limit,
        (row) => [row.updatedAt.toISOString(), row.id],
        (row) => present(row, actor.membershipId),
      );
    },
  }),
  route({
    method: 'post',
    path: '/playground/prompts',
    tag: 'playground',
    summary: 'Save a prompt',
    access: 'keys:write',
    body: z.strictObject({ name, shared: z.boolean().default(false), content }),
    bodyMaxBytes: PROMPT_MAX_BYTES,
    response: PlaygroundPromptDetail,
    idempotent: true,
    throttle: { limit: 120, windowSeconds: 60 },
    run: async ({ tx, actor, organizationId, body, context, origin, nowMs, headers }) => {
      await assertRoom(tx.playgroundPrompt.count({ where: { organizationId } }), MAX_PROMPTS, 'prompts');
      const promptId = newId('playgroundPrompt', nowMs);
      const now = new Date(nowMs);
      const row = await tx.playgroundPrompt.create({
        data: {
          id: promptId,
          organizationId,
          name: body.name,
          shared: body.shared,
          createdById: actor.membershipId,
          createdByName: actor.actor.name,
          contentCiphertext: sealContent(context.encryptionKeys, organizationId, promptId, body.content),
          createdAt: now,
          updatedAt: now,
        },
      });
      await recordAudit(tx, {
        organizationId,
        actor: auditActor(actor.actor),
        origin,
        action: 'playground-prompt-created',
        target: { kind: 'playgroundPrompt', id: promptId, name: body.name },
        after: { name: body.name, shared: body.shared },
        nowMs,
      });
      setEtag(headers, row.version);
      return { ...present(row, actor.membershipId), content: body.content };
    },
  }),
  route({
    method: 'get',
    path: '/playground/prompts/{id}',
    tag: 'playground',
    summary: 'One saved prompt with its content',
    access: 'keys:write',
    params: idParam,
    response: PlaygroundPromptDetail,
    run: async ({ tx, actor, params, context, headers }) => {
      const row = await getPrompt(tx, actor, params.id);
      setEtag(headers, row.version);
      const opened = openContent(context.encryptionKeys, row) as Record<string, unknown>;
      return { ...present(row, actor.membershipId), content: opened };
    },
  }),
  route({
    method: 'put',
    path: '/playground/prompts/{id}',
    tag: 'playground',
    summary: 'Save a prompt anew',
    access: 'keys:write',
    params: idParam,
    body: z.strictObject({ name, shared: z.boolean(), content }),
    bodyMaxBytes: PROMPT_MAX_BYTES,
    response: PlaygroundPromptDetail,
    run: async (call) => {
      const { tx, actor, organizationId, params, body, context, request, origin, nowMs, headers } = call;
      const before = await lockPrompt(tx, actor, params.id);
      assertMayChange(actor, before);
      assertIfMatch(request, before.version);
      const row = await tx.playgroundPrompt.update({
        where: { organizationId_id: { organizationId, id: params.id } },
        data: {
          name: body.name,
          shared: body.shared,
          contentCiphertext: sealContent(context.encryptionKeys, organizationId, params.id, body.content),
          version: { increment: 1 },
          updatedAt: new Date(nowMs),
        },
      });
      await recordAudit(tx, {
        organizationId,
        actor: auditActor(actor.actor),
        origin,
        action: 'playground-prompt-updated',
        target: { kind: 'playgroundPrompt', id: row.id, name: row.name },
        before: { name: before.name, shared: before.shared },
        after: { name: row.name, shared: row.shared },
        nowMs,
      });
      setEtag(headers, row.version);
      return { ...present(row, actor.membershipId), content: body.content };
    },
  }),
  route({
    method: 'delete',
    path: '/playground/prompts/{id}',
    tag: 'playground',
    summary: 'Delete a saved prompt',
    access: 'keys:write',
    params: idParam,
    run: async ({ tx, actor, organizationId, params, request, origin, nowMs }) => {
      const before = await lockPrompt(tx, actor, params.id);
      assertMayChange(actor, before);
      assertIfMatch(request, before.version);
      await tx.playgroundPrompt.delete({
        where: { organizationId_id: { organizationId, id: params.id } },
        select: { id: true },
      });
      await recordAudit(tx, {
        organizationId,
        actor: auditActor(actor.actor),
        origin,
        action: 'playground-prompt-deleted',
        target: { kind: 'playgroundPrompt', id: before.id, name: before.name },
        before: { name: before.name, shared: before.shared },
        nowMs,
      });
      return undefined;
    },
  }),
];

function present(row: PromptRow, membershipId: string): z.input<typeof PlaygroundPrompt> {
  return {
    ...row,
    mine: row.createdById === membershipId,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}
