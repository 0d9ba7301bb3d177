import type { Database } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestAnswer, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let worker: Database;
let owner: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  worker = test.openAs('worker', 'seed');
  await worker.platform((tx) => tx.$queryRaw`SELECT ensure_month_partitions('2026-11-01')::text`);
  owner = await test.signUp('owner@example.com', 'Acme');
});
afterAll(async () => {
  await worker?.close();
  await test.close();
});

const DAY = '2026-11-03';
let files = 0;
/** Two models that the ledger knows nothing of, and a third beside them; each time another file. */
const bill = () => {
  files += 1;
  const rows = ['gpt-5', 'gpt-5-mini', 'o9-preview'].map(
    (model, index) => `${DAY}T00:00:00Z,${index + 1}.0${files},usd,"${model}, input"`,
  );
  return ['start_time_iso,amount_value,amount_currency,line_item', ...rows].join('\n');
};

const importBill = (file: string, query = ''): Promise<TestAnswer> =>
  owner.call('POST', `/reconciliations?provider=openai&fileName=november.csv${query}`, file);

async function imported(): Promise<string> {
  const answer = await importBill(bill());
  expect(answer.status, answer.text).toBe(200);
  return `/reconciliations/${answer.body.id}`;
}

interface Difference {
  readonly position: number;
  readonly model: string;
  readonly state: string;
  readonly note: string;
  readonly decidedBy: string;
  readonly decidedAt: string | null;
  readonly ledgerUsd: string;
}

const differencesOf = async (path: string, query = ''): Promise<Difference[]> =>
  (await owner.call('GET', `${path}/differences${query}`)).body.data;

/** What comes later, after somebody has looked at the bill. */
async function use(model: string, organizationId = owner.organizationId): Promise<void> {
  const startedAt = new Date(`${DAY}T10:00:00Z`);
  await worker.tenant(organizationId, (tx) =>
    tx.usageEntry.create({
      data: {
        organizationId,
        startedAt,
        requestId: newId('request', startedAt.getTime()),
        attempt: 1,
        keyId: 'key_1',
        requestedModel: model,
        model,
        provider: 'openai',
        credentialId: 'cred_1',
        credentialOwner: 'organization',
        endpoint: 'chat',
        streamed: false,
        livemode: true,
        costPicoUsd: 500_000_000_000n,
        chargePicoUsd: 0n,
        status: 'succeeded',
        usageSource: 'provider',
      },
      select: { requestId: true },
    }),
  );
}

async function decide(path: string, models: readonly string[], body: object): Promise<TestAnswer> {
  const all = await differencesOf(path);
  const positions = all.filter(({ model }) => models.includes(model)).map(({ position }) => position);
  return owner.call('POST', `${path}/decide`, { positions, ...body });
}

describe('POST /reconciliations/{id}/compare', () => {
  it('[X3] keeps what was decided about what is still the same, and drops other decisions only when told how many', async () => {
    const path = await imported();
    const decided = await decide(path, ['gpt-5', 'o9-preview'], { decision: 'accept', note: 'as agreed' });
    expect(decided.body).toEqual({ decided: 2 });
    const before = await differencesOf(path);
    // The ledger learns of one of them, and of a model that is not on the bill: positions move.
    await use('gpt-5');
    await use('a-new-model');

    const refused = await owner.call('POST', `${path}/compare`, {});
    expect(refused.status, refused.text).toBe(409);
    expect(refused.body).toMatchObject({ reason: 'drops_decisions', counts: { decisions: 1 } });
    expect(await differencesOf(path), 'nothing was done').toEqual(before);

    const compared = await owner.call('POST', `${path}/compare`, { mayDrop: 1 });
    expect(compared.status, compared.text).toBe(200);
    expect(compared.body.decisions).toEqual({ kept: 1, dropped: 1 });
    const after = await differencesOf(path);
    const found = (model: string) => after.find((each) => each.model === model);
    expect(found('gpt-5')).toMatchObject({ state: 'open', note: '', ledgerUsd: '0.50' });
    const kept = before.find(({ model }) => model === 'o9-preview')!;
    expect(kept).toMatchObject({ state: 'accepted', note: 'as agreed' });
    expect(found('o9-preview')).toEqual({ ...kept, position: expect.any(Number) });
    expect(found('a-new-model')).toMatchObject({ state: 'open' });

    const { body } = await owner.call('GET', '/audit-events?action=provider-bill-compared');
    expect(body.data).toMatchObject([
      {
        action: 'provider-bill-compared',
        target: { name: 'november.csv' },
        before: { differences: 3, decisions: 2, ledgerPicoUsd: '0' },
        after: { differences: 4, decisions: 1, ledgerPicoUsd: '1000000000000' },
      },
    ]);
  });
});

describe('POST /reconciliations/{id}/decide', () => {
  it('is refused for the differences of an earlier comparison: its positions are those of others by now', async () => {
    const path = await imported();
    const { comparedAt } = (await owner.call('GET', path)).body;
    test.clock.advance(1_000);
    expect((await owner.call('POST', `${path}/compare`, {})).status).toBe(200);
    const late = await decide(path, ['gpt-5'], { decision: 'book', comparedAt });
    expect([late.status, late.body.reason]).toEqual([409, 'compared_since']);
    const newer = (await owner.call('GET', path)).body.comparedAt;
    const inTime = await decide(path, ['gpt-5'], { decision: 'accept', comparedAt: newer });
    expect(inTime.body).toEqual({ decided: 1 });
  });
});

describe('POST /reconciliations', () => {
  it('says of a file that is there already that nothing was imported', async () => {
    const file = bill();
    const [first, again] = [await importBill(file), await importBill(file)];
    expect([first.body.isNew, again.body.isNew]).toEqual([true, false]);
    expect(again.body.id).toBe(first.body.id);
  });

  it('refuses a file that is there in the days of another time zone, and names what has to be deleted first', async () => {
    const file = bill();
    const { id } = (await importBill(file)).body;
    const otherwise = '&timeZone=Europe/Berlin';
    const refused = await importBill(file, otherwise);
    expect(refused.status, refused.text).toBe(409);
    expect(refused.body).toMatchObject({
      reason: 'imported_otherwise',
      names: { bill: id, provider: 'openai', timeZone: 'UTC' },
    });
    expect((await owner.call('DELETE', `/reconciliations/${id}`)).status).toBe(204);
    const imported = await importBill(file, otherwise);
    expect(imported.body).toMatchObject({ isNew: true, timeZone: 'Europe/Berlin' });
  });
});

describe('GET /reconciliations/{id}/differences', () => {
  it('finds one by its position, with the hours of its day where the bill counts days', async () => {
    const { id } = (await importBill(bill(), '&timeZone=Europe/Berlin')).body;
    const found = await differencesOf(`/reconciliations/${id}`, '?position=1');
    expect(found).toMatchObject([
      { position: 1, from: '2026-11-02T23:00:00.000Z', to: '2026-11-03T23:00:00.000Z' },
    ]);
  });

  it('counts by state, and keeps the note of a decision that is taken back', async () => {
    const path = await imported();
    await decide(path, ['gpt-5', 'gpt-5-mini'], { decision: 'accept', note: 'as agreed' });
    await decide(path, ['gpt-5'], { decision: 'reopen' });
    const all = await differencesOf(path);
    expect((await owner.call('GET', path)).body.states).toEqual({
      open: all.length - 1,
      accepted: 1,
      booking: 0,
      booked: 0,
    });
    const opened = await differencesOf(path, '?state=open');
    expect(opened.find(({ model }) => model === 'gpt-5')).toMatchObject({ note: 'as agreed' });
  });
});
