import { describe, expect, it } from 'vitest';
import { readModelList, testRequestOf } from './connection-test.ts';
import { credentialSecrets, credentialValues, parseCredentialFields } from './credential-fields.ts';
import type { Provider } from './provider.ts';
import { allProviders, findProvider, formatsOf } from './registry.ts';
import { credentialHeaders, endpointAddress } from './upstream-request.ts';

const KEY = 'sk-0123456789abcdefghij';
const SERVICE_ACCOUNT = JSON.stringify({
  type: 'service_account',
  project_id: 'acme-1',
  client_email: 'gateway@acme-1.iam.gserviceaccount.com',
  private_key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
});
const EXAMPLES: Readonly<Record<string, string>> = {
  apiKey: KEY,
  baseUrl: 'https://ai.example.com/v1/',
  serviceAccount: SERVICE_ACCOUNT,
  region: 'eu-west-1',
};

function get(id: string): Provider {
  const provider = findProvider(id);
  if (provider === undefined) throw new Error(`no ${id}`);
  return provider;
}

function kept(id: string, fields: Record<string, unknown>) {
  const parsed = parseCredentialFields(id, fields);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.credential;
}

describe('the registry', () => {
  it('knows every provider that is promised, by one name each', () => {
    const ids = allProviders().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const name of [
      'openai anthropic google gemini google-vertex vertex amazon-bedrock bedrock azure azure-ai mistral cohere',
      'groq deepseek xai perplexity togetherai fireworks cerebras openrouter ollama vllm llamacpp',
      'openai-compatible tollgate litellm portkey simulator',
    ].flatMap((line) => line.split(' '))) {
      expect(findProvider(name), name).toBeDefined();
    }
    const names = allProviders().flatMap(({ id, aliases }) => [id, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(allProviders().map((provider) => [provider.id, provider] as const))(
    '%s has consistent data',
    (_id, provider) => {
      expect(provider.formats).toContain(provider.wireFormat);
      for (const format of provider.formats) expect(provider.paths[format]).toBeDefined();
      for (const { formats } of provider.modelFormats) {
        for (const format of formats) expect(provider.paths[format]).toBeDefined();
      }
      expect(provider.baseUrl).not.toMatch(/\/$/);
      for (const field of provider.credentialFields) expect(field.help).not.toBe('');
      if (provider.baseUrl === '') {
        expect(provider.credentialFields).toContainEqual(
          expect.objectContaining({ name: 'baseUrl', required: true }),
        );
      }
    },
  );

  it.each(allProviders().map((provider) => [provider.id, provider] as const))(
    '%s takes a credential of its required fields, and tests it with its own request',
    (id, provider) => {
      const required = provider.credentialFields.filter(({ required }) => required).map(({ name }) => name);
      const fields = Object.fromEntries(
        [...required, ...(provider.credentialKinds[0] ?? [])].map((name) => [name, EXAMPLES[name] ?? KEY]),
      );
      const credential = kept(id, fields);
      expect(URL.canParse(credential.baseUrl)).toBe(true);
      const request = testRequestOf(provider, credential);
      expect(request.origin).toMatch(/^https?:\/\//);
      expect(request.path).not.toMatch(/[{}]/);
      expect(request.isGood(401)).toBe(false);
      expect(request.isGood(403)).toBe(false);
      if (fields.apiKey !== undefined) expect(JSON.stringify(request.headers)).toContain(KEY);
    },
  );
});

describe('formatsOf()', () => {
  it.each([
    ['google-vertex', 'gemini-2.5-pro', 'gemini-generate'],
    ['google-vertex', 'claude-opus-4-8@20260401', 'anthropic-messages'],
    ['google-vertex', 'meta/llama-4-maverick', 'openai-chat'],
    ['amazon-bedrock', 'us.anthropic.claude-opus-4-8-v1:0', 'anthropic-messages'],
    ['amazon-bedrock', 'amazon.nova-pro-v1:0', 'bedrock-converse'],
    ['azure-ai', 'claude-opus-4-8', 'anthropic-messages'],
    ['azure-ai', 'mistral-large', 'openai-chat'],
    ['openai', 'gpt-5.2', 'openai-chat'],
  ])('of %s for %s begins with %s', (id, model, expected) => {
    expect(formatsOf(get(id), model)[0]).toBe(expected);
  });
});

describe('endpointAddress()', () => {
  const whole = { model: 'gemini-2.5-flash', stream: false };
  it.each([
    ['google', 'gemini-generate', whole, {}, '/v1beta/models/gemini-2.5-flash:generateContent'],
    [
      'google',
      'gemini-generate',
      { model: 'models/gemini-2.5-flash', stream: true },
      {},
      '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
    ],
    ['anthropic', 'anthropic-messages', whole, {}, '/v1/messages'],
    [
      'amazon-bedrock',
      'bedrock-converse',
      { model: 'amazon.nova-pro-v1:0', stream: true },
      { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: KEY, region: 'us-east-1' },
      '/model/amazon.nova-pro-v1%3A0/converse-stream',
    ],
    [
      'google-vertex',
      'anthropic-messages',
      { model: 'claude-opus-4-8@20260401', stream: false },
      { serviceAccount: SERVICE_ACCOUNT, region: 'europe-west4' },
      '/v1/projects/acme-1/locations/europe-west4/publishers/anthropic/models/claude-opus-4-8@20260401:rawPredict',
    ],
    [
      'azure',
      'openai-chat',
      { model: 'my-gpt', stream: false },
      { baseUrl: 'https://acme.openai.azure.com/openai/v1/', apiKey: KEY },
      '/openai/v1/chat/completions',
    ],
    [
      'azure',
      'openai-chat',
      { model: 'my-gpt', stream: false },
      { baseUrl: 'https://acme.openai.azure.com', apiKey: KEY, apiVersion: '2024-10-21' },
      '/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21',
    ],
  ] as const)('of %s %s', (id, endpoint, model, fields, expected) => {
    const takesKey = !('accessKeyId' in fields) && !('serviceAccount' in fields);
    const credential = kept(id, takesKey ? { apiKey: KEY, ...fields } : fields);
    expect(endpointAddress(get(id), credential, endpoint, model)?.path).toBe(expected);
  });

  it('has none for what the provider does not offer', () => {
    const credential = { baseUrl: '', secret: KEY };
    expect(endpointAddress(get('anthropic'), credential, 'openai-embeddings', whole)).toBeUndefined();
  });
});

describe('parseCredentialFields()', () => {
  it('keeps a credential that is one key as that key', () => {
    expect(kept('openai', { apiKey: ` ${KEY} ` })).toEqual({
      secret: KEY,
      baseUrl: 'https://api.openai.com/v1',
      region: '',
      hint: 'sk-…ghij',
    });
  });

  it('keeps one of several fields as one sealed object, and takes it apart again', () => {
    const fields = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: KEY, region: 'eu-central-1' };
    const credential = kept('amazon-bedrock', fields);
    expect(credential).toMatchObject({
      baseUrl: 'https://bedrock-runtime.eu-central-1.amazonaws.com',
      region: 'eu-central-1',
      hint: 'AKI…MPLE',
    });
    expect(credentialValues(get('amazon-bedrock'), credential.secret)).toEqual(fields);
    expect(credentialSecrets(get('amazon-bedrock'), credential.secret)).toContain(KEY);
    expect(credentialSecrets(get('amazon-bedrock'), credential.secret)).not.toContain('eu-central-1');
  });

  it('takes project and host of Vertex from the key and the location', () => {
    const at = (region: string) => kept('vertex', { serviceAccount: SERVICE_ACCOUNT, region }).baseUrl;
    expect(at('europe-west4')).toBe(
      'https://europe-west4-aiplatform.googleapis.com/v1/projects/acme-1/locations/europe-west4',
    );
    expect(at('global')).toBe('https://aiplatform.googleapis.com/v1/projects/acme-1/locations/global');
    const { secret, hint } = kept('vertex', { serviceAccount: SERVICE_ACCOUNT, region: 'global' });
    expect(hint).toBe('gateway@acme-1.iam.gserviceaccount.com');
    expect(credentialSecrets(get('vertex'), secret).join()).toContain('BEGIN PRIVATE KEY');
  });

  it('puts further fields of a credential into their headers', () => {
    const { secret } = kept('portkey', { apiKey: KEY, config: 'pc-main' });
    expect(credentialHeaders(get('portkey'), secret)).toEqual({
      'x-portkey-api-key': KEY,
      'x-portkey-config': 'pc-main',
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['nobody', {}, 'provider'],
    ['openai', {}, 'apiKey'],
    ['openai', { apiKey: 'with space' }, 'apiKey'],
    ['openai', { apiKey: 7 }, 'apiKey'],
    ['openai', { apiKey: KEY, region: 'x' }, 'region'],
    ['azure', { apiKey: KEY, baseUrl: 'ftp://x' }, 'baseUrl'],
    ['amazon-bedrock', { region: 'us-east-1' }, 'accessKeyId'],
    ['amazon-bedrock', { region: 'us-east-1', accessKeyId: 'AKIA' }, 'secretAccessKey'],
    [
      'amazon-bedrock',
      { region: 'us-east-1', accessKeyId: 'AKIA', secretAccessKey: 'x', apiKey: KEY },
      'apiKey',
    ],
    ['amazon-bedrock', { region: 'evil.example/', apiKey: KEY }, 'region'],
    ['google-vertex', { region: 'global', serviceAccount: '{}' }, 'serviceAccount'],
    ['google-vertex', { region: 'global', serviceAccount: 'nope' }, 'serviceAccount'],
  ])('of %s refuses %j for its %s', (id, fields, field) => {
    const parsed = parseCredentialFields(id, fields);
    expect(parsed).toMatchObject({ ok: false, errors: [expect.objectContaining({ field })] });
  });
});

describe('readModelList()', () => {
  it.each([
    ['{"data":[{"id":"gpt-5.2"}]}', ['gpt-5.2']],
    ['{"models":[{"name":"models/gemini-2.5-pro"}]}', ['gemini-2.5-pro']],
    ['{"models":[{"name":"command-a"}],"next_page_token":""}', ['command-a']],
    ['{"modelSummaries":[{"modelId":"amazon.nova-pro-v1:0","modelName":"Nova"}]}', ['amazon.nova-pro-v1:0']],
    ['[{"id":"meta-llama/x"}]', ['meta-llama/x']],
    ['{"data":[]}', []],
    ['{"data":[{"id":7}]}', undefined],
    ['{"data":[null]}', undefined],
    ['null', undefined],
    ['<html>', undefined],
  ])('reads %s', (text, expected) => {
    expect(readModelList(text)).toEqual(expected);
  });
});
