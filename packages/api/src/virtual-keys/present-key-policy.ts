/** Rules for keys as the API takes and shows them. */
import { z } from '@hono/zod-openapi';
import type { Decided, EffectiveKeyPolicy } from '@tollgate/keys';
import { BUDGET_PERIODS, RATE_METRICS } from '@tollgate/limits';
import { iso, text, timestamp } from '../framework/field.ts';
import { limitValue, windowSeconds } from '../limits/rate-limit-fields.ts';
import { usdAmount } from '../limits/usd-amount.ts';
import type { KeyPolicyRow } from './key-policy-store.ts';

const MAX_DAYS = 3_650;
const MAX_OVERLAP_SECONDS = 30 * 86_400;
const MAX_MODELS = 200;

export const KeyBudgetDefault = z.strictObject({
  limitUsd: usdAmount,
  period: z.enum(BUDGET_PERIODS),
  kind: z.enum(['hard', 'soft']),
});

export const KeyRateDefaults = z
  .array(
    z.strictObject({
      metric: z.enum(RATE_METRICS),
      limit: limitValue,
      windowSeconds: windowSeconds.exactOptional(),
    }),
  )
  .max(10);

const days = z.int().min(1).max(MAX_DAYS).nullable();

/** All of it is said at once: what is null is left to the level above. */
export const keyPolicyFields = {
  rotateEveryDays: days.default(null),
  overlapSeconds: z.int().min(0).max(MAX_OVERLAP_SECONDS).nullable().default(null),
  /** 0 is the day on which it is due. */
  remindDays: z.array(z.int().min(0).max(90)).max(10).default([]),
  maxAgeDays: days.default(null),
  defaultExpiryDays: days.default(null),
  defaultBudget: KeyBudgetDefault.nullable().default(null),
  defaultRateLimits: KeyRateDefaults.default([]),
  defaultModels: z.array(text(256).min(1)).max(MAX_MODELS).default([]),
};

const RateDefault = z.object({
  metric: z.enum(RATE_METRICS),
  limit: z.int(),
  windowSeconds: z.int().exactOptional(),
});
const BudgetDefault = z.object({ limitUsd: z.string(), period: z.enum(BUDGET_PERIODS), kind: z.string() });

export const KeyPolicyRulesAnswer = z
  .object({
    /** Null: the organization's. */
    teamId: z.string().nullable(),
    rotateEveryDays: z.int().nullable(),
    overlapSeconds: z.int().nullable(),
    remindDays: z.array(z.int()),
    maxAgeDays: z.int().nullable(),
    defaultExpiryDays: z.int().nullable(),
    defaultBudget: BudgetDefault.nullable(),
    defaultRateLimits: z.array(RateDefault),
    defaultModels: z.array(z.string()),
    /** 0: nothing has been said here yet. */
    version: z.int(),
    updatedAt: timestamp.nullable(),
  })
  .openapi('KeyRules');

const decided = <S extends z.ZodType>(value: S) =>
  z
    .object({
      value,
      /** The team that says it; null: the organization. */
      teamId: z.string().nullable(),
    })
    .nullable();

export const EffectiveKeyRules = z
  .object({
    rotateEveryDays: decided(z.int()),
    overlapSeconds: decided(z.int()),
    remindDays: decided(z.array(z.int())),
    maxAgeDays: decided(z.int()),
    defaultExpiryDays: decided(z.int()),
    defaultBudget: decided(BudgetDefault),
    defaultRateLimits: decided(z.array(RateDefault)),
    defaultModels: decided(z.array(z.string())),
  })
  .openapi('EffectiveKeyRules');

export function presentKeyRules(
  teamId: string,
  row: KeyPolicyRow | null,
): z.input<typeof KeyPolicyRulesAnswer> {
  return {
    teamId: teamId || null,
    rotateEveryDays: row?.rotateEveryDays ?? null,
    overlapSeconds: row?.overlapSeconds ?? null,
    remindDays: row?.remindDays ?? [],
    maxAgeDays: row?.maxAgeDays ?? null,
    defaultExpiryDays: row?.defaultExpiryDays ?? null,
    defaultBudget: KeyBudgetDefault.nullable()
      .catch(null)
      .parse(row?.defaultBudget ?? null),
    defaultRateLimits: KeyRateDefaults.catch([]).parse(row?.defaultRateLimits ?? []),
    defaultModels: row?.defaultModels ?? [],
    version: row?.version ?? 0,
    updatedAt: iso(row?.updatedAt ?? null),
  };
}

export function presentEffectiveRules(policy: EffectiveKeyPolicy): z.input<typeof EffectiveKeyRules> {
  const show = <T, O>(rule: Decided<T> | null, present: (value: T) => O) =>
    rule === null ? null : { value: present(rule.value), teamId: rule.teamId || null };
  const same = <T>(value: T) => value;
  return {
    rotateEveryDays: show(policy.rotateEveryDays, same),
    overlapSeconds: show(policy.overlapSeconds, same),
    remindDays: show(policy.remindDays, (value) => [...value]),
    maxAgeDays: show(policy.maxAgeDays, same),
    defaultExpiryDays: show(policy.defaultExpiryDays, same),
    defaultBudget: show(policy.defaultBudget, (value) => BudgetDefault.parse(value)),
    defaultRateLimits: show(policy.defaultRateLimits, (value) =>
      value.map((limit) => RateDefault.parse(limit)),
    ),
    defaultModels: show(policy.defaultModels, (value) => [...value]),
  };
}
