/** Text as one cell of a CSV file (RFC 4180), safe to open in a spreadsheet. */

// Space-like characters in front do not stop every spreadsheet from reading a formula, nor do full-width signs.
const FORMULA = /^[\s\u00A0]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u;

/** What begins like a formula is text: somebody typed it. */
export function toCsvCell(value: string): string {
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
