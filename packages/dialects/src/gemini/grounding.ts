/**
 * Where an answer's statements come from: Google's grounding and citations, and the neutral citations of a text.
 *
 * Google counts in bytes of UTF-8, the neutral model in UTF-16 units.
 */
import { isJsonObject, listIn, numberIn, someTextIn, textIn } from '../json/json-value.ts';
import type { Citation } from '../neutral/parts.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { proto } from './proto.ts';

/** @param candidate One candidate. @param text Of its text, as far as it is known. */
export function readCitations(candidate: JsonObject, text: string): readonly Citation[] {
  return [
    ...readGrounding(proto(candidate.groundingMetadata), text),
    ...readSources(proto(candidate.citationMetadata), text),
  ];
}

function readGrounding(
  { groundingChunks, groundingSupports }: JsonObject,
  text: string,
): readonly Citation[] {
  const chunks = listIn(groundingChunks).map((chunk) => {
    const { web, retrievedContext, maps } = proto(chunk);
    const { uri, title } = proto(web ?? retrievedContext ?? maps);
    return { uri: someTextIn(uri), title: someTextIn(title) };
  });
  const bytes = bytesOf(text);
  return listIn(groundingSupports)
    .slice(0, MAX_PLACES)
    .flatMap((support) => {
      const { segment, groundingChunkIndices } = proto(support);
      const place = placeOf(proto(segment), bytes);
      return listIn(groundingChunkIndices).flatMap((index): readonly Citation[] => {
        const chunk = typeof index === 'number' ? chunks[index] : undefined;
        if (chunk?.uri === undefined) return [];
        return [{ ...place, url: chunk.uri, ...(chunk.title === undefined ? {} : { title: chunk.title }) }];
      });
    });
}

/** `citations` at Vertex. */
function readSources({ citationSources, citations }: JsonObject, text: string): readonly Citation[] {
  const bytes = bytesOf(text);
  return listIn(citationSources ?? citations)
    .slice(0, MAX_PLACES)
    .flatMap((source): readonly Citation[] => {
      const said = proto(source);
      const url = someTextIn(said.uri);
      const title = someTextIn(said.title);
      if (url === undefined) return [];
      return [{ ...placeOf(said, bytes), url, ...(title === undefined ? {} : { title }) }];
    });
}

/** More in one answer are no help to anybody. */
const MAX_PLACES = 1_000;
const MAX_COUNTED_CHARACTERS = 1_000_000;

/** Empty where counting in it would cost too much: then places are not told. */
function bytesOf(text: string): Buffer {
  return text.length > MAX_COUNTED_CHARACTERS ? Buffer.alloc(0) : Buffer.from(text, 'utf8');
}

/** In UTF-16 units; nothing where it lies outside of the text. */
function placeOf(segment: JsonObject, bytes: Buffer): Pick<Citation, 'text' | 'start' | 'end'> {
  const end = numberIn(segment.endIndex);
  if (end === undefined || end > bytes.length) return cited(segment);
  const startBytes = numberIn(segment.startIndex) ?? 0;
  if (startBytes < 0 || startBytes > end) return cited(segment);
  const start = bytes.toString('utf8', 0, startBytes).length;
  return { ...cited(segment), start, end: start + bytes.toString('utf8', startBytes, end).length };
}

function cited(segment: JsonObject): Pick<Citation, 'text'> {
  const text = textIn(segment.text);
  return text === undefined || text === '' ? {} : { text };
}

/** @returns Undefined where no citation has an address. @param text Of the part that they are citations of. */
export function writeGrounding(
  cited: readonly { readonly text: string; readonly citation: Citation }[],
): JsonObject | undefined {
  const chunks: JsonObject[] = [];
  const supports: JsonObject[] = [];
  const places = new Map<string, number>();
  for (const { text, citation } of cited) {
    const { url, title, start, end } = citation;
    if (url === undefined) continue;
    const key = JSON.stringify([url, title]);
    const index = places.get(key) ?? chunks.length;
    if (!places.has(key)) {
      places.set(key, index);
      chunks.push({ web: { uri: url, ...(title === undefined ? {} : { title }) } });
    }
    const segment = writeSegment(text, start, end, citation.text);
    supports.push({ segment, groundingChunkIndices: [index] });
  }
  return chunks.length === 0 ? undefined : { groundingChunks: chunks, groundingSupports: supports };
}

function writeSegment(
  text: string,
  start: number | undefined,
  end: number | undefined,
  quote: string | undefined,
): JsonValue {
  const quoted = quote === undefined ? {} : { text: quote };
  if (start === undefined || end === undefined || end > text.length || start > end) return quoted;
  const startIndex = Buffer.byteLength(text.slice(0, start), 'utf8');
  return { startIndex, endIndex: startIndex + Buffer.byteLength(text.slice(start, end), 'utf8'), ...quoted };
}

/** Every `groundingMetadata` of an answer, for counting searches. */
export function groundingOf(candidates: JsonValue | undefined): readonly JsonValue[] {
  return listIn(candidates).flatMap((candidate) => {
    const { groundingMetadata } = proto(candidate);
    return isJsonObject(groundingMetadata) ? [proto(groundingMetadata)] : [];
  });
}
