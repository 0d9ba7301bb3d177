import { describe, expect, it } from 'vitest';
import { toTimeZone } from './time-zone.ts';

describe('toTimeZone()', () => {
  it.each([
    { cookie: 'Europe/Berlin', zone: 'Europe/Berlin' },
    { cookie: 'UTC', zone: 'UTC' },
    { cookie: undefined, zone: undefined },
    { cookie: '', zone: undefined },
    { cookie: 'Mars/Olympus', zone: undefined },
    { cookie: `UTC${' '.repeat(100_000)}`, zone: undefined },
  ])('takes $zone from a cookie', ({ cookie, zone }) => {
    expect(toTimeZone(cookie)).toBe(zone);
  });
});
