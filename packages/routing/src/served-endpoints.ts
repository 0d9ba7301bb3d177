/**
 * What a request at an endpoint asks of a provider, by the names that key scopes and conditions have: for previews,
 * which have no request. The gateway's tests hold this table against its router.
 */
import { type ClientFormat, type Provider, servesEndpoint, type TaskEndpoint } from '@tollgate/providers';

/** What goes by routes. What a provider keeps does not: files, batches, videos. */
export const ROUTED_ENDPOINTS = {
  'chat.completions': 'openai-chat',
  responses: 'openai-responses',
  completions: 'openai-completions',
  messages: 'anthropic-messages',
  'messages.count_tokens': 'anthropic-count-tokens',
  generate_content: 'gemini-generate',
  count_tokens: 'gemini-count-tokens',
  embeddings: 'openai-embeddings',
  embed_content: 'gemini-embed',
  'images.generations': 'openai-images-generations',
  'images.edits': 'openai-images-edits',
  'images.variations': 'openai-images-variations',
  'audio.speech': 'openai-audio-speech',
  'audio.transcriptions': 'openai-audio-transcriptions',
  'audio.translations': 'openai-audio-translations',
  moderations: 'openai-moderations',
  rerank: 'cohere-rerank',
} as const satisfies Readonly<Record<string, ClientFormat | TaskEndpoint>>;

export function canServe(provider: Provider, upstreamModel: string, endpoint: string): boolean {
  const asked: Readonly<Record<string, ClientFormat | TaskEndpoint>> = ROUTED_ENDPOINTS;
  return Object.hasOwn(asked, endpoint) && servesEndpoint(provider, upstreamModel, asked[endpoint]!);
}
