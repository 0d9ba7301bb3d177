import { describe, expect, it } from 'vitest';
import { isStartToCome, toAnchorAt } from './budget-start.ts';

const NOW = Date.parse('2026-11-22T23:30:00Z');
const empty = { startDay: '', startTime: '' };
const anchorOf = (values: Parameters<typeof toAnchorAt>[0], timeZone = 'Europe/Berlin') =>
  toAnchorAt(values, timeZone, NOW);

describe('toAnchorAt()', () => {
  it.each(['day', 'week', 'month', 'lifetime'] as const)(
    'leaves a %s to the calendar unless told',
    (period) => {
      expect(anchorOf({ ...empty, period })).toBeNull();
    },
  );

  it('begins a fiscal month at midnight of its day where the organization is, not the browser', () => {
    const values = { ...empty, period: 'month', startDay: '2026-11-15' } as const;
    expect(anchorOf(values)).toBe('2026-11-14T23:00:00.000Z');
    expect(anchorOf(values, 'America/New_York')).toBe('2026-11-15T05:00:00.000Z');
  });

  it('begins a day at its time of day, on the day that it is there', () => {
    const values = { ...empty, period: 'day', startTime: '06:00' } as const;
    expect(anchorOf(values)).toBe('2026-11-23T05:00:00.000Z');
  });

  it('ignores what belongs to another period', () => {
    expect(anchorOf({ period: 'day', startDay: '2026-11-15', startTime: '' })).toBeNull();
    expect(anchorOf({ period: 'week', startDay: '', startTime: '06:00' })).toBeNull();
  });

  it.each(['2026-02-30', 'x', '2026-1-1'])('refuses the day %j', (startDay) => {
    expect(anchorOf({ ...empty, period: 'month', startDay })).toBeUndefined();
  });
});

describe('isStartToCome()', () => {
  it('holds for a budget without end alone: other periods reach back as far as forward', () => {
    const later = { startDay: '2027-01-01', startTime: '' };
    expect(isStartToCome({ ...later, period: 'lifetime' }, 'UTC', NOW)).toBe(true);
    expect(isStartToCome({ ...later, period: 'month' }, 'UTC', NOW)).toBe(false);
  });
});
