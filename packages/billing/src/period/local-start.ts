/**
 * Local days, weeks (from Monday) and months in SQL, by their first instant, as zone-time.ts has them in TypeScript.
 *
 * Where clocks are set back to midnight (Havana, the Azores) a day has two midnights, and Postgres means the second:
 * the hour between them would lie before the day that it belongs to.
 */
import { type Prisma, sql } from '@tollgate/db';

type LocalUnit = 'day' | 'week' | 'month';

/** The first instant of the local day, week or month that holds an instant. */
export function localStart(unit: LocalUnit, instant: Prisma.Sql, timeZone: string): Prisma.Sql {
  return firstOfTwo(unit, sql`date_trunc(${unit}::text, ${instant}, ${timeZone}::text)`, timeZone);
}

/** @param midnight Where Postgres lets a local day, week or month begin. */
export function firstOfTwo(unit: LocalUnit, midnight: Prisma.Sql, timeZone: string): Prisma.Sql {
  if (timeZone === 'UTC') return midnight;
  const hourBefore = sql`${midnight} - interval '1 hour'`;
  return sql`(CASE WHEN date_trunc(${unit}::text, ${hourBefore}, ${timeZone}::text) = ${midnight} THEN ${hourBefore} ELSE ${midnight} END)`;
}
