/** Usage as CSV (RFC 4180), safe to open in a spreadsheet. */
import { type GroupBy, groupKeyOf, groupNameOf } from './usage-chart.ts';
import type { UsageRow } from './usage-types.ts';

const FIGURES = [
  'requests',
  'inputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
  'costUsd',
  'chargeUsd',
  'savedUsd',
  'spentUsd',
] as const;

export function toUsageCsv(rows: readonly UsageRow[], groupBy: GroupBy): string {
  const grouped = groupBy !== 'none';
  const head = ['start', ...(grouped ? [groupBy, `${groupBy}Id`] : []), ...FIGURES];
  const lines = rows.map((row) => [
    row.start ?? '',
    ...(grouped ? [groupNameOf(row, groupBy, ''), groupKeyOf(row, groupBy)] : []),
    ...FIGURES.map((name) => String(row[name])),
  ]);
  return [head, ...lines]
    .map((cells) => cells.map(toCell).join(','))
    .join('\r\n')
    .concat('\r\n');
}

/** A spreadsheet runs what begins like a formula: such text gets an apostrophe. Numbers stay numbers. */
export function toCell(text: string): string {
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
