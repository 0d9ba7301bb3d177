/** What organizations may spend on what the operator resells: set by the operator alone, seen by the organization. */
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { lockTimeZones, settleEntries } from '@tollgate/limits';
import { parseUsdSum } from '@tollgate/money';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestAnswer, type TestApi, type TestPerson } from '../test-api.ts';
import { makeKey, seedRequests } from '../test-keys.ts';

const NEW = '/operator/resold-spend';
const PRIVATE_ORIGIN = 'http://127.0.0.1:9';

let test: TestApi;
let operator: TestPerson;
let tenant: TestPerson;
let count = 0;

beforeAll(async () => {
  test = await startTestApi({
    firstUserIsOperator: true,
    allowedPrivateOrigins: [PRIVATE_ORIGIN],
    operatorPrivateOrigins: [PRIVATE_ORIGIN],
  });
  operator = await test.signUp('operator@example.com', 'Operators');
});
afterAll(() => test.close());
beforeEach(async () => {
  count += 1;
  tenant = await test.signUp(`owner-${count}@example.com`, `Acme ${count}`);
});

const bound = (limitUsd: unknown, more: object = {}, headers: Record<string, string> = {}) =>
  operator.call(
    'PUT',
    `/operator/organizations/${tenant.organizationId}/resold-spend`,
    { limitUsd, reason: 'Trial', ...more },
    headers,
  );

const detail = async () =>
  (await operator.call('GET', `/operator/organizations/${tenant.organizationId}`)).body;

const budgets = async () =>
  (await tenant.call('GET', '/budgets')).body.data.filter(
    ({ counts }: { counts: string }) => counts === 'resold',
  );

/** Now, by a credential of this owner. */
async function spend(amountUsd: string, credentialOwner: 'organization' | 'operator'): Promise<void> {
  const { organizationId } = tenant;
  const nobody = { memberId: '', serviceAccountId: '', endUser: '', tags: {}, teamId: '', teamPath: '' };
  const amount = String(parseUsdSum(amountUsd));
  const entry = {
    subject: { ...nobody, organizationId, keyId: 'key_a', startedAtMs: test.clock.nowMs() },
    target: { model: 'm', credentialOwner },
    settle:
      credentialOwner === 'operator'
        ? { costPicoUsd: '0', chargePicoUsd: amount }
        : { costPicoUsd: amount, chargePicoUsd: '0' },
  };
  const worker = test.openAs('worker', 'test');
  await worker.tenant(organizationId, (tx) => settleEntries(tx, organizationId, [entry]));
  await worker.close();
}

const credential = (name: string, model: string) => ({
  provider: 'openai-compatible',
  name,
  baseUrl: `${PRIVATE_ORIGIN}/v1`,
  apiKey: 'sk-0123456789abcdef',
  models: [model],
});

const ok = (answer: TestAnswer): TestAnswer => {
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer;
};

describe('what one organization may spend', () => {
  it('[M3] is set by the operator and counts what is resold alone; both logs tell of it, and gateways hear', async () => {
    const heard: string[] = [];
    const stop = test.changes.subscribe(({ organizationId, kind }) =>
      heard.push(`${organizationId} ${kind}`),
    );
    ok(await bound(null));
    expect(await detail()).toMatchObject({ resoldSpend: null });
    heard.length = 0;
    // Events of one millisecond have no order.
    test.clock.advance(1_000);
    const made = ok(await bound('5.5'));
    const amounts = { limitUsd: '5.50', spentUsd: '0.00', remainingUsd: '5.50' };
    const standing = { ...amounts, raisedByPayment: false, version: 1 };
    expect(made.body).toMatchObject({ id: tenant.organizationId, resoldSpend: standing });
    expect(heard).toEqual([`${tenant.organizationId} policy-changed`]);
    stop();
    expect(await budgets()).toMatchObject([
      { counts: 'resold', setBy: 'operator', kind: 'hard', period: 'month', limitUsd: '5.50' },
    ]);
    await spend('3', 'organization');
    await spend('2', 'operator');
    expect(await detail()).toMatchObject({
      resoldSpend: { limitUsd: '5.50', spentUsd: '2.00', remainingUsd: '3.50' },
    });
    const listed = (await operator.call('GET', '/operator/organizations')).body.data;
    expect(listed.find(({ id }: { id: string }) => id === tenant.organizationId)).toMatchObject({
      resoldSpend: { spentUsd: '2.00' },
    });
    for (const organizationId of [tenant.organizationId, OPERATOR_ORGANIZATION_ID]) {
      const events = await test.database.tenant(organizationId, (tx) =>
        tx.auditEvent.findMany({
          where: { organizationId, action: 'resold-spend-changed', targetId: tenant.organizationId },
          orderBy: { id: 'asc' },
        }),
      );
      expect(events.map(({ before, after }) => [before, after])).toEqual([
        [expect.anything(), { limitUsd: null, reason: 'Trial' }],
        [{ limitUsd: null }, { limitUsd: '5.50', reason: 'Trial' }],
      ]);
    }
  });

  it('is raised without forgetting what is spent, and taken away; each only as it was seen', async () => {
    ok(await bound('5'));
    await spend('4', 'operator');
    const { version } = (await detail()).resoldSpend;
    const raised = ok(await bound('10', {}, { 'if-match': `"${version}"` }));
    expect(raised.body.resoldSpend).toMatchObject({ limitUsd: '10.00', remainingUsd: '6.00' });
    const late = await bound('20', {}, { 'if-match': `"${version}"` });
    expect([late.status, late.body.code]).toEqual([412, 'version_conflict']);
    ok(await bound(null, {}, { 'if-match': `"${raised.body.resoldSpend.version}"` }));
    expect(await budgets()).toEqual([]);
    const again = ok(await bound('3', {}, { 'if-match': '"0"' }));
    expect(again.body.resoldSpend).toMatchObject({ limitUsd: '3.00' });
  });

  it.each(['0', '0.000000000001', '999999999999999', '999999999999999.999999999999'])(
    'takes %s USD',
    async (limitUsd) => {
      const { body } = ok(await bound(limitUsd));
      expect(Number(body.resoldSpend.limitUsd)).toBe(Number(limitUsd));
    },
  );

  it.each([
    [{ limitUsd: '1000000000000000' }, 'body.limitUsd'],
    [{ limitUsd: '0.0000000000001' }, 'body.limitUsd'],
    [{ limitUsd: '-1' }, 'body.limitUsd'],
    [{ limitUsd: 5 }, 'body.limitUsd'],
    [{ reason: '' }, 'body.reason'],
  ])('refuses %j', async (wrong, path) => {
    const answer = await bound('5', wrong);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ path }]);
  });

  it('is nobody else’s to say, of no closed organization, and not long after signing in', async () => {
    const path = `/operator/organizations/${tenant.organizationId}/resold-spend`;
    const body = { limitUsd: '1000', reason: 'Mine' };
    expect((await tenant.call('PUT', path, body)).status).toBe(403);
    const operators = `/operator/organizations/${OPERATOR_ORGANIZATION_ID}/resold-spend`;
    expect((await operator.call('PUT', operators, body)).status).toBe(404);
    ok(await tenant.call('POST', `/organizations/${tenant.organizationId}/close`, { name: `Acme ${count}` }));
    expect((await bound('5')).body).toMatchObject({ code: 'conflict', reason: 'closed_by_owner' });
  });
});

describe('the budget that the operator has set', () => {
  it('is neither changed, paused, reset nor archived by anybody of the organization', async () => {
    ok(await bound('5'));
    const [before] = await budgets();
    const path = `/budgets/${before.id}`;
    expect((await tenant.call('GET', path)).body).toMatchObject({ setBy: 'operator', counts: 'resold' });
    const tries: readonly [string, string, unknown?][] = [
      ['PATCH', path, { limitUsd: '1000' }],
      ['PATCH', path, { paused: true }],
      ['PATCH', path, { kind: 'soft' }],
      ['PATCH', path, { onExceeded: { model: 'm' } }],
      ['PATCH', path, {}],
      ['POST', `${path}/reset`, {}],
      ['DELETE', path],
    ];
    for (const [method, tried, body] of tries) {
      for (const headers of [{}, { 'if-match': `"${before.version}"` }]) {
        const answer = await tenant.call(method, tried, body, headers);
        expect([answer.status, answer.body?.code, answer.body?.reason], `${method} ${answer.text}`).toEqual([
          409,
          'conflict',
          'set_by_operator',
        ]);
        expect(answer.body.detail).toMatch(/operator.*ask/);
      }
    }
    expect(await budgets()).toEqual([before]);
  });

  it('is none that holds a key: what a key spends over own credentials is open all the same', async () => {
    const keyId = await makeKey(tenant, 'open');
    ok(await bound('5'));
    const without = async () =>
      (await tenant.call('GET', '/keys?finding=noBudget')).body.data.map(({ id }: { id: string }) => id);
    expect(await without()).toContain(keyId);
    const scope = { type: 'organization', id: '*' };
    const own = ok(await tenant.call('POST', '/budgets', { scope, limitUsd: '1', period: 'month' }));
    expect(own.body).toMatchObject({ counts: 'all', setBy: 'organization' });
    expect(await without()).toEqual([]);
  });

  it('holds for a key only as far as the operator’s credential serves it, and is told so beforehand', async () => {
    const model = `shared-${count}`;
    ok(await operator.call('POST', '/operator/resold-credentials', credential(`Resold ${count}`, model)));
    ok(
      await operator.call('POST', '/operator/prices', {
        provider: 'openai-compatible',
        model,
        components: { input: { usdPerMillion: '10' }, output: { usdPerMillion: '10' } },
        region: null,
      }),
    );
    ok(await bound('0.5'));
    const keyId = await makeKey(tenant, 'asks');
    const policy = (await tenant.call('GET', `/keys/${keyId}/policy`)).body;
    expect(policy.budgets).toMatchObject([
      {
        budget: { counts: 'resold' },
        standing: { remainingUsd: '0.50' },
        dependsOn: 'credential',
        decides: false,
      },
    ]);
    const check = async () =>
      ok(
        await tenant.call('POST', `/keys/${keyId}/policy/check`, {
          model,
          inputTokens: 10,
          outputTokens: 100_000,
        }),
      ).body;
    const ofBudget = ({ checks }: { checks: { check: string }[] }) =>
      checks.filter(({ check: kind }) => kind === 'budget');
    const resold = await check();
    expect(resold).toMatchObject({ allowed: false, held: true });
    expect(ofBudget(resold)).toMatchObject([
      { outcome: 'refused', code: 'request_exceeds_budget', setBy: 'operator', raisedByPayment: false },
    ]);
    // As it is for whoever has not shown yet that they can pay.
    await test.database.tenant(tenant.organizationId, (tx) =>
      tx.budget.updateMany({ where: { counts: 'resold' }, data: { awaitsPayment: true } }),
    );
    expect(ofBudget(await check())).toMatchObject([{ outcome: 'refused', raisedByPayment: true }]);
    ok(await tenant.call('POST', '/provider-credentials', credential('Own', model)));
    const own = await check();
    expect(own).toMatchObject({ allowed: true, held: false, model: { credentialName: 'Own' } });
    expect(ofBudget(own)).toEqual([]);
  });

  it('[G6] tells who was refused by it what helps: a provider of one’s own, or the operator', async () => {
    ok(await bound('5'));
    const [budget] = await budgets();
    const keyId = await makeKey(tenant, 'refused');
    const explain = async (code: string, reader: TestPerson = tenant) => {
      const refusal = {
        code,
        rule_id: budget.id,
        scope: { type: 'organization', id: tenant.organizationId, name: 'Resold models' },
        limit: '5',
        used: '5',
        requested: '0.02',
        source: 'tollgate',
      };
      const [id] = await seedRequests(test, tenant, keyId, 1, { spacedMs: 1, refusal, status: 402 });
      return ok(await reader.call('GET', `/requests/${id}/refusal`)).body;
    };
    expect(await explain('budget_exceeded')).toMatchObject({
      rule: { kind: 'budget', id: budget.id, limitNow: '5.00', exists: true },
      remedies: ['useOwnProvider', 'askOperator', 'waitForReset'],
    });
    expect((await explain('request_exceeds_budget')).remedies).toEqual([
      'useOwnProvider',
      'askOperator',
      'lowerOutput',
    ]);
    // As it is for whoever has not shown yet that they can pay.
    await test.database.tenant(tenant.organizationId, (tx) =>
      tx.budget.update({ where: { id: budget.id }, data: { awaitsPayment: true } }),
    );
    const ways = ['addPaymentMethod', 'useOwnProvider', 'askOperator'];
    expect((await explain('budget_exceeded')).remedies).toEqual([...ways, 'waitForReset']);
    expect((await explain('request_exceeds_budget')).remedies).toEqual([...ways, 'lowerOutput']);
    expect((await explain('unbounded_cost')).remedies).not.toContain('addPaymentMethod');
    expect(await budgets()).toMatchObject([{ raisedByPayment: true }]);
    expect(await detail()).toMatchObject({ resoldSpend: { raisedByPayment: true } });
    ok(await bound('5'));
    expect(await budgets()).toMatchObject([{ limitUsd: '5.00', raisedByPayment: false }]);
    // Gone since: nobody is sent to raise what was never theirs.
    ok(await bound(null));
    expect(await explain('budget_exceeded')).toMatchObject({
      rule: { exists: false },
      remedies: ['useOwnProvider', 'askOperator', 'waitForReset'],
    });
  });
});

it('waits beside a change of the time zone without holding what that needs', async () => {
  const { organizationId } = tenant;
  const setting = await test.database.tenant(organizationId, async (tx) => {
    await lockTimeZones(tx);
    const pending = bound('7');
    await waitFor(async () => {
      const [found] = await tx.$queryRaw<{ waiting: number }[]>`
        SELECT count(*)::int AS waiting FROM pg_locks
        WHERE NOT granted AND locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
      return found?.waiting === 1;
    });
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId} FOR UPDATE`;
    return { pending };
  });
  expect(ok(await setting.pending).body.resoldSpend).toMatchObject({ limitUsd: '7.00' });
});

describe('what new organizations may spend', () => {
  it('is 50 USD until the operator says otherwise, with a version and an event', async () => {
    const first = ok(await operator.call('GET', NEW));
    expect(first.body).toEqual({
      ...{ limitUsd: '50.00', firstLimitUsd: '15.00', byPayment: false },
      updatedAt: '1970-01-01T00:00:00.000Z',
    });
    const etag = first.headers.get('etag') ?? '';
    test.clock.advance(1_000);
    const set = ok(await operator.call('PUT', NEW, { limitUsd: '2.5' }, { 'if-match': etag }));
    expect(set.body).toMatchObject({ limitUsd: '2.50', firstLimitUsd: '2.50' });
    expect((await operator.call('PUT', NEW, { limitUsd: '3' }, { 'if-match': etag })).status).toBe(412);
    test.clock.advance(1_000);
    expect(ok(await operator.call('PUT', NEW, { limitUsd: null })).body.limitUsd).toBeNull();
    expect((await operator.call('GET', NEW)).body.limitUsd).toBeNull();
    test.clock.advance(1_000);
    const both = ok(await operator.call('PUT', NEW, { limitUsd: '5', firstLimitUsd: '1.25' }));
    expect(both.body).toMatchObject({ limitUsd: '5.00', firstLimitUsd: '1.25' });
    expect((await operator.call('GET', NEW)).body).toEqual(both.body);
    const events = await test.database.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
      tx.auditEvent.findMany({ where: { action: 'new-resold-spend-changed' }, orderBy: { id: 'asc' } }),
    );
    expect(events.map(({ before, after }) => [before, after])).toEqual([
      [
        { limitUsd: '50.00', firstLimitUsd: '15.00' },
        { limitUsd: '2.50', firstLimitUsd: '2.50' },
      ],
      [
        { limitUsd: '2.50', firstLimitUsd: '2.50' },
        { limitUsd: null, firstLimitUsd: null },
      ],
      [
        { limitUsd: null, firstLimitUsd: null },
        { limitUsd: '5.00', firstLimitUsd: '1.25' },
      ],
    ]);
  });

  it.each([
    ['5', '5.000000000001'],
    ['0', '0.000000000001'],
    ['5', null],
  ])('refuses %s with %s before it: whoever pays would be no better off', async (limitUsd, firstLimitUsd) => {
    const answer = await operator.call('PUT', NEW, { limitUsd, firstLimitUsd });
    expect([answer.status, answer.body.errors]).toMatchObject([
      400,
      [{ path: 'body.firstLimitUsd', code: 'above_limit' }],
    ]);
  });

  it.each([
    ['5', '5'],
    ['5', '4.999999999999'],
    [null, '5'],
    [null, null],
  ])('takes %s with %s before it', async (limitUsd, firstLimitUsd) => {
    ok(await operator.call('PUT', NEW, { limitUsd, firstLimitUsd }));
  });

  it.each(['0', '999999999999999.999999999999', null])('takes %s', async (limitUsd) => {
    ok(await operator.call('PUT', NEW, { limitUsd }));
    const [row] = await test.database.platform(
      (tx) =>
        tx.$queryRaw<{ value: unknown }[]>`SELECT value FROM platform_settings WHERE key = 'resold-spend'`,
    );
    expect(row?.value).toEqual({ limitUsd });
  });

  it.each(['1000000000000000', '0.0000000000001', '-1', '', 5])('refuses %j', async (limitUsd) => {
    const answer = await operator.call('PUT', NEW, { limitUsd });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ path: 'body.limitUsd' }]);
  });

  it('is seen and set by the operator alone, soon after signing in', async () => {
    expect((await tenant.call('GET', NEW)).status).toBe(403);
    expect((await tenant.call('PUT', NEW, { limitUsd: null })).status).toBe(403);
    test.clock.advance(16 * 60_000);
    for (const answer of [await operator.call('PUT', NEW, { limitUsd: null }), await bound('5')]) {
      expect([answer.status, answer.body.code]).toEqual([403, 'reauthentication_required']);
    }
  });
});
