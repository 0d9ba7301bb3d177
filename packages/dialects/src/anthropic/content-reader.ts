/**
 * Content blocks as neutral parts. A block that only this format has becomes a native part; what a known block says
 * beyond its part is told to `extra`, so that nobody drops it in silence.
 */

import { isJsonObject, someTextIn, textIn } from '../json/json-value.ts';
import {
  type CacheMark,
  type Citation,
  type DocumentPart,
  type JsonObject,
  type JsonValue,
  type MediaSource,
  type Part,
  readCallId,
} from '../neutral/index.ts';
import { isAbsent, isList, without } from './json.ts';
import { FORMAT, readProof } from './signature.ts';

/** @param path Of a member that the neutral part has no place for. */
export type TakeExtra = (path: string, value: JsonValue) => void;

/** @returns Undefined where it is no block: the request's reader refuses it, the answer's leaves it out. */
export function readBlock(value: JsonValue, path: string, extra: TakeExtra): Part | undefined {
  if (!isJsonObject(value) || typeof value.type !== 'string') return undefined;
  const reader = READERS.get(value.type);
  if (reader === undefined) return nativePart(value, value.type);
  const part = reader.read(value, path, extra);
  if (part === undefined) return undefined;
  const rest = part.kind === 'native' ? undefined : without(value, reader.members);
  for (const [name, member] of Object.entries(rest ?? {})) {
    if (name !== 'caller' || !isDirect(member)) extra(`${path}.${name}`, member);
  }
  return part;
}

/** A list of blocks, or text, which stands for one block. @returns Undefined where it is neither. */
export function readContent(
  value: JsonValue | undefined,
  path: string,
  extra: TakeExtra,
  onRefused: (path: string) => void,
): readonly Part[] | undefined {
  if (typeof value === 'string') return [{ kind: 'text', text: value }];
  if (!isList(value)) return undefined;
  const parts: Part[] = [];
  value.forEach((block, index) => {
    const part = readBlock(block, `${path}[${index}]`, extra);
    if (part === undefined) onRefused(`${path}[${index}]`);
    else parts.push(part);
  });
  return parts;
}

interface BlockReader {
  readonly members: ReadonlySet<string>;
  readonly read: (block: JsonObject, path: string, extra: TakeExtra) => Part | undefined;
}

const reader = (members: readonly string[], read: BlockReader['read']): BlockReader => ({
  members: new Set(['type', 'cache_control', ...members]),
  read,
});

const READERS: ReadonlyMap<string, BlockReader> = new Map([
  ['text', reader(['text', 'citations'], readText)],
  ['image', reader(['source'], readImage)],
  ['document', reader(['source', 'title', 'context', 'citations'], readDocument)],
  ['thinking', reader(['thinking', 'signature'], readThinking)],
  ['redacted_thinking', reader(['data'], readRedactedThinking)],
  ['tool_use', reader(['id', 'name', 'input'], readToolUse)],
  ['tool_result', reader(['tool_use_id', 'content', 'is_error'], readToolResult)],
]);

function readText(block: JsonObject): Part | undefined {
  if (typeof block.text !== 'string') return undefined;
  const citations = isList(block.citations)
    ? block.citations.map(readCitation).filter((citation) => citation !== undefined)
    : [];
  return {
    kind: 'text',
    text: block.text,
    ...(citations.length === 0 ? {} : { citations }),
    ...readMark(block),
  };
}

/** Positions are those of the cited document, not of the text: only the native form tells them. */
export function readCitation(value: JsonValue | undefined): Citation | undefined {
  if (!isJsonObject(value)) return undefined;
  const text = textIn(value.cited_text);
  const url =
    someTextIn(value.url) ?? (value.type === 'search_result_location' ? findUrl(value.source) : undefined);
  const title = someTextIn(value.title) ?? someTextIn(value.document_title);
  return {
    ...(text === undefined ? {} : { text }),
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    native: { format: FORMAT, value },
  };
}

function findUrl(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && /^https?:\/\//.test(value) ? value : undefined;
}

function readImage(block: JsonObject): Part | undefined {
  const source = readSource(block.source);
  return source === undefined ? undefined : { kind: 'image', source, ...readMark(block) };
}

function readDocument(block: JsonObject, path: string, extra: TakeExtra): Part | undefined {
  const source = readDocumentSource(block.source, `${path}.source`, extra);
  if (source === undefined) return isJsonObject(block.source) ? nativePart(block, 'document') : undefined;
  const title = textIn(block.title);
  const context = textIn(block.context);
  const cites = isJsonObject(block.citations) ? block.citations.enabled : undefined;
  return {
    kind: 'document',
    source,
    ...(title === undefined ? {} : { title }),
    ...(context === undefined ? {} : { context }),
    ...(typeof cites === 'boolean' ? { citations: cites } : {}),
    ...readMark(block),
  };
}

function readDocumentSource(
  value: JsonValue | undefined,
  path: string,
  extra: TakeExtra,
): DocumentPart['source'] | undefined {
  if (!isJsonObject(value)) return undefined;
  if (value.type === 'text' && typeof value.data === 'string') {
    return { kind: 'text', mediaType: someTextIn(value.media_type) ?? 'text/plain', text: value.data };
  }
  if (value.type !== 'content') return readSource(value);
  const text = textOfContent(value.content);
  if (text === undefined) return undefined;
  // Its pieces are what citations point at; another format has one text.
  if (isList(value.content)) extra(`${path}.content`, value.content);
  return { kind: 'text', mediaType: 'text/plain', text };
}

/** @returns Undefined where something else than text is in it. */
function textOfContent(content: JsonValue | undefined): string | undefined {
  if (typeof content === 'string') return content;
  if (!isList(content)) return undefined;
  const texts = content.map((block) =>
    isJsonObject(block) && block.type === 'text' ? textIn(block.text) : undefined,
  );
  return texts.includes(undefined) ? undefined : texts.join('\n\n');
}

function readSource(value: JsonValue | undefined): MediaSource | undefined {
  if (!isJsonObject(value)) return undefined;
  const { type, media_type: mediaType, data, url, file_id: fileId } = value;
  if (type === 'base64' && typeof mediaType === 'string' && typeof data === 'string') {
    return { kind: 'base64', mediaType, data };
  }
  if (type === 'url' && typeof url === 'string') return { kind: 'url', url };
  return type === 'file' && typeof fileId === 'string' ? { kind: 'file', fileId } : undefined;
}

function readThinking(block: JsonObject): Part | undefined {
  if (typeof block.thinking !== 'string') return undefined;
  return {
    kind: 'reasoning',
    text: block.thinking,
    ...readProof(textIn(block.signature) ?? '', 'signature'),
  };
}

function readRedactedThinking(block: JsonObject): Part | undefined {
  if (typeof block.data !== 'string') return undefined;
  return { kind: 'reasoning', text: '', ...readProof(block.data, 'redacted') };
}

function readToolUse(block: JsonObject): Part | undefined {
  if (typeof block.id !== 'string' || typeof block.name !== 'string') return undefined;
  return {
    kind: 'toolCall',
    ...readCallId(block.id),
    name: block.name,
    arguments: JSON.stringify(isAbsent(block.input) ? {} : block.input),
    ...readMark(block),
  };
}

function readToolResult(block: JsonObject, path: string, extra: TakeExtra): Part | undefined {
  if (typeof block.tool_use_id !== 'string') return undefined;
  let refused = false;
  const content = isAbsent(block.content)
    ? []
    : readContent(block.content, `${path}.content`, extra, () => {
        refused = true;
      });
  if (content === undefined || refused) return undefined;
  return {
    kind: 'toolResult',
    callId: readCallId(block.tool_use_id).id,
    content,
    ...(typeof block.is_error === 'boolean' ? { isError: block.is_error } : {}),
    ...readMark(block),
  };
}

export function nativePart(block: JsonObject, name: string): Part {
  return { kind: 'native', name, native: { format: FORMAT, value: block } };
}

export function readMark(object: JsonObject): { readonly cacheMark?: CacheMark } {
  const mark = object.cache_control;
  if (!isJsonObject(mark)) return {};
  return { cacheMark: { ttl: mark.ttl === '5m' || mark.ttl === '1h' ? mark.ttl : undefined } };
}

/** Called by the model itself: what is always so without code that calls tools. */
function isDirect(value: JsonValue): boolean {
  return isJsonObject(value) && value.type === 'direct';
}
