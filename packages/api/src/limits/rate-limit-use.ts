/** What is used of rate limits just now, of those that hold for one value: others have one count for each value. */
import { z } from '@hono/zod-openapi';
import { type RateLimitRecord, type Scope, toRateRule } from '@tollgate/limits';
import { id, iso, timestamp } from '../framework/field.ts';
import type { ReadRateUse } from './effective-policy.ts';

export const RateLimitUse = z
  .object({
    id,
    /** By all gateways together. Null: one count for each value, or nobody can tell just now. */
    used: z.int().nullable(),
    remaining: z.int().nullable(),
    /** When the window ends that is counted now. */
    resetsAt: timestamp.nullable(),
  })
  .openapi('RateLimitUse');

export async function readUseOfRateLimits(
  organizationId: string,
  rows: readonly RateLimitRecord[],
  readRateUse: ReadRateUse | undefined,
): Promise<z.input<typeof RateLimitUse>[]> {
  const rules = rows.map(toRateRule);
  const asked = rules.flatMap((rule) => {
    const value = onlyValueOf(rule.scope, organizationId);
    return value === undefined ? [] : [{ rule, value }];
  });
  const questions = asked.map(({ rule, value }) => ({
    ruleId: rule.id,
    windowSeconds: rule.windowSeconds,
    value,
  }));
  const uses = readRateUse === undefined ? [] : await readRateUse(questions).catch(() => []);
  const useOf = new Map(asked.map(({ rule }, index) => [rule.id, uses[index]]));
  return rules.map((rule) => {
    const use = useOf.get(rule.id);
    return {
      id: rule.id,
      used: use?.used ?? null,
      remaining: use === undefined ? null : Math.max(0, rule.limit - use.used),
      resetsAt: iso(use?.resetsAt ?? null),
    };
  });
}

/** @returns Undefined: one for each value. */
function onlyValueOf({ type, id: scopeId }: Scope, organizationId: string): string | undefined {
  if (type === 'organization') return organizationId;
  return scopeId === '*' || (type === 'tag' && scopeId.endsWith('=*')) ? undefined : scopeId;
}
