/**
 * The kinds of request that a key can be scoped to, as the gateway and the ledger name them. In the order in which
 * people should see them. The gateway's tests hold this list against its router.
 */
export const ENDPOINT_SCOPES = [
  'chat.completions',
  'responses',
  'completions',
  'messages',
  'messages.count_tokens',
  'generate_content',
  'count_tokens',
  'embeddings',
  'embed_content',
  'images.generations',
  'images.edits',
  'images.variations',
  'audio.speech',
  'audio.transcriptions',
  'audio.translations',
  'moderations',
  'rerank',
  'files',
  'batches',
  'videos',
] as const;
