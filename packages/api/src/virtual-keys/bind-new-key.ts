/** The budget and rate limits that a key is born with, in the transaction that makes it. */
import { z } from '@hono/zod-openapi';
import { BUDGET_PERIODS, createBudget, createRateLimit, RATE_METRICS } from '@tollgate/limits';
import { parseUsdSum } from '@tollgate/money';
import { recordChange } from '../framework/change-feed.ts';
import { invalidField } from '../framework/problem.ts';
import type { OrganizationCall } from '../framework/route.ts';
import { assertRoomForBudget } from '../limits/budgets-of-key.ts';
import { limitValue, windowSeconds } from '../limits/rate-limit-fields.ts';
import { usdAmount } from '../limits/usd-amount.ts';
import { assertLimitsEnforced, limitsChange } from '../routes/limits-change.ts';

const MAX_RATE_LIMITS = 10;

/** Null: none, whatever the rules for new keys say. */
export const newKeyBudget = z
  .strictObject({
    limitUsd: usdAmount,
    period: z.enum(BUDGET_PERIODS).default('month'),
    kind: z.enum(['hard', 'soft']).default('hard'),
  })
  .nullable();

export const newKeyRateLimits = z
  .array(
    z.strictObject({
      metric: z.enum(RATE_METRICS),
      limit: limitValue,
      windowSeconds: windowSeconds.exactOptional(),
    }),
  )
  .max(MAX_RATE_LIMITS);

export const newKeyRules = {
  budget: newKeyBudget.exactOptional(),
  rateLimits: newKeyRateLimits.exactOptional(),
};

interface NewKeyRules {
  readonly budget: z.output<typeof newKeyBudget>;
  readonly rateLimits: z.output<typeof newKeyRateLimits>;
}

/** @throws {ApiProblem} `not_enforced`; `invalid_request` for a rate without its window. */
export async function bindNewKey(
  call: OrganizationCall<unknown, unknown, unknown>,
  keyId: string,
  { budget, rateLimits }: NewKeyRules,
): Promise<void> {
  if (budget === null && rateLimits.length === 0) return;
  assertLimitsEnforced(call.context.settings);
  const scope = { type: 'key', id: keyId } as const;
  if (budget !== null) {
    await assertRoomForBudget(call.tx, call.organizationId, scope);
    const { id } = await createBudget(limitsChange(call), {
      name: '',
      scope,
      limitPicoUsd: parseUsdSum(budget.limitUsd),
      period: budget.period,
      anchorAt: null,
      kind: budget.kind,
      thresholds: [50, 80, 100],
      onExceeded: 'refuse',
      carryOver: false,
      carryOverCapPicoUsd: null,
      paused: false,
    });
    await recordChange(call, call.tx, 'policy-changed', id);
  }
  for (const [index, limit] of rateLimits.entries()) {
    const isRate = limit.metric !== 'concurrency';
    if (isRate && limit.windowSeconds === undefined) {
      throw invalidField(
        `body.rateLimits.${index}.windowSeconds`,
        'is needed for requests and tokens',
        'required',
      );
    }
    const { id } = await createRateLimit(limitsChange(call), {
      scope,
      metric: limit.metric,
      limit: limit.limit,
      windowSeconds: isRate ? (limit.windowSeconds ?? 0) : 0,
      model: null,
    });
    await recordChange(call, call.tx, 'policy-changed', id);
  }
}
