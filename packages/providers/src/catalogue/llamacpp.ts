import { defineProvider, openAiPaths, TAGS_AND_USER } from './define.ts';

export const llamacpp = defineProvider({
  id: 'llamacpp',
  displayName: 'llama.cpp',
  baseUrl: '',
  docsUrl: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
  paths: {
    ...openAiPaths('openai-completions', 'openai-embeddings'),
    'cohere-rerank': '/rerank',
  },
  unknownMembers: TAGS_AND_USER,
  outputCapMember: 'max_tokens',
  quirks: {
    chat: { developerRole: false, earlierReasoning: 'reasoning_content', topK: true, mediaAnywhere: true },
  },
});
