/**
 * Chunks of one stream mostly differ in nothing but their piece of text and, at OpenAI, in the padding that hides its
 * length. Once one has been read, the others like it are recognized by what stands around the two, and need not be
 * parsed.
 *
 * Recognized means: the same bytes before, between and behind, and in the gaps JSON strings without escapes. Such a
 * chunk has exactly the members and values of the first one but for those strings, so nothing else can be learnt
 * from it.
 */

export interface ChunkTemplate {
  readonly before: string;
  /** From the end of the text to the chunk's, or to the padding. */
  readonly behind: string;
  /** The chunk ends with padding, which is its last member. */
  readonly isPadded: boolean;
  /** The client gets the chunk as it came. */
  readonly unchanged: boolean;
  /** The same two of what the client gets. */
  readonly shownBefore: string;
  readonly shownBehind: string;
}

const NAME = '"content"';
const CONTENT = '"content":"';
const PADDING_NAME = '"obfuscation"';
const PADDING = ',"obfuscation":"';
/** Behind a member of the chunk itself, and of nothing inside it. */
const END_OF_PADDED = '"}';

/**
 * @param data A chunk that was read, whose only generated text is `text`.
 * @param shown What the client gets of it.
 * @returns Undefined: it cannot be told for sure where the text stands.
 */
export function templateOf(data: string, shown: string, text: string): ChunkTemplate | undefined {
  if (!isPlain(text, 0, text.length)) return undefined;
  const quoted = `"content":"${text}"`;
  const at = data.indexOf(quoted);
  const shownAt = shown.indexOf(quoted);
  // One name only, and a whole one: then it is the member that was read.
  if (at < 1 || shownAt < 1 || data.indexOf(NAME) !== at || data.lastIndexOf(NAME) !== at) return undefined;
  if (data[at - 1] === '\\') return undefined;
  const isPadded = hasPadding(data, at + quoted.length);
  const behindOf = (chunk: string, quotedAt: number): string => {
    const behind = chunk.slice(quotedAt + quoted.length - 1);
    return isPadded ? behind.slice(0, behind.lastIndexOf(PADDING) + PADDING.length) : behind;
  };
  return {
    before: data.slice(0, at + CONTENT.length),
    behind: behindOf(data, at),
    isPadded,
    unchanged: data === shown,
    shownBefore: shown.slice(0, shownAt + CONTENT.length),
    shownBehind: behindOf(shown, shownAt),
  };
}

/** Whether the last member, somewhere from `start` on, is padding, and the only one of its name. */
function hasPadding(data: string, start: number): boolean {
  const at = data.indexOf(PADDING, start);
  if (at === -1 || data.indexOf(PADDING_NAME) !== at + 1 || data.lastIndexOf(PADDING_NAME) !== at + 1)
    return false;
  const end = data.length - END_OF_PADDED.length;
  return data.endsWith(END_OF_PADDED) && isPlain(data, at + PADDING.length, end);
}

/**
 * Slices are compared as wholes, eight bytes at a time; `startsWith` goes byte by byte, six times as long in all.
 *
 * @returns Bytes of the chunk's piece of text; -1: it must be parsed.
 */
export function matchTemplate({ before, behind, isPadded }: ChunkTemplate, data: string): number {
  const start = before.length;
  if (data.slice(0, start) !== before) return -1;
  if (!isPadded) {
    const end = data.length - behind.length;
    return end >= start && data.slice(end) === behind && isPlain(data, start, end) ? end - start : -1;
  }
  const end = data.indexOf('"', start);
  const [from, to] = [end + behind.length, data.length - END_OF_PADDED.length];
  if (end === -1 || to < from || data.slice(end, from) !== behind || data.slice(to) !== END_OF_PADDED)
    return -1;
  return isPlain(data, start, end) && isPlain(data, from, to) ? end - start : -1;
}

/** What the client gets of a chunk that matched. @param length Of its piece of text. */
export function shownOf(template: ChunkTemplate, data: string, length: number): string {
  const { before, behind, isPadded, unchanged, shownBefore, shownBehind } = template;
  if (unchanged) return data;
  const end = before.length + length;
  const shown = shownBefore + data.slice(before.length, end) + shownBehind;
  return isPadded ? shown + data.slice(end + behind.length) : shown;
}

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Printable or beyond ASCII (Latin-1 held bytes), and neither quote nor backslash: its own JSON text. */
function isPlain(data: string, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const code = data.charCodeAt(index);
    if (code < SPACE || code === QUOTE || code === BACKSLASH) return false;
  }
  return true;
}
