/** Lines of the ledger that were set aside, until somebody decides about each. Rules live in packages/metering. */
import { z } from '@hono/zod-openapi';
import { recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { auditActor, type OrganizationActor } from '@tollgate/identity';
import { assertIssuer } from '../billing/issuer.ts';
import { id, idParam, iso, queryFlag, text, timestamp, usd } from '../framework/field.ts';
import { decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { ApiProblem, notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';

export const QuarantinedEntry = z
  .object({
    id,
    requestId: z.string(),
    attempt: z.number(),
    reason: z.string(),
    model: z.string(),
    /** As the gateway rated it; null where the line does not say. */
    costUsd: usd.nullable(),
    chargeUsd: usd.nullable().openapi({
      description: 'What the organization owes for it, as the gateway rated it; null where it does not say.',
    }),
    tokens: z
      .string()
      .nullable()
      .openapi({ description: 'Of every kind, together; null where the line does not say.' }),
    livemode: z.boolean().nullable(),
    createdAt: timestamp,
    decision: z.enum(['', 'release', 'reject']),
    decidedBy: z.string(),
    decidedAt: timestamp.nullable(),
    note: z.string(),
    /** Why a release could not be carried out. */
    refusal: z.string(),
    resolvedAt: timestamp.nullable(),
  })
  .openapi('QuarantinedEntry');

export const quarantinedEntryRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/quarantined-entries',
    tag: 'month close',
    summary: 'Lines of the ledger that were set aside, newest first',
    access: 'invoices:read',
    query: z.strictObject({ ...pageShape, resolved: queryFlag.exactOptional() }),
    response: pageOf(QuarantinedEntry),
    run: async ({ tx, organizationId, query }) => {
      const before = decodeTimeCursor(query.cursor);
      const rows = await tx.quarantinedEntry.findMany({
        where: {
          organizationId,
          ...(query.resolved === undefined ? {} : { resolvedAt: query.resolved ? { not: null } : null }),
          ...(before === undefined
            ? {}
            : { OR: [{ createdAt: { lt: before.at } }, { createdAt: before.at, id: { lt: before.id } }] }),
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: query.limit + 1,
      });
      return toPage(rows, query.limit, (row) => [row.createdAt.toISOString(), row.id], toEntry);
    },
  }),
  route({
    method: 'post',
    path: '/quarantined-entries/{id}/decide',
    tag: 'month close',
    summary: 'Release a line into the ledger as its gateway rated it, or reject it for good',
    description: 'What is owed to the operator is rejected by the operator alone.',
    access: 'invoices:write',
    params: idParam,
    body: z.strictObject({
      decision: z.enum(['release', 'reject']),
      note: text(500).default(''),
    }),
    response: QuarantinedEntry,
    run: async ({ tx, organizationId, params, body, actor, origin, nowMs }) => {
      const who = auditActor(actor.actor);
      const now = new Date(nowMs);
      const row = await tx.quarantinedEntry.findFirst({ where: { organizationId, id: params.id } });
      if (row === null) throw notFound('quarantined entry');
      if (body.decision === 'reject') assertMayReject(actor, row.payload);
      const { count } = await tx.quarantinedEntry.updateMany({
        where: { organizationId, id: params.id, resolvedAt: null, decision: '' },
        data: {
          decision: body.decision,
          decidedByKind: who.kind,
          decidedById: who.id,
          decidedByName: who.name ?? '',
          decidedAt: now,
          note: body.note,
          ...(body.decision === 'reject' ? { resolvedAt: now } : {}),
        },
      });
      if (count === 0)
        throw new ApiProblem('conflict', 'Cannot decide: the line was decided about already', {
          reason: 'line_decided',
        });
      await recordAudit(tx, {
        organizationId,
        actor: who,
        origin,
        action: `quarantined-entry-${body.decision}`,
        target: { kind: 'quarantinedEntry', id: row.id, name: row.requestId },
        after: { reason: row.reason, note: body.note },
        nowMs,
      });
      return toEntry(
        await tx.quarantinedEntry.findFirstOrThrow({ where: { organizationId, id: params.id } }),
      );
    },
  }),
];

/** Live usage of the operator's credential is money that the organization owes, until somebody rejects it. */
function assertMayReject(actor: OrganizationActor, payload: unknown): void {
  const line = Line.safeParse(payload);
  const target = line.success ? line.data.target : undefined;
  if (target?.credentialOwner === 'operator' && target.livemode !== false) {
    assertIssuer(actor, 'reject what is owed');
  }
}

type Row = NonNullable<Awaited<ReturnType<Transaction['quarantinedEntry']['findFirst']>>>;

function toEntry(row: Row): z.input<typeof QuarantinedEntry> {
  const line = Line.safeParse(row.payload);
  const { target, settle }: z.output<typeof Line> = line.success ? line.data : {};
  return {
    id: row.id,
    requestId: row.requestId,
    attempt: row.attempt,
    reason: row.reason,
    model: target?.model ?? '',
    costUsd: picoText(settle?.costPicoUsd),
    chargeUsd: picoText(settle?.chargePicoUsd),
    tokens: settle?.usage === undefined ? null : sumTokens(settle.usage),
    livemode: typeof target?.livemode === 'boolean' ? target.livemode : null,
    createdAt: iso(row.createdAt),
    decision: row.decision === 'release' || row.decision === 'reject' ? row.decision : '',
    decidedBy: row.decidedByName,
    decidedAt: iso(row.decidedAt),
    note: row.note,
    refusal: row.refusal,
    resolvedAt: iso(row.resolvedAt),
  };
}

const amount = z
  .string()
  .regex(/^-?\d{1,30}$/)
  .nullish()
  .catch(null);

/** What is shown of a line that may be anything. */
const Line = z.object({
  target: z
    .object({
      model: z.string().max(256).optional(),
      credentialOwner: z.unknown().optional(),
      livemode: z.unknown().optional(),
    })
    .optional(),
  settle: z
    .object({
      costPicoUsd: amount,
      chargePicoUsd: amount,
      usage: z.record(z.string(), z.unknown()).optional().catch(undefined),
    })
    .optional(),
});

/** Units of other kinds stand beside them, under names of their own. */
function sumTokens(usage: Readonly<Record<string, unknown>>): string {
  const counts = Object.entries(usage).map(([name, count]) =>
    name.endsWith('Tokens') && typeof count === 'number' && Number.isSafeInteger(count) ? BigInt(count) : 0n,
  );
  return String(counts.reduce((sum, count) => sum + count, 0n));
}

function picoText(pico: string | null | undefined): string | null {
  if (pico === null || pico === undefined) return null;
  const digits = pico.replace('-', '').padStart(13, '0');
  return `${pico.startsWith('-') ? '-' : ''}${digits.slice(0, -12)}.${digits.slice(-12)}`;
}
