import { describe, expect, it } from 'vitest';
import { readReasoning } from './read-content.ts';

const text = (piece: string) => ({ type: 'reasoning.text', text: piece, index: 0 });
const signed = {
  type: 'reasoning.text',
  signature: 'c2ln',
  format: 'anthropic-claude-v1',
  index: 0,
  length: 11,
};

describe('reasoning that was streamed and comes back', () => {
  it('is whole where the client kept every piece', () => {
    expect(readReasoning({ reasoning_details: [text('I think '), text('so.'), signed] })).toMatchObject([
      { kind: 'reasoning', text: 'I think so.', signature: { value: 'c2ln' } },
    ]);
  });

  it('is left out where the client kept only the last piece: its provider would refuse the signature', () => {
    expect(readReasoning({ reasoning_content: 'so.', reasoning_details: [signed] })).toEqual([]);
  });
});
