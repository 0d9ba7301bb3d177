/**
 * When a draft note is issued by itself: the organization's days of grace after something began to be owed on it, and
 * not before some hours have passed without further usage, so that what still arrives makes one note and not one a
 * minute. These hours are waited for a day at most, or whoever keeps usage coming would never be billed.
 */
import { sql, type Transaction } from '@tollgate/db';

/** Of `credit_notes n`. Null of those that wait for people, of those that owe nothing, and of those that are issued. */
export const NOTE_ISSUES_AT = sql`(CASE WHEN n.state = 'draft' AND n.subtotal_pico_usd > 0 THEN (
  SELECT GREATEST(d.due, LEAST(COALESCE(n.grown_at + interval '6 hours', d.due), d.due + interval '24 hours'))
  FROM (SELECT COALESCE(n.owed_since, n.created_at) + make_interval(hours => 24 * COALESCE(
    (SELECT p.grace_days FROM billing_profiles p WHERE p.organization_id = n.organization_id), 3)) AS due) d) END)`;

export async function isNoteDue(
  tx: Transaction,
  { organizationId, creditNoteId, now }: { organizationId: string; creditNoteId: string; now: Date },
): Promise<boolean> {
  const [note] = await tx.$queryRaw<{ isDue: boolean }[]>`
    SELECT COALESCE(${NOTE_ISSUES_AT} <= ${now.toISOString()}::timestamptz, false) AS "isDue" FROM credit_notes n
    WHERE n.organization_id = ${organizationId} AND n.id = ${creditNoteId}`;
  return note?.isDue ?? false;
}
