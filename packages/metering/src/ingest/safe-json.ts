/**
 * JSON that Postgres takes: `jsonb` refuses the character 0 and halves of surrogate pairs, and both can stand
 * in what a caller sent (an end user's name, a tag). They become U+FFFD.
 */

const SUSPECT = /\\u(?:0000|[dD][89a-fA-F])/;

export function toSafeJson(value: unknown): string {
  const json = JSON.stringify(value);
  return SUSPECT.test(json) ? JSON.stringify(clean(value)) : json;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd').toWellFormed();
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name.replaceAll('\0', '\ufffd').toWellFormed(),
      clean(each),
    ]),
  );
}
