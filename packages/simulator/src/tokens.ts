/**
 * The simulator's token rule: one token is four UTF-16 code units, begun tokens count.
 *
 * Deliberately not a real tokenizer. Tests price an exchange on their own with these functions and compare the
 * result with what was metered, so the rule must fit in one sentence and never change silently.
 */

const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_REQUEST = 3;
const TOKENS_PER_MESSAGE = 3;
const TOKENS_PER_MEDIA_PART = 85;

/** Tokens of a text: its length in UTF-16 code units divided by four, rounded up. The empty text has none. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/**
 * Prompt tokens of a chat completion request body.
 *
 * 3, plus for each message 3 and the tokens of its text, its name and the names and arguments of its tool calls,
 * 85 for every part that is not text, plus the tokens of the JSON of `tools` and of a `json_schema` response
 * format. Anything that is not of the documented shape counts nothing.
 */
export function countPromptTokens(body: Readonly<Record<string, unknown>>): number {
  let tokens = TOKENS_PER_REQUEST;
  for (const message of asArray(body.messages)) tokens += countMessageTokens(message);
  if (asArray(body.tools).length > 0) tokens += countTokens(JSON.stringify(body.tools));
  const format = body.response_format;
  if (isObject(format) && format.type === 'json_schema') tokens += countTokens(JSON.stringify(format));
  return tokens;
}

function countMessageTokens(message: unknown): number {
  if (!isObject(message)) return 0;
  let tokens = TOKENS_PER_MESSAGE + countContentTokens(message.content);
  if (typeof message.name === 'string') tokens += countTokens(message.name);
  for (const call of asArray(message.tool_calls)) {
    const called = isObject(call) ? call.function : undefined;
    if (!isObject(called)) continue;
    if (typeof called.name === 'string') tokens += countTokens(called.name);
    if (typeof called.arguments === 'string') tokens += countTokens(called.arguments);
  }
  return tokens;
}

function countContentTokens(content: unknown): number {
  if (typeof content === 'string') return countTokens(content);
  let tokens = 0;
  for (const part of asArray(content)) {
    if (isObject(part) && typeof part.text === 'string') tokens += countTokens(part.text);
    else tokens += TOKENS_PER_MEDIA_PART;
  }
  return tokens;
}

/** One delta of a streamed text and the tokens it stands for. */
export interface TextPiece {
  readonly text: string;
  readonly tokens: number;
}

/**
 * Cuts a text into the deltas of a stream, one token each.
 *
 * The tokens of all pieces sum to `countTokens(text)`. A surrogate pair is never cut, so next to an emoji a piece
 * may be one unit longer and stand for one token more or fewer.
 */
export function* cutIntoPieces(text: string): Generator<TextPiece> {
  let start = 0;
  while (start < text.length) {
    let end = Math.min(start + CHARACTERS_PER_TOKEN, text.length);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end += 1;
    const tokens = Math.ceil(end / CHARACTERS_PER_TOKEN) - Math.ceil(start / CHARACTERS_PER_TOKEN);
    yield { text: text.slice(start, end), tokens };
    start = end;
  }
}

/** The longest beginning of a text that has at most `tokens` tokens and does not end inside a surrogate pair. */
export function cutToTokens(text: string, tokens: number): string {
  const length = tokens * CHARACTERS_PER_TOKEN;
  if (text.length <= length) return text;
  if (length <= 0) return '';
  return text.slice(0, isHighSurrogate(text.charCodeAt(length - 1)) ? length - 1 : length);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
