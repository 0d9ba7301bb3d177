import { defineProvider } from './define.ts';

export const amazonBedrock = defineProvider({
  id: 'amazon-bedrock',
  aliases: ['bedrock'],
  displayName: 'Amazon Bedrock',
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
  docsUrl: 'https://console.aws.amazon.com/bedrock/home#/api-keys',
  paths: {
    'bedrock-converse': { whole: '/model/{model}/converse', stream: '/model/{model}/converse-stream' },
    'anthropic-messages': {
      whole: '/model/{model}/invoke',
      stream: '/model/{model}/invoke-with-response-stream',
    },
    'anthropic-count-tokens': '/model/{model}/count-tokens',
  },
  modelFormats: [
    { pattern: /(?:^|[./])anthropic\./, formats: ['anthropic-messages', 'bedrock-converse'] },
    { pattern: /^/, formats: ['bedrock-converse'] },
  ],
  authentication: { kind: 'aws-sigv4', service: 'bedrock' },
  hourCacheIfAskedAt: /^https:\/\/([^/]+\.)?bedrock-runtime[-.][^/]+\.amazonaws\.com(\.cn)?\//,
  credentialFields: [
    {
      name: 'accessKeyId',
      label: 'Access key ID',
      kind: 'text',
      required: false,
      help: 'IAM, Users, Security credentials. The user needs bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream.',
    },
    {
      name: 'secretAccessKey',
      label: 'Secret access key',
      kind: 'secret',
      required: false,
      help: 'Shown once, when the access key is made.',
    },
    {
      name: 'sessionToken',
      label: 'Session token',
      kind: 'secret',
      required: false,
      help: 'Only with temporary credentials.',
    },
    {
      name: 'apiKey',
      label: 'Bedrock API key',
      kind: 'secret',
      required: false,
      help: 'Instead of an access key: Bedrock console, API keys.',
    },
    {
      name: 'region',
      label: 'Region',
      kind: 'text',
      required: true,
      help: 'Where the models are enabled, such as us-east-1.',
    },
    {
      name: 'baseUrl',
      label: 'Base URL',
      kind: 'url',
      required: false,
      help: 'Only for a VPC endpoint of bedrock-runtime.',
    },
  ],
  credentialKinds: [['accessKeyId', 'secretAccessKey'], ['apiKey']],
  probe: {
    method: 'GET',
    path: 'https://bedrock.{region}.amazonaws.com/foundation-models',
    listsModels: true,
  },
});
