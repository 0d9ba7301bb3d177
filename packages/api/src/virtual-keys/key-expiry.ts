/** How long keys may live: what a new one gets, and what nobody exceeds. */
import type { Transaction } from '@tollgate/db';
import { type EffectiveKeyPolicy, latestExpiry, usualExpiry } from '@tollgate/keys';
import { invalidField } from '../framework/problem.ts';
import { getEffectiveKeyPolicy } from './key-policy-store.ts';
import type { KeyRow } from './present-key.ts';

/**
 * @param asked Undefined: the usual; null: never.
 * @throws {ApiProblem} In the past, or later than the rules allow for a key made at that instant.
 */
export function decideExpiry(
  policy: EffectiveKeyPolicy,
  asked: Date | null | undefined,
  { createdAtMs, nowMs }: { readonly createdAtMs: number; readonly nowMs: number },
): Date | null {
  if (asked === undefined) return usualExpiry(policy, createdAtMs);
  if (asked !== null && asked.getTime() <= nowMs) {
    throw invalidField('body.expiresAt', 'must lie in the future', 'not_future');
  }
  const latest = latestExpiry(policy, createdAtMs);
  if (latest === undefined || (asked !== null && asked <= latest)) return asked;
  throw invalidField(
    'body.expiresAt',
    `must lie at most ${policy.maxAgeDays?.value} days after the key was made: ${latest.toISOString()} at the latest`,
    'too_late',
  );
}

/**
 * A key older than a rule keeps its date, also one that is over; under the rules of another team it must end as they say.
 *
 * @param asked Of the same change; undefined: the date stays.
 * @throws {ApiProblem} In the past, or later than the rules of that team allow for a key as old as this one.
 */
export async function assertMayEndIn(
  tx: Transaction,
  { organizationId, createdAt, expiresAt }: Pick<KeyRow, 'organizationId' | 'createdAt' | 'expiresAt'>,
  {
    teamId,
    asked = expiresAt,
    nowMs,
  }: { readonly teamId: string | null; readonly asked?: Date | null | undefined; readonly nowMs: number },
): Promise<void> {
  const rules = await getEffectiveKeyPolicy(tx, organizationId, teamId);
  const isUnchanged = asked?.getTime() === expiresAt?.getTime();
  const clockMs = isUnchanged ? Number.NEGATIVE_INFINITY : nowMs;
  decideExpiry(rules, asked, { createdAtMs: createdAt.getTime(), nowMs: clockMs });
}
