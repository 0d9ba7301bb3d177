/** Neutral parts as content blocks of a request. What the format cannot say goes to the notes. */
import {
  acceptableCallId,
  type CacheMark,
  type Citation,
  type DocumentPart,
  type JsonObject,
  type JsonValue,
  type MediaSource,
  type Part,
  type ReasoningPart,
  type ToolCallPart,
  type ToolResultPart,
  type TranslationNotes,
} from '../neutral/index.ts';
import { findJsonObject } from './json.ts';
import { FORMAT, writeProof } from './signature.ts';

/** @param path For the notes, as in `messages[2].content[1]`. @returns Undefined where nothing is to be said. */
export function writePart(part: Part, path: string, notes: TranslationNotes): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      // Empty text is refused, and says nothing.
      if (part.text === '') return undefined;
      return {
        type: 'text',
        text: part.text,
        ...writeCitations(part.citations, path, notes),
        ...writeMark(part.cacheMark),
      };
    case 'refusal':
      return part.text === '' ? undefined : { type: 'text', text: part.text };
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') notes.cannot(`${path}.detail`, 'hint');
      return { type: 'image', source: writeSource(part.source), ...writeMark(part.cacheMark) };
    case 'document':
      return writeDocument(part, path, notes);
    case 'reasoning':
      return writeReasoning(part, path, notes);
    case 'toolCall':
      return writeToolCall(part, path, notes);
    case 'toolResult':
      return writeToolResult(part, path, notes);
    case 'native':
      if (part.native.format === FORMAT) return part.native.value as JsonObject;
      notes.cannot(path, 'meaning', `does not know "${part.name}"`);
      return undefined;
    case 'audio':
    case 'video':
      notes.cannot(path, 'meaning', `takes no ${part.kind}`);
      return undefined;
  }
}

function writeCitations(
  citations: readonly Citation[] | undefined,
  path: string,
  notes: TranslationNotes,
): { readonly citations?: readonly JsonValue[] } {
  if (citations === undefined) return {};
  const own = citations.flatMap(({ native }) => (native?.format === FORMAT ? [native.value] : []));
  if (own.length < citations.length) {
    notes.cannot(`${path}.citations`, 'hint', 'takes back only citations of its own');
  }
  return own.length === 0 ? {} : { citations: own };
}

function writeSource(source: MediaSource): JsonObject {
  switch (source.kind) {
    case 'base64':
      return { type: 'base64', media_type: source.mediaType, data: source.data };
    case 'url':
      return { type: 'url', url: source.url };
    case 'file':
      return { type: 'file', file_id: source.fileId };
  }
}

function writeDocument(part: DocumentPart, path: string, notes: TranslationNotes): JsonObject | undefined {
  const source = writeDocumentSource(part.source, path, notes);
  const title = part.title ?? part.fileName;
  if (source === undefined) return undefined;
  return {
    type: 'document',
    source,
    ...(title === undefined || title === '' ? {} : { title }),
    ...(part.context === undefined ? {} : { context: part.context }),
    ...(part.citations === undefined ? {} : { citations: { enabled: part.citations } }),
    ...writeMark(part.cacheMark),
  };
}

function writeDocumentSource(
  source: DocumentPart['source'],
  path: string,
  notes: TranslationNotes,
): JsonObject | undefined {
  if (source.kind === 'text') return { type: 'text', media_type: 'text/plain', data: source.text };
  if (source.kind !== 'base64' || source.mediaType === 'application/pdf') return writeSource(source);
  if (isTextType(source.mediaType)) {
    const data = Buffer.from(source.data, 'base64').toString('utf8');
    return { type: 'text', media_type: 'text/plain', data };
  }
  notes.cannot(path, 'meaning', `takes PDF and text as documents, not "${source.mediaType}"`);
  return undefined;
}

function isTextType(mediaType: string): boolean {
  return /^text\/|^application\/(?:json|xml|yaml|x-yaml|toml|javascript)\b/.test(mediaType);
}

/** Thinking is taken back only with the proof that it is Claude's own. */
function writeReasoning(part: ReasoningPart, path: string, notes: TranslationNotes): JsonObject | undefined {
  if (part.redacted?.format === FORMAT) return { type: 'redacted_thinking', data: part.redacted.value };
  if (part.signature?.format === FORMAT) {
    return { type: 'thinking', thinking: part.text, signature: writeProof({ signature: part.signature }) };
  }
  notes.cannot(path, 'hint', 'takes back only reasoning with a signature of its own');
  return undefined;
}

/** What Anthropic takes as the id of a call. */
const ID_CHARACTER = /[a-zA-Z0-9_-]/;
const ID_MAX_LENGTH = 64;

function writeCallId(id: string): string {
  return acceptableCallId(id, ID_CHARACTER, ID_MAX_LENGTH);
}

function writeToolCall(part: ToolCallPart, path: string, notes: TranslationNotes): JsonObject {
  if (part.signature !== undefined) {
    notes.cannot(`${path}.signature`, 'hint', 'has no signatures of calls');
  }
  return {
    type: 'tool_use',
    id: writeCallId(part.id),
    name: part.name,
    input: writeInput(part),
    ...writeMark(part.cacheMark),
  };
}

/** The input must be an object; what the model wrote otherwise stays readable inside one. */
export function writeInput({ arguments: text, custom }: ToolCallPart): JsonObject {
  if (custom === true) return { input: text };
  // Models write nothing, or `null`, for a tool without parameters.
  if (text.trim() === '' || text.trim() === 'null') return {};
  return findJsonObject(text) ?? { invalid_json: text };
}

function writeToolResult(part: ToolResultPart, path: string, notes: TranslationNotes): JsonObject {
  const [first] = part.content;
  const plain =
    part.content.length === 1 && first?.kind === 'text' && first.text !== '' && first.cacheMark === undefined;
  const blocks = part.content.flatMap((inner, index) => {
    const innerPath = `${path}.content[${index}]`;
    if (RESULT_KINDS.has(inner.kind)) return writePart(inner, innerPath, notes) ?? [];
    notes.cannot(innerPath, 'meaning', `takes no ${inner.kind} in a tool's result`);
    return [];
  });
  return {
    type: 'tool_result',
    tool_use_id: writeCallId(part.callId),
    ...(plain && blocks.length === 1
      ? { content: first.text }
      : blocks.length === 0
        ? {}
        : { content: blocks }),
    ...(part.isError === undefined ? {} : { is_error: part.isError }),
    ...writeMark(part.cacheMark),
  };
}

const RESULT_KINDS: ReadonlySet<Part['kind']> = new Set(['text', 'refusal', 'image', 'document', 'native']);

export function writeMark(mark: CacheMark | undefined): { readonly cache_control?: JsonObject } {
  if (mark === undefined) return {};
  return { cache_control: { type: 'ephemeral', ...(mark.ttl === undefined ? {} : { ttl: mark.ttl }) } };
}
