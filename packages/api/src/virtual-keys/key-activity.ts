/** What uses keys just now: said before they are revoked, and while they are rotated. Bounded per key. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { iso, timestamp } from '../framework/field.ts';

export const ACTIVITY_MINUTES = 15;
/** Above it a figure says no more than "very busy". */
const COUNT_MAX = 20_000;

export const KeyActivity = z
  .object({
    keyId: z.string(),
    /** In the last minutes, up to 20,000. */
    requests: z.int(),
    minutes: z.int(),
    lastUsedAt: timestamp.nullable(),
    /** Where the newest request came from, and by which client; null: none is kept. */
    lastAddress: z.string().nullable(),
    lastUserAgent: z.string().nullable(),
  })
  .openapi('KeyActivity');

interface ActivityRow {
  readonly keyId: string;
  readonly lastUsedAt: Date | null;
  readonly requests: bigint;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** In the order of the ids; unknown ones are left out. */
export async function listKeyActivity(
  tx: Transaction,
  organizationId: string,
  keyIds: readonly string[],
  nowMs: number,
): Promise<z.input<typeof KeyActivity>[]> {
  const since = new Date(nowMs - ACTIVITY_MINUTES * 60_000);
  const rows = await tx.$queryRaw<ActivityRow[]>`
    SELECT k.id AS "keyId", k.last_used_at AS "lastUsedAt", recent.count AS requests, newest.client_address AS address,
      newest.user_agent AS "userAgent"
    FROM unnest(${[...keyIds]}::text[]) WITH ORDINALITY AS asked(id, place)
    JOIN virtual_keys k ON k.organization_id = ${organizationId} AND k.id = asked.id
    CROSS JOIN LATERAL (SELECT count(*) FROM (SELECT 1 FROM request_logs r WHERE r.organization_id = ${organizationId}
      AND r.key_id = k.id AND r.started_at >= ${since} LIMIT ${COUNT_MAX}) counted) recent
    LEFT JOIN LATERAL (SELECT r.client_address, r.user_agent FROM request_logs r WHERE r.organization_id = ${organizationId}
      AND r.key_id = k.id AND r.started_at >= k.last_used_at - interval '1 hour' AND r.started_at <= k.last_used_at + interval '1 hour'
      ORDER BY r.started_at DESC LIMIT 1) newest ON k.last_used_at IS NOT NULL
    ORDER BY asked.place`;
  return rows.map((row) => ({
    keyId: row.keyId,
    requests: Number(row.requests),
    minutes: ACTIVITY_MINUTES,
    lastUsedAt: iso(row.lastUsedAt),
    lastAddress: row.address || null,
    lastUserAgent: row.userAgent || null,
  }));
}
