import { describe, expect, it } from 'vitest';
import { createGenerateStreamReader } from './stream-reader.ts';

const piece = (text: string | undefined, finishReason?: string) => ({
  candidates: [
    {
      index: 0,
      ...(text === undefined ? {} : { content: { role: 'model', parts: [{ text }] } }),
      ...(finishReason === undefined ? {} : { finishReason }),
    },
  ],
});

describe('why a candidate of a Gemini stream stopped', () => {
  it('is what it told last: older models say STOP with every piece, and RECITATION at the end', () => {
    const reader = createGenerateStreamReader();
    const events = [piece('one ', 'STOP'), piece('two', 'STOP'), piece(undefined, 'RECITATION')].flatMap(
      (data) => reader.read(data, ''),
    );
    events.push(...reader.close());
    const finishes = events.filter(({ kind }) => kind === 'finish');
    expect(finishes).toEqual([
      { kind: 'finish', choice: 0, finish: { kind: 'filtered', raw: 'RECITATION' } },
    ]);
    expect(events.slice(-2).map(({ kind }) => kind)).toEqual(['finish', 'end']);
    expect(events.filter(({ kind }) => kind === 'blockStart')).toHaveLength(1);
  });

  it('is not told where the stream broke off before it', () => {
    const reader = createGenerateStreamReader();
    reader.read(piece('one '), '');
    expect(reader.close()).toEqual([]);
  });
});
