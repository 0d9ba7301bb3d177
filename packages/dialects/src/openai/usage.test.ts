import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laterUsage, readUsage } from './usage.ts';

const NOTHING = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  audioInputTokens: 0,
  audioOutputTokens: 0,
};

describe('readUsage()', () => {
  it('[M7] takes overlapping counts apart, so that every token is counted once', () => {
    expect(
      readUsage({
        prompt_tokens: 100,
        completion_tokens: 50,
        prompt_tokens_details: { cached_tokens: 40, audio_tokens: 10 },
        completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 5 },
      }),
    ).toEqual({
      ...NOTHING,
      inputTokens: 50,
      cachedInputTokens: 40,
      audioInputTokens: 10,
      outputTokens: 15,
      reasoningTokens: 30,
      audioOutputTokens: 5,
    });
  });

  it('finds what was cached wherever a provider tells it: DeepSeek and Moonshot have members of their own', () => {
    for (const told of [{ prompt_cache_hit_tokens: 6 }, { cached_tokens: 6 }]) {
      const usage = readUsage({ prompt_tokens: 10, completion_tokens: 1, ...told });
      expect(usage).toMatchObject({ inputTokens: 4, cachedInputTokens: 6 });
    }
  });

  it('keeps an explicit zero', () => {
    expect(readUsage({ prompt_tokens: 0, completion_tokens: 0 })).toEqual(NOTHING);
  });

  it.each([
    undefined,
    null,
    'x',
    7,
    [],
    {},
    { prompt_tokens: -1 },
    { prompt_tokens: 1.5 },
    { prompt_tokens: '7' },
    { prompt_tokens: 7, completion_tokens: -1 },
    { prompt_tokens: 7, completion_tokens: 2.5 },
    { prompt_tokens: 7, completion_tokens: 1e12 },
    { prompt_tokens: 7, output_tokens: '9' },
  ])('calls %j not reported', (value) => {
    expect(readUsage(value)).toBeUndefined();
  });

  it('never gives a negative count, and sums to what was reported, for any report', () => {
    const count = fc.oneof(
      fc.integer({ min: -5, max: 2_000 }),
      fc.constantFrom(null, 'x', Number.NaN, 1e300),
    );
    const report = fc.record({
      prompt_tokens: fc.nat(1_000),
      completion_tokens: fc.nat(1_000),
      prompt_tokens_details: fc.record({ cached_tokens: count, audio_tokens: count }),
      completion_tokens_details: fc.record({ reasoning_tokens: count, audio_tokens: count }),
    });
    fc.assert(
      fc.property(report, (value) => {
        const usage = readUsage(value)!;
        for (const tokens of Object.values(usage)) expect(tokens).toBeGreaterThanOrEqual(0);
        expect(usage.inputTokens + usage.cachedInputTokens + usage.audioInputTokens).toBe(
          value.prompt_tokens,
        );
        expect(usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens).toBe(
          value.completion_tokens,
        );
      }),
    );
  });

  it('of two reports keeps the fuller, in either order', () => {
    const half = readUsage({ prompt_tokens: 10, completion_tokens: 5 })!;
    const whole = readUsage({ prompt_tokens: 10, completion_tokens: 10 })!;
    expect(laterUsage(laterUsage(undefined, half), whole)).toBe(whole);
    expect(laterUsage(laterUsage(undefined, whole), half)).toBe(whole);
  });
});
