/** Parts of a message's content, whoever wrote it: callers in requests, providers in answers. */

import { isJsonObject, listIn, objectIn, present, someTextIn, textIn } from '../../json/json-value.ts';
import { audioTypeOf, sourceFromUrl } from '../../media-source.ts';
import type { ImagePart, Part, ReasoningPart } from '../../neutral/parts.ts';
import type { JsonObject, JsonValue } from '../../neutral/wire-format.ts';
import { readCacheMark } from './cache-mark.ts';
import { readReasoningDetails } from './reasoning-details.ts';

const DETAILS = ['auto', 'low', 'high', 'original'] as const;

/** @returns Undefined where it is neither text nor a list of parts. An absent content is an empty one. */
export function readContent(content: JsonValue | undefined): readonly Part[] | undefined {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) return undefined;
  const parts: Part[] = [];
  for (const value of content as readonly JsonValue[]) {
    if (typeof value === 'string') parts.push({ kind: 'text', text: value });
    else if (isJsonObject(value)) parts.push(readPart(value));
    else return undefined;
  }
  return parts;
}

function readPart(part: JsonObject): Part {
  return readKnownPart(part) ?? nativePart(part);
}

function nativePart(part: JsonObject): Part {
  return {
    kind: 'native',
    name: textIn(part.type) ?? 'part',
    native: { format: 'openai-chat', value: part },
  };
}

function readKnownPart(part: JsonObject): Part | undefined {
  const cacheMark = readCacheMark(part);
  switch (part.type) {
    case 'text': {
      const text = textIn(part.text);
      return text === undefined ? undefined : present({ kind: 'text' as const, text, cacheMark });
    }
    case 'refusal': {
      const text = textIn(part.refusal);
      return text === undefined ? undefined : { kind: 'refusal', text };
    }
    case 'image_url': {
      const image = readImage(part);
      return image === undefined ? undefined : present({ ...image, cacheMark });
    }
    case 'video_url': {
      const url = textIn(objectIn(part.video_url).url);
      if (url === undefined) return undefined;
      return present({ kind: 'video' as const, source: sourceFromUrl(url), cacheMark });
    }
    case 'input_audio': {
      const { data, format } = objectIn(part.input_audio);
      if (typeof data !== 'string' || typeof format !== 'string') return undefined;
      const source = { kind: 'base64', mediaType: audioTypeOf(format), data } as const;
      return present({ kind: 'audio' as const, source, cacheMark });
    }
    case 'file':
      return readFile(part);
    case 'thinking':
      return readThinking(part);
    default:
      return undefined;
  }
}

/** `image_url` is an object; Mistral also writes the address itself. */
export function readImage(part: JsonObject): ImagePart | undefined {
  const image = objectIn(part.image_url);
  const url = textIn(part.image_url) ?? textIn(image.url);
  if (url === undefined) return undefined;
  const detail = DETAILS.find((word) => word === image.detail);
  return present({ kind: 'image' as const, source: sourceFromUrl(url), detail });
}

function readFile(part: JsonObject): Part | undefined {
  const file = objectIn(part.file);
  const fileId = someTextIn(file.file_id);
  const data = someTextIn(file.file_data);
  const cacheMark = readCacheMark(part);
  const fileName = someTextIn(file.filename);
  if (fileId !== undefined) {
    return present({
      kind: 'document' as const,
      source: { kind: 'file' as const, fileId },
      fileName,
      cacheMark,
    });
  }
  if (data === undefined) return undefined;
  // OpenAI's SDK documents plain base64 too; a URL has a colon early, base64 never.
  const source = data.slice(0, 64).includes(':')
    ? sourceFromUrl(data)
    : ({ kind: 'base64', mediaType: 'application/pdf', data } as const);
  return present({ kind: 'document' as const, source, fileName, cacheMark });
}

/** Mistral's: a list of texts, or (LiteLLM's) a text with Anthropic's signature. */
function readThinking(part: JsonObject): ReasoningPart | undefined {
  const text =
    textIn(part.thinking) ??
    listIn(part.thinking)
      .map((piece) => textIn(objectIn(piece).text) ?? '')
      .join('');
  const proof = someTextIn(part.signature);
  return present({
    kind: 'reasoning' as const,
    text,
    signature: proof === undefined ? undefined : ({ format: 'anthropic-messages', value: proof } as const),
  });
}

/** Reasoning beside the content, in the fullest of the forms in which it is there. */
export function readReasoning(message: JsonObject): readonly ReasoningPart[] {
  const details = readReasoningDetails(message.reasoning_details);
  // Where entries are there and none is whole, the text beside them is no more whole than they are.
  if (details.length > 0 || listIn(message.reasoning_details).some(isSignedEntry)) return details;
  const blocks = listIn(message.thinking_blocks).flatMap((block) => readThinkingBlock(objectIn(block)) ?? []);
  if (blocks.length > 0) return blocks;
  const text = someTextIn(message.reasoning_content) ?? someTextIn(message.reasoning);
  return text === undefined ? [] : [{ kind: 'reasoning', text }];
}

function isSignedEntry(entry: JsonValue): boolean {
  return someTextIn(objectIn(entry).signature) !== undefined;
}

/** LiteLLM hands Anthropic's blocks over as they are. */
function readThinkingBlock(block: JsonObject): ReasoningPart | undefined {
  if (block.type === 'thinking') return readThinking(block);
  const data = block.type === 'redacted_thinking' ? someTextIn(block.data) : undefined;
  if (data === undefined) return undefined;
  return { kind: 'reasoning', text: '', redacted: { format: 'anthropic-messages', value: data } };
}
