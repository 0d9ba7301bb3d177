import { describe, expect, it } from 'vitest';
import { geminiGenerateCodec } from './generate-codec.ts';

describe('a turn that was streamed and comes back in its pieces', () => {
  it('is one message, and its thoughts are one up to their signature', () => {
    const thought = (text: string, more = {}) => ({
      role: 'model',
      parts: [{ thought: true, text, ...more }],
    });
    const { messages } = geminiGenerateCodec.readRequest(
      {
        contents: [
          { role: 'user', parts: [{ text: 'Hello' }] },
          thought('I think '),
          thought('so.'),
          thought('', { thoughtSignature: 'c2lnbmVk' }),
          { role: 'model', parts: [{ text: 'Yes.' }] },
        ],
      },
      { model: 'gemini-2.5-flash' },
    );
    expect(messages).toHaveLength(2);
    expect(messages[1]?.content).toMatchObject([
      { kind: 'reasoning', text: 'I think so.', signature: { value: 'c2lnbmVk' } },
      { kind: 'text', text: 'Yes.' },
    ]);
  });
});
