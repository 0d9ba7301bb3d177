'use client';
/** The time zone that the organization counts its days and months in. */
import { useMe } from '../shell/use-me.ts';

/** @returns Undefined until it is known. */
export function useTimeZone(): string | undefined {
  const me = useMe().data;
  return me && (me.timeZone ?? 'UTC');
}
