/** What the path of Gemini's API says: `/v1beta/models/{model}:{method}`. */

export type GeminiMethod =
  | 'generateContent'
  | 'streamGenerateContent'
  | 'countTokens'
  | 'embedContent'
  | 'batchEmbedContents';

export interface GeminiPath {
  readonly model: string;
  readonly method: GeminiMethod;
  readonly stream: boolean;
  /** Whether a stream is one JSON array, because the client did not ask for events with `alt=sse`. */
  readonly jsonArray: boolean;
}

const FORM = /^(.+):(generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)$/;

/**
 * @param rest Behind the version: `models/gemini-2.5-pro:generateContent`. Models of other providers have slashes in
 * their names, encoded or not.
 * @param query Without its question mark.
 * @returns Undefined: not one of these methods.
 */
export function readGeminiPath(rest: string, query: string): GeminiPath | undefined {
  const match = FORM.exec(rest.replace(/^\/?(?:models\/|tunedModels\/)?/, ''));
  const model = decode(match?.[1]);
  if (match === null || model === undefined) return undefined;
  const method = match[2] as GeminiMethod;
  const stream = method === 'streamGenerateContent';
  return { model, method, stream, jsonArray: stream && new URLSearchParams(query).get('alt') !== 'sse' };
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
