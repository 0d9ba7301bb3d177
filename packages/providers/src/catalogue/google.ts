import { defineProvider } from './define.ts';

export const google = defineProvider({
  id: 'google',
  aliases: ['gemini'],
  displayName: 'Google Gemini',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  docsUrl: 'https://aistudio.google.com/apikey',
  paths: {
    'gemini-generate': {
      whole: '/models/{model}:generateContent',
      stream: '/models/{model}:streamGenerateContent?alt=sse',
    },
    'gemini-count-tokens': '/models/{model}:countTokens',
    'gemini-embed': '/models/{model}:embedContent',
    'gemini-batch-embed': '/models/{model}:batchEmbedContents',
    'openai-embeddings': '/openai/embeddings',
    'openai-images-generations': '/openai/images/generations',
    models: '/models?pageSize=1000',
  },
  authentication: { kind: 'header', name: 'x-goog-api-key' },
});
