/**
 * What was recorded after a month's end: as a number for its close, and one by one for those who look.
 *
 * Of all of the month that is what came long after it began, which an index has; of its last minutes whatever else came
 * after them. So neither reads the month, however many entries it has.
 */
import { empty, type Prisma, sql, type Transaction } from '@tollgate/db';
import { z } from 'zod';
import { decodeCursor, type Page, type PageOptions, toPage } from '../queries/page-cursor.ts';
import { type CloseScope, type Facts, readFacts } from './close-facts.ts';
import { usd } from './said.ts';

export interface LateEntryView {
  readonly requestId: string;
  readonly startedAt: string;
  readonly recordedAt: string;
  readonly attempt: number;
  /** 0 is the usage; above: an adjustment, with its reason. */
  readonly entry: number;
  readonly reason: string;
  readonly keyId: string;
  readonly teamId: string;
  readonly provider: string;
  readonly model: string;
  /** Null: its price is not known. */
  readonly costUsd: string | null;
  readonly chargeUsd: string;
}

/** As in the index `usage_entries_late`. */
const LATE = sql`e.recorded_at - e.started_at > interval '10 minutes'`;

/** @param rest Conditions, order and end of either part. */
function lateEntries(facts: Facts, columns: Prisma.Sql, rest: Prisma.Sql = empty): Prisma.Sql {
  return sql`
    (SELECT ${columns} FROM usage_entries e
      WHERE ${inPeriod(facts)} AND e.recorded_at >= ${facts.end} AND ${LATE} ${rest})
    UNION ALL
    (SELECT ${columns} FROM usage_entries e
      WHERE ${inPeriod(facts)} AND e.recorded_at >= ${facts.end} AND NOT (${LATE})
        AND e.started_at >= ${facts.end}::timestamptz - interval '10 minutes' ${rest})`;
}

export async function countLateEntries(
  tx: Transaction,
  facts: Facts,
): Promise<{ readonly count: number; readonly amount: string }> {
  const [row] = await tx.$queryRaw<{ count: number; amount: string }[]>`
    SELECT count(*)::int AS count, COALESCE(sum(late.charge_pico_usd), 0)::text AS amount
    FROM (${lateEntries(facts, sql`e.charge_pico_usd`)}) AS late`;
  return row!;
}

const Cursor = z.tuple([z.iso.datetime(), z.string(), z.int(), z.int()]);

interface LateRow extends Omit<LateEntryView, 'startedAt' | 'recordedAt' | 'costUsd' | 'chargeUsd'> {
  readonly startedAt: Date;
  readonly recordedAt: Date;
  readonly cost: string | null;
  readonly charge: string;
}

const ORDER = sql`ORDER BY "startedAt", "requestId", attempt, entry`;

/** Those that the step of late usage counts, oldest first. @throws {InvalidCursorError} */
export async function listLateEntries(
  tx: Transaction,
  { limit, cursor, ...scope }: CloseScope & PageOptions,
): Promise<Page<LateEntryView>> {
  const facts = await readFacts(tx, scope);
  const after = cursor === undefined ? undefined : decodeCursor(Cursor, cursor);
  const columns = sql`e.request_id AS "requestId", e.started_at AS "startedAt", e.recorded_at AS "recordedAt", e.attempt, e.entry,
    e.reason, e.key_id AS "keyId", e.team_id AS "teamId", e.provider, e.model, e.cost_pico_usd::text AS cost,
    e.charge_pico_usd::text AS charge`;
  const rest = sql`
    ${after === undefined ? empty : sql`AND (e.started_at, e.request_id, e.attempt, e.entry) > (${after[0]}::timestamptz, ${after[1]}, ${after[2]}::smallint, ${after[3]}::smallint)`}
    ${ORDER} LIMIT ${limit + 1}`;
  const rows = await tx.$queryRaw<LateRow[]>`
    SELECT * FROM (${lateEntries(facts, columns, rest)}) AS late ${ORDER} LIMIT ${limit + 1}`;
  return toPage(
    rows,
    limit,
    (row) => [row.startedAt.toISOString(), row.requestId, row.attempt, row.entry],
    ({ cost, charge, ...row }) => ({
      ...row,
      startedAt: row.startedAt.toISOString(),
      recordedAt: row.recordedAt.toISOString(),
      costUsd: cost === null ? null : usd(cost),
      chargeUsd: usd(charge),
    }),
  );
}

function inPeriod({ organizationId, livemode, start, end }: Facts): Prisma.Sql {
  return sql`e.organization_id = ${organizationId} AND e.livemode = ${livemode} AND e.started_at >= ${start} AND e.started_at < ${end}`;
}
