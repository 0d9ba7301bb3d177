import type { ProviderInfo } from '@tollgate/api';
import { describe, expect, it } from 'vitest';
import { changedFields, initialFields, keySigns } from './provider-fields.tsx';

const field = (name: string, kind: ProviderInfo['fields'][number]['kind'] = 'text') => ({
  name,
  label: name,
  kind,
  required: false,
  help: name,
});
const openai: ProviderInfo = {
  id: 'openai',
  name: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  needsBaseUrl: false,
  fields: [field('apiKey', 'secret'), field('baseUrl', 'url')],
  kinds: [],
  docsUrl: '',
};
const bedrock: ProviderInfo = {
  ...openai,
  id: 'amazon-bedrock',
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
  fields: [field('secretAccessKey', 'secret'), field('region'), field('baseUrl', 'url')],
};

describe('the fields of a credential', () => {
  it('show the usual address, and nothing where it follows from another field', () => {
    expect(initialFields(openai)).toEqual({ apiKey: '', baseUrl: 'https://api.openai.com/v1' });
    expect(initialFields(bedrock).baseUrl).toBe('');
  });

  it('are sent where they were filled in or changed, trimmed, and only those of the provider', () => {
    const typed = { apiKey: ' sk-1 ', baseUrl: 'https://api.openai.com/v1', region: 'left over' };
    expect(changedFields(openai, typed)).toEqual({ apiKey: 'sk-1' });
    expect(changedFields(openai, { ...typed, baseUrl: 'https://proxy.example.com/v1' })).toEqual({
      apiKey: 'sk-1',
      baseUrl: 'https://proxy.example.com/v1',
    });
  });
});

describe('a key that somebody else replaced meanwhile', () => {
  const stored = { secretHint: 'sk-1…aaaa', secretSetAt: '2026-11-21T12:00:00.000Z' };
  const replaced = { secretHint: 'sk-1…aaaa', secretSetAt: '2026-11-22T12:00:00.000Z' };

  it('is another one to whoever typed a key, and not to whoever typed an address', () => {
    const typed = { apiKey: 'sk-2' };
    expect(keySigns(stored, openai, typed)).not.toEqual(keySigns(replaced, openai, typed));
    const moved = { apiKey: '', baseUrl: 'https://proxy.example.com/v1' };
    expect(keySigns(stored, openai, moved)).toEqual(keySigns(replaced, openai, moved));
  });
});
