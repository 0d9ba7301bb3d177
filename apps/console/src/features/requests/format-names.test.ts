import { describe, expect, it } from 'vitest';
import { describeFormats } from './format-names.ts';

const chat = { endpoint: 'chat.completions', dialect: 'openai' };

describe('[G7] describeFormats()', () => {
  it('tells both formats where they differ', () => {
    expect(describeFormats({ ...chat, providerFormat: 'anthropic-messages', translated: true })).toBe(
      'OpenAI Chat Completions → Anthropic Messages',
    );
    const gemini = { endpoint: 'generate_content', dialect: 'gemini' };
    expect(describeFormats({ ...gemini, providerFormat: 'bedrock-converse', translated: true })).toBe(
      'Gemini generateContent → Bedrock Converse',
    );
  });

  it('tells one where nothing was translated or sent', () => {
    expect(describeFormats({ ...chat, providerFormat: 'openai-chat', translated: false })).toBe(
      'OpenAI Chat Completions',
    );
    expect(describeFormats({ ...chat, providerFormat: null, translated: false })).toBe(
      'OpenAI Chat Completions',
    );
  });

  it('shows what it has no name for as it is', () => {
    const request = { endpoint: 'tricks', dialect: 'openai', providerFormat: 'new-format', translated: true };
    expect(describeFormats(request)).toBe('tricks (openai) → new-format');
  });
});
