'use client';
/** Over the list: what was found over time, by outcome, and how far was looked. */
import { Button, Card, formatNumber, Skeleton, TimeStamp, useUi } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useTimeZone } from '../usage/use-time-zone.ts';
import { OUTCOME_COLOR } from './outcome-color.ts';
import { OutcomeHistogram } from './outcome-histogram.tsx';
import { OUTCOMES, type RequestsSummary } from './summary-types.ts';
import type { SummaryState } from './use-requests-summary.ts';

export interface ExplorerSummaryProps {
  readonly summary: SummaryState;
  readonly onRange: (fromMs: number, toMs: number) => void;
}

export function ExplorerSummary({ summary, onRange }: ExplorerSummaryProps) {
  const text = useMessages('requests');
  const timeZone = useTimeZone() ?? 'UTC';
  const { data, failed, onFurther, retry } = summary;
  if (data === undefined) {
    return (
      <Card>
        {failed ? (
          <p className="flex items-center gap-3 text-sm text-ink-soft">
            {text.summaryFailed}
            <Button size="sm" onClick={retry}>
              {text.refresh}
            </Button>
          </p>
        ) : (
          <Skeleton className="h-32" />
        )}
      </Card>
    );
  }
  return (
    <Card>
      <div className="flex min-w-0 flex-col gap-3">
        <Totals data={data} />
        <OutcomeHistogram summary={data} timeZone={timeZone} onRange={onRange} />
        {data.lookedTo !== null && (
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-faint">
            <LookedText data={data} />
            {onFurther && (
              <Button size="sm" variant="link" loading={summary.isFetching} onClick={onFurther}>
                {text.lookFurther}
              </Button>
            )}
          </p>
        )}
      </div>
    </Card>
  );
}

function LookedText({ data }: { readonly data: RequestsSummary }) {
  const text = useMessages('requests');
  const { locale } = useUi();
  return (
    <span>
      {text.looked(formatNumber(data.looked, locale))} <TimeStamp value={data.lookedTo ?? data.from} />.
    </span>
  );
}

function Totals({ data }: { readonly data: RequestsSummary }) {
  const text = useMessages('requests');
  const { locale } = useUi();
  return (
    <ul className="flex flex-wrap items-baseline gap-x-4 gap-y-1 text-xs text-ink-soft">
      <li className="tabular text-sm font-medium text-ink">
        {text.matched(formatNumber(data.matched, locale), data.lookedTo !== null)}
      </li>
      {OUTCOMES.map((outcome) => {
        const count = data.buckets.reduce((sum, bucket) => sum + bucket[outcome], 0);
        return (
          <li key={outcome} className="flex items-center gap-1.5">
            <span
              aria-hidden
              className="size-2.5 rounded-[2px]"
              style={{ background: OUTCOME_COLOR[outcome] }}
            />
            {text.outcomes[outcome]}
            <span className="tabular text-ink-faint">{formatNumber(count, locale)}</span>
          </li>
        );
      })}
    </ul>
  );
}
