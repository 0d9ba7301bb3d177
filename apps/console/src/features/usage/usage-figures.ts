/** Sums of usage rows. Money is added as exact decimals; the same sums stand in cards, chart and table. */
import type { UsageRow } from '@tollgate/api';
import { addDecimals } from '@tollgate/ui/charts';
import { inputTokensOf } from '../common/token-totals.ts';
import {
  type GroupBy,
  type Grouped,
  groupKeyOf,
  groupNameOf,
  groupsOf,
  partKeyOf,
  partNameOf,
} from './usage-chart.ts';

const COUNTS = [
  'requests',
  'attempts',
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
  /** So many groups as one: all but those that were asked for. */
  readonly restGroups?: number;
  /** One per dimension that is grouped by. */
  readonly parts: readonly { readonly groupBy: GroupBy; readonly key: string; readonly name: string }[];
}

/** With what it was in the period before; undefined: there was nothing. */
export interface ComparedGroup extends UsageGroup {
  readonly before: UsageFigures | undefined;
}

export function sumUsage(rows: readonly UsageFigures[]): UsageFigures {
  const counts = COUNTS.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)]);
  const amounts = AMOUNTS.map((name) => [name, addDecimals(rows.map((row) => row[name]))]);
  return Object.fromEntries([...counts, ...amounts]) as unknown as UsageFigures;
}

/** One per group, over all time buckets. */
export function sumByGroup(
  rows: readonly UsageRow[],
  grouped: Grouped,
  noneLabel: string,
): readonly UsageGroup[] {
  const members = new Map<string, UsageRow[]>();
  for (const row of rows) {
    const key = groupKeyOf(row, grouped);
    const group = members.get(key);
    if (group === undefined) members.set(key, [row]);
    else group.push(row);
  }
  return [...members].map(([key, group]) => ({
    key,
    name: group[0] === undefined ? key : groupNameOf(group[0], grouped, noneLabel),
    parts: groupsOf(grouped).map((groupBy) => ({
      groupBy,
      key: group[0] === undefined ? key : partKeyOf(group[0], groupBy),
      name: group[0] === undefined ? key : partNameOf(group[0], groupBy, noneLabel),
    })),
    ...(group[0]?.rest === true && { restGroups: group[0].restGroups ?? 0 }),
    ...sumUsage(group),
  }));
}

/** Every group of either period: one that is gone is a change, too. */
export function compareGroups(
  now: readonly UsageGroup[],
  before: readonly UsageGroup[] | undefined,
): readonly ComparedGroup[] {
  const earlier = new Map(before?.map((group) => [group.key, group]));
  const known = new Set(now.map(({ key }) => key));
  const gone = (before ?? []).filter(({ key }) => !known.has(key));
  return [
    ...now.map((group) => ({ ...group, before: earlier.get(group.key) })),
    ...gone.map((group) => ({ ...group, ...sumUsage([]), before: group })),
  ];
}

/** Exact: as decimal text. */
export function differenceOf(now: string, before: string): string {
  return addDecimals([now, before.startsWith('-') ? before.slice(1) : `-${before}`]);
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
