/** Annotations of OpenAI's formats as citations and back. Chat nests a URL's members, Responses does not. */
import { integerIn, isJsonObject, objectIn, present, someTextIn, textIn } from '../json/json-value.ts';
import type { Citation } from '../neutral/parts.ts';
import type { JsonObject, JsonValue, WireFormat } from '../neutral/wire-format.ts';

/** @returns Undefined for what is no annotation. */
export function readAnnotation(value: JsonValue, format: WireFormat): Citation | undefined {
  if (!isJsonObject(value) || typeof value.type !== 'string') return undefined;
  const url = value.type === 'url_citation' ? objectIn(value.url_citation ?? value) : {};
  const isPlain = someTextIn(url.url) !== undefined && hasNothingElse(url);
  return present({
    text: someTextIn(url.content),
    url: someTextIn(url.url),
    title: textIn(url.title),
    start: integerIn(url.start_index),
    end: integerIn(url.end_index),
    native: isPlain ? undefined : { format, value },
  });
}

const PLAIN: ReadonlySet<string> = new Set(['type', 'url', 'title', 'start_index', 'end_index', 'content']);

function hasNothingElse(citation: JsonObject): boolean {
  return Object.keys(citation).every((name) => PLAIN.has(name));
}

/** Perplexity and xAI give the addresses of an answer beside it. */
export function readSourceList(body: JsonObject): readonly Citation[] {
  const results = body.search_results;
  if (Array.isArray(results)) {
    const found = (results as readonly JsonValue[]).map(objectIn).flatMap((result) => {
      const url = someTextIn(result.url);
      return url === undefined ? [] : [present({ url, title: textIn(result.title) })];
    });
    if (found.length > 0) return found;
  }
  const { citations } = body;
  if (!Array.isArray(citations)) return [];
  return (citations as readonly JsonValue[]).flatMap((url) =>
    typeof url === 'string' && url !== '' ? [{ url }] : [],
  );
}

/**
 * @param offset Where the part's text stands in the message's.
 * @returns Undefined: a citation of a document has no place there.
 */
export function writeChatAnnotation(citation: Citation, offset: number): JsonObject | undefined {
  if (citation.native?.format === 'openai-chat' && isJsonObject(citation.native.value))
    return citation.native.value;
  if (citation.url === undefined) return undefined;
  return { type: 'url_citation', url_citation: urlMembers(citation, citation.url, offset) };
}

export function writeResponsesAnnotation(citation: Citation): JsonObject | undefined {
  if (citation.native?.format === 'openai-responses' && isJsonObject(citation.native.value)) {
    return citation.native.value;
  }
  if (citation.url === undefined) return undefined;
  return { type: 'url_citation', ...urlMembers(citation, citation.url, 0) };
}

/** Those that have a place in a part of their own text. */
export function writeResponsesAnnotations(citations: readonly Citation[] | undefined): readonly JsonObject[] {
  return (citations ?? []).flatMap((citation): readonly JsonObject[] => {
    const written = writeResponsesAnnotation(citation);
    return written === undefined ? [] : [written];
  });
}

function urlMembers(citation: Citation, url: string, offset: number): JsonObject {
  return present({
    url,
    title: citation.title ?? url,
    start_index: (citation.start ?? 0) + offset,
    end_index: (citation.end ?? citation.start ?? 0) + offset,
    content: citation.text,
  });
}
