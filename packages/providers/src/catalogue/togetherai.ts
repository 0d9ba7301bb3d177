import { defineProvider, openAiPaths, TAGS_AND_USER } from './define.ts';

export const togetherai = defineProvider({
  id: 'togetherai',
  aliases: ['together'],
  displayName: 'Together AI',
  baseUrl: 'https://api.together.xyz/v1',
  docsUrl: 'https://api.together.ai/settings/api-keys',
  paths: {
    ...openAiPaths(
      'openai-completions',
      'openai-embeddings',
      'openai-images-generations',
      'openai-audio-speech',
      'openai-audio-transcriptions',
    ),
    'cohere-rerank': '/rerank',
  },
  unknownMembers: TAGS_AND_USER,
  outputCapMember: 'max_tokens',
  quirks: { chat: { developerRole: false, topK: true } },
});
