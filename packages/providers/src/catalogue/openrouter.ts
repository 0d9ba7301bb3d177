import { defineProvider, openAiPaths } from './define.ts';

export const openrouter = defineProvider({
  id: 'openrouter',
  displayName: 'OpenRouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  docsUrl: 'https://openrouter.ai/settings/keys',
  paths: {
    ...openAiPaths('openai-completions', 'openai-embeddings', 'openai-responses'),
    'anthropic-messages': '/messages',
  },
  unknownMembers: ['metadata'],
  outputCapMember: 'max_tokens',
  quirks: {
    chat: {
      earlierReasoning: 'reasoning_details',
      reasoningWish: 'reasoning',
      cacheMarks: true,
      topK: true,
      mediaAnywhere: true,
      callId: { allowed: /[!-~]/, maxLength: 512 },
    },
  },
  // Its `/models` answers anybody.
  probe: { method: 'GET', path: '/models/user', listsModels: true },
});
