'use client';
/** A file in a table: what it is, and its name; and the days that it tells of. */
import type { ReactNode } from 'react';
import { useDayText } from './use-day-text.ts';

export function FileCell({ what, fileName }: { readonly what: ReactNode; readonly fileName: string }) {
  return (
    <span className="flex flex-col">
      <span className="font-medium">{what}</span>
      <span className="whitespace-normal text-xs wrap-anywhere text-ink-faint">{fileName}</span>
    </span>
  );
}

export function DaysCell({ firstDay, lastDay }: { readonly firstDay: string; readonly lastDay?: string }) {
  const dayText = useDayText();
  return <span className="tabular whitespace-nowrap">{dayText(firstDay, lastDay)}</span>;
}
