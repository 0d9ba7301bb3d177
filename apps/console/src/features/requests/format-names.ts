/**
 * Formats as their vendors call them: names, so not translated.
 *
 * The gateway tells a provider's format itself; a client's follows from the endpoint it called.
 */
import type { RequestSummary } from '@tollgate/api';

const FORMAT_NAMES: Readonly<Record<string, string>> = {
  'openai-chat': 'OpenAI Chat Completions',
  'openai-responses': 'OpenAI Responses',
  'openai-completions': 'OpenAI Completions',
  'openai-embeddings': 'OpenAI Embeddings',
  'openai-moderations': 'OpenAI Moderations',
  'openai-images-generations': 'OpenAI Images',
  'openai-images-edits': 'OpenAI Images',
  'openai-images-variations': 'OpenAI Images',
  'openai-audio-speech': 'OpenAI Audio',
  'openai-audio-transcriptions': 'OpenAI Audio',
  'openai-audio-translations': 'OpenAI Audio',
  'openai-files': 'OpenAI Files',
  'openai-batches': 'OpenAI Batches',
  'openai-videos': 'OpenAI Videos',
  'anthropic-messages': 'Anthropic Messages',
  'anthropic-count-tokens': 'Anthropic count_tokens',
  'gemini-generate': 'Gemini generateContent',
  'gemini-count-tokens': 'Gemini countTokens',
  'gemini-embed': 'Gemini embedContent',
  'gemini-batch-embed': 'Gemini batchEmbedContents',
  'bedrock-converse': 'Bedrock Converse',
  'cohere-chat': 'Cohere Chat',
  'cohere-rerank': 'Cohere Rerank',
  'cohere-embed': 'Cohere Embed',
};

const FORMAT_OF_ENDPOINT: Readonly<Record<string, string>> = {
  'chat.completions': 'openai-chat',
  responses: 'openai-responses',
  completions: 'openai-completions',
  embeddings: 'openai-embeddings',
  moderations: 'openai-moderations',
  'images.generations': 'openai-images-generations',
  'images.edits': 'openai-images-edits',
  'images.variations': 'openai-images-variations',
  'audio.speech': 'openai-audio-speech',
  'audio.transcriptions': 'openai-audio-transcriptions',
  'audio.translations': 'openai-audio-translations',
  files: 'openai-files',
  batches: 'openai-batches',
  videos: 'openai-videos',
  rerank: 'cohere-rerank',
  messages: 'anthropic-messages',
  'messages.count_tokens': 'anthropic-count-tokens',
  generate_content: 'gemini-generate',
  count_tokens: 'gemini-count-tokens',
  embed_content: 'gemini-embed',
};

type Asked = Pick<RequestSummary, 'endpoint' | 'dialect' | 'providerFormat' | 'translated'>;

/** An endpoint without a name of its own is told by its path and dialect. */
export function clientFormatName({ endpoint, dialect }: Pick<Asked, 'endpoint' | 'dialect'>): string {
  const format = FORMAT_OF_ENDPOINT[endpoint];
  return format === undefined ? `${endpoint} (${dialect})` : formatName(format);
}

/** @returns `OpenAI Chat Completions → Anthropic Messages`; one name where nothing was translated. */
export function describeFormats(request: Asked): string {
  const client = clientFormatName(request);
  const { providerFormat, translated } = request;
  return translated && providerFormat !== null ? `${client} → ${formatName(providerFormat)}` : client;
}

function formatName(format: string): string {
  return FORMAT_NAMES[format] ?? format;
}
