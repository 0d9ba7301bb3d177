'use client';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import type { GroupBy } from './usage-chart.ts';

/** @returns What a grouping is called; a tag by its own name. */
export function useGroupName(): (groupBy: GroupBy) => string {
  const names: Readonly<Record<string, string>> = useMessages('usage').group;
  return (groupBy) => (groupBy.startsWith('tag:') ? groupBy.slice(4) : (names[groupBy] ?? groupBy));
}
