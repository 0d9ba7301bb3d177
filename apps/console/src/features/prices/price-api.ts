'use client';
/** Prices and re-ratings in the browser. */
import type { Rerating } from '@tollgate/api';
import { withQuery } from '../../api/query-key.ts';
import { useApiMutation } from '../../api/use-api.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { useMe } from '../shell/use-me.ts';

export const RERATINGS_PATH = '/reratings?limit=20';
export const WHAT_IF_PATH = '/prices/what-if';
export const MARKUP_RULES_PATH = '/operator/markup-rules?limit=50';

/** Whatever shows prices. */
export const STALE_AFTER_PRICE_CHANGE = ['/prices', '/operator/prices', '/models', '/audit-events'] as const;
/** Models show the markup of what is resold. */
export const STALE_AFTER_MARKUP_CHANGE = ['/operator/markup-rules', '/models', '/audit-events'] as const;
const STALE_AFTER_RERATING = ['/reratings', '/prices/unknown', '/audit-events'] as const;

export function useIsOperator(): boolean {
  return useMe().data?.isOperator ?? false;
}

export function useBeginRerating() {
  const organizationId = useMe().data?.organizationId;
  const formKey = useIdempotencyKey();
  return useApiMutation<Rerating, { readonly json: object; readonly resoldToo: boolean }>(
    ({ json, resoldToo }) => {
      const idempotencyKey = idempotencyKeyOf(formKey, { json, resoldToo });
      if (!resoldToo) return { path: '/reratings', json, idempotencyKey };
      return { path: '/operator/reratings', json: { ...json, organizationId }, idempotencyKey };
    },
    { invalidates: STALE_AFTER_RERATING },
  );
}

export function useStepRerating(action: 'apply' | 'cancel') {
  const organizationId = useMe().data?.organizationId;
  return useApiMutation<Rerating, Rerating>(
    ({ id, ownCredentialsOnly }) =>
      ownCredentialsOnly
        ? { path: `/reratings/${id}/${action}`, method: 'POST' }
        : { path: `/operator/reratings/${id}/${action}`, json: { organizationId } },
    { invalidates: STALE_AFTER_RERATING },
  );
}

/** `2026-11-21T08:30` of a field, in the reader's zone, as the API wants it. */
export function toInstant(typed: string): string | undefined {
  const ms = Date.parse(typed);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** Of all time and traffic, unless the close of a month led here. */
export function useUnknownPath(): string {
  const url = useUrlState();
  return withQuery('/prices/unknown', {
    from: url.get('from'),
    to: url.get('to'),
    livemode: { live: 'true', test: 'false' }[url.get('mode') ?? ''],
  });
}
