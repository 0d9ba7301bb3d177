import { describe, expect, it } from 'vitest';
import { formatDuration } from './number.ts';
import { formatBucket, formatDateRange, formatExact, formatRelative } from './time.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const SECOND = 1000;
const HOUR = 3600 * SECOND;

describe('formatRelative()', () => {
  it.each([
    { offset: 0, text: 'now' },
    { offset: -44 * SECOND, text: 'now' },
    { offset: -50 * SECOND, text: '1 minute ago' },
    { offset: -3 * HOUR, text: '3 hours ago' },
    { offset: -25 * HOUR, text: 'yesterday' },
    { offset: 49 * HOUR, text: 'in 2 days' },
  ])('calls $offset ms "$text"', ({ offset, text }) => {
    expect(formatRelative(NOW_MS + offset, NOW_MS)).toBe(text);
  });

  it('speaks German', () => {
    expect(formatRelative(NOW_MS - 3 * HOUR, NOW_MS, 'de')).toBe('vor 3 Stunden');
  });
});

describe('formatDateRange()', () => {
  it('writes days with plain spaces, so that a server and a browser write the same', () => {
    const fromMs = Date.parse('2026-11-01T12:00:00Z');
    expect(formatDateRange(fromMs, fromMs + 29 * 24 * HOUR, 'en', 'UTC')).toBe('Nov 1 – 30, 2026');
    expect(formatDateRange(fromMs, fromMs, 'en', 'UTC')).toBe('Nov 1, 2026');
  });
});

describe('formatExact()', () => {
  it('names the zone', () => {
    expect(formatExact(NOW_MS, 'en', 'UTC')).toContain('UTC');
    expect(formatExact(NOW_MS, 'de', 'Europe/Berlin')).toContain('MEZ');
  });
});

describe('formatBucket()', () => {
  it('counts in UTC, whatever the zone of the machine', () => {
    expect(formatBucket(Date.parse('2026-11-01T00:00:00Z'), 'day')).toBe('Nov 1');
    expect(formatBucket(Date.parse('2026-11-01T00:00:00Z'), 'month')).toBe('Nov 2026');
  });
});

describe('formatDuration()', () => {
  it.each([
    { durationMs: 820, text: '820 ms' },
    { durationMs: 1240, text: '1.24 s' },
    { durationMs: 185_000, text: '3 min 5 s' },
  ])('writes $durationMs ms as $text', ({ durationMs, text }) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});
