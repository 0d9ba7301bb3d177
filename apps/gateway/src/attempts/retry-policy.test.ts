import { describe, expect, it } from 'vitest';
import { decideRetry, type FailedTry, type RetryState } from './retry-policy.ts';

const FIRST: RetryState = { attempts: 1, maxAttempts: 3, index: 0, candidates: 1, attemptsHere: 1 };
const failed = (code: FailedTry['code'], rest: Partial<FailedTry> = {}): FailedTry => ({
  code,
  httpStatus: 0,
  retryAfterMs: undefined,
  timedOut: false,
  ...rest,
});

describe('decideRetry()', () => {
  it.each<[string, FailedTry, Partial<RetryState>, object]>([
    [
      'a broken provider, once more',
      failed('upstream_unavailable'),
      {},
      { kind: 'retry', index: 0, delayMs: 100 },
    ],
    [
      'a broken provider, not a third time',
      failed('upstream_error'),
      { attempts: 2, attemptsHere: 2 },
      { kind: 'give-up' },
    ],
    [
      'a broken provider, at the next',
      failed('upstream_error'),
      { candidates: 2 },
      { kind: 'retry', index: 1, delayMs: 0 },
    ],
    [
      'as soon as it asks',
      failed('upstream_unavailable', { retryAfterMs: 300 }),
      {},
      { kind: 'retry', delayMs: 300 },
    ],
    [
      'not when it asks to wait long',
      failed('upstream_unavailable', { retryAfterMs: 5_000 }),
      {},
      { kind: 'give-up' },
    ],
    ['a rate limit only elsewhere', failed('upstream_rate_limited'), {}, { kind: 'give-up' }],
    [
      'a rate limit elsewhere',
      failed('upstream_rate_limited'),
      { candidates: 2 },
      { kind: 'retry', index: 1 },
    ],
    [
      'a bad credential elsewhere',
      failed('provider_credential_rejected'),
      { candidates: 2 },
      { kind: 'retry', index: 1 },
    ],
    ['a time-out only elsewhere', failed('upstream_timeout', { timedOut: true }), {}, { kind: 'give-up' }],
    [
      'a refused request nowhere',
      failed('upstream_error', { httpStatus: 400 }),
      { candidates: 2 },
      { kind: 'give-up' },
    ],
    ['our own refusal nowhere', failed('service_unavailable'), { candidates: 2 }, { kind: 'give-up' }],
    [
      'nothing beyond the bound',
      failed('upstream_error'),
      { attempts: 3, candidates: 9 },
      { kind: 'give-up' },
    ],
  ])('tries %s', (_, failure, state, expected) => {
    expect(decideRetry(failure, { ...FIRST, ...state }, 0.5)).toMatchObject(expected);
  });
});
