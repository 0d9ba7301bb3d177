export {
  type Database,
  type DatabaseOptions,
  openDatabase,
  type Person,
  type Transaction,
  type TransactionOptions,
  type UseOrganization,
} from './database.ts';
export { toBigInt } from './decimal.ts';
export { Prisma } from './generated/client.ts';
export { assertLeastPrivilege } from './least-privilege.ts';
export { cursorOf } from './ledger-cursor.ts';
export { OPERATOR_ORGANIZATION_ID } from './operator.ts';
export { isDataRefused, isForeignKeyViolation, isUniqueViolation } from './prisma-error.ts';
export { empty, join, sql } from './sql.ts';
export { NOTE_WAITS } from './waiting-note.ts';
