/**
 * What holds for the keys of a team: the organization's rules, and those of each team down to it. Pure.
 *
 * Bounds add up: the strictest of all is kept, so that no team lifts what stands above it. Defaults do not: the
 * nearest one is what a new key gets.
 */
export interface KeyBudgetDefault {
  readonly limitUsd: string;
  readonly period: string;
  readonly kind: string;
}

export interface KeyRateDefault {
  readonly metric: string;
  readonly limit: number;
  /** Absent for concurrency. */
  readonly windowSeconds?: number;
}

/** One level's rules; null or empty: it says nothing. */
export interface KeyPolicyRules {
  /** Empty: the organization's. */
  readonly teamId: string;
  readonly rotateEveryDays: number | null;
  readonly overlapSeconds: number | null;
  readonly remindDays: readonly number[];
  readonly maxAgeDays: number | null;
  readonly defaultExpiryDays: number | null;
  readonly defaultBudget: KeyBudgetDefault | null;
  readonly defaultRateLimits: readonly KeyRateDefault[];
  readonly defaultModels: readonly string[];
}

/** A rule and the level that says it: `''` is the organization. */
export interface Decided<T> {
  readonly value: T;
  readonly teamId: string;
}

export interface EffectiveKeyPolicy {
  readonly rotateEveryDays: Decided<number> | null;
  readonly overlapSeconds: Decided<number> | null;
  /** Descending; what is told when nobody says otherwise. */
  readonly remindDays: Decided<readonly number[]> | null;
  readonly maxAgeDays: Decided<number> | null;
  readonly defaultExpiryDays: Decided<number> | null;
  readonly defaultBudget: Decided<KeyBudgetDefault> | null;
  readonly defaultRateLimits: Decided<readonly KeyRateDefault[]> | null;
  readonly defaultModels: Decided<readonly string[]> | null;
}

/** Told where a rotation is asked for and nobody says when to remind: a week, a day, and on the day itself. */
export const USUAL_REMIND_DAYS: readonly number[] = [7, 1, 0];

/** @param teamPath Ids from the root to the team; empty: keys of no team. */
export function resolveKeyPolicy(
  rules: readonly KeyPolicyRules[],
  teamPath: readonly string[],
): EffectiveKeyPolicy {
  const byTeam = new Map(rules.map((rule) => [rule.teamId, rule]));
  const levels = ['', ...teamPath].flatMap((teamId) => byTeam.get(teamId) ?? []);
  const strictest = (read: (rule: KeyPolicyRules) => number | null): Decided<number> | null => {
    let found: Decided<number> | null = null;
    for (const rule of levels) {
      const value = read(rule);
      if (value !== null && (found === null || value < found.value)) found = { value, teamId: rule.teamId };
    }
    return found;
  };
  const nearest = <T>(read: (rule: KeyPolicyRules) => T | null): Decided<T> | null => {
    for (const rule of levels.toReversed()) {
      const value = read(rule);
      if (value !== null) return { value, teamId: rule.teamId };
    }
    return null;
  };
  const list = <T>(values: readonly T[]): readonly T[] | null => (values.length === 0 ? null : values);
  return {
    rotateEveryDays: strictest((rule) => rule.rotateEveryDays),
    overlapSeconds: nearest((rule) => rule.overlapSeconds),
    remindDays: nearest((rule) => list(rule.remindDays.toSorted((left, right) => right - left))),
    maxAgeDays: strictest((rule) => rule.maxAgeDays),
    defaultExpiryDays: nearest((rule) => rule.defaultExpiryDays),
    defaultBudget: nearest((rule) => rule.defaultBudget),
    defaultRateLimits: nearest((rule) => list(rule.defaultRateLimits)),
    defaultModels: nearest((rule) => list(rule.defaultModels)),
  };
}

const DAY_MS = 86_400_000;

/** The latest instant at which a key of that age may end; undefined: nothing bounds it. */
export function latestExpiry(policy: EffectiveKeyPolicy, createdAtMs: number): Date | undefined {
  return policy.maxAgeDays === null ? undefined : new Date(createdAtMs + policy.maxAgeDays.value * DAY_MS);
}

/** When a key ends whose maker says nothing about it; null: never. */
export function usualExpiry(policy: EffectiveKeyPolicy, createdAtMs: number): Date | null {
  const latest = latestExpiry(policy, createdAtMs);
  if (policy.defaultExpiryDays === null) return latest ?? null;
  const usual = new Date(createdAtMs + policy.defaultExpiryDays.value * DAY_MS);
  return latest !== undefined && latest < usual ? latest : usual;
}

/** When a secret of that age is to be replaced; null: never. */
export function rotationDueAt(policy: EffectiveKeyPolicy, rotatedAtMs: number): Date | null {
  if (policy.rotateEveryDays === null) return null;
  return new Date(rotatedAtMs + policy.rotateEveryDays.value * DAY_MS);
}
