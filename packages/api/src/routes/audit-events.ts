/** The audit log, and whether it is whole. */
import { z } from '@hono/zod-openapi';
import {
  type AuditEventRow,
  createCheckpointSigner,
  listAuditEvents,
  verifyAuditChain,
} from '@tollgate/audit';
import { definedOnly, id, instant, iso, text, timestamp } from '../framework/field.ts';
import { decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { type AnyRoute, route } from '../framework/route.ts';

export const AuditEvent = z
  .object({
    id,
    occurredAt: timestamp,
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    action: z.string(),
    target: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    before: z.unknown().nullable(),
    after: z.unknown().nullable(),
    ipAddress: z.string(),
    userAgent: z.string(),
    requestId: z.string(),
    /** Its place in the chain; null until it is sealed, within seconds. */
    sequence: z.int().nullable(),
  })
  .openapi('AuditEvent');

export const Verification = z
  .object({
    ok: z.boolean(),
    verifiedEvents: z.int(),
    waitingEvents: z.int(),
    headHash: z.string(),
    problems: z.array(
      z.object({ kind: z.string(), sequence: z.int().nullable(), eventId: z.string().nullable() }),
    ),
  })
  .openapi('AuditVerification');

export const auditEventRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    report: true,
    path: '/audit-events',
    tag: 'audit-events',
    summary: 'Who did what to what, newest first',
    access: 'audit:read',
    query: z.strictObject({
      ...pageShape,
      action: text(100).exactOptional(),
      actorId: id.exactOptional(),
      targetKind: text(100).exactOptional(),
      targetId: id.exactOptional(),
      from: instant.exactOptional(),
      to: instant.exactOptional(),
    }),
    response: pageOf(AuditEvent),
    run: async ({ tx, organizationId, query }) => {
      const { cursor, limit, ...filter } = query;
      const after = decodeTimeCursor(cursor);
      const rows = await listAuditEvents(tx, organizationId, {
        ...definedOnly(filter),
        ...(after === undefined ? {} : { after: { occurredAt: after.at, id: after.id } }),
        limit: limit + 1,
      });
      return toPage(rows, limit, (row) => [row.occurredAt.toISOString(), row.id], present);
    },
  }),
  route({
    method: 'get',
    report: true,
    path: '/audit-events/verify',
    tag: 'audit-events',
    summary: 'Reads the chain from its start and names every row at which it does not hold',
    access: 'audit:read',
    response: Verification,
    detached: true,
    throttle: { limit: 10, windowSeconds: 60 },
    run: async ({ context, organizationId }) => {
      const signer = createCheckpointSigner(context.encryptionKeys);
      const report = await context.database.tenant(
        organizationId,
        (tx) => verifyAuditChain(tx, organizationId, signer),
        { timeoutMs: 60_000 },
      );
      return {
        ok: report.ok,
        verifiedEvents: Number(report.verifiedEvents),
        waitingEvents: report.waitingEvents,
        headHash: report.headHash,
        problems: report.problems.map((problem) => ({
          ...problem,
          sequence: problem.sequence === null ? null : Number(problem.sequence),
        })),
      };
    },
  }),
];

function present(row: AuditEventRow) {
  return {
    ...row,
    occurredAt: iso(row.occurredAt),
    actor: { kind: row.actorKind, id: row.actorId, name: row.actorName },
    target: { kind: row.targetKind, id: row.targetId, name: row.targetName },
    sequence: row.sequence === null ? null : Number(row.sequence),
  };
}
