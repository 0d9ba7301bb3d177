import { fixedClock } from '@tollgate/clock';
import { describe, expect, it } from 'vitest';
import { RateLimiter, type RateTicket } from './rate-limiter.ts';
import type { RateRule } from './rate-policy.ts';

const ORGANIZATION = 'org_a';
const SUBJECT = {
  organizationId: ORGANIZATION,
  teamId: '',
  teamPath: '',
  keyId: 'key_a',
  memberId: '',
  serviceAccountId: '',
  endUser: '',
  tags: {},
};

/** Rules of 3, each named by its metric and model; `*` is one per model. */
function open(...names: readonly string[]) {
  const rules = names.map((id): RateRule => {
    const [metric, model] = id.split(' ') as [RateRule['metric'], string | undefined];
    const ofEach = model === '*';
    return {
      id,
      metric,
      scope: ofEach ? { type: 'model', id: '*' } : { type: 'key', id: '*' },
      limit: 3,
      windowSeconds: 60,
      model: ofEach ? null : (model ?? null),
    };
  });
  const limiter = new RateLimiter({
    shares: undefined,
    clock: fixedClock(Date.UTC(2026, 10, 21, 12)),
    onError: (error) => expect.fail(error.message),
  });
  limiter.use({ organizationId: ORGANIZATION, rules });
  const admit = async (model: string, tokensEstimate = 1): Promise<RateTicket> => {
    const outcome = limiter.admit({ subject: SUBJECT, model, tokensEstimate });
    const done = outcome.kind === 'pending' ? await outcome.outcome : outcome;
    if (done.kind !== 'admitted') throw new Error(`must be admitted, got ${done.code}`);
    return done;
  };
  /** By rule, as a request for the model meets them. */
  const left = (model: string): Record<string, number> =>
    Object.fromEntries(
      limiter.status({ subject: SUBJECT, model }).map(({ ruleId, remaining }) => [ruleId, remaining]),
    );
  return { admit, left };
}

describe('moveTo()', () => {
  it.each(['requests', 'tokens', 'concurrency'])(
    'lets a request from elsewhere into the %s of a model at n - 1, and not at n',
    async (metric) => {
      const { admit, left } = open(`${metric} *`);
      for (let taken = 0; taken < 2; taken += 1) await admit('b');
      const last = await admit('a');
      expect(await last.moveTo('b', null)).toBeUndefined();
      expect([last.model, left('b')]).toEqual(['b', { [`${metric} *`]: 0 }]);
      const late = await admit('a');
      expect(await late.moveTo('b', null)).toMatchObject({
        code: 'rate_limit_exceeded',
        ofModel: true,
        scope: { type: 'model', id: 'b' },
        limit: '3',
        used: '3',
      });
      // As before: it still counts where it was.
      expect([late.model, left('a')]).toEqual(['a', { [`${metric} *`]: 2 }]);
      late.cancel();
      expect(left('a')).toEqual({ [`${metric} *`]: 3 });
    },
  );

  it('counts once what is of no model, and gives back what nothing was sent to', async () => {
    const { admit, left } = open('requests', 'tokens', 'requests *', 'concurrency a', 'requests b');
    const ticket = await admit('a', 2);
    expect(await ticket.moveTo('b', null)).toBeUndefined();
    expect(left('a')).toEqual({ requests: 2, tokens: 1, 'requests *': 3, 'concurrency a': 3 });
    expect(left('b')).toEqual({ requests: 2, tokens: 1, 'requests *': 2, 'requests b': 2 });
    ticket.finish(1);
    expect(left('b')).toEqual({ requests: 2, tokens: 2, 'requests *': 2, 'requests b': 2 });
  });

  it('leaves with a model what was sent to it: its request and its tokens, not its slot', async () => {
    const { admit, left } = open('tokens', 'requests *', 'tokens *', 'concurrency *');
    const ticket = await admit('a', 2);
    expect(await ticket.moveTo('b', 1)).toBeUndefined();
    expect(left('a')).toEqual({ tokens: 1, 'requests *': 2, 'tokens *': 2, 'concurrency *': 3 });
    expect(left('b')).toEqual({ tokens: 1, 'requests *': 2, 'tokens *': 1, 'concurrency *': 2 });
    ticket.finish(3, 2);
    expect(left('b')).toEqual({ tokens: 0, 'requests *': 2, 'tokens *': 1, 'concurrency *': 3 });
    ticket.finish(0);
    ticket.cancel();
    expect(left('a')).toEqual({ tokens: 0, 'requests *': 2, 'tokens *': 2, 'concurrency *': 3 });
  });

  it('counts no second request of a model that it comes back to, but its tokens and its slot', async () => {
    const { admit, left } = open('requests *', 'tokens *', 'concurrency *');
    const ticket = await admit('a');
    expect(await ticket.moveTo('b', 1)).toBeUndefined();
    expect(await ticket.moveTo('a', null)).toBeUndefined();
    expect(left('a')).toEqual({ 'requests *': 2, 'tokens *': 1, 'concurrency *': 2 });
    expect(left('b')).toEqual({ 'requests *': 3, 'tokens *': 3, 'concurrency *': 3 });
    // Nothing came of it there after all.
    ticket.finish(1, null);
    expect(left('a')).toEqual({ 'requests *': 2, 'tokens *': 2, 'concurrency *': 3 });
  });

  it('takes nothing for a request that is over already', async () => {
    const { admit, left } = open('requests *', 'concurrency *');
    const ticket = await admit('a');
    ticket.cancel();
    await ticket.moveTo('b', null);
    expect(left('b')).toEqual({ 'requests *': 3, 'concurrency *': 3 });
  });
});
