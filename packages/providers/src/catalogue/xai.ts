import { defineProvider, openAiPaths } from './define.ts';

export const xai = defineProvider({
  id: 'xai',
  displayName: 'xAI',
  baseUrl: 'https://api.x.ai/v1',
  docsUrl: 'https://console.x.ai',
  paths: openAiPaths('openai-responses', 'openai-images-generations', 'openai-files'),
  unknownMembers: ['metadata'],
  outputCapMember: 'max_completion_tokens',
});
