/**
 * Mails saved reports after each month, once per report, month and recipient.
 *
 * A row says that somebody was mailed; it is written in the transaction that queues the mail, so a worker that is
 * killed has done both or neither, and two workers meet at the row. Recipients are members who may read usage at that
 * moment: whoever has lost that, left or is disabled gets nothing. For the worker; the page's own question is usage.ts.
 */
import { billingPeriodAt } from '@tollgate/billing';
import { wallAt } from '@tollgate/clock/wall-clock';
import type { KeyRing } from '@tollgate/config';
import type { Database, Prisma, Transaction } from '@tollgate/db';
import { BUILT_IN_ROLES, ROLE_PERMISSIONS } from '@tollgate/identity/permission';
import { queueMail } from '@tollgate/mail';
import { findDimensionNames } from './dimension-names.ts';
import { type MonthReport, reportMail } from './report-mail-text.ts';
import { ReportQuestion, readReportQuestion } from './saved-reports.ts';
import { UsageQuestionError } from './usage-grouping.ts';
import { queryUsage, type UsageRow } from './usage-query.ts';

export interface ReportMailWork {
  readonly organizationId: string;
  readonly nowMs: number;
  readonly ring: KeyRing;
  readonly consoleUrl: string;
}

/** What was used in the last minutes of a month is counted by then. */
const SETTLE_MS = 6 * 3_600_000;
const GROUPS_TOLD = 12;
const MAX_ROWS = 10_000;
const NAME_MAX = 120;
/** End users and tags are what applications send: a mail takes one line. */
const NOT_PRINTED = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

interface Period {
  readonly start: Date;
  readonly end: Date;
  readonly before: Date;
}

/** @returns How many mails were queued. */
export async function mailReports(database: Database, work: ReportMailWork): Promise<number> {
  const reports = await database.tenant(work.organizationId, (tx) =>
    tx.savedReport.findMany({
      where: { organizationId: work.organizationId, mailTo: { isEmpty: false } },
      orderBy: { id: 'asc' },
      select: { id: true },
    }),
  );
  let queued = 0;
  for (const { id } of reports) {
    queued += await database.tenant(work.organizationId, (tx) => mailReport(tx, work, id), {
      timeoutMs: 30_000,
    });
  }
  return queued;
}

async function mailReport(tx: Transaction, work: ReportMailWork, reportId: string): Promise<number> {
  const { organizationId, nowMs } = work;
  const report = await tx.savedReport.findFirst({ where: { organizationId, id: reportId } });
  if (report === null || report.mailSince === null) return 0;
  const organization = await tx.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { name: true, timeZone: true },
  });
  const timeZone = report.timeZone === '' ? organization.timeZone : report.timeZone;
  const period = lastMonth(timeZone, nowMs);
  if (period === undefined || report.mailSince >= period.end) return 0;
  const due = await listDue(tx, report, period);
  if (due.length === 0) return 0;
  const told = await summarize(tx, report, { organizationName: organization.name, timeZone, period }, work);
  if (told === undefined) return 0;
  let queued = 0;
  for (const { memberId, email, locale } of due) {
    const isNew = await tx.savedReportMail.createMany({
      skipDuplicates: true,
      data: { organizationId, reportId, periodStart: period.start, memberId, queuedAt: new Date(nowMs) },
    });
    if (isNew.count === 0) continue;
    await queueMail(tx, work.ring, {
      template: 'notice',
      recipient: email,
      causeId: `${reportId}-${period.start.toISOString().slice(0, 10)}`,
      locale,
      data: reportMail(told, locale),
      nowMs,
    });
    queued++;
  }
  return queued;
}

/** The month that was over last, once all of it is counted. */
function lastMonth(timeZone: string, nowMs: number): Period | undefined {
  const zones = [{ validFromMs: 0, timeZone }];
  const running = billingPeriodAt(zones, nowMs);
  const last = billingPeriodAt(zones, running.startMs - 1);
  if (nowMs < last.endMs + SETTLE_MS) return undefined;
  const before = billingPeriodAt(zones, last.startMs - 1);
  return { start: new Date(last.startMs), end: new Date(last.endMs), before: new Date(before.startMs) };
}

interface Recipient {
  readonly memberId: string;
  readonly email: string;
  readonly locale: string;
}

/** Who asked for it, may still see it, and was not mailed yet. */
async function listDue(
  tx: Transaction,
  report: Prisma.SavedReportModel,
  period: Period,
): Promise<Recipient[]> {
  const { organizationId, id, mailTo } = report;
  const members = await tx.$queryRaw<(Recipient & { role: string; permissions: string[] | null })[]>`
    SELECT m.id AS "memberId", u.email, u.locale, m.role, r.permissions
    FROM memberships m JOIN users u ON u.id = m.user_id
    LEFT JOIN roles r ON r.organization_id = m.organization_id AND r.id = m.custom_role_id
    WHERE m.organization_id = ${organizationId} AND m.id = ANY (${mailTo}::text[]) AND u.disabled_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM saved_report_mails s WHERE s.organization_id = m.organization_id
        AND s.report_id = ${id} AND s.member_id = m.id
        -- The same month began at another instant where the time zone has changed since.
        AND s.period_start BETWEEN ${period.start}::timestamptz - interval '2 days' AND ${period.start}::timestamptz + interval '2 days')
    ORDER BY m.id`;
  return members.filter(({ memberId, role, permissions }) => {
    // A private report is nobody else's, whoever stands on its list.
    if (!report.shared && memberId !== report.ownerId) return false;
    const builtIn = BUILT_IN_ROLES.find((one) => one === role);
    const held: readonly string[] = builtIn === undefined ? (permissions ?? []) : ROLE_PERMISSIONS[builtIn];
    return held.includes('usage:read');
  });
}

interface Frame {
  readonly organizationName: string;
  readonly timeZone: string;
  readonly period: Period;
}

/** @returns Undefined where the question has no answer any more. */
async function summarize(
  tx: Transaction,
  report: Prisma.SavedReportModel,
  { organizationName, timeZone, period }: Frame,
  { consoleUrl }: ReportMailWork,
): Promise<MonthReport | undefined> {
  const parsed = ReportQuestion.safeParse(report.question);
  if (!parsed.success) return undefined;
  const { mode } = parsed.data;
  const asked = readAnswerable(parsed.data);
  if (asked === undefined) return undefined;
  const { grouping, filters } = asked;
  const livemode = mode === 'all' ? {} : { livemode: mode === 'live' };
  const ask = (by: typeof grouping, from: Date, to: Date) =>
    queryUsage(tx, report.organizationId, by, {
      ...filters,
      ...livemode,
      from,
      to,
      timeZone,
      limit: MAX_ROWS,
    });
  const rows = await ask(grouping, period.start, period.end);
  const before = await ask(grouping, period.before, period.start);
  // Of everything, also where there are more groups than are looked at.
  const whole = { ...grouping, dimensions: [] };
  const total = await ask(whole, period.start, period.end);
  const totalBefore = await ask(whole, period.before, period.start);
  const names = await findDimensionNames(tx, report.organizationId, rows.slice(0, GROUPS_TOLD));
  const spentBefore = new Map(before.map((row) => [groupKey(row), BigInt(row.spentPicoUsd)]));
  const nameOf = (row: UsageRow) =>
    Object.entries(row.dimensions)
      .map(([dimension, value]) => names.get(dimension)?.get(value) ?? value)
      .filter((name) => name !== '')
      .join(' · ')
      .replaceAll(NOT_PRINTED, ' ')
      .slice(0, NAME_MAX);
  const isGrouped = grouping.dimensions.length > 0;
  const shown = isGrouped ? rows.slice(0, GROUPS_TOLD) : [];
  return {
    reportName: report.name,
    organizationName,
    month: period.start,
    timeZone,
    requests: sum(total, (row) => row.requests),
    tokens: sum(total, tokensOf),
    spentPicoUsd: sum(total, (row) => row.spentPicoUsd),
    beforePicoUsd: sum(totalBefore, (row) => row.spentPicoUsd),
    groups: shown.map((row) => ({
      name: nameOf(row),
      spentPicoUsd: BigInt(row.spentPicoUsd),
      beforePicoUsd: spentBefore.get(groupKey(row)),
    })),
    otherGroups: isGrouped ? rows.length - shown.length : 0,
    // The month it tells of, whenever it is opened.
    link: `${consoleUrl}/usage?report=${report.id}&range=custom&from=${dayOf(period.start.getTime(), timeZone)}&to=${dayOf(period.end.getTime() - 1, timeZone)}`,
    settingsLink: `${consoleUrl}/usage?report=${report.id}&mail=1`,
  };
}

/** `2026-11-21`, there. */
function dayOf(atMs: number, timeZone: string): string {
  return new Date(wallAt(atMs, timeZone)).toISOString().slice(0, 10);
}

function readAnswerable(question: ReportQuestion) {
  try {
    return readReportQuestion(question);
  } catch (error) {
    if (error instanceof UsageQuestionError) return undefined;
    throw error;
  }
}

function groupKey({ dimensions }: UsageRow): string {
  return JSON.stringify(Object.entries(dimensions).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function tokensOf(row: UsageRow): bigint {
  return (
    BigInt(row.inputTokens) +
    BigInt(row.cachedInputTokens) +
    BigInt(row.cacheWriteTokens) +
    BigInt(row.outputTokens) +
    BigInt(row.reasoningTokens)
  );
}

function sum(rows: readonly UsageRow[], amountOf: (row: UsageRow) => string | bigint): bigint {
  return rows.reduce((total, row) => total + BigInt(amountOf(row)), 0n);
}
