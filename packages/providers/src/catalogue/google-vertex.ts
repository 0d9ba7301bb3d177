import { defineProvider } from './define.ts';

const GOOGLE = '/publishers/google/models/{model}';
const ANTHROPIC = '/publishers/anthropic/models/{model}';

export const googleVertex = defineProvider({
  id: 'google-vertex',
  aliases: ['vertex', 'vertex_ai'],
  displayName: 'Google Vertex AI',
  baseUrl: 'https://{host}/v1/projects/{project}/locations/{region}',
  docsUrl: 'https://console.cloud.google.com/iam-admin/serviceaccounts',
  paths: {
    'gemini-generate': {
      whole: `${GOOGLE}:generateContent`,
      stream: `${GOOGLE}:streamGenerateContent?alt=sse`,
    },
    'anthropic-messages': { whole: `${ANTHROPIC}:rawPredict`, stream: `${ANTHROPIC}:streamRawPredict` },
    'openai-chat': '/endpoints/openapi/chat/completions',
    'gemini-count-tokens': `${GOOGLE}:countTokens`,
    'gemini-embed': `${GOOGLE}:embedContent`,
    'anthropic-count-tokens': '/publishers/anthropic/models/count-tokens:rawPredict',
  },
  modelFormats: [
    { pattern: /^claude-/, formats: ['anthropic-messages'] },
    // Models of other makers are named `publisher/model` there.
    { pattern: /\//, formats: ['openai-chat'] },
    { pattern: /^/, formats: ['gemini-generate'] },
  ],
  // Of the Gemini API alone.
  unknownMembers: ['store', 'serviceTier'],
  authentication: { kind: 'google-oauth', scopes: ['https://www.googleapis.com/auth/cloud-platform'] },
  hourCacheIfAskedAt: /^https:\/\/(\{host\}|[^/]+\.googleapis\.com)\//,
  credentialFields: [
    {
      name: 'serviceAccount',
      label: 'Service account key',
      kind: 'json',
      required: true,
      help: 'The JSON file of a key: IAM & Admin, Service Accounts, Keys, Add key. It needs the role Vertex AI User.',
    },
    {
      name: 'project',
      label: 'Project ID',
      kind: 'text',
      required: false,
      help: 'The project that pays; the service account’s own if empty.',
    },
    {
      name: 'region',
      label: 'Location',
      kind: 'text',
      required: true,
      help: 'Such as us-central1, europe-west4 or global.',
    },
    {
      name: 'baseUrl',
      label: 'Base URL',
      kind: 'url',
      required: false,
      help: 'Only for a private endpoint; up to and including /locations/….',
    },
  ],
  probe: {
    method: 'POST',
    path: '/publishers/google/models/gemini-2.5-flash:countTokens',
    body: '{"contents":[{"role":"user","parts":[{"text":"ping"}]}]}',
    // A model that is not offered in the region says nothing against the credential.
    goodStatuses: [400, 404],
    listsModels: false,
  },
});
