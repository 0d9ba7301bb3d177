/**
 * When a key was last used, and its first answered request: what the console shows without reading the ledger.
 */
import type { Transaction } from '@tollgate/db';
import type { RequestLine } from './line-schema.ts';

interface KeyUse {
  key_id: string;
  last_used_at: string;
  first_request_id: string | null;
}

/**
 * In the transaction of the keys' organization. Rows are locked in one order, so that batches cannot deadlock.
 *
 * @returns The keys whose first answered request is among these.
 */
export async function noteKeyUse(tx: Transaction, lines: readonly RequestLine[]): Promise<string[]> {
  const uses = usesByKey(lines);
  if (uses.length === 0) return [];
  const rows = await tx.$queryRaw<{ id: string; isFirst: boolean }[]>`
    WITH used AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(uses)}::jsonb)
        AS line(key_id text, last_used_at timestamptz, first_request_id text)
    ), locked AS (
      SELECT k.organization_id, k.id, used.last_used_at, used.first_request_id,
        k.first_request_id IS NULL AND used.first_request_id IS NOT NULL AS is_first
      FROM virtual_keys k JOIN used ON used.key_id = k.id
      ORDER BY k.id FOR NO KEY UPDATE OF k
    )
    UPDATE virtual_keys k
    SET last_used_at = GREATEST(k.last_used_at, locked.last_used_at),
        first_request_id = COALESCE(k.first_request_id, locked.first_request_id)
    FROM locked WHERE k.organization_id = locked.organization_id AND k.id = locked.id
    RETURNING k.id, locked.is_first AS "isFirst"`;
  return rows.filter((row) => row.isFirst).map((row) => row.id);
}

function usesByKey(lines: readonly RequestLine[]): KeyUse[] {
  const uses = new Map<string, { lastMs: number; first: RequestLine | undefined }>();
  for (const line of lines) {
    const { keyId, startedAtMs } = line.subject;
    const use = uses.get(keyId) ?? { lastMs: 0, first: undefined };
    const answered = line.status >= 200 && line.status < 400;
    const isFirst = answered && startedAtMs < (use.first?.subject.startedAtMs ?? Number.POSITIVE_INFINITY);
    uses.set(keyId, { lastMs: Math.max(use.lastMs, startedAtMs), first: isFirst ? line : use.first });
  }
  return [...uses].map(([key_id, { lastMs, first }]) => ({
    key_id,
    last_used_at: new Date(lastMs).toISOString(),
    first_request_id: first?.subject.requestId ?? null,
  }));
}
