/** What a request said and what it was answered, where its organization keeps that. Each reading is in the audit log. */
import { z } from '@hono/zod-openapi';
import { recordAudit } from '@tollgate/audit';
import { auditActor } from '@tollgate/identity';
import { parseId } from '@tollgate/ids';
import { findPayload } from '@tollgate/payloads';
import { id, idParam, iso, timestamp } from '../framework/field.ts';
import { notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';

export const PayloadBody = z
  .object({
    contentType: z.string(),
    /** As it was sent; where `isCut`, the first 256 KiB of it. */
    text: z.string(),
    /** Of all of it. */
    bytes: z.int(),
    isCut: z.boolean(),
  })
  .openapi('PayloadBody');

export const RequestPayload = z
  .object({
    requestId: id,
    keptUntil: timestamp,
    /** Null: no text, such as an upload. */
    request: PayloadBody.nullable(),
    /** Null: no text, such as speech; or nothing was answered. */
    response: PayloadBody.nullable(),
  })
  .openapi('RequestPayload');

export const requestPayloadRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/requests/{id}/payload',
    tag: 'requests',
    summary: 'What a request said and what it was answered, where the organization keeps that',
    description:
      'Kept for `payloadRetentionDays` of the organization, but for requests sent with `x-tollgate-payload: omit`. Needs `payloads:read` as well; each reading is an event `payload-read` of the audit log.',
    access: 'requests:read',
    alsoNeeds: ['payloads:read'],
    // People open one after the other; whoever copies all of them is not reading.
    throttle: { limit: 300, windowSeconds: 60 },
    params: idParam,
    response: RequestPayload,
    run: async ({ tx, context, organizationId, actor, params, origin, nowMs }) => {
      const requestId = params.id;
      if (parseId('request', requestId) === undefined) throw notFound('request');
      const payload = await findPayload(tx, context.encryptionKeys, { organizationId, requestId }, nowMs);
      if (payload === undefined) throw notFound('payload');
      // In the transaction of the reading: who cannot be named afterwards reads nothing.
      await recordAudit(tx, {
        organizationId,
        actor: auditActor(actor.actor),
        origin,
        action: 'payload-read',
        target: { kind: 'request', id: requestId },
        nowMs,
      });
      const { keptUntil, request, response } = payload;
      return { requestId, keptUntil: iso(keptUntil), request, response };
    },
  }),
];
