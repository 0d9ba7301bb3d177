/**
 * What has come in since a reader looked last, for the live view.
 *
 * Follows the ids of the transactions that wrote the log, below the oldest that still runs: a request that began long
 * ago and is logged late is told as well, and none twice. Bounded: of a flood only the newest are looked at, and it
 * is said so.
 */
import { empty, join, sql, type Transaction } from '@tollgate/db';
import { toConditions } from './request-conditions.ts';
import type { RequestFilter } from './request-query.ts';
import { entriesOfRow, type RequestRow, requestColumns } from './request-store.ts';

const LOOKED_AT_MAX = 2_000;
/** No request is logged a day after it began; older partitions are left alone. */
const OLDEST_MS = 86_400_000;

export interface TailQuestion {
  /** From the answer before; undefined: from now on. */
  readonly cursor: string | undefined;
  readonly filters: readonly RequestFilter[];
  readonly limit: number;
  readonly nowMs: number;
}

export interface TailAnswer {
  /** Newest first. */
  readonly rows: readonly RequestRow[];
  readonly cursor: string;
  /** There was more than one answer holds. */
  readonly skipped: boolean;
}

export async function readTail(
  tx: Transaction,
  organizationId: string,
  { cursor, filters: asked, limit, nowMs }: TailQuestion,
): Promise<TailAnswer> {
  const [snapshot] = await tx.$queryRaw<{ to: string }[]>`
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS "to"`;
  const to = snapshot!.to;
  if (cursor === undefined || BigInt(cursor) >= BigInt(to)) {
    return { rows: [], cursor: cursor ?? to, skipped: false };
  }
  const oldest = new Date(nowMs - OLDEST_MS);
  const inWindow = sql`r.organization_id = ${organizationId} AND r.recorded_xid >= ${cursor}::text::xid8
    AND r.recorded_xid < ${to}::text::xid8 AND r.started_at >= ${oldest}`;
  const { scan, filters, entryFilters } = await toConditions(tx, organizationId, asked);
  const conditions = [...scan, ...filters, ...entryFilters];
  const [window] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM request_logs r WHERE ${inWindow} LIMIT ${LOOKED_AT_MAX + 1}) w`;
  if (window!.count === 0) return { rows: [], cursor: to, skipped: false };
  const rows = await tx.$queryRaw<RequestRow[]>`
    SELECT ${requestColumns} FROM (
      SELECT r.* FROM request_logs r WHERE ${inWindow} ORDER BY r.recorded_xid DESC LIMIT ${LOOKED_AT_MAX}
    ) r ${entriesOfRow}
    ${conditions.length === 0 ? empty : sql`WHERE ${join(conditions, ' AND ')}`}
    ORDER BY r.started_at DESC, r.request_id DESC LIMIT ${limit + 1}`;
  return {
    rows: rows.slice(0, limit),
    cursor: to,
    skipped: rows.length > limit || window!.count > LOOKED_AT_MAX,
  };
}
