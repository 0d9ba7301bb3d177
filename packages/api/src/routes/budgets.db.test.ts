import { settleEntries } from '@tollgate/limits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let owner: TestPerson;

beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
});
afterAll(() => test.close());

async function spend(costPicoUsd: bigint, keyId = 'key_a'): Promise<void> {
  const worker = test.openAs('worker', 'test');
  const startedAtMs = test.clock.nowMs();
  const none = {
    keyId,
    memberId: '',
    serviceAccountId: '',
    endUser: '',
    tags: {},
    teamId: '',
    teamPath: '',
  };
  await worker.tenant(owner.organizationId, async (tx) => {
    await tx.$executeRaw`
      INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, key_id, requested_model, model, provider,
        credential_id, credential_owner, endpoint, streamed, livemode, cost_pico_usd, status, usage_source)
      VALUES (${owner.organizationId}, ${new Date(startedAtMs)}, ${`req_${costPicoUsd}_${keyId}`}, 1, 0, ${keyId}, 'm', 'm', 'p', 'c', 'organization',
        'chat/completions', false, false, ${costPicoUsd}, 'succeeded', 'provider')`;
    await settleEntries(tx, owner.organizationId, [
      {
        subject: { ...none, organizationId: owner.organizationId, startedAtMs },
        target: { model: 'm', credentialOwner: 'organization' },
        settle: { costPicoUsd: String(costPicoUsd), chargePicoUsd: '0' },
      },
    ]);
  });
  await worker.close();
}

describe('/budgets', () => {
  it('counts what was spent in the current period before it was made, and after', async () => {
    await spend(250_000_000_000n);
    const created = await owner.call('POST', '/budgets', {
      scope: { type: 'organization', id: '*' },
      limitUsd: '10.00',
      period: 'month',
      name: 'All',
    });
    expect(created.status, created.text).toBe(201);
    expect(created.body).toMatchObject({
      scope: { type: 'organization', id: owner.organizationId },
      limitUsd: '10.00',
      spentUsd: '0.25',
      remainingUsd: '9.75',
      grantedUsd: '0.00',
      heldUsd: '0.00',
      kind: 'hard',
      thresholds: [50, 80, 100],
      onExceeded: 'refuse',
      state: 'active',
    });
    await spend(1_000_000_000_000n);
    const read = await owner.call('GET', `/budgets/${created.body.id}`);
    expect(read.body).toMatchObject({ spentUsd: '1.25', remainingUsd: '8.75' });
    expect((await owner.call('GET', '/budgets')).body.data).toMatchObject([
      { id: created.body.id, spentUsd: '1.25' },
    ]);
  });

  it('changes the limit without resetting what is spent, resets only when told, and audits both', async () => {
    const { id, version } = (await owner.call('GET', '/budgets')).body.data[0];
    const stale = await owner.call('PATCH', `/budgets/${id}`, { limitUsd: '5' }, { 'if-match': '"99"' });
    expect(stale.status).toBe(412);
    const changed = await owner.call(
      'PATCH',
      `/budgets/${id}`,
      { limitUsd: '1' },
      { 'if-match': `"${version}"` },
    );
    expect(changed.body).toMatchObject({
      limitUsd: '1.00',
      spentUsd: '1.25',
      remainingUsd: '0.00',
      kind: 'hard',
      name: 'All',
      thresholds: [50, 80, 100],
    });
    const reset = await owner.call('POST', `/budgets/${id}/reset`, {});
    expect(reset.body).toMatchObject({ spentUsd: '0.00', remainingUsd: '1.00' });
    const paused = await owner.call('PATCH', `/budgets/${id}`, { paused: true });
    expect(paused.body).toMatchObject({ state: 'paused' });
    const events = (await owner.call('GET', `/audit-events?targetId=${id}`)).body.data;
    expect(events.map((each: { action: string }) => each.action).sort()).toEqual([
      'budget-created',
      'budget-reset',
      'budget-updated',
      'budget-updated',
    ]);
    expect((await owner.call('DELETE', `/budgets/${id}`)).status).toBe(204);
    expect((await owner.call('GET', `/budgets/${id}`)).status).toBe(404);
  });

  it('begins the months of a budget with a start on the day of its start', async () => {
    const body = { scope: { type: 'organization', id: '*' }, limitUsd: '10', period: 'month' };
    const anchorAt = new Date(Date.UTC(2020, 0, 15)).toISOString();
    const budget = await owner.call('POST', '/budgets', { ...body, anchorAt });
    expect(budget.body).toMatchObject({ anchorAt });
    expect(budget.body.periodStart).toMatch(/-15T00:00:00\.000Z$/);
    expect(budget.body.resetsAt).toMatch(/-15T00:00:00\.000Z$/);
    expect((await owner.call('DELETE', `/budgets/${budget.body.id}`)).status).toBe(204);
  });

  it.each([
    ['a team of nobody', { scope: { type: 'team', id: 'team_x' } }, 'body.scope.id'],
    ['a tag without a name', { scope: { type: 'tag', id: 'search' } }, 'body.scope.id'],
    ['a negative limit', { limitUsd: '-1' }, 'body.limitUsd'],
    ['a number as money', { limitUsd: 5 }, 'body.limitUsd'],
    ['a period that is none', { period: 'year' }, 'body.period'],
  ])('refuses %s and names the field', async (_name, change, path) => {
    const body = { scope: { type: 'organization', id: '*' }, limitUsd: '1', period: 'day', ...change };
    const answer = await owner.call('POST', '/budgets', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].path).toBe(path);
  });
});

describe('/rate-limits', () => {
  it('makes, changes and deletes, and tells the gateways', async () => {
    const heard: string[] = [];
    const stop = test.changes.subscribe((change) => heard.push(change.kind));
    const created = await owner.call('POST', '/rate-limits', {
      scope: { type: 'key', id: '*' },
      metric: 'tokens',
      limit: 1_000,
      windowSeconds: 60,
    });
    expect(created.status, created.text).toBe(201);
    const path = `/rate-limits/${created.body.id}`;
    expect((await owner.call('PATCH', path, { limit: 5 })).body).toMatchObject({
      limit: 5,
      windowSeconds: 60,
      version: 2,
    });
    expect((await owner.call('DELETE', path)).status).toBe(204);
    expect((await owner.call('GET', path)).status).toBe(404);
    stop();
    expect(heard).toEqual(['policy-changed', 'policy-changed', 'policy-changed']);
  });

  it.each([0, 31 * 86_400 + 1])('refuses a window of %s seconds', async (windowSeconds) => {
    const body = { scope: { type: 'key', id: '*' }, metric: 'requests', limit: 1, windowSeconds };
    expect((await owner.call('POST', '/rate-limits', body)).status).toBe(400);
  });

  it('needs no window for concurrency, and one for all else', async () => {
    const body = { scope: { type: 'key', id: '*' }, limit: 1 };
    expect((await owner.call('POST', '/rate-limits', { ...body, metric: 'concurrency' })).status).toBe(201);
    expect((await owner.call('POST', '/rate-limits', { ...body, metric: 'requests' })).status).toBe(400);
  });
});

describe('what holds for a key', () => {
  it('names every budget and limit that matches, where it stands for this key, and which one decides', async () => {
    const { call } = await test.signUp('policy@example.com', 'Policies');
    const team = (await call('POST', '/teams', { name: 'Search' })).body.id;
    const made = await call('POST', '/keys', {
      name: 'search',
      teamId: team,
      models: ['gpt-5.2'],
      budget: { limitUsd: '5' },
      rateLimits: [
        { metric: 'requests', limit: 60, windowSeconds: 60 },
        { metric: 'concurrency', limit: 4 },
      ],
    });
    expect(made.status, made.text).toBe(201);
    const keyId = made.body.key.id;
    const budget = (scope: object, change: object = {}) =>
      call('POST', '/budgets', { scope, limitUsd: '20', period: 'month', ...change });
    await budget({ type: 'team', id: '*' });
    await budget({ type: 'organization', id: '*' }, { limitUsd: '1', kind: 'soft' });
    await budget({ type: 'endUser', id: '*' }, { limitUsd: '0.5' });
    await budget({ type: 'key', id: (await call('POST', '/keys', { name: 'other' })).body.key.id });

    const policy = (await call('GET', `/keys/${keyId}/policy`)).body;
    expect(policy.budgets).toMatchObject([
      { budget: { kind: 'soft' }, decides: false },
      {
        budget: { scope: { type: 'team', id: '*' } },
        standing: { value: team, name: 'Search' },
        decides: false,
      },
      {
        budget: { scope: { type: 'key', id: keyId }, scopeName: 'search', period: 'month', kind: 'hard' },
        standing: { value: keyId, remainingUsd: '5.00' },
        dependsOn: null,
        decides: true,
      },
      {
        budget: { scope: { type: 'endUser', id: '*' } },
        standing: null,
        dependsOn: 'endUser',
        decides: false,
      },
    ]);
    const byMetric = Object.fromEntries(
      policy.rateLimits.map((each: { rateLimit: { metric: string } }) => [each.rateLimit.metric, each]),
    );
    expect(byMetric).toMatchObject({
      requests: { rateLimit: { limit: 60 }, value: keyId, decides: true },
      concurrency: { rateLimit: { limit: 4, windowSeconds: 0 }, decides: true },
    });
    // What is used is asked of limits by id; foreign ones and those that are gone are left out.
    const limitIds = policy.rateLimits.map((each: { rateLimit: { id: string } }) => each.rateLimit.id);
    const uses = await call('GET', `/rate-limits/use?ids=${limitIds.join(',')},rl_none`);
    expect(uses.status, uses.text).toBe(200);
    expect(uses.body.data.map(({ id }: { id: string }) => id).toSorted()).toEqual(limitIds.toSorted());
    expect(policy.models).toMatchObject({ values: ['gpt-5.2'], decidedBy: 'key', reachableCount: 0 });
    const known = (await call('GET', `/keys/${keyId}/policy?endUser=u1`)).body;
    expect(known.budgets[3]).toMatchObject({ standing: { value: 'u1' }, dependsOn: null, decides: true });

    const ofTeam = (await call('GET', `/teams/${team}/policy`)).body;
    expect(ofTeam.budgets).toMatchObject([
      { budget: { scope: { type: 'organization' } }, decides: false },
      { standing: { value: team }, decides: true },
      { dependsOn: 'endUser' },
    ]);
  });

  it('lists the values of a budget that is one per value, those that spent most first', async () => {
    const made = await owner.call('POST', '/budgets', {
      scope: { type: 'model', id: '*' },
      limitUsd: '4',
      period: 'month',
    });
    expect(made.body).toMatchObject({
      spentUsd: '1.25',
      remainingUsd: '2.75',
      valueCount: 1,
      periodLimitUsd: '4.00',
    });
    expect((await owner.call('GET', `/budgets/${made.body.id}/values`)).body.data).toEqual([
      {
        value: 'm',
        name: null,
        spentUsd: '1.25',
        heldUsd: '0.00',
        remainingUsd: '2.75',
        periodLimitUsd: '4.00',
        forecastExceededAt: made.body.forecastExceededAt,
      },
    ]);
  });

  it('resets one value of a budget that is one per value, and leaves the others', async () => {
    const budget = await owner.call('POST', '/budgets', {
      scope: { type: 'key', id: '*' },
      limitUsd: '10',
      period: 'month',
    });
    await spend(300_000_000_000n, 'key_one');
    await spend(400_000_000_000n, 'key_two');
    const path = `/budgets/${budget.body.id}`;
    const spentOf = async () => {
      const { data } = (await owner.call('GET', `${path}/values`)).body;
      const of = (key: string) => data.find(({ value }: { value: string }) => value === key)?.spentUsd;
      return [of('key_one'), of('key_two')];
    };
    expect(await spentOf()).toEqual(['0.30', '0.40']);
    expect((await owner.call('POST', `${path}/reset`, { scopeValue: 'key_one' })).status).toBe(200);
    expect(await spentOf()).toEqual(['0.00', '0.40']);
    expect((await owner.call('DELETE', path)).status).toBe(204);
  });

  it('reads every value page by page, whether they fill the last page or not, and finds them by name', async () => {
    const budget = await owner.call('POST', '/budgets', {
      scope: { type: 'key', id: '*' },
      limitUsd: '10',
      period: 'month',
    });
    const path = `/budgets/${budget.body.id}/values`;
    // Two of them spent the same: their order is by value, and neither is on two pages or none.
    for (const name of ['crawler', 'checkout', 'search'])
      await spend(500_000_000_000n, (await owner.call('POST', '/keys', { name })).body.key.id);
    type Page = { data: { value: string; name: string | null }[]; nextCursor: string | null };
    const pageOf = async (question: string) => (await owner.call('GET', `${path}?${question}`)).body as Page;
    const { data: all, nextCursor } = await pageOf('limit=200');
    expect(nextCursor).toBeNull();
    expect(all.length).toBeGreaterThan(3);
    for (const limit of [1, all.length - 1, all.length, all.length + 1]) {
      const read: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page = await pageOf(`limit=${limit}${cursor && `&cursor=${cursor}`}`);
        expect(page.data.length).toBeLessThanOrEqual(limit);
        expect(page.data).not.toEqual([]);
        read.push(...page.data.map(({ value }) => value));
        cursor = page.nextCursor;
      }
      expect(read, `pages of ${limit}`).toEqual(all.map(({ value }) => value));
    }
    expect((await pageOf('q=CRAWL')).data.map(({ name }) => name)).toEqual(['crawler']);
    expect((await pageOf(`q=${all[0]!.value}`)).data).toHaveLength(1);
    expect((await pageOf('q=nobody')).data).toEqual([]);
    for (const parts of [['x', 'm'], ['1'], ['1e5', 'm']]) {
      const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url');
      expect((await owner.call('GET', `${path}?cursor=${cursor}`)).status).toBe(400);
    }
    expect((await owner.call('DELETE', `/budgets/${budget.body.id}`)).status).toBe(204);
  });

  it('finds the values of a budget per team and per member by what they are called', async () => {
    for (const type of ['team', 'member', 'serviceAccount', 'tag', 'model', 'endUser']) {
      const scope = { type, id: '*' };
      const budget = await owner.call('POST', '/budgets', { scope, limitUsd: '10', period: 'month' });
      const found = await owner.call('GET', `/budgets/${budget.body.id}/values?q=nobody`);
      expect(found.status, found.text).toBe(200);
      expect(found.body).toEqual({ data: [], nextCursor: null });
    }
  });

  it('a key whose rules are refused is not made', async () => {
    const answer = await owner.call('POST', '/keys', {
      name: 'half',
      budget: { limitUsd: '5' },
      rateLimits: [{ metric: 'tokens', limit: 5 }],
    });
    expect(answer.body.errors).toMatchObject([{ path: 'body.rateLimits.0.windowSeconds' }]);
    expect((await owner.call('GET', '/keys?q=half')).body.data).toEqual([]);
  });
});

describe('an installation whose gateways do not enforce limits', () => {
  it('refuses to make a budget or a rate limit, instead of showing one that nobody keeps', async () => {
    const unenforced = await startTestApi({ limitsEnforced: false });
    try {
      const { call, organizationId } = await unenforced.signUp('owner@example.com', 'Acme');
      const scope = { type: 'organization', id: organizationId };
      const answers = [
        await call('POST', '/budgets', { scope, limitUsd: '10', period: 'month' }),
        await call('POST', '/rate-limits', { scope, metric: 'requests', limit: 10, windowSeconds: 60 }),
      ];
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
        [501, 'not_enforced'],
        [501, 'not_enforced'],
      ]);
    } finally {
      await unenforced.close();
    }
  });
});
