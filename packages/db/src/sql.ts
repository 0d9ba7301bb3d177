/** Composable SQL with parameters; text that is not a parameter can only come from literals in the code. */
import { Prisma } from './generated/client.ts';

export const { sql, join, empty } = Prisma;
