/** A saved report, and what of it stands in the address of the usage page. */
import type { SavedReport } from '@tollgate/api';
import type { UrlChange } from '../common/use-url-state.ts';
import { FILTERS, printFilter, type UsageQuestion } from './use-usage-question.ts';

export type ReportQuestion = SavedReport['question'];

/** Everything of the address that a report holds, so that opening one leaves nothing behind. */
export function toAddress(question: ReportQuestion): UrlChange {
  const [group, group2] = question.groupBy;
  return {
    range: question.range === '30d' ? undefined : question.range,
    from: question.from ?? undefined,
    to: question.to ?? undefined,
    interval: question.interval ?? undefined,
    group: group === undefined ? 'none' : group === 'model' ? undefined : group,
    group2,
    metric: question.metric === 'spend' ? undefined : question.metric,
    mode: question.mode === 'all' ? undefined : question.mode,
    compare: question.compare ? undefined : '0',
    ...Object.fromEntries(
      FILTERS.map((name) => [name, printFilter(name, [question.filters[name] ?? []].flat())]),
    ),
  };
}

/** What the page shows, as a report would keep it. */
export function toReportQuestion(
  question: UsageQuestion,
  url: (name: string) => string | undefined,
): ReportQuestion {
  const isCustom = question.rangeName === 'custom';
  const interval = question.interval === question.range.intervals[0] ? null : question.interval;
  return {
    range: question.rangeName,
    from: isCustom ? (url('from') ?? null) : null,
    to: isCustom ? (url('to') ?? null) : null,
    interval: interval === 'hour' || interval === 'day' || interval === 'month' ? interval : null,
    groupBy: [...question.groups],
    metric: question.metric,
    mode: question.mode,
    compare: question.compare,
    // Only what is counted: a filter that does not apply would be refused.
    filters: Object.fromEntries(
      FILTERS.flatMap((name) => {
        const values = question.filters[name];
        if (values === undefined || !question.applies(name)) return [];
        const [only, ...more] = values;
        return [[name, more.length === 0 ? only : values]];
      }),
    ),
  };
}

export function isSameQuestion(left: ReportQuestion, right: ReportQuestion): boolean {
  return JSON.stringify(toAddress(left)) === JSON.stringify(toAddress(right));
}
