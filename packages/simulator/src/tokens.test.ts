import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPromptTokens, countTokens, cutIntoPieces, cutToTokens } from './tokens.ts';

describe('countTokens()', () => {
  it.each([
    ['', 0],
    ['a', 1],
    ['abcd', 1],
    ['abcde', 2],
    ['\u{1f600}\u{1f600}', 1],
  ])('counts four UTF-16 units of %j as one token: %i', (text, tokens) => {
    expect(countTokens(text)).toBe(tokens);
  });
});

describe('cutIntoPieces()', () => {
  it('loses no character, splits no surrogate pair and sums to the tokens of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const pieces = [...cutIntoPieces(text)];
        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        expect(pieces.reduce((sum, piece) => sum + piece.tokens, 0)).toBe(countTokens(text));
        if (text.isWellFormed()) expect(pieces.every((piece) => piece.text.isWellFormed())).toBe(true);
      }),
    );
  });
});

describe('cutToTokens()', () => {
  it('never keeps more tokens than allowed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, tokens) => {
        const kept = cutToTokens(text, tokens);
        expect(text.startsWith(kept)).toBe(true);
        expect(countTokens(kept)).toBeLessThanOrEqual(tokens);
      }),
    );
  });
});

describe('countPromptTokens()', () => {
  it('adds 3 for the request, 3 for each message, its text, media parts and tools', () => {
    const tools = [{ type: 'function', function: { name: 'look' } }];
    const messages = [
      { role: 'system', content: 'abcdefgh' },
      { role: 'user', content: [{ type: 'text', text: 'abcd' }, { type: 'image_url' }] },
    ];
    expect(countPromptTokens({ messages })).toBe(3 + (3 + 2) + (3 + 1 + 85));
    const withTools = countPromptTokens({ messages, tools });
    expect(withTools).toBe(97 + countTokens(JSON.stringify(tools)));
  });

  it('counts nothing for what is not of the documented shape', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(countPromptTokens({ messages: [value] })).toBeGreaterThanOrEqual(3);
      }),
    );
  });
});
