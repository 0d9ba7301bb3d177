import { defineProvider, openAiPaths, TAGS_AND_USER } from './define.ts';

export const mistral = defineProvider({
  id: 'mistral',
  displayName: 'Mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  docsUrl: 'https://console.mistral.ai/api-keys',
  paths: openAiPaths(
    'openai-embeddings',
    'openai-moderations',
    'openai-audio-transcriptions',
    'openai-files',
  ),
  unknownMembers: [...TAGS_AND_USER, 'stream_options', 'logprobs', 'top_logprobs', 'store', 'service_tier'],
  outputCapMember: 'max_tokens',
  quirks: {
    chat: {
      developerRole: false,
      earlierReasoning: 'thinking',
      callId: { allowed: /[a-zA-Z0-9]/, maxLength: 9 },
    },
    renamedMembers: { seed: 'random_seed' },
  },
});
