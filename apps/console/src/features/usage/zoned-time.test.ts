import { describe, expect, it } from 'vitest';
import { addDays, calendarDate, findCalendarDate, startOfDate, toDateText } from './zoned-time.ts';

const iso = (ms: number) => new Date(ms).toISOString();
const date = (text: string) => findCalendarDate(text) ?? { year: 0, month: 0, day: 0 };

describe('startOfDate()', () => {
  it.each([
    ['2026-11-21', 'UTC', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21', 'Europe/Berlin', '2026-11-20T23:00:00.000Z'],
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['2026-11-01', 'America/Los_Angeles', '2026-11-01T07:00:00.000Z'],
    ['2026-11-21', 'Asia/Kathmandu', '2026-11-20T18:15:00.000Z'],
    ['2026-11-21', 'Pacific/Kiritimati', '2026-11-20T10:00:00.000Z'],
    // Midnight is skipped there on that day.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
  ])('finds when %s begins in %s', (text, timeZone, instant) => {
    expect(iso(startOfDate(date(text), timeZone))).toBe(instant);
  });

  it('begins a day of that date, with the date before it a moment earlier, in any zone', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'];
    for (const timeZone of zones) {
      for (let dayNumber = 0; dayNumber < 20_000; dayNumber += 37) {
        const day = addDays({ year: 2000, month: 1, day: 1 }, dayNumber);
        const startMs = startOfDate(day, timeZone);
        expect(calendarDate(startMs, timeZone)).toEqual(day);
        expect(calendarDate(startMs - 1, timeZone)).toEqual(addDays(day, -1));
      }
    }
  });
});

describe('findCalendarDate()', () => {
  it.each(['2026-02-30', '2026-13-01', '26-01-01', '', undefined, 'today'])('refuses %j', (text) => {
    expect(findCalendarDate(text)).toBeUndefined();
  });

  it('reads what toDateText() writes', () => {
    expect(toDateText(date('2024-02-29'))).toBe('2024-02-29');
  });
});
