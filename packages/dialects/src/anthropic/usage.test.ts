import { describe, expect, it } from 'vitest';
import { mergeMessagesUsage, readMessagesUsage } from './usage.ts';

describe('usage of a stream [M7]', () => {
  it("counts the input of a compaction once, though its start tells it as the message's own", () => {
    const start = { input_tokens: 60_385, output_tokens: 5 };
    const last = {
      input_tokens: 612,
      output_tokens: 2819,
      iterations: [
        { type: 'compaction', input_tokens: 60_385, output_tokens: 522 },
        { type: 'message', input_tokens: 612, output_tokens: 2819 },
      ],
    };
    expect(readMessagesUsage(mergeMessagesUsage(start, last))).toMatchObject({
      inputTokens: 60_997,
      outputTokens: 3341,
    });
  });

  it('keeps the input of the start where the last report has none of it', () => {
    const merged = mergeMessagesUsage(
      { input_tokens: 25, output_tokens: 1 },
      { input_tokens: 0, output_tokens: 9 },
    );
    expect(readMessagesUsage(merged)).toMatchObject({ inputTokens: 25, outputTokens: 9 });
  });
});
