/** Neutral parts as Gemini's, of requests. What the format cannot say goes to the notes. */
import { isJsonObject } from '../json/json-value.ts';
import type { TranslationNotes } from '../neutral/notes.ts';
import type {
  AudioPart,
  DocumentPart,
  MediaSource,
  Part,
  ReasoningPart,
  Signature,
  ToolCallPart,
  ToolResultPart,
} from '../neutral/parts.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { typeOfName } from './content-reader.ts';
import type { GeminiAbilities } from './models.ts';
import { FORMAT } from './signature.ts';

/** @param path For the notes, as in `messages[2].content[1]`. */
export function writePart(
  part: Part,
  path: string,
  abilities: GeminiAbilities,
  notes: TranslationNotes,
): readonly JsonObject[] {
  if ('cacheMark' in part && part.cacheMark !== undefined) {
    notes.cannot(`${path}.cache_control`, 'hint', 'chooses by itself what it caches');
  }
  switch (part.kind) {
    case 'text':
      return writeText(part.text, ownSignature(part.signature, path, notes));
    case 'refusal':
      return writeText(part.text, {});
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') notes.cannot(`${path}.detail`, 'hint');
      return withSignature(writeMedia(part.source, 'image/jpeg', path, notes), part.signature, path, notes);
    case 'video':
      return writeMedia(part.source, 'video/mp4', path, notes);
    case 'audio':
      return writeAudio(part, path, notes);
    case 'document':
      return writeDocument(part, path, notes);
    case 'reasoning':
      return writeReasoning(part, path, notes);
    case 'toolCall':
      return [writeCall(part, path, notes)];
    case 'toolResult':
      return writeResult(part, path, abilities, notes);
    case 'native':
      if (part.native.format === FORMAT) return [part.native.value as JsonObject];
      notes.cannot(path, 'meaning', `does not know "${part.name}"`);
      return [];
  }
}

/** Empty text is refused, and says nothing unless it is signed. */
function writeText(text: string, signed: JsonObject): readonly JsonObject[] {
  return text === '' && signed.thoughtSignature === undefined ? [] : [{ text, ...signed }];
}

function ownSignature(signature: Signature | undefined, path: string, notes: TranslationNotes): JsonObject {
  if (signature === undefined) return {};
  if (signature.format === FORMAT) return { thoughtSignature: signature.value };
  notes.cannot(`${path}.signature`, 'hint', 'takes back only signatures of its own');
  return {};
}

function withSignature(
  parts: readonly JsonObject[],
  signature: Signature | undefined,
  path: string,
  notes: TranslationNotes,
): readonly JsonObject[] {
  const signed = ownSignature(signature, path, notes);
  return parts.map((part) => ({ ...part, ...signed }));
}

function writeMedia(
  source: MediaSource,
  usualType: string,
  path: string,
  notes: TranslationNotes,
): readonly JsonObject[] {
  switch (source.kind) {
    case 'base64':
      return [{ inlineData: { mimeType: source.mediaType, data: source.data } }];
    case 'url': {
      const mimeType = source.mediaType ?? (typeOfName(source.url) || usualType);
      return [{ fileData: { mimeType, fileUri: source.url } }];
    }
    case 'file': {
      if (!/:\/\/|^files\//.test(source.fileId)) {
        notes.cannot(path, 'meaning', `has no file "${source.fileId.slice(0, 64)}"`);
        return [];
      }
      const mimeType = source.mediaType ?? typeOfName(source.fileId);
      return [{ fileData: { ...(mimeType === '' ? {} : { mimeType }), fileUri: source.fileId } }];
    }
  }
}

function writeAudio(part: AudioPart, path: string, notes: TranslationNotes): readonly JsonObject[] {
  if (part.source.kind !== 'id') return writeMedia(part.source, 'audio/mpeg', path, notes);
  if (part.transcript !== undefined && part.transcript !== '') return [{ text: part.transcript }];
  notes.cannot(path, 'meaning', 'has not kept that audio');
  return [];
}

function writeDocument(part: DocumentPart, path: string, notes: TranslationNotes): readonly JsonObject[] {
  if (part.citations === true) notes.cannot(`${path}.citations`, 'hint', 'does not cite documents');
  const label = [part.title ?? part.fileName, part.context].filter(
    (text) => text !== undefined && text !== '',
  );
  const { source } = part;
  const media =
    source.kind === 'text'
      ? [
          {
            inlineData: { mimeType: 'text/plain', data: Buffer.from(source.text, 'utf8').toString('base64') },
          },
        ]
      : writeMedia(source, 'application/pdf', path, notes);
  // Names have no member of their own; the model is to know them all the same.
  return label.length === 0 || media.length === 0 ? media : [{ text: label.join('\n') }, ...media];
}

/** Thoughts go back with their own proof, or without one; those that others signed are theirs. */
function writeReasoning(part: ReasoningPart, path: string, notes: TranslationNotes): readonly JsonObject[] {
  const { signature, redacted, text } = part;
  const foreign = (signature !== undefined && signature.format !== FORMAT) || redacted !== undefined;
  if (foreign) {
    notes.cannot(path, 'hint', 'takes back only reasoning of its own');
    return [];
  }
  if (text === '' && signature === undefined) return [];
  return [{ text, thought: true, ...(signature === undefined ? {} : { thoughtSignature: signature.value }) }];
}

function writeCall(part: ToolCallPart, path: string, notes: TranslationNotes): JsonObject {
  return {
    functionCall: { ...(part.id === '' ? {} : { id: part.id }), name: part.name, args: writeArguments(part) },
    ...ownSignature(part.signature, path, notes),
  };
}

/** Arguments must be an object; what the model wrote otherwise stays readable inside one. */
export function writeArguments({ arguments: text, custom }: ToolCallPart): JsonObject {
  if (custom === true) return { input: text };
  // Models write nothing, or `null`, for a tool without parameters.
  if (text.trim() === '' || text.trim() === 'null') return {};
  return parseObject(text) ?? { invalid_json: text };
}

function writeResult(
  part: ToolResultPart,
  path: string,
  abilities: GeminiAbilities,
  notes: TranslationNotes,
): readonly JsonObject[] {
  const texts: string[] = [];
  const media: JsonObject[] = [];
  part.content.forEach((inner, index) => {
    if (inner.kind === 'text' || inner.kind === 'refusal') texts.push(inner.text);
    else media.push(...writePart(inner, `${path}.content[${index}]`, abilities, notes));
  });
  const inside = abilities.takesMediaInResults && media.every((one) => one.inlineData !== undefined);
  const result: JsonObject = {
    functionResponse: {
      ...(part.callId === '' ? {} : { id: part.callId }),
      name: part.name ?? part.callId,
      response: writeResponse(texts, part.isError === true),
      ...(inside && media.length > 0 ? { parts: media } : {}),
    },
  };
  return inside ? [result] : [result, ...media];
}

/** An object passes as itself if it reads back the same; all else stands in Google's conventional member. */
function writeResponse(texts: readonly string[], isError: boolean): JsonObject {
  const text = texts.join('\n');
  if (isError) return { error: text };
  const parsed = parseObject(text);
  const names = Object.keys(parsed ?? {});
  const [name] = names;
  const isConvention = names.length === 1 && (name === 'output' || name === 'result' || name === 'error');
  const passes = parsed !== undefined && names.length > 0 && !isConvention && JSON.stringify(parsed) === text;
  return passes ? parsed : { output: text };
}

function parseObject(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const parsed: JsonValue = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
