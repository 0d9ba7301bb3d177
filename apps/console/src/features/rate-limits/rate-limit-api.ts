'use client';
/** Rate limits in the browser. */
import type { RateLimit } from '@tollgate/api';
import { useApiMutation } from '../../api/use-api.ts';
import { useEvery } from '../common/use-every.ts';
import { usePermission } from '../signed-in/use-permission.ts';

/** Whatever shows rate limits: lists, and policies of keys and teams. */
export const STALE_AFTER_LIMIT_CHANGE = ['/rate-limits', '/keys', '/teams', '/audit-events'] as const;

export const RATE_LIMITS_PATH = '/rate-limits?limit=200';

export function useRateLimits() {
  return useEvery<RateLimit>('/rate-limits', { enabled: usePermission('rate-limits:read') });
}

export function useDeleteRateLimit() {
  return useApiMutation<void, RateLimit>(
    ({ id, version }) => ({ path: `/rate-limits/${id}`, method: 'DELETE', ifMatch: `"${version}"` }),
    { invalidates: STALE_AFTER_LIMIT_CHANGE },
  );
}
