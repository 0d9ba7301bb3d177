import { defineProvider, openAiPaths } from './define.ts';

export const cerebras = defineProvider({
  id: 'cerebras',
  displayName: 'Cerebras',
  baseUrl: 'https://api.cerebras.ai/v1',
  docsUrl: 'https://cloud.cerebras.ai/platform',
  paths: openAiPaths('openai-completions'),
  unknownMembers: ['metadata', 'frequency_penalty', 'presence_penalty', 'logit_bias'],
  outputCapMember: 'max_completion_tokens',
});
