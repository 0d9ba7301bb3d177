import { defineProvider, openAiPaths } from './define.ts';

export const groq = defineProvider({
  id: 'groq',
  displayName: 'Groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  docsUrl: 'https://console.groq.com/keys',
  paths: openAiPaths(
    'openai-responses',
    'openai-audio-speech',
    'openai-audio-transcriptions',
    'openai-audio-translations',
    'openai-files',
    'openai-batches',
  ),
  unknownMembers: ['metadata'],
  outputCapMember: 'max_completion_tokens',
  quirks: { chat: { earlierReasoning: 'reasoning' } },
});
