import { defineProvider, openAiPaths } from './define.ts';

export const fireworks = defineProvider({
  id: 'fireworks',
  displayName: 'Fireworks AI',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  docsUrl: 'https://app.fireworks.ai/settings/users/api-keys',
  paths: {
    ...openAiPaths('openai-completions', 'openai-embeddings', 'openai-responses'),
    'cohere-rerank': '/rerank',
  },
  unknownMembers: ['metadata'],
  outputCapMember: 'max_tokens',
  quirks: { chat: { developerRole: false, earlierReasoning: 'reasoning_content', topK: true } },
});
