/**
 * Asks for what schedules want: one export per schedule and period, once the period is over and settled, and with it
 * the delivery, where the schedule names a bucket. The object's name is fixed here and never changes.
 */
import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { listTimeZones } from '../draft/add-usage.ts';
import type { TimeZoneFrom } from '../period/billing-period.ts';
import { type ExportPeriod, labelOfMonthAt, settledDays, settledMonths } from './export-periods.ts';
import type { JobFormat } from './export-table.ts';

/** Of `export_schedules.destination`: the file is kept to be fetched, and goes nowhere. */
export const KEPT_HERE = 'state';

export const SCHEDULE_KINDS = ['usage', 'invoice'] as const;
export type ScheduleKind = (typeof SCHEDULE_KINDS)[number];
export const SCHEDULE_INTERVALS = ['day', 'month'] as const;
export type ScheduleInterval = (typeof SCHEDULE_INTERVALS)[number];

interface Schedule {
  readonly id: string;
  readonly name: string;
  readonly kind: ScheduleKind;
  readonly format: JobFormat;
  readonly every: ScheduleInterval;
  readonly livemode: boolean;
  readonly destination: string;
  readonly prefix: string | null;
  readonly createdAt: Date;
}

interface DuePeriod extends ExportPeriod {
  readonly invoice?: { readonly id: string; readonly number: string };
}

interface Scope {
  readonly organizationId: string;
  readonly now: Date;
}

/** Safe in several workers at once: a period is asked for by whoever writes its row first. */
export async function askForScheduledExports(tx: Transaction, scope: Scope): Promise<void> {
  const { organizationId } = scope;
  const schedules = await tx.$queryRaw<Schedule[]>`
    SELECT s.id, s.name, s.kind, s.format, s.every, s.livemode, s.destination, d.prefix, s.created_at AS "createdAt"
    FROM export_schedules s
    LEFT JOIN export_destinations d ON d.organization_id = s.organization_id AND d.id = s.destination AND d.removed_at IS NULL
    WHERE s.organization_id = ${organizationId} AND s.disabled_at IS NULL`;
  if (schedules.length === 0) return;
  const [profile] = await tx.$queryRaw<{ graceDays: number }[]>`
    SELECT grace_days AS "graceDays" FROM billing_profiles WHERE organization_id = ${organizationId}`;
  const zones = await listTimeZones(tx, organizationId);
  for (const schedule of schedules) {
    const due = await duePeriods(tx, scope, schedule, zones, profile?.graceDays ?? 3);
    const asked = await askedPeriods(tx, organizationId, schedule.id, due);
    for (const period of due) {
      if (!asked.has(period.startMs)) await askFor(tx, scope, schedule, period);
    }
  }
}

async function duePeriods(
  tx: Transaction,
  { organizationId, now }: Scope,
  schedule: Schedule,
  zones: readonly TimeZoneFrom[],
  graceDays: number,
): Promise<DuePeriod[]> {
  const settled = { zones, sinceMs: schedule.createdAt.getTime(), nowMs: now.getTime() };
  if (schedule.kind === 'invoice') return finalizedInvoices(tx, organizationId, schedule, zones);
  return schedule.every === 'day' ? settledDays(settled) : settledMonths({ ...settled, graceDays });
}

/** Invoices that were finalized since, as they are frozen. */
async function finalizedInvoices(
  tx: Transaction,
  organizationId: string,
  { livemode, createdAt }: Schedule,
  zones: readonly TimeZoneFrom[],
): Promise<DuePeriod[]> {
  const rows = await tx.$queryRaw<{ id: string; number: string; start: Date; end: Date }[]>`
    SELECT id, number, period_start AS start, period_end AS "end" FROM invoices
    WHERE organization_id = ${organizationId} AND kind = 'invoice' AND livemode = ${livemode} AND number IS NOT NULL
      AND finalized_at >= ${createdAt}
    ORDER BY period_start DESC LIMIT 12`;
  return rows.map(({ id, number, start, end }) => ({
    startMs: start.getTime(),
    endMs: end.getTime(),
    label: labelOfMonthAt(zones, start.getTime()),
    invoice: { id, number },
  }));
}

async function askedPeriods(
  tx: Transaction,
  organizationId: string,
  scheduleId: string,
  due: readonly DuePeriod[],
): Promise<ReadonlySet<number>> {
  if (due.length === 0) return new Set();
  const starts = due.map(({ startMs }) => new Date(startMs).toISOString());
  const rows = await tx.$queryRaw<{ periodStart: Date }[]>`
    SELECT period_start AS "periodStart" FROM data_exports
    WHERE organization_id = ${organizationId} AND schedule_id = ${scheduleId}
      AND period_start = ANY (${starts}::timestamptz[])`;
  return new Set(rows.map(({ periodStart }) => periodStart.getTime()));
}

async function askFor(
  tx: Transaction,
  { organizationId, now }: Scope,
  schedule: Schedule,
  period: DuePeriod,
): Promise<void> {
  const exportId = newId('dataExport', now.getTime());
  const question = {
    from: new Date(period.startMs).toISOString(),
    to: new Date(period.endMs).toISOString(),
    gzip: true,
    livemode: schedule.livemode,
    ...(period.invoice === undefined ? {} : { invoiceId: period.invoice.id }),
  };
  const isNew = await tx.$executeRaw`
    INSERT INTO data_exports (id, organization_id, kind, format, question, state, schedule_id, period_start, actor_kind,
      actor_id, actor_name, created_at)
    VALUES (${exportId}, ${organizationId}, ${schedule.kind}, ${schedule.format}, ${JSON.stringify(question)}::jsonb, 'waiting',
      ${schedule.id}, ${new Date(period.startMs)}, 'system', 'export-schedule', ${schedule.name}, ${now})
    ON CONFLICT (organization_id, schedule_id, period_start) DO NOTHING`;
  if (isNew === 0 || schedule.destination === KEPT_HERE || schedule.prefix === null) return;
  await tx.$executeRaw`
    INSERT INTO export_deliveries (id, organization_id, export_id, schedule_id, destination_id, object_key, state, next_try_at,
      created_at)
    VALUES (${newId('exportDelivery', now.getTime())}, ${organizationId}, ${exportId}, ${schedule.id}, ${schedule.destination},
      ${objectKey(schedule.prefix, schedule, period)}, 'waiting', ${now}, ${now})`;
}

/**
 * `[prefix][test/]usage-csv/day=2026-11-20/usage-csv-2026-11-20.csv.gz`: one folder per kind and format, and periods as
 * readers of partitioned tables want them.
 */
export function objectKey(
  prefix: string,
  { kind, format, every, livemode }: Pick<Schedule, 'kind' | 'format' | 'every' | 'livemode'>,
  { label, invoice }: Pick<DuePeriod, 'label' | 'invoice'>,
): string {
  const folder = `${kind === 'usage' ? 'usage' : 'invoices'}-${format}`;
  const name = invoice === undefined ? `${folder}-${label}` : invoice.number.replace(/[^A-Za-z0-9-]/g, '-');
  const plain = format.replace('focus-', '');
  const ending = plain === 'parquet' ? plain : `${plain}.gz`;
  return `${prefix}${livemode ? '' : 'test/'}${folder}/${every}=${label}/${name}.${ending}`;
}
