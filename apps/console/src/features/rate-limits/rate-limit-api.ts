'use client';
/** Rate limits in the browser. */
import type { RateLimit } from '@tollgate/api';
import { type MutationCall, useApiMutation } from '../../api/use-api.ts';
import { LONG_PAGE, useEvery } from '../common/use-every.ts';
import { usePermission } from '../signed-in/use-permission.ts';

/** Whatever shows rate limits: lists, and policies of keys and teams. */
export const STALE_AFTER_LIMIT_CHANGE = ['/rate-limits', '/keys', '/teams', '/audit-events'] as const;

export const RATE_LIMITS_PATH = '/rate-limits?limit=200';

export function useRateLimits() {
  return useEvery<RateLimit>('/rate-limits', {
    enabled: usePermission('rate-limits:read'),
    laterLimit: LONG_PAGE,
  });
}

export const deleteRateLimitCall = ({ id, version }: RateLimit): MutationCall => ({
  path: `/rate-limits/${id}`,
  method: 'DELETE',
  ifMatch: `"${version}"`,
});

export function useDeleteRateLimit() {
  return useApiMutation<void, RateLimit>(deleteRateLimitCall, { invalidates: STALE_AFTER_LIMIT_CHANGE });
}
