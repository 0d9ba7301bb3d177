import { fixedClock } from '@tollgate/clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScopeSubject } from '../scope.ts';
import { RateLimiter, type RateTicket } from './rate-limiter.ts';
import type { RateRule } from './rate-policy.ts';
import type { ShareStore } from './redis-shares.ts';
import { fitsAt, usedInWindow } from './window.ts';

const ORGANIZATION = 'org_a';
const subject = (change: Partial<ScopeSubject> = {}): ScopeSubject => ({
  organizationId: ORGANIZATION,
  teamId: 'team_a',
  teamPath: 'team_root/team_a',
  keyId: 'key_a',
  memberId: '',
  serviceAccountId: '',
  endUser: '',
  tags: {},
  ...change,
});
const rule = (change: Partial<RateRule> = {}): RateRule => ({
  id: `lim_${change.metric ?? 'requests'}`,
  scope: { type: 'key', id: '*' },
  metric: 'requests',
  limit: 3,
  windowSeconds: 60,
  model: null,
  ...change,
});

function open(rules: readonly RateRule[], nowMs = Date.UTC(2026, 10, 21, 12), shares?: ShareStore) {
  const clock = fixedClock(nowMs);
  const limiter = new RateLimiter({
    shares,
    clock,
    onError: (error) => shares ?? expect.fail(error.message),
  });
  limiter.use({ organizationId: ORGANIZATION, rules });
  const admit = async (tokensEstimate = 1, who = subject(), model = 'm') => {
    const outcome = limiter.admit({ subject: who, model, tokensEstimate });
    return outcome.kind === 'pending' ? outcome.outcome : outcome;
  };
  return { clock, limiter, admit };
}
const ticket = (outcome: Awaited<ReturnType<ReturnType<typeof open>['admit']>>): RateTicket => {
  if (outcome.kind !== 'admitted') throw new Error(`must be admitted, got ${outcome.code}`);
  return outcome;
};

describe('admit()', () => {
  it.each(['requests', 'tokens', 'concurrency'] as const)(
    'admits %s to the limit and not one more',
    async (metric) => {
      const { admit } = open([rule({ metric })]);
      for (let i = 0; i < 3; i++) expect((await admit()).kind).toBe('admitted');
      expect((await admit()).kind).toBe('refused');
      expect((await admit(1, subject({ keyId: 'key_b' }))).kind).toBe('admitted');
    },
  );

  it.each([
    ['below', 9, 'admitted'],
    ['at', 10, 'admitted'],
    ['above', 11, 'refused'],
  ])('of tokens %s the limit', async (_name, tokens, kind) => {
    const { admit } = open([rule({ metric: 'tokens', limit: 10 })]);
    expect((await admit(tokens)).kind).toBe(kind);
  });

  it('[G6] refuses with all that explains it', async () => {
    const { admit, clock } = open([rule()]);
    for (let i = 0; i < 3; i++) await admit();
    clock.advance(15_000);
    expect(await admit()).toEqual({
      kind: 'refused',
      code: 'rate_limit_exceeded',
      message: 'Cannot send the request: at most 3 requests per minute',
      ruleId: 'lim_requests',
      scope: { type: 'key', id: 'key_a' },
      limit: '3',
      used: '3',
      requested: '1',
      resetsAtMs: Date.UTC(2026, 10, 21, 12, 1, 20),
      retryAfterMs: 65_000,
    });
    clock.advance(64_999);
    expect((await admit()).kind).toBe('refused');
    clock.advance(1);
    expect((await admit()).kind).toBe('admitted');
  });

  it.each(['requests', 'concurrency'] as const)(
    'holds a limit of %s that is lowered while Redis is away, at once',
    async (metric) => {
      let isAway = false;
      const shares: ShareStore = {
        reserve: ({ wanted }) =>
          isAway
            ? Promise.reject(new Error('away'))
            : Promise.resolve({ reserved: wanted + 90, othersReserved: 0, othersUsed: 0, previous: 0 }),
        publish: () => Promise.resolve(),
        report: () => Promise.reject(new Error('away')),
      };
      const { limiter, admit } = open([rule({ metric, limit: 100 })], undefined, shares);
      for (let i = 0; i < 3; i++) expect((await admit()).kind).toBe('admitted');
      isAway = true;
      limiter.use({ organizationId: ORGANIZATION, rules: [rule({ metric, limit: 5 })] });
      for (let i = 0; i < 2; i++) expect((await admit()).kind).toBe('admitted');
      expect(await admit()).toMatchObject({ kind: 'refused', limit: '5' });
    },
  );

  it('gives no slot again that comes free above a limit of concurrency which was lowered while Redis is away', async () => {
    let isAway = false;
    const shares: ShareStore = {
      reserve: ({ wanted }) =>
        isAway
          ? Promise.reject(new Error('away'))
          : Promise.resolve({ reserved: wanted + 90, othersReserved: 0, othersUsed: 0, previous: 0 }),
      publish: () => Promise.resolve(),
      report: () => Promise.reject(new Error('away')),
    };
    const concurrency = (limit: number) => rule({ metric: 'concurrency', limit });
    const { limiter, admit } = open([concurrency(100)], undefined, shares);
    const running = [];
    for (let i = 0; i < 8; i++) running.push(ticket(await admit()));
    isAway = true;
    limiter.use({ organizationId: ORGANIZATION, rules: [concurrency(2)] });
    for (const each of running.slice(0, 6)) {
      expect((await admit()).kind).toBe('refused');
      each.finish(1);
    }
    expect((await admit()).kind).toBe('refused');
    running[6]!.finish(1);
    expect((await admit()).kind).toBe('admitted');
    expect((await admit()).kind).toBe('refused');
  });

  it('counts under all rules or under none', async () => {
    const { admit } = open([rule({ limit: 100 }), rule({ metric: 'tokens', limit: 10 })]);
    expect((await admit(11)).kind).toBe('refused');
    const [requests] = ticket(await admit(10)).status();
    expect(requests).toMatchObject({ metric: 'requests', remaining: 99 });
  });

  it('corrects tokens by what was used, and takes back what was not sent', async () => {
    const { admit } = open([rule({ metric: 'tokens', limit: 10 })]);
    const first = ticket(await admit(8));
    expect((await admit(3)).kind).toBe('refused');
    first.finish(2);
    const second = ticket(await admit(8));
    second.finish(20);
    expect((await admit(1)).kind).toBe('refused');
    const { admit: other } = open([rule({ limit: 1 })]);
    ticket(await other()).cancel();
    expect((await other()).kind).toBe('admitted');
  });

  it('frees a slot once, when its request ends', async () => {
    const { admit } = open([rule({ metric: 'concurrency', limit: 1 })]);
    const first = ticket(await admit());
    expect(await admit()).toMatchObject({ code: 'rate_limit_exceeded', retryAfterMs: 1_000 });
    first.finish(5);
    first.finish(5);
    first.cancel();
    ticket(await admit());
    expect((await admit()).kind).toBe('refused');
  });

  it('counts a model apart where the rule names one', async () => {
    const { admit } = open([rule({ limit: 1, model: 'big' })]);
    await admit(1, subject(), 'big');
    expect((await admit(1, subject(), 'small')).kind).toBe('admitted');
    expect((await admit(1, subject(), 'big')).kind).toBe('refused');
  });

  it('forgets values that nobody uses any more', async () => {
    const { admit, limiter, clock } = open([rule({ scope: { type: 'endUser', id: '*' }, windowSeconds: 1 })]);
    for (let i = 0; i < 1_000; i++) await admit(1, subject({ endUser: `user-${i}` }));
    clock.advance(5_000);
    await limiter.sync();
    expect(limiter.counterCount).toBe(0);
  });

  it('[G1] refuses new values to who has invented too many, and nobody else', () => {
    const limiter = new RateLimiter({
      shares: undefined,
      clock: fixedClock(Date.UTC(2026, 10, 21, 12)),
      onError: () => undefined,
      maxCounters: 10,
      ownCounters: 2,
    });
    const rules = [rule({ scope: { type: 'endUser', id: '*' }, limit: 100, windowSeconds: 86_400 })];
    for (const organizationId of ['org_flood', 'org_b']) limiter.use({ organizationId, rules });
    const kindOf = (organizationId: string, endUser: string) => {
      const outcome = limiter.admit({
        subject: subject({ organizationId, endUser }),
        model: 'm',
        tokensEstimate: 1,
      });
      return outcome.kind === 'refused' ? outcome.code : outcome.kind;
    };
    expect(kindOf('org_b', 'ada')).toBe('admitted');
    for (let i = 0; i < 9; i++) expect(kindOf('org_flood', `user-${i}`)).toBe('admitted');
    expect(kindOf('org_flood', 'user-9')).toBe('service_unavailable');
    expect([kindOf('org_flood', 'user-0'), kindOf('org_b', 'ada'), kindOf('org_b', 'bob')]).toEqual([
      'admitted',
      'admitted',
      'admitted',
    ]);
    expect(kindOf('org_b', 'cid')).toBe('service_unavailable');
  });

  it('[G1] a clock that had been a day ahead leaves no limit spent until tomorrow', async () => {
    const { admit, clock } = open([rule()]);
    const startMs = clock.nowMs();
    clock.set(startMs + 86_400_000);
    for (let i = 0; i < 3; i++) await admit();
    clock.set(startMs);
    // What was used counts in the window that is now, and only there.
    expect(await admit()).toMatchObject({
      kind: 'refused',
      resetsAtMs: expect.toSatisfy((ms: number) => ms <= startMs + 120_000),
    });
    clock.set(startMs + 120_000);
    expect((await admit()).kind).toBe('admitted');
  });

  it('never admits more than the limit in a window, and says truthfully when more fits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 80 }),
        async (limit, waits) => {
          const { admit, clock } = open([rule({ limit, windowSeconds: 10 })], 1_000_000);
          const byWindow = new Map<number, number>();
          for (const wait of waits) {
            clock.advance(wait);
            const outcome = await admit();
            if (outcome.kind === 'admitted') {
              const window = Math.floor(clock.nowMs() / 10_000);
              byWindow.set(window, (byWindow.get(window) ?? 0) + 1);
            } else {
              clock.set(outcome.resetsAtMs!);
              expect((await admit()).kind).toBe('admitted');
              const window = Math.floor(clock.nowMs() / 10_000);
              byWindow.set(window, (byWindow.get(window) ?? 0) + 1);
            }
          }
          for (const count of byWindow.values()) expect(count).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('when Redis goes away while a request waits for it', () => {
  const START = Date.UTC(2026, 10, 21, 12);

  function openWith(
    rules: readonly RateRule[],
    reserve: ShareStore['reserve'],
    publish: ShareStore['publish'] = async () => undefined,
  ) {
    const clock = fixedClock(START);
    const shares: ShareStore = {
      reserve,
      publish,
      report: async () => ({ nowMs: clock.nowMs(), gateways: 3 }),
    };
    const limiter = new RateLimiter({ shares, clock, onError: () => undefined });
    limiter.use({ organizationId: ORGANIZATION, rules });
    const admit = async () => {
      const outcome = limiter.admit({ subject: subject(), model: 'm', tokensEstimate: 1 });
      return outcome.kind === 'pending' ? outcome.outcome : outcome;
    };
    return { clock, limiter, admit };
  }

  it('[G1] nothing is asked for any of its values meanwhile, and not of all at once when it is back', async () => {
    const rules = [rule({ scope: { type: 'endUser', id: '*' }, limit: 300, windowSeconds: 3_600 })];
    let isUp = true;
    let [asked, atOnce, most] = [0, 0, 0];
    const { clock, limiter } = openWith(rules, async ({ used }) => {
      asked++;
      most = Math.max(most, ++atOnce);
      await Promise.resolve();
      atOnce--;
      if (!isUp) throw new Error('away');
      return { reserved: used + 1, othersReserved: 0, othersUsed: 0, previous: 0 };
    });
    for (let i = 0; i < 2_000; i++) {
      const outcome = limiter.admit({ subject: subject({ endUser: `${i}` }), model: 'm', tokensEstimate: 1 });
      if (outcome.kind === 'pending') await outcome.outcome;
    }
    isUp = false;
    asked = 0;
    for (let turn = 0; turn < 10; turn++) {
      await limiter.sync();
      clock.advance(90);
    }
    // Once to learn that it is away, in one turn.
    expect(asked).toBeLessThanOrEqual(256);
    isUp = true;
    most = 0;
    clock.advance(1_000);
    await limiter.sync();
    expect(asked).toBeGreaterThanOrEqual(2_000);
    expect(most).toBeLessThanOrEqual(256);
  });

  it('[G1] what is to be said of windows that ended does not pile up', async () => {
    let isUp = false;
    let published = 0;
    const { clock, limiter, admit } = openWith(
      [rule({ windowSeconds: 1 })],
      async ({ used, wanted }) => {
        if (!isUp) throw new Error('away');
        return { reserved: Math.max(used, wanted), othersReserved: 0, othersUsed: 0, previous: 0 };
      },
      async () => void published++,
    );
    for (let i = 0; i < 15_000; i++) {
      expect((await admit()).kind).toBe('admitted');
      clock.advance(1_000);
    }
    isUp = true;
    await limiter.sync();
    expect(published).toBeGreaterThan(0);
    expect(published).toBeLessThanOrEqual(10_000);
  });

  it('[G1] every limit falls back to its part, also one that lacked nothing when the question was asked', async () => {
    const rules = ['lim_a', 'lim_b'].map((id) => rule({ id, limit: 300 }));
    let isUp = true;
    const { limiter, admit } = openWith(rules, async ({ key, used, wanted }) => {
      if (!isUp) throw new Error('away');
      // Of the first limit a little more than of the second: later only the second lacks.
      const reserved = key.startsWith('lim_a') ? Math.max(used, 2) : Math.min(wanted, 1);
      return { reserved, othersReserved: 0, othersUsed: 0, previous: 0 };
    });
    await limiter.sync();
    expect((await admit()).kind).toBe('admitted');
    isUp = false;
    const outcomes = await Promise.all([admit(), admit(), admit()]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['admitted', 'admitted', 'admitted']);
  });

  it('[G1] a window that begins meanwhile has its part too', async () => {
    const { clock, limiter, admit } = openWith([rule({ limit: 300 })], async () => {
      clock.advance(60_000);
      throw new Error('away');
    });
    await limiter.sync();
    expect((await admit()).kind).toBe('admitted');
  });

  it('[G1] a window that turned for one limit has turned for all of them', async () => {
    const rules = ['lim_a', 'lim_b'].map((id) => rule({ id, limit: 300 }));
    const { clock, limiter, admit } = openWith(rules, async () => {
      throw new Error('away');
    });
    await limiter.sync();
    expect((await admit()).kind).toBe('admitted');
    clock.advance(60_000 - (clock.nowMs() % 60_000));
    expect((await admit()).kind).toBe('admitted');
  });

  it('no gateway admits more than its part then', async () => {
    const { limiter, admit } = openWith([rule({ limit: 9 })], async () => {
      throw new Error('away');
    });
    await limiter.sync();
    const outcomes = await Promise.all(Array.from({ length: 8 }, admit));
    expect(outcomes.filter(({ kind }) => kind === 'admitted')).toHaveLength(3);
  });
});

describe('fitsAt()', () => {
  it('is the first instant at which the amount fits', () => {
    const count = fc.nat(100);
    fc.assert(
      fc.property(
        count,
        count,
        fc.integer({ min: 1, max: 100 }),
        fc.nat(100),
        fc.nat(9_999),
        (current, previous, limit, requested, offsetMs) => {
          fc.pre(requested <= limit);
          const windowMs = 10_000;
          const nowMs = 50 * windowMs + offsetMs;
          const at = fitsAt({ current, previous }, requested, limit, nowMs, windowMs);
          const used = (ms: number): number =>
            ms < 51 * windowMs
              ? usedInWindow({ current, previous }, ms, windowMs)
              : ms < 52 * windowMs
                ? usedInWindow({ current: 0, previous: current }, ms, windowMs)
                : 0;
          expect(used(at) + requested).toBeLessThanOrEqual(limit);
          if (at > nowMs) expect(used(at - 1) + requested).toBeGreaterThan(limit);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
