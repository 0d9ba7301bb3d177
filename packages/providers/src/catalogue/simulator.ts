import { apiKeyField, baseUrlField, defineProvider, openAiPaths } from './define.ts';

/** Ours: answers without a model, for trying things out and for tests. */
export const simulator = defineProvider({
  id: 'simulator',
  displayName: 'Simulator',
  baseUrl: 'http://127.0.0.1:4010/v1',
  docsUrl: '',
  paths: openAiPaths('openai-files', 'openai-batches'),
  credentialFields: [apiKeyField('the simulator', false, 'Any text will do.'), baseUrlField(false)],
  outputCapMember: 'max_completion_tokens',
});
