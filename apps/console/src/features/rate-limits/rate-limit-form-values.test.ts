import { describe, expect, it } from 'vitest';
import { newRateLimitValues, toNewRateLimit, windowSecondsOf } from './rate-limit-form-values.ts';

describe('the rate limit form', () => {
  it('holds for each key, counts requests a minute, and asks for a number only', () => {
    expect(toNewRateLimit({ ...newRateLimitValues(), limit: '1,200' }, 'en')).toEqual({
      scope: { type: 'key', id: '*' },
      metric: 'requests',
      limit: 1_200,
      windowSeconds: 60,
      model: null,
    });
  });

  it('sends no window for what runs at once', () => {
    const body = toNewRateLimit({ ...newRateLimitValues(), metric: 'concurrency', limit: '4' }, 'en');
    expect(body).not.toHaveProperty('windowSeconds');
  });

  it.each([
    ['90', 90],
    ['0', undefined],
    ['2,678,400', 2_678_400],
    ['2,678,401', undefined],
    ['1.5', undefined],
  ])('reads %j seconds as %s', (seconds, expected) => {
    expect(windowSecondsOf({ ...newRateLimitValues(), window: 'custom', seconds }, 'en')).toBe(expected);
  });
});
