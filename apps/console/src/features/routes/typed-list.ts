/**
 * Several values in one field, with commas between them. What has a comma, or white space at an end, stands in quotes, as in
 * CSV: `free, "Doe, Jane"`. Pure.
 */

/** What would be read as something else without quotes. */
const NEEDS_QUOTES = /,|^"|^\s|\s$/;

export function typedList(values: readonly string[]): string {
  return values
    .map((value) => (NEEDS_QUOTES.test(value) ? `"${value.replaceAll('"', '""')}"` : value))
    .join(', ');
}

/** One value and the comma behind it: quoted, or else all up to the next comma. */
const ITEM = /\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(?:,|$)/y;

/** @returns Each value once, and none that is empty; `typedList` back as it was. */
export function parseTypedList(typed: string): readonly string[] {
  const values = new Set<string>();
  const item = new RegExp(ITEM);
  while (item.lastIndex < typed.length) {
    const [, quoted, plain = ''] = item.exec(typed) ?? [];
    values.add(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
  }
  values.delete('');
  return [...values];
}
