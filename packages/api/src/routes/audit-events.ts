/** The audit log, whether it is whole, and taking it along. */
import { Readable } from 'node:stream';
import { z } from '@hono/zod-openapi';
import {
  type AuditEventRow,
  createCheckpointSigner,
  exportAuditLog,
  findAuditEvent,
  listAuditEvents,
  verifyAuditChain,
} from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { auditCsv } from '../audit/audit-csv.ts';
import { definedOnly, id, idParam, instant, iso, text, timestamp } from '../framework/field.ts';
import { fileAnswer } from '../framework/file-answer.ts';
import { decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { invalidField, notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { recordExportEvent } from './export-event.ts';

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

const FORMATS = {
  jsonl: { contentType: 'application/x-ndjson', extension: 'jsonl' },
  csv: { contentType: 'text/csv; charset=utf-8', extension: 'csv' },
} as const;

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
      actorKind: z.enum(['user', 'adminToken', 'system', 'outsider']).exactOptional(),
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
  route({
    method: 'get',
    report: true,
    path: '/audit-events/export',
    tag: 'audit-events',
    summary: 'Take the sealed log along, in the order of its chain',
    description:
      'JSON Lines hold what was hashed, and a signature over the end: `npm run tollgate -- verify-log FILE` verifies them without database or network. CSV is for reading. `after` continues an earlier export at its head.',
    access: 'audit:read',
    query: z.strictObject({
      format: z.enum(['jsonl', 'csv']).default('jsonl'),
      after: z
        .string()
        .regex(/^\d{1,18}$/)
        .default('0'),
    }),
    contentType: 'application/x-ndjson',
    detached: true,
    throttle: { limit: 30, windowSeconds: 3_600 },
    run: async (call) => {
      const { context, organizationId, query, nowMs, tenant } = call;
      const { contentType, extension } = FORMATS[query.format];
      const scope = { organizationId, afterSequence: BigInt(query.after) };
      await tenant(async (tx) => {
        await assertSealed(tx, scope);
        const target = { kind: 'organization', id: organizationId };
        await recordExportEvent({ ...call, tx }, 'audit-log-exported', target, query);
      });
      const signer = createCheckpointSigner(context.encryptionKeys);
      const lines =
        query.format === 'csv'
          ? auditCsv(context.database, scope)
          : exportAuditLog(context.database, { ...scope, signer, nowMs });
      const fileName = `audit-log-${iso(new Date(nowMs)).slice(0, 10)}.${extension}`;
      return fileAnswer({ stream: Readable.from(lines, { objectMode: false }), fileName, contentType });
    },
  }),
  route({
    method: 'get',
    path: '/audit-events/{id}',
    tag: 'audit-events',
    summary: 'One event',
    access: 'audit:read',
    params: idParam,
    response: AuditEvent,
    run: async ({ tx, organizationId, params }) => {
      const event = await findAuditEvent(tx, organizationId, params.id);
      if (event === undefined) throw notFound('event');
      return present(event);
    },
  }),
];

/** @throws {ApiProblem} Nothing is sealed at the place that is to be continued. */
async function assertSealed(
  tx: Transaction,
  { organizationId, afterSequence: sequence }: { organizationId: string; afterSequence: bigint },
): Promise<void> {
  if (sequence === 0n || (await tx.auditSeal.count({ where: { organizationId, sequence } })) > 0) return;
  throw invalidField('query.after', 'must be a place in the chain', 'unknown_reference');
}

function present(row: AuditEventRow) {
  return {
    ...row,
    occurredAt: iso(row.occurredAt),
    actor: { kind: row.actorKind, id: row.actorId, name: row.actorName },
    target: { kind: row.targetKind, id: row.targetId, name: row.targetName },
    sequence: row.sequence === null ? null : Number(row.sequence),
  };
}
