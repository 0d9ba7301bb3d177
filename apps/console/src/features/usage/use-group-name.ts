'use client';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import type { GroupBy } from './usage-chart.ts';

/** @returns What a grouping is called; a tag by its own name. */
export function useGroupName(): (groupBy: GroupBy) => string {
  const names: Readonly<Record<string, string>> = useMessages('usage').group;
  return (groupBy) => (groupBy.startsWith('tag:') ? groupBy.slice(4) : (names[groupBy] ?? groupBy));
}

/** @returns Several groupings in the middle of a sentence, where English writes them small. */
export function useGroupsInText(): (groups: readonly GroupBy[]) => string {
  const text = useMessages('usage');
  const toName = useGroupName();
  return (groups) =>
    groups
      .map((groupBy) => (groupBy.startsWith('tag:') ? toName(groupBy) : text.inText(toName(groupBy))))
      .join(' · ');
}
