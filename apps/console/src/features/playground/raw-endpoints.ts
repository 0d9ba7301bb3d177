/** Endpoints that are called with a body of one's own: one of each that works once a model stands in it, and what it is a file of. */
import type { Messages } from '../../i18n/texts.ts';

export const RAW_ENDPOINTS = [
  'chat.completions',
  'responses',
  'completions',
  'messages',
  'generate_content',
  'embeddings',
  'moderations',
  'images.generations',
  'images.edits',
  'audio.speech',
  'audio.transcriptions',
  'rerank',
] as const;
export type RawEndpoint = (typeof RAW_ENDPOINTS)[number];
export type RawBody = Readonly<Record<string, unknown>>;

/** The API takes 8 MiB, and base64 makes four bytes of three. */
export const FILE_MAX_BYTES = 5 * 1_048_576;

export interface FilePart {
  readonly field: 'image' | 'file';
  /** Of an input for files. */
  readonly accept: string;
  /** As code would name it. */
  readonly example: string;
}

/** Undefined: the endpoint takes JSON. */
export function filePartOf(endpoint: RawEndpoint): FilePart | undefined {
  if (endpoint === 'images.edits')
    return { field: 'image', accept: 'image/png,image/jpeg,image/webp', example: 'image.png' };
  if (endpoint === 'audio.transcriptions')
    return { field: 'file', accept: 'audio/*,video/mp4,video/webm', example: 'speech.mp3' };
  return undefined;
}

type Samples = Messages<'playground'>['samples'];

const TEMPLATES: Readonly<Record<RawEndpoint, (samples: Samples) => RawBody>> = {
  'chat.completions': ({ hello }) => ({ messages: [{ role: 'user', content: hello }] }),
  responses: ({ hello }) => ({ input: hello }),
  completions: ({ beginning }) => ({ prompt: beginning, max_tokens: 64 }),
  messages: ({ hello }) => ({ max_tokens: 256, messages: [{ role: 'user', content: hello }] }),
  generate_content: ({ hello }) => ({ contents: [{ role: 'user', parts: [{ text: hello }] }] }),
  embeddings: ({ fact }) => ({ input: [fact] }),
  moderations: ({ harmless }) => ({ input: harmless }),
  'images.generations': ({ picture }) => ({ prompt: picture, n: 1, size: '1024x1024' }),
  'images.edits': ({ edit }) => ({ prompt: edit, n: 1, size: '1024x1024' }),
  'audio.speech': ({ hello }) => ({ input: hello, voice: 'alloy' }),
  'audio.transcriptions': () => ({ response_format: 'json' }),
  rerank: ({ question, fact, otherFact }) => ({ query: question, documents: [fact, otherFact] }),
};

export function templateOf(endpoint: RawEndpoint, model: string, samples: Samples): string {
  return JSON.stringify({ model, ...TEMPLATES[endpoint](samples) }, null, 2);
}
