/** Neutral parts as Converse's content blocks. What Converse cannot say goes to the notes. */
import {
  acceptableCallId,
  type DocumentPart,
  type JsonObject,
  type MediaSource,
  type Part,
  type ReasoningPart,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
  type TranslationNotes,
} from '@tollgate/dialects';
import { FORMAT, SIGNATURE_FORMAT } from './content-reader.ts';
import { parseObject } from './json.ts';
import { formatOfType } from './media.ts';

/** What the writing of one request knows: documents need names of their own. */
export interface WritingState {
  readonly notes: TranslationNotes;
  readonly documentNames: Set<string>;
}

/** @param path For the notes. @returns The block, and a cache point behind it where the part has a mark. */
export function writeBlocks(part: Part, path: string, state: WritingState): readonly JsonObject[] {
  const block = writeBlock(part, path, state);
  if (block === undefined) return [];
  const mark = 'cacheMark' in part ? part.cacheMark : undefined;
  return mark === undefined ? [block] : [block, cachePoint(mark.ttl)];
}

export function cachePoint(ttl: '5m' | '1h' | undefined): JsonObject {
  return { cachePoint: { type: 'default', ...(ttl === undefined ? {} : { ttl }) } };
}

function writeBlock(part: Part, path: string, state: WritingState): JsonObject | undefined {
  const { notes } = state;
  switch (part.kind) {
    case 'text':
      return writeText(part, path, notes);
    case 'refusal':
      return part.text === '' ? undefined : { text: part.text };
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') notes.cannot(`${path}.detail`, 'hint');
      return writeMedia('image', part.source, path, notes);
    case 'video':
      return writeMedia('video', part.source, path, notes);
    case 'document':
      return writeDocument(part, path, state);
    case 'reasoning':
      return writeReasoning(part, path, notes);
    case 'toolCall':
      if (part.signature !== undefined)
        notes.cannot(`${path}.signature`, 'hint', 'has no signatures of calls');
      return { toolUse: { toolUseId: writeCallId(part.id), name: part.name, input: writeInput(part) } };
    case 'toolResult':
      return writeToolResult(part, path, state);
    case 'audio':
      notes.cannot(path, 'meaning', 'takes no audio');
      return undefined;
    case 'native':
      if (part.native.format === FORMAT) return part.native.value as JsonObject;
      notes.cannot(path, 'meaning', `does not know "${part.name}"`);
      return undefined;
  }
}

/** Empty text is refused, and says nothing. */
function writeText(
  { text, citations }: TextPart,
  path: string,
  notes: TranslationNotes,
): JsonObject | undefined {
  if (text === '') return undefined;
  const own = (citations ?? []).flatMap(({ native }) => (native?.format === FORMAT ? [native.value] : []));
  if (own.length < (citations ?? []).length) {
    notes.cannot(`${path}.citations`, 'hint', 'takes back only citations of its own');
  }
  return own.length === 0 ? { text } : { citationsContent: { content: [{ text }], citations: own } };
}

function writeMedia(
  kind: 'image' | 'video',
  source: MediaSource,
  path: string,
  notes: TranslationNotes,
): JsonObject | undefined {
  const written = writeSource(source);
  const format = formatOfType(kind, source.mediaType ?? '') ?? formatOfUrl(kind, source);
  if (written !== undefined && format !== undefined) return { [kind]: { format, source: written } };
  const why =
    written === undefined ? 'takes bytes and S3 objects only' : `does not know "${source.mediaType}"`;
  notes.cannot(path, 'meaning', why);
  return undefined;
}

/** @returns Undefined for what Bedrock does not fetch. */
function writeSource(source: MediaSource): JsonObject | undefined {
  if (source.kind === 'base64') return { bytes: source.data };
  if (source.kind === 'url' && source.url.startsWith('s3://')) return { s3Location: { uri: source.url } };
  return undefined;
}

/** An S3 object without a media type is told by the end of its name. */
function formatOfUrl(kind: 'image' | 'document' | 'video', source: MediaSource): string | undefined {
  if (source.kind !== 'url' || source.mediaType !== undefined) return undefined;
  const end = /\.([a-z0-9]{2,4})$/i.exec(source.url)?.[1]?.toLowerCase();
  if (end === undefined) return undefined;
  const format = end === 'jpg' ? 'jpeg' : end;
  const documentEnd = kind === 'document' && /^(?:pdf|csv|docx?|xlsx?|html|txt|md)$/.test(format);
  return documentEnd || kind !== 'document' ? format : undefined;
}

function writeDocument(part: DocumentPart, path: string, state: WritingState): JsonObject | undefined {
  const { source } = part;
  const isText = source.kind === 'text';
  const format =
    formatOfType('document', source.mediaType ?? '') ?? (isText ? 'txt' : formatOfUrl('document', source));
  const written = isText ? { text: source.text } : writeSource(source);
  if (format === undefined || written === undefined) {
    const why =
      written === undefined ? 'takes bytes and S3 objects only' : `does not know "${source.mediaType}"`;
    state.notes.cannot(path, 'meaning', why);
    return undefined;
  }
  return {
    document: {
      format,
      name: writeDocumentName(part.title ?? part.fileName, state.documentNames),
      source: written,
      ...(part.context === undefined ? {} : { context: part.context }),
      ...(part.citations === undefined ? {} : { citations: { enabled: part.citations } }),
    },
  };
}

/** Letters, digits, single spaces and a few signs are allowed, and each name once. */
function writeDocumentName(title: string | undefined, taken: Set<string>): string {
  const allowed = (title ?? '')
    .replaceAll(/[^a-zA-Z0-9\s\-()[\]]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const wanted = allowed === '' ? 'document' : allowed.slice(0, 180);
  let name = wanted;
  for (let count = 2; taken.has(name); count += 1) name = `${wanted} ${count}`;
  taken.add(name);
  return name;
}

/** Reasoning is taken back only with the proof that it is the model's own. */
function writeReasoning(part: ReasoningPart, path: string, notes: TranslationNotes): JsonObject | undefined {
  const { signature, redacted, text } = part;
  if (redacted?.format === FORMAT) return { reasoningContent: { redactedContent: redacted.value } };
  if (signature?.format === SIGNATURE_FORMAT || signature?.format === FORMAT) {
    return { reasoningContent: { reasoningText: { text, signature: signature.value } } };
  }
  notes.cannot(path, 'hint', 'takes back only reasoning with a signature of its own');
  return undefined;
}

function writeCallId(id: string): string {
  return acceptableCallId(id, /[a-zA-Z0-9_-]/, 64);
}

/** The input must be an object; what the model wrote otherwise stays readable inside one. */
function writeInput({ arguments: text, custom }: ToolCallPart): JsonObject {
  if (custom === true) return { input: text };
  // Models write nothing, or `null`, for a tool without parameters.
  if (text.trim() === '' || text.trim() === 'null') return {};
  return parseObject(text) ?? { invalid_json: text };
}

const RESULT_KINDS: ReadonlySet<Part['kind']> = new Set([
  'text',
  'refusal',
  'image',
  'document',
  'video',
  'native',
]);

function writeToolResult(part: ToolResultPart, path: string, state: WritingState): JsonObject {
  const content = part.content.flatMap((inner, index) => {
    const innerPath = `${path}.content[${index}]`;
    if (RESULT_KINDS.has(inner.kind)) return writeBlock(inner, innerPath, state) ?? [];
    state.notes.cannot(innerPath, 'meaning', `takes no ${inner.kind} in a tool's result`);
    return [];
  });
  return {
    toolResult: {
      toolUseId: writeCallId(part.callId),
      content,
      ...(part.isError === undefined ? {} : { status: part.isError ? 'error' : 'success' }),
    },
  };
}
