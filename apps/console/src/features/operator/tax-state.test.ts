import { describe, expect, it } from 'vitest';
import { formatBasisPoints } from './basis-points.ts';
import { parsePercent } from './parse-percent.ts';
import { isReversalHeldBack, stateOfRates } from './tax-state.ts';

const NOW = Date.parse('2026-11-21T00:00:00Z');
const rate = (id: string, validFrom: string, more: object = {}) => ({
  id,
  country: 'DE',
  region: '',
  name: 'VAT',
  rateBasisPoints: 1_900,
  validFrom,
  endsAt: null,
  reverseChargeText: '',
  ...more,
});

describe('isReversalHeldBack()', () => {
  const reversed = { reverseChargeText: 'Reverse charge' };
  const isHeldBack = (issuerCountry: string | null, ...more: object[]) =>
    isReversalHeldBack(
      stateOfRates(
        more.map((one, index) =>
          rate(String(index), '2026-01-01T00:00:00Z', { name: `VAT ${index}`, ...one }),
        ),
        NOW,
      ),
      issuerCountry,
    );

  it('is said where a rate has a text, now or to come, and nobody knows where the letterhead is', () => {
    expect(isHeldBack(null)).toBe(false);
    expect(isHeldBack(null, {})).toBe(false);
    expect(isHeldBack(null, {}, reversed)).toBe(true);
    expect(isHeldBack(null, { ...reversed, validFrom: '2027-01-01T00:00:00Z' })).toBe(true);
    expect(isHeldBack(null, { ...reversed, endsAt: '2026-02-01T00:00:00Z' })).toBe(false);
    expect(isHeldBack('FR', reversed)).toBe(false);
  });
});

describe('stateOfRates()', () => {
  it('ends a rate where the next of the same name and place begins, or at its own end', () => {
    const stated = stateOfRates(
      [
        rate('old', '2020-01-01T00:00:00Z'),
        rate('now', '2026-01-01T00:00:00Z'),
        rate('next', '2027-01-01T00:00:00Z'),
        rate('elsewhere', '2026-01-01T00:00:00Z', { country: 'FR' }),
        rate('ended', '2026-01-01T00:00:00Z', { name: 'Levy', endsAt: '2026-02-01T00:00:00Z' }),
      ],
      NOW,
    );
    expect(stated.map(({ rate: { id }, state, endsAt }) => [id, state, endsAt])).toEqual([
      ['old', 'past', '2026-01-01T00:00:00Z'],
      ['now', 'in-force', '2027-01-01T00:00:00Z'],
      ['next', 'scheduled', null],
      ['elsewhere', 'in-force', null],
      ['ended', 'past', '2026-02-01T00:00:00Z'],
    ]);
  });
});

describe('parsePercent()', () => {
  it.each([
    ['19', 'en', 1_900],
    ['7.25', 'en', 725],
    ['7,25', 'de', 725],
    ['0', 'en', 0],
    ['100', 'en', 10_000],
    ['100.01', 'en', undefined],
    ['7.255', 'en', undefined],
    ['19 %', 'en', 1_900],
    ['-1', 'en', undefined],
    ['', 'en', undefined],
  ])('reads %j in %s as %s basis points', (typed, locale, expected) => {
    expect(parsePercent(typed, locale)).toBe(expected);
  });
});

describe('formatBasisPoints()', () => {
  it('never rounds a tax to another', () => {
    expect(formatBasisPoints(725, 'en')).toBe('7.25%');
    expect(formatBasisPoints(725, 'de')).toBe('7,25\u00a0%');
    expect(formatBasisPoints(1_900, 'en')).toBe('19%');
  });
});
