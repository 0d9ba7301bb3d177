/** How long keys may live: what a new one gets, and what nobody exceeds. */
import { type EffectiveKeyPolicy, latestExpiry, usualExpiry } from '@tollgate/keys';
import { invalidField } from '../framework/problem.ts';

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
