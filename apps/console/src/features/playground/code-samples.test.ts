import { describe, expect, it } from 'vitest';
import { codeSamples, SDKS } from './code-samples.ts';
import type { ChatBody } from './conversation.ts';
import { toAnthropicBody, toGeminiCall } from './provider-bodies.ts';

const IMAGE = `data:image/png;base64,${'A'.repeat(500)}`;
const BODY: ChatBody = {
  model: 'anthropic/claude-opus-4-8',
  messages: [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: "it's $(x) `y`" },
        { type: 'image_url', image_url: { url: IMAGE } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'red' },
  ],
  max_completion_tokens: 64,
  tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }],
  stream: true,
  stream_options: { include_usage: true },
};

describe('codeSamples()', () => {
  it.each(SDKS)('of %s name the gateway and the variable of the key in every language, and no key', (sdk) => {
    for (const { code } of codeSamples(sdk, { gatewayUrl: 'https://gateway.example/', body: BODY })) {
      expect(code).toContain('https://gateway.example');
      expect(code).not.toContain('example//');
      expect(code).toContain('TOLLGATE_API_KEY');
      expect(code).not.toContain('tgk_');
      // An image would bury the rest.
      expect(code).not.toContain('A'.repeat(100));
    }
  });

  it('quote for a shell what a prompt holds', () => {
    const [curl] = codeSamples('openai', { gatewayUrl: 'https://g.example', body: BODY });
    expect(curl?.code).toContain(String.raw`it'\''s $(x)`);
  });

  it('are valid as Python where they hold true, false and null', () => {
    const python = codeSamples('openai', { gatewayUrl: 'https://g.example', body: BODY })[2];
    expect(python?.code).toContain('stream=True');
    expect(python?.code).toContain('"content": None');
  });
});

describe('toAnthropicBody() and toGeminiCall()', () => {
  it('say the same in the words of their providers', () => {
    expect(toAnthropicBody(BODY)).toMatchObject({
      max_tokens: 64,
      system: 'Be brief.',
      tools: [{ name: 'look', input_schema: { type: 'object' } }],
      messages: [
        { role: 'user', content: [{ type: 'text' }, { type: 'image', source: { media_type: 'image/png' } }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', input: { a: 1 } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'red' }] },
      ],
    });
    const { max_completion_tokens: limit, ...rest } = BODY;
    const older = { ...rest, max_tokens: limit };
    expect([toAnthropicBody(older), toGeminiCall(older)]).toEqual([
      toAnthropicBody(BODY),
      toGeminiCall(BODY),
    ]);
    expect(toGeminiCall(BODY)).toMatchObject({
      config: { systemInstruction: 'Be brief.', maxOutputTokens: 64 },
      contents: [
        { role: 'user', parts: [{ text: "it's $(x) `y`" }, { inlineData: { mimeType: 'image/png' } }] },
        { role: 'model', parts: [{ functionCall: { name: 'look', args: { a: 1 } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'look', response: { result: 'red' } } }] },
      ],
    });
  });
});
