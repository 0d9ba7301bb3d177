/** Saved reports of usage: one's own and shared ones, and who gets them by mail after each month. */
import { z } from '@hono/zod-openapi';
import type { Prisma, Transaction } from '@tollgate/db';
import { assertVerified, can } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { definedOnly, id, idParam, iso, name, timestamp, timeZone } from '../framework/field.ts';
import { setEtag } from '../framework/if-match.ts';
import {
  type Ownership,
  ownershipOf,
  presentOwnership,
  savedShape,
  visibleTo,
} from '../framework/ownership.ts';
import { ApiProblem, invalidField } from '../framework/problem.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import {
  assertMayUpdate,
  auditSaved,
  getSaved,
  removeSaved,
  type SavedCall,
  type SavedKind,
  savedBy,
} from '../framework/saved.ts';
import { ReportQuestion, readReportQuestion } from '../usage/saved-reports.ts';
import { UsageQuestionError } from '../usage/usage-grouping.ts';

const MAX_REPORTS = 200;
const MAX_RECIPIENTS = 50;

export const SavedReport = z
  .object({
    ...savedShape,
    question: ReportQuestion,
    /** In whose months a mail counts; empty: the organization’s. */
    timeZone: z.string(),
    /** Members who get it after each month, as long as they may read usage. */
    mailTo: z.array(id),
    /** When it was mailed last. */
    lastMailedAt: timestamp.nullable(),
  })
  .openapi('SavedReport');

const zone = z.union([timeZone, z.literal('')]);
const mailTo = z.array(id).max(MAX_RECIPIENTS);

export const savedReportRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/saved-reports',
    tag: 'saved-reports',
    summary: 'Your reports of usage and the shared ones, by name',
    access: 'usage:read',
    response: z.object({ data: z.array(SavedReport), nextCursor: z.null() }),
    run: async ({ tx, organizationId, actor }) => {
      const ownership = ownershipOf(actor);
      const rows = await tx.savedReport.findMany({
        where: visibleTo(organizationId, ownership),
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        take: MAX_REPORTS,
      });
      const mailed = await lastMails(tx, organizationId, rows);
      return { data: rows.map((row) => present(row, ownership, mailed.get(row.id))), nextCursor: null };
    },
  }),
  route({
    method: 'post',
    path: '/saved-reports',
    tag: 'saved-reports',
    summary: 'Save a report',
    access: 'usage:read',
    idempotent: true,
    body: z.strictObject({
      name,
      question: ReportQuestion,
      shared: z.boolean().default(false),
      timeZone: zone.default(''),
      mailTo: mailTo.default([]),
    }),
    response: SavedReport,
    run: async (call) => {
      const { tx, organizationId, body, actor, nowMs } = call;
      assertAnswerable(body.question);
      await assertRoom(tx.savedReport.count({ where: { organizationId } }), MAX_REPORTS, 'reports');
      await assertMayMail(call, body, []);
      const row = await tx.savedReport.create({
        data: {
          ...savedBy(call),
          id: newId('savedReport', nowMs),
          ...body,
          mailSince: body.mailTo.length === 0 ? null : new Date(nowMs),
        },
      });
      await auditSaved(REPORT, call, undefined, row);
      return present(row, ownershipOf(actor), undefined);
    },
  }),
  route({
    method: 'patch',
    path: '/saved-reports/{id}',
    tag: 'saved-reports',
    summary: 'Rename, change or share a report, or say who gets it by mail',
    access: 'usage:read',
    params: idParam,
    body: z.strictObject({
      name: name.exactOptional(),
      question: ReportQuestion.exactOptional(),
      shared: z.boolean().exactOptional(),
      timeZone: zone.exactOptional(),
      mailTo: mailTo.exactOptional(),
    }),
    response: SavedReport,
    run: async (call) => {
      const { tx, organizationId, params, body, actor, request, headers, nowMs } = call;
      const ownership = ownershipOf(actor);
      const before = await getSaved(REPORT, call, params.id);
      assertMayUpdate(before, ownership, request);
      const change = definedOnly(body);
      if (change.question !== undefined) assertAnswerable(change.question);
      const after = { shared: change.shared ?? before.shared, mailTo: change.mailTo ?? before.mailTo };
      await assertMayMail(call, after, before.mailTo);
      const row = await tx.savedReport.update({
        where: { organizationId_id: { organizationId, id: before.id } },
        data: {
          ...change,
          // From the first recipient on; months that were over by then are not told.
          mailSince: after.mailTo.length === 0 ? null : (before.mailSince ?? new Date(nowMs)),
          version: { increment: 1 },
          updatedAt: new Date(nowMs),
        },
      });
      await auditSaved(REPORT, call, before, row);
      setEtag(headers, row.version);
      const mailed = await lastMails(tx, organizationId, [row]);
      return present(row, ownership, mailed.get(row.id));
    },
  }),
  route({
    method: 'delete',
    path: '/saved-reports/{id}',
    tag: 'saved-reports',
    summary: 'Delete a report; it is mailed no more',
    access: 'usage:read',
    params: idParam,
    run: (call) => removeSaved(REPORT, call, call.params.id),
  }),
];

type Row = Prisma.SavedReportModel;

const REPORT: SavedKind<Row> = {
  noun: 'report',
  find: (tx, where) => tx.savedReport.findFirst({ where }),
  remove: (tx, where) => tx.savedReport.deleteMany({ where }),
  detail: ({ name: called, question, shared, timeZone: inZone, mailTo: recipients }) => ({
    name: called,
    question,
    shared,
    timeZone: inZone,
    mailTo: recipients,
  }),
};

async function lastMails(
  tx: Transaction,
  organizationId: string,
  rows: readonly Row[],
): Promise<Map<string, Date>> {
  if (rows.length === 0) return new Map();
  const found = await tx.savedReportMail.groupBy({
    by: ['reportId'],
    where: { organizationId, reportId: { in: rows.map((row) => row.id) } },
    _max: { queuedAt: true },
  });
  return new Map(found.flatMap(({ reportId, _max }) => (_max.queuedAt ? [[reportId, _max.queuedAt]] : [])));
}

/** Oneself, everybody may; for others it takes a shared report and the right to say who is told what. */
async function assertMayMail(
  { tx, organizationId, actor }: SavedCall,
  after: { readonly shared: boolean; readonly mailTo: readonly string[] },
  before: readonly string[],
): Promise<void> {
  const added = after.mailTo.filter((memberId) => !before.includes(memberId));
  const others = after.mailTo.filter((memberId) => memberId !== actor.membershipId);
  if (others.length > 0 && !after.shared) {
    throw invalidField('body.mailTo', 'names others, so the report must be shared');
  }
  const addedOthers = added.filter((memberId) => memberId !== actor.membershipId);
  if (addedOthers.length > 0) {
    assertVerified(actor, 'mail reports to others');
    if (!can(actor, 'alerts:write')) {
      throw new ApiProblem(
        'permission_denied',
        'Cannot mail the report to others: the permission alerts:write is missing',
      );
    }
  }
  if (added.length === 0) return;
  const known = await tx.membership.count({ where: { organizationId, id: { in: added } } });
  if (known < new Set(added).size) {
    throw invalidField('body.mailTo', 'must be members of the organization', 'unknown_reference');
  }
}

function assertAnswerable(question: z.output<typeof ReportQuestion>): void {
  try {
    readReportQuestion(question);
  } catch (error) {
    if (!(error instanceof UsageQuestionError)) throw error;
    throw invalidField(`body.question.${error.field}`, error.message);
  }
}

function present(row: Row, ownership: Ownership, mailedAt: Date | undefined): z.input<typeof SavedReport> {
  return {
    ...presentOwnership(row, ownership),
    question: ReportQuestion.catch(() => ReportQuestion.parse({})).parse(row.question),
    timeZone: row.timeZone,
    mailTo: row.mailTo,
    lastMailedAt: iso(mailedAt ?? null),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}
