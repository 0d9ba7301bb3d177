/**
 * Lines that must not be counted, kept where a person finds them: never lost, never counted twice.
 */
import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { RatingProblem } from './rating-check.ts';
import { toSafeJson } from './safe-json.ts';

export type QuarantineReason =
  | RatingProblem
  /** Does not fit the schema of a line. */
  | 'malformed'
  /** Postgres refused the row. */
  | 'refused-by-constraint'
  /** Another entry stands under the same key, from another frame. */
  | 'conflicting-entry'
  /** Begins later than it can have begun, or before this product. */
  | 'implausible-time'
  /** Its dispatch was lost with a damaged log. */
  | 'dispatch-lost';

export interface QuarantinedLine {
  readonly organizationId: string;
  readonly requestId: string;
  readonly attempt: number;
  readonly reason: QuarantineReason;
  readonly line: unknown;
}

/** In the transaction of the lines' organization. */
export async function quarantine(
  tx: Transaction,
  lines: readonly QuarantinedLine[],
  now: Date,
): Promise<void> {
  if (lines.length === 0) return;
  const rows = toSafeJson(
    lines.map((each) => ({
      id: newId('event', now.getTime()),
      organization_id: each.organizationId,
      request_id: each.requestId,
      attempt: each.attempt,
      reason: each.reason,
      payload: each.line ?? null,
    })),
  );
  await tx.$executeRaw`
    INSERT INTO quarantined_entries (id, organization_id, request_id, attempt, reason, payload, created_at)
    SELECT id, organization_id, request_id, attempt, reason, payload, ${now}::timestamptz
    FROM jsonb_to_recordset(${rows}::jsonb) AS line(
      id text, organization_id text, request_id text, attempt integer, reason text, payload jsonb)
    ON CONFLICT DO NOTHING`;
}
