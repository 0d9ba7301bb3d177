/**
 * Chunks of one stream mostly differ in nothing but their piece of text. Once one has been read, the others like it
 * are recognized by what stands around the text, and need not be parsed.
 *
 * Recognized means: the same bytes before and behind, and between them a JSON string without escapes. Such a chunk
 * has exactly the members and values of the first one but for that string, so nothing else can be learnt from it.
 */

/** Printable or beyond ASCII (Latin-1 held bytes), and neither quote nor backslash: its own JSON text. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\xff]*$/;

export interface ChunkTemplate {
  readonly before: string;
  readonly behind: string;
  /** The client gets the chunk as it came. */
  readonly unchanged: boolean;
  /** The same two of what the client gets. */
  readonly shownBefore: string;
  readonly shownBehind: string;
}

/**
 * @param data A chunk that was read, whose only generated text is `text`.
 * @param shown What the client gets of it.
 * @returns Undefined: it cannot be told for sure where the text stands.
 */
export function templateOf(data: string, shown: string, text: string): ChunkTemplate | undefined {
  if (!PLAIN.test(text)) return undefined;
  const quoted = `"content":"${text}"`;
  const at = data.indexOf(quoted);
  const shownAt = shown.indexOf(quoted);
  // One name only, and a whole one: then it is the member that was read.
  if (at < 1 || shownAt < 1 || data.indexOf(NAME) !== at || data.lastIndexOf(NAME) !== at) return undefined;
  if (data[at - 1] === '\\') return undefined;
  return {
    before: data.slice(0, at + CONTENT.length),
    behind: data.slice(at + quoted.length - 1),
    unchanged: data === shown,
    shownBefore: shown.slice(0, shownAt + CONTENT.length),
    shownBehind: shown.slice(shownAt + quoted.length - 1),
  };
}

const NAME = '"content"';
const CONTENT = '"content":"';

/** @returns The chunk's piece of text, or undefined: it must be parsed. */
export function matchTemplate({ before, behind }: ChunkTemplate, data: string): string | undefined {
  if (data.length < before.length + behind.length) return undefined;
  if (!data.startsWith(before) || !data.endsWith(behind)) return undefined;
  const text = data.slice(before.length, data.length - behind.length);
  return PLAIN.test(text) ? text : undefined;
}
