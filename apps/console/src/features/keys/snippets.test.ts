import { describe, expect, it } from 'vitest';
import { keySnippets } from './snippets.ts';

const INPUT = {
  gatewayUrl: 'https://gateway.example/',
  secret: 'tgk_0123456789abcdefghijABCDEFGHIJ12xK9q',
  model: 'sim-small',
  prompt: "What's up?",
};

describe('keySnippets()', () => {
  it('[P1] puts the very key and the gateway into every snippet, and the model into every call', () => {
    for (const { id, code } of keySnippets(INPUT)) {
      expect(code, id).toContain(INPUT.secret);
      expect(code, id).toContain('https://gateway.example/v1');
      if (id !== 'env') expect(code, id).toContain('sim-small');
    }
  });

  it('writes a curl line that a shell reads as one word per argument, quotes in the prompt included', () => {
    const curl = keySnippets(INPUT)[0]?.code ?? '';
    const quoted = curl.slice(curl.indexOf('-d ') + 3);
    const body = quoted.slice(1, -1).replaceAll(String.raw`'\''`, "'");
    expect(JSON.parse(body)).toEqual({
      model: 'sim-small',
      messages: [{ role: 'user', content: "What's up?" }],
    });
  });
});
