import { defineProvider, OPENAI_PATHS } from './define.ts';

export const openai = defineProvider({
  id: 'openai',
  displayName: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  docsUrl: 'https://platform.openai.com/api-keys',
  paths: OPENAI_PATHS,
  hourCacheIfAskedAt: /^https:\/\/([^/]+\.)?api\.openai\.com\//,
  outputCapMember: 'max_completion_tokens',
});
