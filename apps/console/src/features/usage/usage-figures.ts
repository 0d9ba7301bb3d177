/** Sums of usage rows. Money is added as exact decimals; the same sums stand in cards, chart and table. */
import { addDecimals } from '@tollgate/ui/charts';
import { type GroupBy, groupKeyOf, groupNameOf } from './usage-chart.ts';
import type { UsageRow } from './usage-types.ts';

const COUNTS = [
  'requests',
  'inputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
] as const;
const AMOUNTS = ['costUsd', 'chargeUsd', 'savedUsd', 'spentUsd'] as const;

export type UsageFigures = Pick<UsageRow, (typeof COUNTS)[number] | (typeof AMOUNTS)[number]>;

export interface UsageGroup extends UsageFigures {
  readonly key: string;
  readonly name: string;
}

export function sumUsage(rows: readonly UsageFigures[]): UsageFigures {
  const counts = COUNTS.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)]);
  const amounts = AMOUNTS.map((name) => [name, addDecimals(rows.map((row) => row[name]))]);
  return Object.fromEntries([...counts, ...amounts]) as unknown as UsageFigures;
}

/** One per group, over all time buckets. */
export function sumByGroup(
  rows: readonly UsageRow[],
  groupBy: GroupBy,
  noneLabel: string,
): readonly UsageGroup[] {
  const members = new Map<string, UsageRow[]>();
  for (const row of rows) {
    const key = groupKeyOf(row, groupBy);
    const group = members.get(key);
    if (group === undefined) members.set(key, [row]);
    else group.push(row);
  }
  return [...members].map(([key, group]) => ({
    key,
    name: group[0] === undefined ? key : groupNameOf(group[0], groupBy, noneLabel),
    ...sumUsage(group),
  }));
}

/** Kinds of tokens are disjoint: cached input is not part of input, reasoning not part of output. */
export function inputTokensOf(figures: UsageFigures): number {
  return figures.inputTokens + figures.cachedInputTokens + figures.cacheWriteTokens;
}

export function outputTokensOf(figures: UsageFigures): number {
  return figures.outputTokens + figures.reasoningTokens;
}

/** 0 to 1; undefined without input. */
export function cachedShareOf(figures: UsageFigures): number | undefined {
  const input = inputTokensOf(figures);
  return input === 0 ? undefined : figures.cachedInputTokens / input;
}

/** How much more or less, 0.1 for ten percent more; undefined where there was nothing before. */
export function changeOf(now: number, before: number): number | undefined {
  return before === 0 ? undefined : (now - before) / before;
}
