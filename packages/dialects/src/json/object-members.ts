/**
 * Where the members of a JSON object stand in its text, so that one can be changed and the rest kept byte for
 * byte: numbers beyond a double, unknown fields, key order, escapes.
 *
 * Works on bytes held as Latin-1. Not a validator: the caller also runs `JSON.parse`. On text that is not JSON
 * it returns nothing or nonsense, but always ends, in one pass.
 */

export interface ObjectMember {
  /** Decoded: `"mod\u0065l"` is `model`. */
  readonly name: string;
  /** Offset of the name's opening quote. */
  readonly start: number;
  readonly valueStart: number;
  /** One behind the value's last character. */
  readonly end: number;
}

export type MembersResult =
  | { readonly ok: true; readonly members: readonly ObjectMember[] }
  | { readonly ok: false; readonly reason: 'not-an-object' | 'too-deep' };

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const NOT_AN_OBJECT: MembersResult = { ok: false, reason: 'not-an-object' };

/**
 * The members of the object that `text` is.
 *
 * @param maxDepth Nesting allowed, the object itself included.
 */
export function findMembers(text: string, maxDepth: number): MembersResult {
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN_BRACE) return NOT_AN_OBJECT;
  const members: ObjectMember[] = [];
  at = skipSpace(text, at + 1);
  if (text.charCodeAt(at) === CLOSE_BRACE) return { ok: true, members };
  while (at < text.length) {
    const start = at;
    if (text.charCodeAt(at) !== QUOTE) return NOT_AN_OBJECT;
    const nameEnd = endOfString(text, at);
    const name = readName(text.slice(start, nameEnd));
    at = skipSpace(text, nameEnd);
    if (name === undefined || text.charCodeAt(at) !== COLON) return NOT_AN_OBJECT;
    const valueStart = skipSpace(text, at + 1);
    const end = endOfValue(text, valueStart, maxDepth - 1);
    if (end === TOO_DEEP) return { ok: false, reason: 'too-deep' };
    members.push({ name, start, valueStart, end });
    at = skipSpace(text, end);
    const separator = text.charCodeAt(at);
    if (separator === CLOSE_BRACE) return { ok: true, members };
    if (separator !== COMMA || end === valueStart) return NOT_AN_OBJECT;
    at = skipSpace(text, at + 1);
  }
  return NOT_AN_OBJECT;
}

/**
 * The object again, with members set or removed; all other names and values keep their bytes.
 *
 * @param set Member name to JSON text (bytes as Latin-1); replaces where present, else is added at the end.
 */
export function patchMembers(
  text: string,
  members: readonly ObjectMember[],
  set: ReadonlyMap<string, string>,
  remove: ReadonlySet<string>,
): string {
  const added = new Map(set);
  let patched = '';
  for (const member of members) {
    if (remove.has(member.name)) continue;
    const value = set.get(member.name);
    added.delete(member.name);
    patched +=
      (patched === '' ? '{' : ',') +
      (value === undefined
        ? text.slice(member.start, member.end)
        : text.slice(member.start, member.valueStart) + value);
  }
  for (const [name, value] of added)
    patched += `${patched === '' ? '{' : ','}${JSON.stringify(name)}:${value}`;
  return `${patched === '' ? '{' : patched}}`;
}

const TOO_DEEP = -1;

function endOfValue(text: string, start: number, maxDepth: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNested(text, start, maxDepth);
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || isSpace(code)) break;
    at += 1;
  }
  return at;
}

function endOfNested(text: string, start: number, maxDepth: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    at += 1;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
      if (depth > maxDepth) return TOO_DEEP;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return at;
}

/** One behind the closing quote. Looks for quotes natively and counts the backslashes before each. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}

function readName(quoted: string): string | undefined {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
