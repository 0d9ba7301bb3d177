import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertSoFar, nextStep } from './alert-state.ts';
import { MAX_TRIES, retryDelayMs } from './backoff.ts';
import { type ChannelTimes, planDelivery } from './channels/channel-time.ts';
import { escapeSlack } from './channels/slack.ts';
import { judgeAnomaly } from './detect/anomaly.ts';
import { observe } from './observation.ts';
import { newWebhookSecret, signWebhook, verifyWebhook } from './webhooks/signature.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const HOUR_MS = 3_600_000;
const found = (change: object) =>
  observe({
    kind: 'budget-threshold',
    causeKey: 'bud_1:',
    periodKey: 'november',
    firing: true,
    target: { kind: 'budget', id: 'bud_1', name: 'All' },
    ...change,
  });
const soFar = (change: Partial<AlertSoFar> = {}): AlertSoFar => ({
  state: 'firing',
  level: 80,
  occurrence: 1,
  firedAtMs: NOW_MS - 2 * HOUR_MS,
  toldAtMs: change.firedAtMs ?? NOW_MS - 2 * HOUR_MS,
  ...change,
});

describe('the life of an alert', () => {
  it.each([
    ['fires once, however often it is looked at', soFar(), found({ level: 80 }), undefined],
    ['is silent while there is no cause', undefined, found({ firing: false }), undefined],
    [
      'fires when the cause appears',
      undefined,
      found({ level: 80 }),
      { state: 'firing', occurrence: 1, fires: true, tell: 'fired' },
    ],
    [
      'is told again when it grows worse',
      soFar(),
      found({ level: 100 }),
      { state: 'firing', occurrence: 2, fires: true, tell: 'fired' },
    ],
    [
      'is told again although somebody looks after it, when it grows worse',
      soFar({ state: 'acknowledged' }),
      found({ level: 100 }),
      { state: 'firing', occurrence: 2, fires: true, tell: 'fired' },
    ],
    [
      'stays acknowledged while its cause lasts',
      soFar({ state: 'acknowledged' }),
      found({ level: 80 }),
      undefined,
    ],
    [
      'recovers when the cause is gone',
      soFar(),
      found({ firing: false }),
      { state: 'recovered', occurrence: 1, fires: false, tell: 'recovered' },
    ],
    [
      'ends without a word with its period',
      soFar(),
      found({ firing: false, endsQuietly: true }),
      { state: 'recovered', occurrence: 1, fires: false, tell: undefined },
    ],
    [
      'fires again when the cause comes back',
      soFar({ state: 'recovered' }),
      found({ level: 80 }),
      { state: 'firing', occurrence: 2, fires: true, tell: 'fired' },
    ],
    [
      'is not told twice within an hour when it comes and goes',
      soFar({ state: 'recovered', firedAtMs: NOW_MS - HOUR_MS + 1 }),
      found({ level: 80 }),
      { state: 'firing', occurrence: 2, fires: true, tell: undefined },
    ],
    [
      'is told when it comes back an hour after it was told, whatever came and went between',
      soFar({ state: 'recovered', firedAtMs: NOW_MS - 1_000, toldAtMs: NOW_MS - HOUR_MS }),
      found({ level: 80 }),
      { state: 'firing', occurrence: 2, fires: true, tell: 'fired' },
    ],
    [
      'ends without a word when nobody heard that it had come back',
      soFar({ firedAtMs: NOW_MS - 1_000, toldAtMs: NOW_MS - HOUR_MS }),
      found({ firing: false }),
      { state: 'recovered', occurrence: 1, fires: false, tell: undefined },
    ],
    [
      'is over at once where it is a notice',
      undefined,
      found({ notice: true }),
      { state: 'recovered', occurrence: 1, fires: true, tell: 'fired' },
    ],
    [
      'is told once where it is a notice',
      soFar({ state: 'recovered' }),
      found({ notice: true, level: 100 }),
      undefined,
    ],
  ])('%s', (_, current, observation, expected) => {
    expect(nextStep(current, observation, NOW_MS)).toEqual(expected);
  });
});

describe('judgeAnomaly()', () => {
  const rule = { deviations: 6, minimumPicoUsd: 10n };
  it.each([
    // median 100, distances 10,0,10,0,20 → MAD 10; 100 + 6 × 14.826 = 188, three medians 300, median + 10.
    ['at what is still usual', 300n, [90n, 100n, 110n, 100n, 120n], false],
    ['one above', 301n, [90n, 100n, 110n, 100n, 120n], true],
    ['above nothing, below the minimum', 10n, [0n, 0n, 0n, 0n, 0n], false],
    ['above nothing and the minimum', 11n, [0n, 0n, 0n, 0n, 0n], true],
    // Spread decides: median 100, MAD 100 → 100 + 889 = 989.
    ['within a wide spread', 989n, [0n, 0n, 100n, 200n, 300n], false],
    ['beyond a wide spread', 990n, [0n, 0n, 100n, 200n, 300n], true],
  ])('%s: %s against %s is unusual: %s', (_, spent, history, unusual) => {
    expect(judgeAnomaly(spent, history, rule)?.unusual).toBe(unusual);
  });

  it('says nothing with less than five days', () => {
    expect(judgeAnomaly(1_000_000n, [1n, 1n, 1n, 1n], rule)).toBeUndefined();
  });

  it('does not depend on the order of days, and never finds a usual hour unusual', () => {
    const days = fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { minLength: 5, maxLength: 28 });
    fc.assert(
      fc.property(days, (history) => {
        const verdict = judgeAnomaly(0n, history, rule)!;
        expect(judgeAnomaly(0n, history.toReversed(), rule)).toEqual(verdict);
        expect(judgeAnomaly(verdict.medianPicoUsd, history, rule)?.unusual).toBe(false);
      }),
    );
  });
});

describe('planDelivery()', () => {
  const channel: ChannelTimes = {
    timeZone: 'Europe/Berlin',
    quietFromMinute: 22 * 60,
    quietToMinute: 7 * 60,
    breakThrough: true,
    digest: 'none',
    digestMinute: 8 * 60,
    digestWeekday: 1,
  };
  const at = (text: string) => Date.parse(text);
  const plan = (change: Partial<ChannelTimes>, text: string, severity: 'info' | 'critical' = 'info') => {
    const { atMs, heldFor } = planDelivery({ ...channel, ...change }, severity, at(text));
    return [new Date(atMs).toISOString(), heldFor];
  };
  // Berlin is an hour ahead of UTC in November: quiet from 21:00Z to 06:00Z.
  it.each([
    ['a moment before it is quiet', '2026-11-21T20:59:59.999Z', '2026-11-21T20:59:59.999Z', ''],
    ['as it becomes quiet', '2026-11-21T21:00:00.000Z', '2026-11-22T06:00:00.000Z', 'quiet'],
    ['a moment later', '2026-11-21T21:00:00.001Z', '2026-11-22T06:00:00.000Z', 'quiet'],
    ['after midnight', '2026-11-22T00:30:00.000Z', '2026-11-22T06:00:00.000Z', 'quiet'],
    ['a moment before it ends', '2026-11-22T05:59:59.999Z', '2026-11-22T06:00:00.000Z', 'quiet'],
    ['as it ends', '2026-11-22T06:00:00.000Z', '2026-11-22T06:00:00.000Z', ''],
    ['in summer time', '2026-07-01T20:00:00.000Z', '2026-07-02T05:00:00.000Z', 'quiet'],
  ])('in quiet hours, %s: %s is told at %s', (_, now, expected, heldFor) => {
    expect(plan({}, now)).toEqual([expected, heldFor]);
  });

  it('lets critical alerts through, unless it is told not to', () => {
    expect(plan({}, '2026-11-21T23:00:00.000Z', 'critical')).toEqual(['2026-11-21T23:00:00.000Z', '']);
    expect(plan({ breakThrough: false }, '2026-11-21T23:00:00.000Z', 'critical')[1]).toBe('quiet');
  });

  it.each([
    ['daily', '2026-11-21T06:59:59.999Z', '2026-11-21T07:00:00.000Z'],
    ['daily', '2026-11-21T07:00:00.000Z', '2026-11-22T07:00:00.000Z'],
    // 2026-11-21 is a Saturday.
    ['weekly', '2026-11-21T07:00:00.000Z', '2026-11-23T07:00:00.000Z'],
    ['weekly', '2026-11-23T07:00:00.000Z', '2026-11-30T07:00:00.000Z'],
  ] as const)('collects for a %s digest: %s comes at %s', (digest, now, expected) => {
    expect(plan({ digest, quietFromMinute: null, quietToMinute: null }, now)).toEqual([expected, 'digest']);
  });

  it('moves a digest that falls into quiet hours to their end', () => {
    expect(plan({ digest: 'daily', digestMinute: 60 }, '2026-11-21T12:00:00.000Z')[0]).toBe(
      '2026-11-22T06:00:00.000Z',
    );
  });

  it('knows a time that a clock change skips', () => {
    // At 2 a.m. Berlin's clocks go to 3 a.m. on 2026-03-29.
    expect(plan({ quietToMinute: 150 }, '2026-03-29T00:00:00.000Z')).toEqual([
      '2026-03-29T01:00:00.000Z',
      'quiet',
    ]);
  });
});

describe('signatures of webhooks', () => {
  const secret = newWebhookSecret();
  const body = '{"a":1}';
  it('are what a receiver computes', () => {
    const header = signWebhook([secret], body, NOW_MS);
    expect(header).toMatch(/^t=\d{10},v1=[0-9a-f]{64}$/);
    expect(verifyWebhook(secret, header, body, NOW_MS)).toBe(true);
  });

  it('fit no other body, secret or time', () => {
    const header = signWebhook([secret], body, NOW_MS);
    expect(verifyWebhook(secret, header, `${body} `, NOW_MS)).toBe(false);
    expect(verifyWebhook(newWebhookSecret(), header, body, NOW_MS)).toBe(false);
    expect(verifyWebhook(secret, header.replace(/t=\d/, 't=2'), body, NOW_MS)).toBe(false);
    expect(verifyWebhook(secret, 'nonsense', body, NOW_MS)).toBe(false);
  });

  it.each([
    [300_000, true],
    [301_000, false],
    [-300_000, true],
    [-301_000, false],
  ])('are taken for a replay after five minutes: %s ms → %s', (passedMs, isGood) => {
    expect(verifyWebhook(secret, signWebhook([secret], body, NOW_MS), body, NOW_MS + passedMs)).toBe(isGood);
  });

  it('fit both secrets while a rotation overlaps', () => {
    const other = newWebhookSecret();
    const header = signWebhook([secret, other], body, NOW_MS);
    expect(verifyWebhook(secret, header, body, NOW_MS)).toBe(true);
    expect(verifyWebhook(other, header, body, NOW_MS)).toBe(true);
  });
});

describe('retries', () => {
  it('wait longer each time, with jitter, for two days in all, as people are told', () => {
    let totalMs = 0;
    for (let tries = 1; tries < MAX_TRIES; tries++) {
      expect(retryDelayMs(tries, 0)).toBeLessThan(retryDelayMs(tries, 1));
      totalMs += retryDelayMs(tries, 0.5);
    }
    expect(totalMs / HOUR_MS).toBeGreaterThan(47);
    expect(totalMs / HOUR_MS).toBeLessThan(50);
  });
});

describe('escapeSlack()', () => {
  it('leaves no way to mention a channel or to hide a link', () => {
    expect(escapeSlack('<!channel> & <https://evil.example|click>')).toBe(
      '&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;',
    );
  });
});
