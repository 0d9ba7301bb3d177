/** Other gateways as upstreams. They speak several formats, so that clients of each pass natively. */
import { OPEN_FLAVOUR } from '@tollgate/dialects';
import type { Provider } from '../provider.ts';
import { apiKeyField, baseUrlField, below, defineProvider, OPENAI_PATHS } from './define.ts';

const THREE_DIALECTS: Provider['paths'] = {
  ...below('/v1', OPENAI_PATHS),
  'anthropic-messages': '/v1/messages',
  'anthropic-count-tokens': '/v1/messages/count_tokens',
  'gemini-generate': {
    whole: '/v1beta/models/{model}:generateContent',
    stream: '/v1beta/models/{model}:streamGenerateContent?alt=sse',
  },
  'gemini-count-tokens': '/v1beta/models/{model}:countTokens',
  'cohere-rerank': '/v1/rerank',
};

/** They read everything that anybody added to OpenAI's format. */
const OPEN: Provider['quirks'] = { chat: OPEN_FLAVOUR };

export const tollgate = defineProvider({
  id: 'tollgate',
  displayName: 'Tollgate',
  baseUrl: '',
  redundantSuffix: '/v1',
  docsUrl: '',
  paths: { ...THREE_DIALECTS, 'gemini-embed': '/v1beta/models/{model}:embedContent' },
  credentialFields: [
    baseUrlField(true, 'Of the other gateway, such as https://gateway.example.com.'),
    apiKeyField('the other Tollgate', true, 'A virtual key of it: tgk_….'),
  ],
  quirks: OPEN,
});

export const litellm = defineProvider({
  id: 'litellm',
  displayName: 'LiteLLM',
  baseUrl: '',
  redundantSuffix: '/v1',
  docsUrl: 'https://docs.litellm.ai/docs/proxy/virtual_keys',
  paths: THREE_DIALECTS,
  credentialFields: [
    baseUrlField(true, 'Of the proxy, such as http://litellm.internal:4000.'),
    apiKeyField('LiteLLM', false, 'A virtual key of the proxy.'),
  ],
  quirks: {
    chat: { ...OPEN_FLAVOUR, earlierReasoning: 'reasoning_content', reasoningWish: 'reasoning_effort' },
  },
  outputCapMember: 'max_tokens',
});

export const portkey = defineProvider({
  id: 'portkey',
  displayName: 'Portkey',
  baseUrl: 'https://api.portkey.ai',
  redundantSuffix: '/v1',
  docsUrl: 'https://app.portkey.ai/api-keys',
  paths: { ...below('/v1', OPENAI_PATHS), 'anthropic-messages': '/v1/messages' },
  authentication: { kind: 'header', name: 'x-portkey-api-key' },
  fieldHeaders: { config: 'x-portkey-config', provider: 'x-portkey-provider' },
  credentialFields: [
    apiKeyField('Portkey', true, 'Portkey, API Keys.'),
    {
      name: 'config',
      label: 'Config ID',
      kind: 'text',
      required: false,
      help: 'pc-…; which of its routes to use. Not needed if the key has a default one.',
    },
    {
      name: 'provider',
      label: 'Provider',
      kind: 'text',
      required: false,
      help: '@slug of a provider in its model catalogue, if no config is used.',
    },
    baseUrlField(false, 'Only if you run the gateway yourself.'),
  ],
  outputCapMember: 'max_tokens',
});
