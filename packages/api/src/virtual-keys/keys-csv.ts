/** Keys as CSV: what a list shows, safe to open in a spreadsheet. Never a secret. */
import { toCsvCell } from '../framework/csv-cell.ts';
import type { KeyRow } from './present-key.ts';
import { presentKey } from './present-key.ts';

const HEADER = [
  'id',
  'name',
  'state',
  'hint',
  'teamId',
  'ownerId',
  'models',
  'tags',
  'expiresAt',
  'lastUsedAt',
  'rotatedAt',
  'createdAt',
];

export function keysToCsv(rows: readonly KeyRow[], nowMs: number): string {
  const lines = rows.map((row) => {
    const key = presentKey(row, nowMs);
    const tags = Object.entries(key.tags).map(([name, value]) => `${name}=${value}`);
    return [
      key.id,
      key.name,
      key.state,
      key.hint,
      key.teamId ?? '',
      key.ownerId ?? '',
      key.models.join(' '),
      tags.join(' '),
      key.expiresAt ?? '',
      key.lastUsedAt ?? '',
      key.rotatedAt,
      key.createdAt,
    ];
  });
  return `${[HEADER, ...lines].map((cells) => cells.map(toCsvCell).join(',')).join('\r\n')}\r\n`;
}
