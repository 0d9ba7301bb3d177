/**
 * Several values in one text, as filters of usage have them in addresses: commas between; a comma that belongs to a value
 * has a backslash before it, and so has a backslash. Pure, for the browser as well.
 */
export function printValueList(values: readonly string[]): string {
  return values.map((value) => value.replace(/[\\,]/g, '\\$&')).join(',');
}

/** @returns At least one value, which may be empty. */
export function parseValueList(text: string): string[] {
  const values = [''];
  for (const [piece] of text.matchAll(/\\[\\,]|,|[^\\,]+|\\/gs)) {
    if (piece === ',') values.push('');
    else values[values.length - 1] += piece.length === 2 && piece.startsWith('\\') ? piece.slice(1) : piece;
  }
  return values;
}
