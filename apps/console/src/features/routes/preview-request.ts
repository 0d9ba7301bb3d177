/** A request that nobody sends: what it would say of itself, as somebody enters it. Pure. */
import { parseCount } from '../limits/amount.ts';

export interface PreviewValues {
  readonly keyId: string;
  readonly endpoint: string;
  readonly stream: boolean;
  readonly inputTokens: string;
  readonly tags: string;
  readonly endUser: string;
  readonly session: string;
}

export const USUAL_REQUEST: PreviewValues = {
  keyId: '',
  endpoint: 'chat.completions',
  stream: false,
  inputTokens: '1000',
  tags: '',
  endUser: '',
  session: '',
};

/** @returns Tags as they are written, one a line; undefined where one has no name or no `=`. */
export function parseTags(text: string): Readonly<Record<string, string>> | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pairs = lines
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.indexOf('=');
      return at <= 0 ? undefined : ([line.slice(0, at).trim(), line.slice(at + 1).trim()] as const);
    });
  const known = pairs.filter((pair) => pair !== undefined);
  return known.length === pairs.length ? Object.fromEntries(known) : undefined;
}

export type WrongPreview = 'inputTokens' | 'tags';

/** @returns The body, or which fields cannot be read. */
export function toPreviewRequest(values: PreviewValues, locale: string) {
  const inputTokens = parseCount(values.inputTokens.trim() === '' ? '0' : values.inputTokens, locale);
  const tags = parseTags(values.tags);
  const wrong: WrongPreview[] = [];
  if (inputTokens === undefined) wrong.push('inputTokens');
  if (tags === undefined) wrong.push('tags');
  const request = {
    ...(values.keyId !== '' && { keyId: values.keyId }),
    endpoint: values.endpoint,
    stream: values.stream,
    inputTokens: inputTokens ?? 0,
    tags: tags ?? {},
    endUser: values.endUser.trim(),
    session: values.session.trim(),
  };
  return { request, wrong };
}
