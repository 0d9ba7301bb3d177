/**
 * Brings a window of the ledger into the documents of its periods: running ones get it in their lines, finalized
 * invoices get it on a note. Part of the roll-up's transaction, so that each entry arrives exactly once.
 */
import type { Prisma, Transaction } from '@tollgate/db';
import { type BillingPeriod, billingPeriodsBetween, type TimeZoneFrom } from '../period/billing-period.ts';
import { addLateUsage } from './credit-note-lines.ts';
import { growLines, type LeftGroup } from './grow-lines.ts';
import { addNoteEntries, type LineGroup } from './line-groups.ts';
import { lockDraftsOf, lockStatements, type Statement, type WantedStatement } from './statements.ts';
import { refreshTotals } from './totals.ts';
import { addUsageLines, type LineAddition } from './usage-lines.ts';

/** @param condition Over the alias `e` of usage_entries; the caller holds the ledger cursor. */
export async function addToStatements(
  tx: Transaction,
  organizationId: string,
  condition: Prisma.Sql,
  nowMs: number,
): Promise<void> {
  const [range] = await tx.$queryRaw<{ first: Date | null; last: Date | null; entryCount: number }[]>`
    SELECT min(e.started_at) AS first, max(e.started_at) AS last, count(*)::integer AS "entryCount"
    FROM usage_entries e WHERE ${condition}`;
  if (range?.first == null || range.last == null) return;
  const zones = await listTimeZones(tx, organizationId);
  const periods = billingPeriodsBetween(zones, range.first.getTime(), range.last.getTime());
  const drafts = await lockDraftsOf(tx, organizationId, periods);
  const { entryCount } = range;
  const { invoiceIds, left } = await growLines(
    tx,
    { organizationId, condition, entryCount, periods },
    drafts,
  );
  const made = await addLeft(tx, { organizationId, condition, periods, nowMs }, left);
  await refreshTotals(tx, organizationId, [...new Set([...invoiceIds, ...made])].sort(), nowMs);
}

interface Window {
  readonly organizationId: string;
  readonly condition: Prisma.Sql;
  readonly periods: readonly BillingPeriod[];
  readonly nowMs: number;
}

/** Makes the documents and lines that are missing, and notes of what is finalized. @returns The drafts that were added to. */
async function addLeft(
  tx: Transaction,
  { organizationId, condition, periods, nowMs }: Window,
  groups: readonly LeftGroup[],
): Promise<string[]> {
  const statements = await lockStatements(tx, organizationId, wantedStatements(groups, periods), nowMs);
  const additions: LineAddition[] = [];
  const late: { group: LineGroup; invoiceId: string }[] = [];
  for (const group of groups) {
    const showback = group.onShowback ? undefined : findStatement(statements, 'showback', group);
    if (showback?.state === 'draft') additions.push(showbackLine(group, showback.id));
    const invoice =
      group.billed && !group.onInvoice ? findStatement(statements, 'invoice', group) : undefined;
    if (invoice?.state === 'draft') additions.push(invoiceLine(group, invoice.id));
    else if (invoice !== undefined) late.push({ group, invoiceId: invoice.id });
  }
  await addUsageLines(tx, organizationId, additions, nowMs);
  if (late.length > 0) await addLate(tx, organizationId, condition, periods, late, nowMs);
  return statements.filter(({ state }) => state === 'draft').map(({ id }) => id);
}

/** The zones an organization has had; its current one where no history was written. */
export async function listTimeZones(tx: Transaction, organizationId: string): Promise<TimeZoneFrom[]> {
  const rows = await tx.$queryRaw<{ validFrom: Date; timeZone: string }[]>`
    SELECT valid_from AS "validFrom", time_zone AS "timeZone" FROM organization_time_zones
    WHERE organization_id = ${organizationId}`;
  if (rows.length > 0) {
    return rows.map((row) => ({ validFromMs: row.validFrom.getTime(), timeZone: row.timeZone }));
  }
  const [organization] = await tx.$queryRaw<{ timeZone: string }[]>`
    SELECT time_zone AS "timeZone" FROM organizations WHERE id = ${organizationId}`;
  return [{ validFromMs: 0, timeZone: organization?.timeZone ?? 'UTC' }];
}

export function invoiceLine(group: LineGroup, invoiceId: string): LineAddition {
  return {
    ...group,
    invoiceId,
    quantity: group.billedQuantity,
    costPicoUsd: group.billedCostPicoUsd,
    amountPicoUsd: group.chargePicoUsd,
  };
}

export function showbackLine(group: LineGroup, invoiceId: string): LineAddition {
  return { ...group, invoiceId, amountPicoUsd: group.costPicoUsd };
}

async function addLate(
  tx: Transaction,
  organizationId: string,
  condition: Prisma.Sql,
  periods: readonly BillingPeriod[],
  late: readonly { group: LineGroup; invoiceId: string }[],
  nowMs: number,
): Promise<void> {
  const starts = new Set(late.map(({ group }) => group.periodStart.getTime()));
  const closed = periods.filter((period) => starts.has(period.startMs));
  const noteLines = late.map(({ group, invoiceId }) => invoiceLine(group, invoiceId));
  for (const note of await addLateUsage(tx, organizationId, noteLines, nowMs)) {
    await addNoteEntries(tx, condition, closed, note);
  }
}

function wantedStatements(
  groups: readonly LineGroup[],
  periods: readonly BillingPeriod[],
): WantedStatement[] {
  const wanted = new Map<string, WantedStatement>();
  for (const group of groups) {
    const period = periods.find((candidate) => candidate.startMs === group.periodStart.getTime())!;
    for (const kind of group.billed ? (['invoice', 'showback'] as const) : (['showback'] as const)) {
      wanted.set(`${kind} ${group.livemode} ${period.startMs}`, { kind, livemode: group.livemode, period });
    }
  }
  return [...wanted.values()];
}

function findStatement(
  statements: readonly Statement[],
  kind: string,
  group: LineGroup,
): Statement | undefined {
  return statements.find(
    (statement) =>
      statement.kind === kind &&
      statement.livemode === group.livemode &&
      statement.periodStart.getTime() === group.periodStart.getTime(),
  );
}
