/** Keys as CSV: what a list shows, safe to open in a spreadsheet. Never a secret. */
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
  return `${[HEADER, ...lines].map((cells) => cells.map(toCell).join(',')).join('\r\n')}\r\n`;
}

// Space-like characters in front do not stop every spreadsheet from reading a formula, nor do full-width signs.
const FORMULA = /^[\s\u00A0]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u;

/** What begins like a formula is text: a name is what somebody typed. */
function toCell(value: string): string {
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
