import { defineProvider, TAGS_AND_USER } from './define.ts';

export const perplexity = defineProvider({
  id: 'perplexity',
  displayName: 'Perplexity',
  baseUrl: 'https://api.perplexity.ai',
  docsUrl: 'https://www.perplexity.ai/settings/api',
  paths: { 'openai-chat': '/chat/completions' },
  unknownMembers: [...TAGS_AND_USER, 'stream_options', 'parallel_tool_calls', 'store', 'service_tier'],
  outputCapMember: 'max_tokens',
  // Deep research makes some dozens of searches.
  quirks: { chat: { developerRole: false }, unaskedSearches: 100 },
  // It lists no models; a request without any field is refused before it costs anything, but after the key.
  probe: {
    method: 'POST',
    path: '/chat/completions',
    body: '{}',
    goodStatuses: [400, 422],
    listsModels: false,
  },
});
