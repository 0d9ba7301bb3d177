'use client';
/** Where a rate limit stands: what is used now, and what was refused lately. */
import type { RateLimit, RateLimitUse } from '@tollgate/api';
import { formatNumber, Meter, TimeStamp, useNowMs } from '@tollgate/ui';
import Link from 'next/link';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useLimitText } from '../limits/use-limit-text.ts';
import { customRange } from '../requests/explorer-range.ts';
import type { RequestsSummary } from '../requests/summary-types.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { refusedQuery } from './refused-query.ts';

const REFRESH_MS = 5_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** As many as can be asked for at once; a longer list shows them one by one. */
const MAX_SHOWN = 100;

/** @returns By id; undefined: not known yet, or of too many. */
export function useUseOfRateLimits(
  rules: readonly RateLimit[],
): ReadonlyMap<string, RateLimitUse> | undefined {
  const ids = rules.length > MAX_SHOWN ? '' : rules.map(({ id }) => id).join(',');
  const { data } = useApiQuery<{ readonly data: readonly RateLimitUse[] }>(
    ids === '' ? undefined : withQuery('/rate-limits/use', { ids }),
    { refetchInterval: REFRESH_MS, placeholderData: (before) => before },
  );
  return useMemo(() => data && new Map(data.data.map((use) => [use.id, use])), [data]);
}

/** Nothing for a limit that has one count for each value. */
export function UseBar({ rule, use }: { readonly rule: RateLimit; readonly use: RateLimitUse | undefined }) {
  const text = useMessages('rateLimits');
  const { rateRule, number } = useLimitText();
  if (use === undefined || use.used === null || use.remaining === null) {
    return <span className="text-xs text-ink-faint">{text.eachCounted}</span>;
  }
  const share = rule.limit === 0 ? 1 : use.used / rule.limit;
  return (
    <span className="flex w-full min-w-36 flex-col gap-1.5">
      <Meter share={share} label={text.applied.meter(rateRule(rule))} />
      <span className="flex flex-wrap justify-between gap-x-3 text-xs text-ink-faint">
        <span className="tabular">{text.applied.used(number(use.used), number(rule.limit))}</span>
        {use.resetsAt !== null && use.used > 0 && <TimeStamp value={use.resetsAt} />}
      </span>
    </span>
  );
}

/** In the sheet of one limit. */
export function RateLimitStanding({ rule }: { readonly rule: RateLimit }) {
  const text = useMessages('rateLimits').sheet;
  const rules = useMemo(() => [rule], [rule]);
  const use = useUseOfRateLimits(rules)?.get(rule.id);
  const mayReadRequests = usePermission('requests:read');
  return (
    <section>
      <h3 className="mb-2 text-sm font-semibold text-ink">{text.now}</h3>
      <UseBar rule={rule} use={use} />
      {mayReadRequests && <RefusedLately rule={rule} />}
    </section>
  );
}

function RefusedLately({ rule }: { readonly rule: RateLimit }) {
  const text = useMessages('rateLimits').sheet;
  const locale = useLocale();
  const nowMs = useNowMs();
  const q = refusedQuery(rule);
  // From a full hour on, so that the question stays the same for a while; the list behind it begins there, too.
  const fromMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS - DAY_MS;
  const from = new Date(fromMs).toISOString();
  const { data } = useApiQuery<RequestsSummary>(withQuery('/requests/summary', { q, from }));
  if (data === undefined) return null;
  const count = formatNumber(data.matched, locale);
  return (
    <p className="mt-2 text-sm text-ink-soft" role="status">
      {data.matched === 0 ? (
        text.nothingRefused
      ) : (
        <Link
          href={withQuery('/requests', { q, ...customRange(fromMs, nowMs) })}
          className="text-accent-ink hover:underline"
        >
          {data.lookedTo === null ? text.refused(count) : text.refusedAtLeast(count)}
        </Link>
      )}
    </p>
  );
}
