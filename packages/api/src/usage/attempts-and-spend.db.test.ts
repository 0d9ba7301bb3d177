/** What a report says of attempts, and of what end users and tags spent: from summaries, and from the cubes beneath them. */
import { rollUp } from '@tollgate/billing';
import { newId } from '@tollgate/ids';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';

const DAY_MS = 86_400_000;
const DOLLAR = 10n ** 12n;
/** Half a day apart from UTC's: no summary by the day answers. */
const ZONES = ['UTC', 'Asia/Kathmandu'];

let test: TestApi;
let owner: TestPerson;

beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Retries');
  const worker = test.openAs('worker', 'seed');
  const { organizationId } = owner;
  const entries = [2, 3, 10].flatMap((days) => fellBack(organizationId, test.clock.nowMs() - days * DAY_MS));
  await worker.tenant(organizationId, async (tx) => {
    await tx.usageEntry.createMany({ data: entries });
    await tx.requestLog.createMany({ data: logsOf(entries) });
  });
  await waitFor(async () => {
    await rollUp(worker, { organizationId, nowMs: test.clock.nowMs() });
    const rolledUp = await worker.tenant(organizationId, (tx) =>
      tx.usageRollup.aggregate({ _sum: { entries: true } }),
    );
    return Number(rolledUp._sum.entries) === entries.length;
  });
  await worker.close();
});
afterAll(() => test?.close());

/** One request: the own credential fails, and so does a resold one at 20 %, which still costs; a third is corrected later. */
function fellBack(organizationId: string, startedMs: number) {
  const entry = {
    organizationId,
    startedAt: new Date(startedMs),
    requestId: newId('request', startedMs),
    keyId: 'key_1',
    endUser: 'ada',
    tags: { env: 'prod' },
    requestedModel: 'large',
    model: 'large',
    provider: 'openai',
    endpoint: 'chat',
    streamed: false,
    livemode: true,
    status: 'failed',
    usageSource: 'provider',
    costPicoUsd: 0n,
    chargePicoUsd: 0n,
    entry: 0,
  };
  const cached = {
    component: 'cachedInput',
    quantity: 10,
    unitPricePicoUsd: '1',
    costPicoUsd: '10',
    chargePicoUsd: '12',
  };
  const input = {
    ...cached,
    component: 'input',
    unitPricePicoUsd: '4',
    costPicoUsd: '40',
    chargePicoUsd: '48',
  };
  const resold = { credentialOwner: 'operator', credentialId: 'cred_resold', markupBasisPoints: 2_000 };
  return [
    { ...entry, attempt: 1, credentialOwner: 'organization', credentialId: 'cred_own' },
    {
      ...entry,
      ...resold,
      attempt: 2,
      components: [input, cached],
      costPicoUsd: 50n * DOLLAR,
      chargePicoUsd: 60n * DOLLAR,
    },
    { ...entry, attempt: 3, credentialOwner: 'organization', credentialId: 'cred_last', status: 'succeeded' },
    {
      ...entry,
      attempt: 3,
      entry: 1,
      credentialOwner: 'organization',
      credentialId: 'cred_last',
      status: 'succeeded',
      costPicoUsd: DOLLAR,
    },
  ];
}

/** All requests were answered in the end; one beside them was refused, which no attempt was made for. */
function logsOf(entries: readonly ReturnType<typeof fellBack>[number][]) {
  const [first, ...others] = entries.filter(({ attempt, entry }) => attempt === 1 && entry === 0);
  const log = { keyId: 'key_1', endpoint: 'chat', dialect: 'openai', status: 200, attempts: 3 };
  const refused = { ...first!, requestId: newId('request', first!.startedAt.getTime()) };
  return [
    ...[first!, ...others].map((entry) => ({ ...entry, ...log })),
    { ...refused, ...log, status: 429, attempts: 0 },
  ].map(({ organizationId, startedAt, requestId, keyId, endpoint, dialect, status, attempts }) => ({
    organizationId,
    startedAt,
    requestId,
    keyId,
    endpoint,
    dialect,
    status,
    attempts,
  }));
}

async function ask(query: string): Promise<Record<string, unknown>[]> {
  const from = new Date(test.clock.nowMs() - 30 * DAY_MS).toISOString();
  const { status, body, text } = await owner.call('GET', `/usage?from=${from}&${query}`);
  expect(status, text).toBe(200);
  return body.data;
}

describe.each(ZONES)('a report of days in %s', (zone) => {
  it('counts each try where it was made, and no correction', async () => {
    const rows = await ask(`timeZone=${zone}&groupBy=credential,status`);
    const counted = rows.map(({ credential, status, requests, attempts }) => [
      credential,
      status,
      requests,
      attempts,
    ]);
    expect(counted.toSorted()).toEqual([
      ['cred_last', 'succeeded', 0, 3],
      ['cred_own', 'failed', 3, 3],
      ['cred_resold', 'failed', 0, 3],
    ]);
    expect(await ask(`timeZone=${zone}`)).toMatchObject([{ requests: 3, attempts: 9 }]);
    expect(await ask(`timeZone=${zone}&groupBy=credential&top=1`)).toMatchObject([
      { credential: 'cred_resold', attempts: 3 },
      { rest: true, attempts: 6 },
    ]);
  });

  it.each(['', 'model', 'endUser', 'tag:env', 'endUser,model', 'tag:env,model'])(
    '[M5] says the same spent, saved and attempts whether it groups by %j or not',
    async (groupBy) => {
      expect(await ask(`timeZone=${zone}&groupBy=${groupBy}`)).toMatchObject([
        {
          costUsd: '153.00',
          chargeUsd: '180.00',
          spentUsd: '183.00',
          savedUsd: '0.00000000009',
          requests: 3,
          attempts: 9,
        },
      ]);
    },
  );
});

it('failed attempts of a range lead to the requests that hold them: answered ones too, refused ones not', async () => {
  const range = `from=${new Date(test.clock.nowMs() - 30 * DAY_MS).toISOString()}`;
  const rows = await ask('groupBy=status&status=failed,interrupted');
  const { body } = await owner.call('GET', `/requests?${range}&q=outcome:failed,interrupted`);
  expect(rows).toMatchObject([{ status: 'failed', attempts: 6 }]);
  expect(body.data.map(({ status }: { status: number }) => status)).toEqual([200, 200, 200]);
  const held = (body.data as { id: string }[]).map(async ({ id }) => {
    const { attempts } = (await owner.call('GET', `/requests/${id}`)).body as {
      attempts: { status: string }[];
    };
    return attempts.filter(({ status }) => status === 'failed').length;
  });
  expect(await Promise.all(held)).toEqual([2, 2, 2]);
});

it.each([
  ['tag', 'env=prod'],
  ['endUser', 'ada'],
])(
  '[M5] budgets by %s would have counted what was spent on own and resold credentials, to the cent',
  async (type, id) => {
    // Of each request $1 on an own credential, and $60 on a resold one.
    for (const [limitUsd, refused] of [
      ['121.99', 1],
      ['122', 0],
    ]) {
      const rule = { scope: { type, id }, limitUsd, period: 'lifetime' };
      const { status, body, text } = await owner.call('POST', '/budgets/dry-run', rule);
      expect(status, text).toBe(200);
      expect(body).toMatchObject({ requests: 2, refused, lookedAt: { source: 'rollups' } });
    }
  },
);
