/** The audit log as CSV, for reading. What can be verified without us is the JSON Lines of packages/audit. */
import { readSealedLog } from '@tollgate/audit';
import { toCsvCell } from '../framework/csv-cell.ts';

const COLUMNS = [
  'sequence',
  'occurredAt',
  'actorKind',
  'actorId',
  'actorName',
  'action',
  'targetKind',
  'targetId',
  'targetName',
  'beforeText',
  'afterText',
  'ipAddress',
  'userAgent',
  'requestId',
  'eventId',
  'hash',
] as const;

/** Line by line, in the order of the chain; of an event that is gone only its place is there. */
export async function* auditCsv(
  ...[database, scope]: Parameters<typeof readSealedLog>
): AsyncGenerator<string> {
  yield toLine(COLUMNS);
  for await (const row of readSealedLog(database, scope)) {
    yield toLine(COLUMNS.map((column) => toText(row[column])));
  }
}

const toText = (value: string | bigint | Date | null): string =>
  value instanceof Date ? value.toISOString() : String(value ?? '');

const toLine = (cells: readonly string[]): string => `${cells.map(toCsvCell).join(',')}\r\n`;
