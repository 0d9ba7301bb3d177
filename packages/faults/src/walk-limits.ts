/** Limits under which a walk runs: all of them in force for every call, none of them ever reached. */
import type { TenantLimits } from './tenant.ts';

const LIMIT_PICO_USD = 1_000_000_000_000_000n;
const CALLS_PER_MINUTE = 1_000_000;

/** Short, so that a walk can let a gateway sleep past what it was granted. */
export const WALK_GRANT_TTL_MS = 5_000;

export const WALK_LIMITS: TenantLimits = {
  budgets: [
    { scope: { type: 'organization', id: '' }, period: 'month', limitPicoUsd: LIMIT_PICO_USD * 4n },
    {
      scope: { type: 'organization', id: '' },
      period: 'month',
      counts: 'resold',
      limitPicoUsd: LIMIT_PICO_USD * 4n,
    },
    { scope: { type: 'team', id: '' }, period: 'lifetime', limitPicoUsd: LIMIT_PICO_USD * 2n },
    { scope: { type: 'key', id: '*' }, period: 'day', limitPicoUsd: LIMIT_PICO_USD },
    { scope: { type: 'model', id: '*' }, period: 'week', limitPicoUsd: LIMIT_PICO_USD },
  ],
  rateLimits: [
    {
      scope: { type: 'key', id: '' },
      metric: 'requests',
      limit: CALLS_PER_MINUTE,
      windowSeconds: 60,
      model: null,
    },
  ],
};
