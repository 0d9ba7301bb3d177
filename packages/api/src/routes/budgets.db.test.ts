import { openDatabase } from '@tollgate/db';
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

async function spend(costPicoUsd: bigint): Promise<void> {
  const worker = openDatabase({ url: test.testDatabase.urls.worker, applicationName: 'test' });
  const startedAtMs = test.clock.nowMs();
  const none = {
    keyId: 'key_a',
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
      VALUES (${owner.organizationId}, ${new Date(startedAtMs)}, ${`req_${costPicoUsd}`}, 1, 0, 'key_a', 'm', 'm', 'p', 'c', 'organization',
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
