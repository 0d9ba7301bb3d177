import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { makeKey, seedRequests } from '../test-keys.ts';

const DAY_MS = 86_400_000;
let test: TestApi;
let owner: TestPerson;
let stranger: TestPerson;

beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
  stranger = await test.signUp('stranger@example.com', 'Other');
}, 60_000);
afterAll(() => test.close());

describe('before a rule is made', () => {
  it.each([
    [9, 1],
    [10, 0],
    [11, 0],
  ])('a limit of %i requests a day would have refused %i of 10', async (limit, refused) => {
    const person = await test.signUp(`dry-${limit}@example.com`, `Dry ${limit}`);
    const key = await makeKey(person, 'dry');
    // Within one UTC day, so that the window does not cut them.
    const noon = Math.floor(test.clock.nowMs() / DAY_MS) * DAY_MS - DAY_MS / 2;
    await seedRequests(test, person, key, 10, { spacedMs: 1_000, agoMs: test.clock.nowMs() - noon });
    const rule = { scope: { type: 'key', id: key }, metric: 'requests', limit, windowSeconds: 86_400 };
    const { body, status, text } = await person.call('POST', '/rate-limits/dry-run', rule);
    expect(status, text).toBe(200);
    expect(body).toMatchObject({ requests: 10, refused, lookedAt: { rows: 10, complete: true } });
    const each = await person.call('POST', '/rate-limits/dry-run', {
      ...rule,
      scope: { type: 'key', id: '*' },
    });
    expect(each.body).toMatchObject({ requests: 10, refused });
    if (refused > 0) expect(each.body.values).toEqual([{ value: key, name: 'dry', requests: 10, refused }]);
    const atOnce = { ...rule, metric: 'concurrency', limit: 1 };
    expect((await person.call('POST', '/rate-limits/dry-run', atOnce)).body.refused).toBeLessThanOrEqual(5);
    const elsewhere = await stranger.call('POST', '/rate-limits/dry-run', rule);
    expect(elsewhere.body).toMatchObject({ requests: 0, refused: 0 });
  });

  it('a limit of tokens counts what limits count: reasoning and audio, too', async () => {
    const person = await test.signUp('dry-tokens@example.com', 'Dry tokens');
    const keyId = await makeKey(person, 'thinks');
    // Both in one UTC day.
    const noonMs = Math.floor(test.clock.nowMs() / DAY_MS) * DAY_MS - DAY_MS / 2;
    const worker = test.openAs('worker', 'seed');
    await worker.tenant(person.organizationId, async (tx) => {
      for (const startedAtMs of [noonMs, noonMs + 1]) {
        await tx.usageEntry.create({
          data: {
            organizationId: person.organizationId,
            startedAt: new Date(startedAtMs),
            requestId: newId('request', startedAtMs),
            attempt: 1,
            keyId,
            requestedModel: 'gpt-5',
            model: 'gpt-5',
            provider: 'openai',
            credentialId: 'c',
            credentialOwner: 'organization',
            endpoint: 'chat',
            streamed: false,
            livemode: true,
            inputTokens: 1,
            reasoningTokens: 10,
            audioInputTokens: 100,
            audioOutputTokens: 1_000,
            components: [],
            costPicoUsd: 0,
            chargePicoUsd: 0,
            status: 'succeeded',
            usageSource: 'provider',
          },
          select: { requestId: true },
        });
      }
    });
    await worker.close();
    const rule = { scope: { type: 'key', id: keyId }, metric: 'tokens', windowSeconds: 86_400 };
    for (const [limit, refused] of [
      [1_111, 1],
      [1_112, 0],
    ]) {
      const { body } = await person.call('POST', '/rate-limits/dry-run', { ...rule, limit });
      expect(body).toMatchObject({ requests: 2, refused, lookedAt: { source: 'entries', rows: 2 } });
    }
  });

  it.each([
    ['10', 0],
    ['9', 1],
    ['5', 5],
  ])(
    'a budget of %s USD would have refused %i of 10 requests of a dollar each',
    async (limitUsd, refused) => {
      const person = await test.signUp(`spend-${limitUsd}@example.com`, `Spend ${limitUsd}`);
      const key = await makeKey(person, 'spends');
      const worker = test.openAs('worker', 'seed');
      await worker.tenant(person.organizationId, async (tx) => {
        for (let index = 0; index < 10; index++) {
          const bucket = new Date(
            Math.floor(test.clock.nowMs() / 900_000) * 900_000 - (10 - index) * 900_000,
          );
          await tx.$executeRaw`
          INSERT INTO usage_rollups (organization_id, bucket_start, team_id, cost_center, key_id, member_id, service_account_id, model,
            provider, credential_id, credential_owner, endpoint, status, livemode, requests, attempts, cost_pico_usd)
          VALUES (${person.organizationId}, ${bucket}, '', '', ${key}, '', '', 'gpt-5', 'openai', 'c', 'organization', 'chat', 'succeeded', true, 1, 1, 1000000000000)`;
        }
      });
      await worker.close();
      const rule = { scope: { type: 'key', id: key }, limitUsd, period: 'lifetime' };
      const { body, status, text } = await person.call('POST', '/budgets/dry-run', rule);
      expect(status, text).toBe(200);
      expect(body).toMatchObject({ requests: 10, refused, lookedAt: { source: 'rollups', complete: true } });
    },
  );
});

describe('whether a request would be allowed', () => {
  it('tells everything that stands in the way, by the rule that decides', async () => {
    const account = (await owner.call('POST', '/service-accounts', { name: 'checked' })).body.id;
    const id = await makeKey(owner, 'checked', {
      ownerId: account,
      models: ['gpt-4*'],
      endpoints: ['embeddings'],
      ipAllowlist: ['192.0.2.0/24'],
      rateLimits: [{ metric: 'tokens', limit: 1_000, windowSeconds: 60 }],
    });
    const check = async (body: object) => {
      const answer = await owner.call('POST', `/keys/${id}/policy/check`, body);
      expect(answer.status, answer.text).toBe(200);
      return answer.body;
    };
    const asked = {
      model: 'gpt-5',
      endpoint: 'chat.completions',
      ipAddress: '203.0.113.9',
      inputTokens: 600,
      outputTokens: 500,
    };
    const refused = await check(asked);
    const outcomes = Object.fromEntries(
      refused.checks.map((one: { check: string; outcome: string; code: string }) => [
        one.check,
        [one.outcome, one.code],
      ]),
    );
    expect(refused.allowed).toBe(false);
    expect(outcomes).toMatchObject({
      key: ['allowed', null],
      address: ['refused', 'permission_denied'],
      endpoint: ['refused', 'permission_denied'],
      model: ['refused', 'model_not_found'],
      rateLimit: ['refused', 'rate_limit_exceeded'],
    });
    const fits = await check({
      ...asked,
      outputTokens: 400,
      ipAddress: '192.0.2.255',
      endpoint: 'embeddings',
    });
    const still = fits.checks.filter((one: { outcome: string }) => one.outcome === 'refused');
    expect(still.map((one: { check: string }) => one.check)).toEqual(['model']);
    expect((await stranger.call('POST', `/keys/${id}/policy/check`, asked)).status).toBe(404);
    expect(
      (await owner.call('POST', `/keys/${id}/policy/check`, { ...asked, ipAddress: 'here' })).status,
    ).toBe(400);
    const preview = await owner.call('POST', `/keys/${id}/policy/preview`, { models: [] });
    expect(preview.body).toMatchObject({ before: 0, lost: { count: 0 }, lostInUse: [] });
  });

  it('says afterwards why it was not, and what would have to change', async () => {
    const id = await makeKey(owner, 'refused');
    const budget = await owner.call('POST', '/budgets', {
      name: 'small',
      scope: { type: 'key', id },
      limitUsd: '1',
      period: 'month',
    });
    const told = {
      code: 'budget_exceeded',
      rule_id: budget.body.id,
      scope: { type: 'key', id },
      limit: '1',
      used: '0.99',
      requested: '0.02',
      source: 'tollgate',
    };
    const [requestId] = await seedRequests(test, owner, id, 1, {
      spacedMs: 1,
      agoMs: 60_000,
      refusal: told,
      status: 402,
    });
    const { body } = await owner.call('GET', `/requests/${requestId}/refusal`);
    expect(body).toMatchObject({
      refused: true,
      code: 'budget_exceeded',
      rule: { kind: 'budget', id: budget.body.id, name: 'small', limitNow: '1.00', exists: true },
      used: '0.99',
      remedies: ['raiseBudget', 'waitForReset'],
    });
    const lost = { code: 'model_not_found', source: 'tollgate' };
    const [notServed] = await seedRequests(test, owner, id, 1, {
      spacedMs: 1,
      agoMs: 90_000,
      refusal: lost,
      status: 404,
    });
    const unknown = (await owner.call('GET', `/requests/${notServed}/refusal`)).body;
    expect(unknown).toMatchObject({ rule: { kind: 'key', id }, remedies: ['connectProvider', 'fixRequest'] });
    const [unbounded] = await seedRequests(test, owner, id, 1, {
      spacedMs: 1,
      agoMs: 100_000,
      refusal: { ...told, code: 'unbounded_cost' },
      status: 402,
    });
    // An output limit is not among them: where it lacks, the gateway sets one.
    expect((await owner.call('GET', `/requests/${unbounded}/refusal`)).body).toMatchObject({
      remedies: ['addPrice', 'fixRequest'],
    });
    const [fine] = await seedRequests(test, owner, id, 1, { spacedMs: 1, agoMs: 120_000 });
    expect((await owner.call('GET', `/requests/${fine}/refusal`)).body).toMatchObject({
      refused: false,
      remedies: [],
    });
    const [suspended] = await seedRequests(test, owner, id, 1, {
      spacedMs: 1,
      agoMs: 150_000,
      refusal: {
        code: 'permission_denied',
        scope: { type: 'organization', id: owner.organizationId },
        source: 'tollgate',
      },
      status: 403,
    });
    expect((await owner.call('GET', `/requests/${suspended}/refusal`)).body).toMatchObject({
      rule: { kind: 'organization', id: owner.organizationId },
      remedies: ['endSuspension'],
    });
    expect((await stranger.call('GET', `/requests/${requestId}/refusal`)).status).toBe(404);
  });
});
