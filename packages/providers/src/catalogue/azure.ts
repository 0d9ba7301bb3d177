import type { CredentialField, Provider } from '../provider.ts';
import { below, defineProvider, openAiPaths } from './define.ts';

const FIELDS: readonly CredentialField[] = [
  {
    name: 'baseUrl',
    label: 'Endpoint',
    kind: 'url',
    required: true,
    help: 'Of the resource: Azure portal, Keys and Endpoint. Such as https://my-resource.openai.azure.com.',
  },
  {
    name: 'apiKey',
    label: 'API key',
    kind: 'secret',
    required: true,
    help: 'One of the two keys on the same page.',
  },
  {
    name: 'apiVersion',
    label: 'API version',
    kind: 'text',
    required: false,
    help: 'Empty or v1 for the current API; a date such as 2024-10-21 for the one with deployments in its addresses.',
  },
];

const SHARED = {
  baseUrl: '',
  redundantSuffix: '/openai/v1',
  hourCacheIfAskedAt:
    /^https:\/\/[^/]+\.(openai|cognitiveservices|services\.ai|models\.ai)\.azure\.(com|us|cn)\//,
  docsUrl: 'https://portal.azure.com/#view/Microsoft_Azure_ProjectOxford/CognitiveServicesHub',
  authentication: { kind: 'header', name: 'api-key' },
  credentialFields: FIELDS,
  outputCapMember: 'max_completion_tokens',
} as const satisfies Partial<Provider>;

/** Models are named by their deployment. Addresses of dated API versions: `azure/address.ts`. */
export const azure = defineProvider({
  ...SHARED,
  id: 'azure',
  aliases: ['azure-openai'],
  displayName: 'Azure OpenAI',
  paths: below(
    '/openai/v1',
    openAiPaths(
      'openai-responses',
      'openai-completions',
      'openai-embeddings',
      'openai-images-generations',
      'openai-images-edits',
      'openai-audio-speech',
      'openai-audio-transcriptions',
      'openai-audio-translations',
      'openai-files',
      'openai-batches',
      'openai-videos',
    ),
  ),
});

/** The same addresses for other makers' models, and Anthropic's own API for Claude. */
export const azureAi = defineProvider({
  ...SHARED,
  id: 'azure-ai',
  aliases: ['azure-foundry'],
  displayName: 'Azure AI Foundry',
  paths: {
    ...below('/openai/v1', openAiPaths('openai-responses', 'openai-embeddings')),
    'anthropic-messages': '/anthropic/v1/messages',
  },
  headers: { 'anthropic-version': '2023-06-01' },
  modelFormats: [
    { pattern: /^claude/i, formats: ['anthropic-messages'] },
    { pattern: /^/, formats: ['openai-chat', 'openai-responses'] },
  ],
});
