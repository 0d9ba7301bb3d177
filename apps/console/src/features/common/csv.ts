/** Rows as CSV (RFC 4180), safe to open in a spreadsheet. Numbers stay numbers, digit for digit. */

const NUMBER = /^-?\d+(\.\d+)?$/;
// Space-like characters in front do not stop every spreadsheet from reading a formula.
const FORMULA = /^[\s\u00A0]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u;

export type CsvCell = string | number | boolean | null | undefined;

export function toCsv(head: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [head, ...rows]
    .map((cells) => cells.map(toCell).join(','))
    .join('\r\n')
    .concat('\r\n');
}

/** A spreadsheet runs what begins like a formula: such text gets an apostrophe. */
export function toCell(value: CsvCell): string {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = !NUMBER.test(text) && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
