import { defineProvider } from './define.ts';

export const anthropic = defineProvider({
  id: 'anthropic',
  displayName: 'Anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  docsUrl: 'https://console.anthropic.com/settings/keys',
  paths: {
    'anthropic-messages': '/messages',
    'anthropic-count-tokens': '/messages/count_tokens',
    models: '/models?limit=1000',
  },
  authentication: { kind: 'header', name: 'x-api-key' },
  headers: { 'anthropic-version': '2023-06-01' },
  hourCacheIfAskedAt: /^https:\/\/api\.anthropic\.com\//,
});
