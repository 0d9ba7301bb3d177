import { defineProvider, openAiPaths, TAGS_AND_USER } from './define.ts';

export const deepseek = defineProvider({
  id: 'deepseek',
  displayName: 'DeepSeek',
  baseUrl: 'https://api.deepseek.com/v1',
  docsUrl: 'https://platform.deepseek.com/api_keys',
  paths: openAiPaths(),
  unknownMembers: [...TAGS_AND_USER, 'parallel_tool_calls', 'store', 'service_tier'],
  outputCapMember: 'max_tokens',
  // Its thinking models want what they thought before a call back with the result.
  quirks: {
    chat: { developerRole: false, earlierReasoning: 'reasoning_content', reasoningWish: 'thinking' },
  },
});
