import { defineProvider, openAiPaths, TAGS_AND_USER } from './define.ts';

export const vllm = defineProvider({
  id: 'vllm',
  aliases: ['hosted_vllm'],
  displayName: 'vLLM',
  baseUrl: '',
  docsUrl: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server/',
  paths: {
    ...openAiPaths(
      'openai-completions',
      'openai-embeddings',
      'openai-responses',
      'openai-audio-transcriptions',
      'openai-audio-translations',
    ),
    'cohere-rerank': '/rerank',
  },
  // Responses there depend on the model's template; chat always works.
  formats: ['openai-chat'],
  unknownMembers: TAGS_AND_USER,
  outputCapMember: 'max_tokens',
  quirks: {
    chat: { developerRole: false, earlierReasoning: 'reasoning_content', topK: true, mediaAnywhere: true },
  },
});
