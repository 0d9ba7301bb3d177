/** What a term of text is to the database: equal to one of its values, or like one of its patterns. */
import { join, type Prisma, sql } from '@tollgate/db';

/** One of them: equal, or with `*` for any characters. LIKE has no backtracking to speak of: no pattern hurts. */
export function matches(column: Prisma.Sql, values: readonly string[]): Prisma.Sql {
  if (values.length === 0) return sql`false`;
  const whole = values.filter((value) => !value.includes('*'));
  const patterns = values.filter((value) => value.includes('*')).map(toPattern);
  const either = [
    ...(whole.length === 0 ? [] : [sql`${column} = ANY (${whole}::text[])`]),
    ...(patterns.length === 0 ? [] : [sql`${column} LIKE ANY (${patterns}::text[])`]),
  ];
  return either.length === 1 ? either[0]! : sql`(${join(either, ' OR ')})`;
}

function toPattern(value: string): string {
  return value.replaceAll(/[\\%_]/g, (character) => `\\${character}`).replaceAll(/\*+/g, '%');
}
