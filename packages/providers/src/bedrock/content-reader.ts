/** Converse's content blocks as neutral parts. Blocks that only Bedrock has become native parts. */
import {
  type Citation,
  type DocumentPart,
  type JsonObject,
  type JsonValue,
  type MediaSource,
  type Part,
  readCallId,
} from '@tollgate/dialects';
import { isObject, listIn, objectIn, textIn } from './json.ts';
import { typeOfFormat } from './media.ts';

export const FORMAT = 'bedrock-converse';
/** Bedrock signs only Claude's reasoning, with signatures that Anthropic's own API takes as well. */
export const SIGNATURE_FORMAT = 'anthropic-messages';

/** A list of blocks; a cache point marks the part before it. What is no block is left out. */
export function readBlocks(value: JsonValue | undefined): readonly Part[] {
  const parts: Part[] = [];
  for (const block of listIn(value)) {
    if (!isObject(block)) continue;
    const { cachePoint } = block;
    if (cachePoint !== undefined) markLast(parts, objectIn(cachePoint));
    else parts.push(...readBlock(block));
  }
  return parts;
}

/** @param marked The list whose last entry the cache point belongs to. */
export function markLast<T extends object>(marked: T[], { ttl }: JsonObject): void {
  const last = marked.pop();
  if (last === undefined) return;
  marked.push({ ...last, cacheMark: { ttl: ttl === '5m' || ttl === '1h' ? ttl : undefined } });
}

function readBlock(block: JsonObject): readonly Part[] {
  const { text, image, document, video, toolUse, toolResult, reasoningContent, citationsContent } = block;
  if (typeof text === 'string') return [{ kind: 'text', text }];
  if (isObject(image)) return orNative(block, readMedia('image', image));
  if (isObject(document)) return orNative(block, readDocument(document));
  if (isObject(video)) return orNative(block, readMedia('video', video));
  // What a tool of Bedrock's own did has a type beyond the usual one.
  if (isObject(toolUse) && (toolUse.type ?? 'tool_use') === 'tool_use') return [readToolUse(toolUse)];
  if (isObject(toolResult) && toolResult.type === undefined) return [readToolResult(toolResult)];
  if (isObject(reasoningContent)) return orNative(block, readReasoning(reasoningContent));
  if (isObject(citationsContent)) return readCited(citationsContent);
  return [nativeBlock(block)];
}

function orNative(block: JsonObject, part: Part | undefined): readonly Part[] {
  return [part ?? nativeBlock(block)];
}

export function nativeBlock(block: JsonObject): Part {
  const [name = 'block'] = Object.keys(block);
  return { kind: 'native', name, native: { format: FORMAT, value: block } };
}

function readMedia(kind: 'image' | 'video', block: JsonObject): Part | undefined {
  const source = readSource(kind, block);
  return source === undefined ? undefined : { kind, source };
}

function readSource(kind: 'image' | 'document' | 'video', block: JsonObject): MediaSource | undefined {
  const { bytes, s3Location } = objectIn(block.source);
  const mediaType = typeOfFormat(kind, textIn(block.format) ?? '');
  if (typeof bytes === 'string') return { kind: 'base64', mediaType, data: bytes };
  const uri = textIn(objectIn(s3Location).uri);
  return uri === undefined ? undefined : { kind: 'url', url: uri, mediaType };
}

function readDocument(block: JsonObject): DocumentPart | undefined {
  const { text } = objectIn(block.source);
  const source =
    typeof text === 'string'
      ? ({ kind: 'text', mediaType: typeOfFormat('document', textIn(block.format) ?? 'txt'), text } as const)
      : readSource('document', block);
  if (source === undefined) return undefined;
  const title = textIn(block.name);
  const context = textIn(block.context);
  const { enabled } = objectIn(block.citations);
  return {
    kind: 'document',
    source,
    ...(title === undefined ? {} : { title }),
    ...(context === undefined ? {} : { context }),
    ...(typeof enabled === 'boolean' ? { citations: enabled } : {}),
  };
}

function readToolUse(block: JsonObject): Part {
  const { input } = block;
  return {
    kind: 'toolCall',
    ...readCallId(textIn(block.toolUseId) ?? ''),
    name: textIn(block.name) ?? '',
    arguments: JSON.stringify(input ?? {}),
  };
}

function readToolResult(block: JsonObject): Part {
  const content = listIn(block.content).flatMap((entry) => {
    const { json } = objectIn(entry);
    if (json !== undefined) return [{ kind: 'text', text: JSON.stringify(json) } as const];
    return isObject(entry) ? readBlock(entry) : [];
  });
  return {
    kind: 'toolResult',
    callId: readCallId(textIn(block.toolUseId) ?? '').id,
    content,
    ...(block.status === undefined ? {} : { isError: block.status === 'error' }),
  };
}

function readReasoning({ reasoningText, redactedContent }: JsonObject): Part | undefined {
  if (typeof redactedContent === 'string') {
    return { kind: 'reasoning', text: '', redacted: { format: FORMAT, value: redactedContent } };
  }
  if (!isObject(reasoningText)) return undefined;
  const signature = textIn(reasoningText.signature);
  return {
    kind: 'reasoning',
    text: textIn(reasoningText.text) ?? '',
    ...(signature === undefined ? {} : { signature: { format: SIGNATURE_FORMAT, value: signature } }),
  };
}

function readCited({ content, citations }: JsonObject): readonly Part[] {
  const text = listIn(content)
    .map((entry) => textIn(objectIn(entry).text) ?? '')
    .join('');
  const read = listIn(citations).flatMap((citation) => (isObject(citation) ? [readCitation(citation)] : []));
  return [{ kind: 'text', text, ...(read.length === 0 ? {} : { citations: read }) }];
}

/** Positions are those of the source, not of the text. */
export function readCitation(citation: JsonObject): Citation {
  const text = listIn(citation.sourceContent)
    .map((entry) => textIn(objectIn(entry).text) ?? '')
    .join('');
  const url = textIn(objectIn(objectIn(citation.location).web).url) ?? findUrl(citation.source);
  const title = textIn(citation.title);
  return {
    ...(text === '' ? {} : { text }),
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    native: { format: FORMAT, value: citation },
  };
}

function findUrl(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && /^https?:\/\//.test(value) ? value : undefined;
}
