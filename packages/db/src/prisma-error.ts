import { Prisma } from './generated/client.ts';

/** Whether an insert or update met a row with the same unique key. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  if (error.code === 'P2002') return true;
  return error.code === 'P2010' && JSON.stringify(error.meta ?? {}).includes('23505');
}

/** Whether what a row refers to is not there, or not any longer. */
export function isForeignKeyViolation(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return (
    error.code === 'P2003' || (error.code === 'P2010' && JSON.stringify(error.meta ?? {}).includes('23503'))
  );
}

/** Whether Postgres refused what was to be written, and would again: out of range, against a constraint. Not: it is away. */
export function isDataRefused(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientValidationError) return true;
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  // Classes 22 and 23 of SQLSTATE.
  return /"originalCode":"2[23]\w{3}"/.test(JSON.stringify(error.meta ?? {}));
}
