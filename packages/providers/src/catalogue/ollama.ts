import { apiKeyField, baseUrlField, defineProvider, openAiPaths, TAGS_AND_USER } from './define.ts';

export const ollama = defineProvider({
  id: 'ollama',
  displayName: 'Ollama',
  baseUrl: 'http://127.0.0.1:11434/v1',
  docsUrl: 'https://docs.ollama.com/api/openai-compatibility',
  paths: openAiPaths('openai-completions', 'openai-embeddings'),
  credentialFields: [
    baseUrlField(false, 'Of the server, with /v1; empty for one on the gateway’s own machine.'),
    apiKeyField('Ollama', false, 'Only for ollama.com or behind a proxy that wants one.'),
  ],
  unknownMembers: [...TAGS_AND_USER, 'parallel_tool_calls'],
  outputCapMember: 'max_tokens',
  quirks: { chat: { developerRole: false, earlierReasoning: 'reasoning' } },
});
