import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyUsage } from './arbitraries.ts';
import { emptyUsage, tokenUsageSchema, totalInputTokens, totalOutputTokens } from './usage.ts';

describe('tokenUsageSchema', () => {
  it('reads back every usage through JSON text', () => {
    fc.assert(
      fc.property(anyUsage, (usage) => {
        expect(tokenUsageSchema.parse(JSON.parse(JSON.stringify(usage)))).toEqual(usage);
      }),
    );
  });

  it('counts kinds that are left out as 0', () => {
    expect(tokenUsageSchema.parse({ inputTokens: 3 })).toEqual({ ...emptyUsage(), inputTokens: 3 });
  });

  it.each([
    { inputTokens: -1 },
    { inputTokens: 1.5 },
    { inputTokens: '1' },
    { inputTokens: 1_000_000_001 },
    { promptTokens: 1 },
    { units: { 'Web Search': 1 } },
    { units: { page: -1 } },
    { units: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`unit_${i}`, 1])) },
  ])('refuses %j', (value) => {
    expect(tokenUsageSchema.safeParse(value).success).toBe(false);
  });
});

describe('totals', () => {
  it('count every kind of token on exactly one side', () => {
    fc.assert(
      fc.property(anyUsage, (usage) => {
        const { images: _, units: __, ...kinds } = usage;
        const all = Object.values(kinds).reduce((sum, n) => sum + n, 0);
        expect(totalInputTokens(usage) + totalOutputTokens(usage)).toBe(all);
      }),
    );
  });
});
