/** Where budgets stand, as lists and the pages of keys and teams tell it. */
import { settleEntries } from '@tollgate/limits';
import { parseUsdSum } from '@tollgate/money';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../test-api.ts';

const DAY_MS = 86_400_000;
const today = new Date();
const monthMs = (ahead: number) => Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead);
/** Of these the tables that are cut by months have a place; the shortest has 28 days. */
const [FIRST_MS, NEXT_MS] = [monthMs(-1), monthMs(0)];
const at = (startMs: number, days: number) => new Date(startMs + days * DAY_MS).toISOString();

let test: TestApi;
let owner: Awaited<ReturnType<TestApi['bootstrap']>>;
let organizations = 0;

beforeAll(async () => {
  test = await startTestApi();
});
afterAll(() => test.close());
beforeEach(async () => {
  test.clock.set(FIRST_MS);
  organizations += 1;
  // By a token: a session would end on the way.
  owner = await test.bootstrap(`Acme ${organizations}`);
});

/** Now, by this key. */
async function spend(amountUsd: string, keyId = 'key_a'): Promise<void> {
  const { organizationId } = owner;
  const startedAtMs = test.clock.nowMs();
  const nobody = { memberId: '', serviceAccountId: '', endUser: '', tags: {}, teamId: '', teamPath: '' };
  const entry = {
    subject: { ...nobody, organizationId, keyId, startedAtMs },
    target: { model: 'm', credentialOwner: 'organization' as const },
    settle: { costPicoUsd: String(parseUsdSum(amountUsd)), chargePicoUsd: '0' },
  };
  const worker = test.openAs('worker', 'test');
  await worker.tenant(organizationId, (tx) => settleEntries(tx, organizationId, [entry]));
  await worker.close();
}

async function makeBudget(fields: object): Promise<() => Promise<Record<string, unknown>>> {
  const scope = { type: 'organization', id: '*' };
  const made = await owner.call('POST', '/budgets', { scope, limitUsd: '100', period: 'month', ...fields });
  expect(made.status, made.text).toBe(201);
  return async () => (await owner.call('GET', `/budgets/${made.body.id}`)).body;
}

const makeKey = async (name: string): Promise<string> =>
  (await owner.call('POST', '/keys', { name })).body.key.id;

/** What the page of a key shows of the only budget. */
const appliedTo = async (keyId: string) => (await owner.call('GET', `/keys/${keyId}/policy`)).body.budgets[0];

const EACH_KEY = { scope: { type: 'key', id: '*' } };

describe('a budget that is one per value', () => {
  it('tells of each value when it is gone, and in the list the earliest of them', async () => {
    const [fast, slow] = [await makeKey('fast'), await makeKey('slow')];
    const read = await makeBudget(EACH_KEY);
    test.clock.set(FIRST_MS + 10 * DAY_MS);
    await spend('50', fast);
    await spend('5', slow);
    expect(await read()).toMatchObject({ forecastExceededAt: at(FIRST_MS, 20) });
    expect(await appliedTo(fast)).toMatchObject({ standing: { forecastExceededAt: at(FIRST_MS, 20) } });
    expect(await appliedTo(slow)).toMatchObject({ standing: { forecastExceededAt: null } });
    await spend('50', fast);
    expect(await appliedTo(fast)).toMatchObject({
      standing: { remainingUsd: '0.00', forecastExceededAt: at(FIRST_MS, 10) },
    });
    expect(await appliedTo(slow)).toMatchObject({
      standing: { remainingUsd: '95.00', forecastExceededAt: null },
    });
  });

  it('says what is left and of how much from the same value', async () => {
    const read = await makeBudget({ ...EACH_KEY, carryOver: true });
    await spend('100', 'key_a');
    await spend('50', 'key_b');
    test.clock.set(NEXT_MS);
    await spend('10', 'key_a');
    await spend('80', 'key_b');
    expect(await read()).toMatchObject({ remainingUsd: '70.00', periodLimitUsd: '150.00', valueCount: 2 });
  });
});

describe('what is carried over', () => {
  it('is there before the first request of a period, as gateways would have it', async () => {
    const keyId = await makeKey('search');
    const read = await makeBudget({ carryOver: true, carryOverCapUsd: '40' });
    await spend('70');
    test.clock.set(NEXT_MS);
    const foreseen = { periodLimitUsd: '130.00', remainingUsd: '130.00', spentUsd: '0.00' };
    expect(await read()).toMatchObject(foreseen);
    expect(await appliedTo(keyId)).toMatchObject({ standing: foreseen });
    await spend('1');
    expect(await read()).toMatchObject({ periodLimitUsd: '130.00', remainingUsd: '129.00' });
  });

  it('is up to its cap of what a value left untouched, and nothing of what was before the budget', async () => {
    const keyId = await makeKey('search');
    const read = await makeBudget({ ...EACH_KEY, carryOver: true, carryOverCapUsd: '40' });
    expect(await appliedTo(keyId)).toMatchObject({ standing: { periodLimitUsd: '100.00' } });
    test.clock.set(NEXT_MS);
    expect(await appliedTo(keyId)).toMatchObject({
      standing: { periodLimitUsd: '140.00', remainingUsd: '140.00' },
    });
    // Of those that spend nothing there may be any number, each with its own.
    expect(await read()).toMatchObject({ periodLimitUsd: '100.00', valueCount: 0 });
    await spend('1', keyId);
    expect(await appliedTo(keyId)).toMatchObject({
      standing: { periodLimitUsd: '140.00', remainingUsd: '139.00' },
    });
  });

  it('counts in the forecast', async () => {
    const read = await makeBudget({ carryOver: true });
    await spend('50');
    test.clock.set(NEXT_MS + 20 * DAY_MS);
    await spend('96');
    expect(await read()).toMatchObject({ periodLimitUsd: '150.00', forecastExceededAt: null });
    await spend('24');
    expect(await read()).toMatchObject({ forecastExceededAt: at(NEXT_MS, 25) });
  });
});

describe('a budget that never resets', () => {
  it('is forecast since its start', async () => {
    const read = await makeBudget({ period: 'lifetime', anchorAt: at(FIRST_MS, -20) });
    test.clock.set(FIRST_MS + 20 * DAY_MS);
    await spend('50');
    expect(await read()).toMatchObject({ resetsAt: null, forecastExceededAt: at(FIRST_MS, 60) });
  });

  it('without a start counts since what it is for was made', async () => {
    const [everything, ofModel, ofKeys] = [
      await makeBudget({ period: 'lifetime' }),
      await makeBudget({ period: 'lifetime', scope: { type: 'model', id: 'm' } }),
      await makeBudget({ period: 'lifetime', ...EACH_KEY }),
    ];
    test.clock.set(FIRST_MS + 10 * DAY_MS);
    const keyId = await makeKey('late');
    // A budget that is younger than its key: what was spent before counts too, and so does the time.
    test.clock.set(FIRST_MS + 20 * DAY_MS);
    await spend('50', keyId);
    const later = await makeBudget({ period: 'lifetime' });
    expect((await everything()).forecastExceededAt).toBe(at(FIRST_MS, 40));
    expect((await later()).forecastExceededAt).toBeNull();
    const ofLate = (await owner.call('GET', `/keys/${keyId}/policy`)).body.budgets.find(
      ({ budget }: { budget: { scope: { type: string } } }) => budget.scope.type === 'key',
    );
    expect(ofLate.standing.forecastExceededAt).toBe(at(FIRST_MS, 30));
    // Nobody can tell since when: neither of a model nor of all keys at once.
    expect((await ofModel()).forecastExceededAt).toBeNull();
    expect((await ofKeys()).forecastExceededAt).toBeNull();
  });
});
