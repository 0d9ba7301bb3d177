/**
 * Recorded exchanges that are no conversations and that Tollgate does not serve at that provider, with the reason.
 * `tasks-through-seam.test.ts` fails for one that is missing here and for an entry that no recording needs any more.
 */
export interface UnservedRecordings {
  readonly provider: string;
  readonly api: string;
  readonly exchanges: number;
  readonly reason: string;
}

const NO_PROVIDER = 'none of the providers, and an API of its own that no client of Tollgate speaks';
const LEGACY = 'an API that its maker gave up for conversations';
const NOT_IN_CATALOGUE = 'the catalogue does not name this endpoint at the provider';
const OWN_BATCHES = 'batches in a shape of its own; Tollgate has those of OpenAI’s API';
const OWN_FILES = 'files in a shape of its own; Tollgate has those of OpenAI’s API';
const OWN_EMBEDDINGS =
  'the provider’s own embeddings; clients ask its address that is compatible with OpenAI’s';
const OWN_MODELS = 'Tollgate answers questions about single models itself, and tokenizes for nobody';
const OWN_CHAT = 'the provider’s own conversations; Tollgate speaks its compatible address';

export const UNSERVED: readonly UnservedRecordings[] = [
  { provider: 'alephalpha', api: 'messages.legacy_complete', exchanges: 1, reason: NO_PROVIDER },
  {
    provider: 'amazon-bedrock',
    api: 'invoke',
    exchanges: 20,
    reason: 'invoke of other makers than Anthropic, or of its old completions; all of them converse',
  },
  {
    provider: 'amazon-bedrock',
    api: 'models',
    exchanges: 1,
    reason: 'the list of the Mantle address; connections are tested by the list of foundation models',
  },
  { provider: 'amazon-bedrock', api: 'rerank', exchanges: 1, reason: NOT_IN_CATALOGUE },
  { provider: 'anthropic', api: 'batches', exchanges: 14, reason: OWN_BATCHES },
  { provider: 'anthropic', api: 'files', exchanges: 1, reason: OWN_FILES },
  { provider: 'anthropic', api: 'messages', exchanges: 4, reason: OWN_FILES },
  { provider: 'anthropic', api: 'messages.legacy_complete', exchanges: 4, reason: LEGACY },
  { provider: 'cartesia', api: 'audio.transcriptions', exchanges: 1, reason: NO_PROVIDER },
  { provider: 'cohere', api: 'count_tokens', exchanges: 1, reason: OWN_MODELS },
  { provider: 'cohere', api: 'embeddings', exchanges: 3, reason: OWN_EMBEDDINGS },
  { provider: 'cohere', api: 'generate', exchanges: 1, reason: LEGACY },
  { provider: 'cohere', api: 'models', exchanges: 3, reason: OWN_MODELS },
  { provider: 'deepgram', api: 'audio.speech', exchanges: 1, reason: NO_PROVIDER },
  { provider: 'deepgram', api: 'audio.transcriptions', exchanges: 1, reason: NO_PROVIDER },
  { provider: 'elevenlabs', api: 'audio.transcriptions', exchanges: 1, reason: NO_PROVIDER },
  { provider: 'fal', api: 'audio.transcriptions', exchanges: 1, reason: NO_PROVIDER },
  { provider: 'gladia', api: 'audio.transcriptions', exchanges: 2, reason: NO_PROVIDER },
  { provider: 'google', api: 'batches', exchanges: 28, reason: OWN_BATCHES },
  {
    provider: 'google',
    api: 'cachedContents',
    exchanges: 14,
    reason: 'caches are kept and billed by the hour; Tollgate has no endpoint for them',
  },
  { provider: 'google', api: 'files', exchanges: 2, reason: OWN_FILES },
  {
    provider: 'google',
    api: 'generateContent',
    exchanges: 4,
    reason: 'stores of files that a conversation searches, made and removed around it',
  },
  {
    provider: 'google',
    api: 'interactions',
    exchanges: 17,
    reason: 'a format that Tollgate does not speak; the same models generate content',
  },
  {
    provider: 'google-vertex',
    api: 'cachedContents',
    exchanges: 4,
    reason: 'as at Google, and the purchase of its tokens, which the authorizer makes itself',
  },
  {
    provider: 'google-vertex',
    api: 'embeddings',
    exchanges: 1,
    reason: 'the older predict; Tollgate asks for embedContent',
  },
  {
    provider: 'google-vertex',
    api: 'generateContent',
    exchanges: 12,
    reason: 'the purchase of a token, which the authorizer makes itself',
  },
  { provider: 'google-vertex', api: 'models', exchanges: 1, reason: OWN_MODELS },
  {
    provider: 'google-vertex',
    api: 'predict',
    exchanges: 5,
    reason: 'Imagen’s predict, a format that no client of Tollgate speaks',
  },
  {
    provider: 'huggingface',
    api: 'chat.completions',
    exchanges: 1,
    reason: 'what the hub knows of a model, asked before a conversation',
  },
  { provider: 'mistral', api: 'audio.speech', exchanges: 1, reason: NOT_IN_CATALOGUE },
  { provider: 'mistral', api: 'ocr', exchanges: 1, reason: 'no client of Tollgate speaks it' },
  { provider: 'ollama', api: 'chat', exchanges: 21, reason: OWN_CHAT },
  { provider: 'ollama', api: 'embeddings', exchanges: 3, reason: OWN_EMBEDDINGS },
  { provider: 'ollama', api: 'generate', exchanges: 2, reason: OWN_CHAT },
  { provider: 'openai', api: 'models', exchanges: 2, reason: OWN_MODELS },
  {
    provider: 'openai',
    api: 'responses',
    exchanges: 2,
    reason: 'the handshake of a WebSocket, which Tollgate does not open',
  },
  { provider: 'openrouter', api: 'audio.speech', exchanges: 1, reason: NOT_IN_CATALOGUE },
  { provider: 'openrouter', api: 'audio.transcriptions', exchanges: 1, reason: NOT_IN_CATALOGUE },
  { provider: 'openrouter', api: 'rerank', exchanges: 1, reason: NOT_IN_CATALOGUE },
  { provider: 'perplexity', api: 'embeddings', exchanges: 1, reason: NOT_IN_CATALOGUE },
  { provider: 'perplexity', api: 'models', exchanges: 1, reason: NOT_IN_CATALOGUE },
  { provider: 'revai', api: 'audio.transcriptions', exchanges: 2, reason: NO_PROVIDER },
  { provider: 'venice', api: 'generate', exchanges: 1, reason: NO_PROVIDER },
  { provider: 'voyage', api: 'rerank', exchanges: 2, reason: NO_PROVIDER },
  { provider: 'writer', api: 'chat', exchanges: 4, reason: NO_PROVIDER },
  { provider: 'writer', api: 'completions', exchanges: 2, reason: NO_PROVIDER },
  { provider: 'xai', api: 'batches', exchanges: 6, reason: OWN_BATCHES },
];
