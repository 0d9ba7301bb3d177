/** What an event changed, field by field. Pure. */
export interface FieldChange {
  readonly name: string;
  /** As text; undefined where the field was not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export function listFieldChanges(before: unknown, after: unknown): readonly FieldChange[] {
  const old = toRecord(before);
  const now = toRecord(after);
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].map((name) => ({
    name,
    before: toText(old, name),
    after: toText(now, name),
  }));
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function toText(record: Readonly<Record<string, unknown>>, name: string): string | undefined {
  if (!Object.hasOwn(record, name)) return undefined;
  const value = record[name];
  return typeof value === 'string' ? value : JSON.stringify(value);
}
