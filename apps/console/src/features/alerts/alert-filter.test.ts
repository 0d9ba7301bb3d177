import { describe, expect, it } from 'vitest';
import { readAlertFilter } from './alert-filter.ts';

const urlOf = (query: string) => {
  const values = new URLSearchParams(query);
  return { get: (name: string) => values.get(name) ?? undefined };
};

const KINDS = ['budget-threshold', 'unknown-price'];

describe('the filter of alerts in an address', () => {
  it('is asked of the API by its names', () => {
    expect(
      readAlertFilter(urlOf('kind=budget-threshold&severity=critical&team=team_1&target=bud_1'), KINDS),
    ).toEqual({ kind: 'budget-threshold', severity: 'critical', teamId: 'team_1', targetId: 'bud_1' });
  });

  it('leaves out what no alert can be', () => {
    expect(readAlertFilter(urlOf('kind=weather&severity=loud&team='), KINDS)).toEqual({});
  });
});
