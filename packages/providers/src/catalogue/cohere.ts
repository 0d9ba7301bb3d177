import { defineProvider } from './define.ts';

export const cohere = defineProvider({
  id: 'cohere',
  displayName: 'Cohere',
  baseUrl: 'https://api.cohere.com',
  redundantSuffix: '/v2',
  docsUrl: 'https://dashboard.cohere.com/api-keys',
  paths: {
    'cohere-chat': '/v2/chat',
    'cohere-rerank': '/v2/rerank',
    'cohere-embed': '/v2/embed',
    'openai-embeddings': '/compatibility/v1/embeddings',
    models: '/v1/models?page_size=1000',
  },
});
