/** Usage as CSV: the table as it is shown, or every interval of it. Amounts have every digit. */
import type { UsageRow } from '@tollgate/api';
import { type CsvCell, toCsv } from '../common/csv.ts';
import { inputTokensOf, outputTokensOf } from '../common/token-totals.ts';
import { type Grouped, groupsOf, partKeyOf, partNameOf } from './usage-chart.ts';
import { type ComparedGroup, differenceOf, type UsageFigures } from './usage-figures.ts';

/** Tokens as the table counts them, then each kind as the API does: cached input is no part of `inputTokens`. */
const FIGURES = [
  'requests',
  'attempts',
  'totalInputTokens',
  'inputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'totalOutputTokens',
  'outputTokens',
  'reasoningTokens',
  'costUsd',
  'chargeUsd',
  'savedUsd',
  'spentUsd',
] as const;

function figuresOf(figures: UsageFigures): CsvCell[] {
  const withTotals = {
    ...figures,
    totalInputTokens: inputTokensOf(figures),
    totalOutputTokens: outputTokensOf(figures),
  };
  return FIGURES.map((figure) => withTotals[figure]);
}

function groupHead(grouped: Grouped): readonly string[] {
  return groupsOf(grouped)
    .filter((groupBy) => groupBy !== 'none')
    .flatMap((groupBy) => [groupBy, `${groupBy}Id`]);
}

/** One line per group, and what it was in the period before where that is shown. */
export function toGroupsCsv(groups: readonly ComparedGroup[], grouped: Grouped, compared: boolean): string {
  const head = [
    ...groupHead(grouped),
    ...FIGURES,
    ...(compared ? ['previousRequests', 'previousSpentUsd', 'changeUsd'] : []),
  ];
  const rows = groups.map((group): CsvCell[] => [
    ...group.parts.filter(({ groupBy }) => groupBy !== 'none').flatMap(({ name, key }) => [name, key]),
    ...figuresOf(group),
    ...(compared
      ? [
          group.before?.requests ?? 0,
          group.before?.spentUsd ?? '0',
          differenceOf(group.spentUsd, group.before?.spentUsd ?? '0'),
        ]
      : []),
  ]);
  return toCsv(head, rows);
}

/** One line per group and interval, as the API answered. */
export function toUsageCsv(rows: readonly UsageRow[], grouped: Grouped): string {
  const groups = groupsOf(grouped).filter((groupBy) => groupBy !== 'none');
  return toCsv(
    ['start', ...groupHead(grouped), ...FIGURES],
    rows.map((row) => [
      row.start ?? '',
      ...groups.flatMap((groupBy) => [partNameOf(row, groupBy, ''), partKeyOf(row, groupBy)]),
      ...figuresOf(row),
    ]),
  );
}
