import { describe, expect, it } from 'vitest';
import {
  equalShares,
  monthOf,
  sumShares,
  toFormValues,
  toShares,
  typedPercent,
} from './split-form-values.ts';

const share = (percent: string, costCenter: string, teamId = '') => ({ teamId, costCenter, percent });

describe('sumShares()', () => {
  it('is whole when different places share exactly 100 %', () => {
    expect(sumShares([share('33.33', 'a'), share('33.33', 'b'), share('33.34', 'c')], 'en')).toEqual({
      basisPoints: 10_000,
      faults: [undefined, undefined, undefined],
      isWhole: true,
    });
    expect(sumShares([share('12,5', 'a'), share('87,5 %', '', 'team_1')], 'de').isWhole).toBe(true);
  });

  it.each([
    ['too little', [share('99.99', 'a')], 9_999, [undefined]],
    ['too much', [share('60', 'a'), share('60', 'b')], 12_000, [undefined, undefined]],
    ['one place twice', [share('50', 'a'), share('50', ' a ')], 10_000, [undefined, 'twice']],
    ['no place', [share('100', ' ')], 10_000, ['nowhere']],
    ['three decimals', [share('50.005', 'a'), share('50', 'b')], 5_000, ['percent', undefined]],
    ['nothing of it', [share('0', 'a'), share('100', 'b')], 10_000, ['percent', undefined]],
    ['less than nothing', [share('-20', 'a'), share('100', 'b')], 10_000, ['percent', undefined]],
    ['no shares', [], 0, []],
  ])('is not whole with %s', (_what, shares, basisPoints, faults) => {
    expect(sumShares(shares, 'en')).toEqual({ basisPoints, faults, isWhole: false });
  });
});

describe('equalShares()', () => {
  it.each(['en', 'de'])('always gives a whole, in %s', (locale) => {
    for (let count = 1; count <= 50; count++) {
      const shares = equalShares(count, locale).map((percent, index) => share(percent, String(index)));
      expect(sumShares(shares, locale).isWhole, `${count} shares`).toBe(true);
      const points = toShares(shares, locale).map(({ shareBasisPoints }) => shareBasisPoints);
      expect(Math.max(...points) - Math.min(...points)).toBeLessThanOrEqual(1);
    }
    expect(equalShares(3, 'de')).toEqual(['33,34', '33,33', '33,33']);
  });
});

it('a rule comes back from the form as it was, every hundredth of a percent', () => {
  const shares = Array.from({ length: 10_000 }, (_, index) => ({
    teamId: index % 2 === 0 ? '' : 'team_1',
    costCenter: 'cc-1',
    shareBasisPoints: index + 1,
  }));
  const rule = { id: 'split_1', keyId: 'key_1', keyName: '', validFrom: '', validTo: null, shares };
  for (const locale of ['en', 'de']) {
    const values = toFormValues({ ...rule, state: 'in-force' }, '2026-11', locale);
    expect(toShares(values.shares, locale)).toEqual(shares);
  }
  expect(typedPercent(1_205, 'de')).toBe('12,05');
});

it.each([
  ['2026-10-31T23:00:00.000Z', '2026-11'],
  ['2026-11-01T11:00:00.000Z', '2026-11'],
  ['2027-02-01T00:00:00.000Z', '2027-02'],
])('%s begins %s', (validFrom, month) => expect(monthOf(validFrom)).toBe(month));
