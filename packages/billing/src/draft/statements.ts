/**
 * The running documents of a period: the draft invoice (sums charge) and the showback statement (sums cost).
 *
 * There is one of each per organization, period and livemode, made on the first usage. Rows are locked before
 * their state is read, so that a roll-up and a finalization never pass each other.
 */
import { sql, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { BillingPeriod } from '../period/billing-period.ts';

export type StatementKind = 'invoice' | 'showback';

export interface Statement {
  readonly id: string;
  readonly kind: StatementKind;
  readonly livemode: boolean;
  readonly periodStart: Date;
  readonly state: 'draft' | 'open' | 'paid' | 'void' | 'uncollectible';
}

export interface WantedStatement {
  readonly kind: StatementKind;
  readonly livemode: boolean;
  readonly period: BillingPeriod;
}

/** Makes what is missing and locks all of them until the transaction ends, in the order of their ids. */
export async function lockStatements(
  tx: Transaction,
  organizationId: string,
  wanted: readonly WantedStatement[],
  nowMs: number,
): Promise<Statement[]> {
  if (wanted.length === 0) return [];
  const rows = JSON.stringify(
    wanted.map(({ kind, livemode, period }) => ({
      id: newId('invoice', nowMs),
      kind,
      livemode,
      period_start: new Date(period.startMs).toISOString(),
      period_end: new Date(period.endMs).toISOString(),
      time_zone: period.timeZone,
    })),
  );
  const wantedRows = sql`jsonb_to_recordset(${rows}::jsonb)
    AS w(id text, kind text, livemode boolean, period_start timestamptz, period_end timestamptz, time_zone text)`;
  // A change of the time zone moves the end of a running period; a finalized one keeps its own.
  await tx.$executeRaw`
    INSERT INTO invoices AS i (id, organization_id, kind, livemode, period_start, period_end, time_zone, state)
    SELECT w.id, ${organizationId}, w.kind, w.livemode, w.period_start, w.period_end, w.time_zone, 'draft' FROM ${wantedRows}
    ON CONFLICT (organization_id, kind, subject_id, livemode, period_start)
    DO UPDATE SET period_end = excluded.period_end WHERE i.state = 'draft' AND i.period_end <> excluded.period_end`;
  return tx.$queryRaw<Statement[]>`
    SELECT i.id, i.kind, i.livemode, i.period_start AS "periodStart", i.state FROM invoices i
    JOIN ${wantedRows} ON w.kind = i.kind AND w.livemode = i.livemode AND w.period_start = i.period_start
    WHERE i.organization_id = ${organizationId} AND i.subject_id = ''
    ORDER BY i.id FOR UPDATE OF i`;
}

/** Locks the drafts that there are of these periods, in the order of their ids; those that end otherwise are left out. */
export function lockDraftsOf(
  tx: Transaction,
  organizationId: string,
  periods: readonly BillingPeriod[],
): Promise<Statement[]> {
  const rows = JSON.stringify(
    periods.map(({ startMs, endMs }) => ({
      period_start: new Date(startMs).toISOString(),
      period_end: new Date(endMs).toISOString(),
    })),
  );
  return tx.$queryRaw<Statement[]>`
    SELECT i.id, i.kind, i.livemode, i.period_start AS "periodStart", i.state FROM invoices i
    JOIN jsonb_to_recordset(${rows}::jsonb) AS w(period_start timestamptz, period_end timestamptz)
      ON w.period_start = i.period_start AND w.period_end = i.period_end
    WHERE i.organization_id = ${organizationId} AND i.subject_id = '' AND i.state = 'draft'
    ORDER BY i.id FOR UPDATE OF i`;
}
