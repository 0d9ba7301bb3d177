/** Parts of user, system and tool messages for a provider. */
import { present } from '../../json/json-value.ts';
import { audioFormatOf, urlOfSource } from '../../media-source.ts';
import type { TranslationNotes } from '../../neutral/notes.ts';
import type { AudioPart, DocumentPart, ImagePart, Part } from '../../neutral/parts.ts';
import type { JsonObject, JsonValue } from '../../neutral/wire-format.ts';
import { writeCacheMark } from './cache-mark.ts';
import type { ChatFlavour } from './flavour.ts';

export interface ContentContext {
  readonly flavour: ChatFlavour;
  readonly notes: TranslationNotes;
}

/** Plain text where one text part is all there is: every server understands that. */
export function contentValue(parts: readonly JsonObject[]): JsonValue {
  const [first, ...others] = parts;
  if (first === undefined) return '';
  const isPlain = others.length === 0 && first.type === 'text' && Object.keys(first).length === 2;
  return isPlain ? (first.text ?? '') : parts;
}

/** @param param Where the part stands, for reports. */
export function writePart(part: Part, param: string, context: ContentContext): readonly JsonObject[] {
  const written = writeUnmarked(part, param, context);
  const mark = 'cacheMark' in part ? part.cacheMark : undefined;
  const last = written.at(-1);
  if (mark === undefined || last === undefined) return written;
  if (!context.flavour.cacheMarks) {
    context.notes.cannot(`${param}.cache_control`, 'hint');
    return written;
  }
  return [...written.slice(0, -1), { ...last, ...writeCacheMark(mark) }];
}

function writeUnmarked(part: Part, param: string, context: ContentContext): readonly JsonObject[] {
  const { flavour, notes } = context;
  switch (part.kind) {
    case 'text':
      return [{ type: 'text', text: part.text }];
    case 'image':
      return writeImage(part, param, notes);
    case 'document':
      return writeDocument(part, param, context);
    case 'audio':
      return writeAudio(part, param, notes);
    case 'video': {
      const url = urlOfSource(part.source);
      if (url !== undefined && flavour.mediaAnywhere) return [{ type: 'video_url', video_url: { url } }];
      notes.cannot(param, 'meaning', 'takes no video');
      return [];
    }
    case 'refusal':
      return [{ type: 'refusal', refusal: part.text }];
    case 'native':
      if (part.native.format === 'openai-chat') return [part.native.value as JsonObject];
      notes.cannot(param, 'meaning', `has nothing like "${part.name}"`);
      return [];
    default:
      notes.cannot(param, 'meaning', `takes no ${part.kind} there`);
      return [];
  }
}

export function writeImage(part: ImagePart, param: string, notes: TranslationNotes): readonly JsonObject[] {
  const url = urlOfSource(part.source);
  if (url === undefined) {
    notes.cannot(param, 'meaning', 'takes images as bytes or by their address, not as uploaded files');
    return [];
  }
  return [{ type: 'image_url', image_url: present({ url, detail: part.detail }) }];
}

function writeDocument(part: DocumentPart, param: string, context: ContentContext): readonly JsonObject[] {
  const { flavour, notes } = context;
  if (part.citations === true) notes.cannot(`${param}.citations`, 'hint');
  if (part.context !== undefined) notes.cannot(`${param}.context`, 'hint');
  const { source } = part;
  if (source.kind === 'text') {
    // Text it is, whatever it is called: models read it as well there.
    const title = part.title ?? part.fileName;
    return [{ type: 'text', text: title === undefined ? source.text : `${title}\n\n${source.text}` }];
  }
  if (source.kind === 'file')
    return [{ type: 'file', file: present({ file_id: source.fileId, filename: part.fileName }) }];
  if (source.kind === 'url' && !flavour.mediaAnywhere) {
    notes.cannot(param, 'meaning', 'takes documents as bytes or uploaded files, not by their address');
    return [];
  }
  const filename = part.fileName ?? part.title ?? fileNameOf(source.mediaType ?? 'application/pdf');
  return [{ type: 'file', file: present({ filename, file_data: urlOfSource(source) }) }];
}

/** OpenAI tells by the name what a file is, so that it needs one. */
export function fileNameOf(mediaType: string): string {
  const ending = /^(?:application|text)\/([a-z]{2,8})\b/.exec(mediaType)?.[1] ?? 'bin';
  return `document.${ending === 'plain' ? 'txt' : ending}`;
}

function writeAudio({ source }: AudioPart, param: string, notes: TranslationNotes): readonly JsonObject[] {
  if (source.kind === 'base64') {
    const format = audioFormatOf(source.mediaType);
    return [{ type: 'input_audio', input_audio: { data: source.data, format } }];
  }
  notes.cannot(param, 'meaning', 'takes audio as bytes only');
  return [];
}
