/**
 * Whether Postgres objects to what a row says, rather than being unable to work.
 */
import { Prisma } from '@tollgate/db';

/** SQLSTATE classes: 22 data exception, 23 integrity constraint violation. */
const ROW_CLASSES: ReadonlySet<string> = new Set(['22', '23']);
/** Prisma's own codes for the same, for statements whose SQLSTATE it translates. */
const ROW_CODES: ReadonlySet<string> = new Set(['P2000', 'P2002', 'P2003', 'P2004', 'P2011', 'P2020']);

export function isRowError(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  if (ROW_CODES.has(error.code)) return true;
  const state = findSqlState(error.meta, 0);
  return state !== undefined && ROW_CLASSES.has(state.slice(0, 2));
}

const SQL_STATE = /^[0-9A-Z]{5}$/;

/** The driver adapter nests it under changing names; only fields that are called a code are looked at. */
function findSqlState(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null || depth > 4) return undefined;
  for (const [name, each] of Object.entries(value)) {
    if ((name === 'code' || name === 'originalCode') && typeof each === 'string' && SQL_STATE.test(each))
      return each;
  }
  for (const each of Object.values(value)) {
    const found = findSqlState(each, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
