import { describe, expect, it } from 'vitest';
import { MOST_VALUES, printFilter, readFilter } from './use-usage-question.ts';

describe('a filter in the address', () => {
  it.each([
    ['team', ['team_a', 'team_b']],
    ['costCenter', ['R&D, Berlin', 'Ops\\']],
    ['tag', ['env=prod, or not']],
  ] as const)('of %s keeps every value: %j', (name, values) => {
    expect(readFilter(name, printFilter(name, values))).toEqual(values);
  });

  it('that is empty, doubled, too long or no tag is let go', () => {
    expect(readFilter('team', ',a,,a')).toEqual(['a']);
    expect(readFilter('tag', 'prod')).toEqual([]);
    expect(readFilter('model', Array.from({ length: 50 }, (_, index) => `m${index}`).join(','))).toHaveLength(
      MOST_VALUES,
    );
    expect(printFilter('team', [])).toBeUndefined();
  });
});
