import { defineProvider, openAiPaths, TAGS_AND_USER } from './define.ts';

export const deepseek = defineProvider({
  id: 'deepseek',
  displayName: 'DeepSeek',
  baseUrl: 'https://api.deepseek.com/v1',
  docsUrl: 'https://platform.deepseek.com/api_keys',
  paths: openAiPaths(),
  unknownMembers: TAGS_AND_USER,
  outputCapMember: 'max_tokens',
  quirks: { developerRole: 'system', noParallelToolCalls: true },
});
