/** Prices and re-ratings by the front door, against a real Postgres. */

import { rollUp } from '@tollgate/billing';
import type { Database } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { runRerating } from '@tollgate/metering/rerating';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { whenCursorsReach } from '../test-cursors.ts';

const HOUR_MS = 3_600_000;
let test: TestApi;
let owner: TestPerson;
let operator: TestPerson;
let stranger: TestPerson;
let worker: Database;

beforeAll(async () => {
  test = await startTestApi({ firstUserIsOperator: true });
  operator = await test.signUp('operator@example.com', 'Operators');
  owner = await test.signUp('owner@example.com', 'Acme');
  stranger = await test.signUp('stranger@example.com', 'Other');
  worker = test.openAs('worker', 'worker');
  await test.database.tenant('org_operator', (tx) =>
    tx.priceVersion.createMany({
      data: [
        ['prc_a', 'alpha', '2026-01-01T00:00:00Z', { input: '2000000', output: '8000000' }],
        ['prc_a2', 'alpha', '2026-06-01T00:00:00Z', { input: '1000000', output: '4000000' }],
        ['prc_b', 'beta', '2026-01-01T00:00:00Z', { input: '100000', output: '200000' }],
      ].map(([id, model, validFrom, components]) => ({
        id: id as string,
        layer: 'catalogue',
        organizationId: 'org_operator',
        provider: 'acme-ai',
        model: model as string,
        validFrom: new Date(validFrom as string),
        components: components as object,
        source: 'list',
      })),
    }),
  );
  const migrator = test.openAs('migrator', 'seed');
  await migrator.platform((tx) =>
    tx.model.create({
      data: {
        id: 'mdl_alpha',
        provider: 'acme-ai',
        name: 'alpha',
        mode: 'chat',
        aliases: ['alpha-latest'],
        abilities: {},
      },
    }),
  );
  await migrator.close();
});
afterAll(async () => {
  await worker?.close();
  await test.close();
});

const PRICE = {
  provider: 'acme-ai',
  model: 'alpha',
  components: {
    input: { usdPerMillion: '0.5' },
    output: { usdPerMillion: '2.25' },
    request: { usdPerUnit: '0.001' },
  },
};
const inMs = (ms: number) => new Date(test.clock.nowMs() + ms).toISOString();

interface Attempt {
  readonly owner?: 'organization' | 'operator';
  readonly model?: string;
  readonly cost: number | null;
  /** Of a resold one; the cost unless told. */
  readonly charge?: number;
  readonly price?: string;
  readonly endpoint?: string;
}

/** 1,000 tokens in, 100 out, two hours ago. */
async function addAttempt(organizationId: string, attempt: Attempt): Promise<string> {
  const startedAt = test.clock.nowMs() - 2 * HOUR_MS;
  const requestId = newId('request', startedAt);
  const owner_ = attempt.owner ?? 'organization';
  const components =
    attempt.cost === null
      ? []
      : [
          {
            component: 'input',
            quantity: 1000,
            unitPricePicoUsd: String(attempt.cost / 1000),
            costPicoUsd: String(attempt.cost),
            chargePicoUsd: owner_ === 'operator' ? String(attempt.cost) : '0',
          },
        ];
  await worker.tenant(organizationId, (tx) =>
    tx.usageEntry.create({
      data: {
        organizationId,
        startedAt: new Date(startedAt),
        requestId,
        attempt: 1,
        keyId: 'key_1',
        requestedModel: attempt.model ?? 'alpha',
        model: attempt.model ?? 'alpha',
        provider: 'acme-ai',
        credentialId: 'cred_1',
        credentialOwner: owner_,
        endpoint: attempt.endpoint ?? 'chat',
        streamed: false,
        livemode: true,
        inputTokens: 1000,
        outputTokens: 100,
        priceVersionId: attempt.price ?? '',
        components,
        costPicoUsd: attempt.cost,
        chargePicoUsd: owner_ === 'operator' ? (attempt.charge ?? attempt.cost ?? 0) : 0,
        status: 'succeeded',
        usageSource: 'provider',
      },
      select: { requestId: true },
    }),
  );
  return requestId;
}

async function rollUpAll(organizationId: string): Promise<void> {
  await whenCursorsReach(worker);
  await rollUp(worker, { organizationId, nowMs: test.clock.nowMs() });
}

describe('GET /prices', () => {
  it('begins with providers of own credentials, then has well-known ones, then the others by name; from page to page', async () => {
    const providers = ['aaa-obscure', 'zzz-mine', 'openai', 'bbb-obscure', 'anthropic'];
    await test.database.tenant('org_operator', (tx) =>
      tx.priceVersion.createMany({
        data: providers.map((provider) => ({
          ...{ id: `prc_ranked_${provider}`, layer: 'catalogue', organizationId: 'org_operator', provider },
          ...{ model: 'ranked', validFrom: new Date('2026-01-01T00:00:00Z'), source: 'list' },
          components: { input: '1000000' },
        })),
      }),
    );
    await test.database.tenant(owner.organizationId, (tx) =>
      tx.providerCredential.create({
        data: {
          ...{ id: 'cred_mine', organizationId: owner.organizationId, provider: 'zzz-mine' },
          ...{ name: 'Mine', baseUrl: 'https://zzz.example' },
        },
      }),
    );
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null && found.length < 9; ) {
      const page = await owner.call('GET', `/prices?q=ranked&limit=2${cursor && `&cursor=${cursor}`}`);
      found.push(...page.body.data.map(({ provider }: { provider: string }) => provider));
      cursor = page.body.nextCursor;
    }
    expect(found).toEqual(['zzz-mine', 'openai', 'anthropic', 'aaa-obscure', 'bbb-obscure']);

    // A credential that is connected between two pages moves nothing.
    const first = (await owner.call('GET', '/prices?q=ranked&limit=3')).body;
    await test.database.tenant(owner.organizationId, (tx) =>
      tx.providerCredential.create({
        data: {
          ...{ id: 'cred_late', organizationId: owner.organizationId, provider: 'bbb-obscure' },
          ...{ name: 'Late', baseUrl: 'https://bbb.example' },
        },
      }),
    );
    const second = (await owner.call('GET', `/prices?q=ranked&limit=3&cursor=${first.nextCursor}`)).body;
    expect(second.data.map(({ provider }: { provider: string }) => provider)).toEqual([
      'aaa-obscure',
      'bbb-obscure',
    ]);
  });

  it('has the usual tier of a model before its others, whatever their ids are, from page to page', async () => {
    const tiers = { prc_t1: 'batch', prc_t2: 'default', prc_t3: 'priority', prc_t4: 'default' };
    await test.database.tenant('org_operator', (tx) =>
      tx.priceVersion.createMany({
        data: Object.entries(tiers).map(([id, serviceTier], place) => ({
          ...{ id, layer: 'catalogue', organizationId: 'org_operator', provider: 'tiered', serviceTier },
          ...{ model: place < 3 ? 'first' : 'second', validFrom: new Date('2026-01-01T00:00:00Z') },
          ...{ source: 'list', components: { input: '1000000' } },
        })),
      }),
    );
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null && found.length < 9; ) {
      const page = await owner.call('GET', `/prices?provider=tiered&limit=1${cursor && `&cursor=${cursor}`}`);
      found.push(...page.body.data.map(({ id }: { id: string }) => id));
      cursor = page.body.nextCursor;
    }
    expect(found).toEqual(['prc_t2', 'prc_t1', 'prc_t3', 'prc_t4']);
  });

  it('searches by words, and tells what is in force, to come and past', async () => {
    const find = async (query: string) =>
      (await owner.call('GET', `/prices?${query}`)).body.data.map((price: { id: string; state: string }) => [
        price.id,
        price.state,
      ]);
    expect(await find('q=acme%20alp')).toEqual([
      ['prc_a', 'past'],
      ['prc_a2', 'in-force'],
    ]);
    expect(await find('provider=acme-ai&state=in-force')).toEqual([
      ['prc_a2', 'in-force'],
      ['prc_b', 'in-force'],
    ]);
    expect(await find('q=%25')).toEqual([]);
    const first = (await owner.call('GET', '/prices?provider=acme-ai&limit=2')).body;
    const second = (await owner.call('GET', `/prices?provider=acme-ai&limit=2&cursor=${first.nextCursor}`))
      .body;
    expect([...first.data, ...second.data].map(({ id }: { id: string }) => id)).toEqual([
      'prc_a',
      'prc_a2',
      'prc_b',
    ]);
  });

  it('tells one price by its id, and an organization’s own to nobody else', async () => {
    const catalogue = await stranger.call('GET', '/prices/prc_a');
    expect(catalogue.body, catalogue.text).toMatchObject({ id: 'prc_a', model: 'alpha', state: 'past' });
    const reader = await test.signUp('reader@example.com', 'Reader');
    const own = await reader.call('POST', '/prices', {
      provider: 'acme-ai',
      model: 'gamma',
      components: { input: { usdPerMillion: '1' } },
    });
    expect(own.status, own.text).toBe(201);
    expect((await reader.call('GET', `/prices/${own.body.id}`)).body.id).toBe(own.body.id);
    expect((await stranger.call('GET', `/prices/${own.body.id}`)).status).toBe(404);
    expect((await owner.call('GET', '/prices/prc_none')).status).toBe(404);
  });

  it('understands other names of a model', async () => {
    const { body } = await owner.call('GET', '/prices/effective?provider=acme-ai&model=alpha-latest');
    expect(body.id).toBe('prc_a2');
  });
});

describe('POST /prices', () => {
  it('[M7, X1] states what a model costs on own credentials, with its event, for the gateways, and for nobody else', async () => {
    const { status, body } = await owner.call('POST', '/prices', PRICE);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      layer: 'organization',
      ownCredentialsOnly: true,
      components: {
        output: { usdPerUnit: '0.00000225', usdPerMillion: '2.25' },
        request: { usdPerUnit: '0.001', usdPerMillion: null },
      },
    });
    const effective = (credentialOwner: string) =>
      owner.call('GET', `/prices/effective?provider=acme-ai&model=alpha&credentialOwner=${credentialOwner}`);
    expect((await effective('organization')).body.id).toBe(body.id);
    expect((await effective('operator')).body.id).toBe('prc_a2');
    const foreign = await stranger.call('GET', '/prices/effective?provider=acme-ai&model=alpha');
    expect(foreign.body.id).toBe('prc_a2');
    expect((await stranger.call('DELETE', `/prices/${body.id}`)).status).toBe(404);

    const events = (await owner.call('GET', `/audit-events?targetKind=price&targetId=${body.id}`)).body.data;
    expect(events).toMatchObject([{ action: 'price-stated', after: { components: { input: '500000' } } }]);
    const outbox = await test.database.tenant(owner.organizationId, (tx) =>
      tx.outboxEvent.findMany({ where: { targetId: body.id } }),
    );
    expect(outbox).toMatchObject([{ kind: 'policy-changed', organizationId: owner.organizationId }]);
    // What was in force stays.
    expect((await owner.call('DELETE', `/prices/${body.id}`)).body).toMatchObject({ code: 'in_use' });
  });

  it('schedules a price, and takes it back while it is to come', async () => {
    const validFrom = inMs(48 * HOUR_MS);
    const { body } = await owner.call('POST', '/prices', { ...PRICE, model: 'gamma', validFrom });
    const listed = (await owner.call('GET', '/prices?model=gamma')).body.data;
    expect(listed).toMatchObject([{ id: body.id, state: 'scheduled', removable: true }]);
    expect((await owner.call('GET', '/prices/effective?provider=acme-ai&model=gamma')).status).toBe(404);
    expect(
      (await owner.call('POST', '/prices', { ...PRICE, model: 'gamma', validFrom })).body.errors,
    ).toMatchObject([{ path: 'body.validFrom', code: 'taken' }]);
    expect((await owner.call('DELETE', `/prices/${body.id}`)).status).toBe(204);
    expect((await owner.call('GET', '/prices?model=gamma')).body.data).toEqual([]);
    const soon = (await owner.call('POST', '/prices', { ...PRICE, model: 'gamma', validFrom: inMs(30_000) }))
      .body;
    expect((await owner.call('DELETE', `/prices/${soon.id}`)).body.code).toBe('in_use');
  });

  it.each([
    [{ provider: '' }, 'body.provider', 'required'],
    [{ components: {} }, 'body.components', 'required'],
    [{ components: { inputs: { usdPerMillion: '1' } } }, 'body.components.inputs', 'not_allowed'],
    [{ components: { input: { usdPerMillion: 'one' } } }, 'body.components.input.usdPerMillion', 'amount'],
    [
      { components: { input: { usdPerMillion: '0.0000001' } } },
      'body.components.input.usdPerMillion',
      'too_precise',
    ],
    [{ components: { input: { usdPerUnit: '1000' } } }, 'body.components.input.usdPerUnit', 'too_large'],
    [{ components: { input: {} } }, 'body.components.input', 'required'],
    [
      { components: { request: { usdPerMillion: '1' } } },
      'body.components.request.usdPerMillion',
      'not_allowed',
    ],
    [
      {
        tiers: [
          { aboveInputTokens: 5, components: PRICE.components },
          { aboveInputTokens: 5, components: PRICE.components },
        ],
      },
      'body.tiers.1.aboveInputTokens',
      'too_small',
    ],
  ])('names the field of %j', async (change, path, code) => {
    const { status, body } = await owner.call('POST', '/prices', { ...PRICE, ...change });
    expect(status).toBe(400);
    expect(body.errors).toContainEqual(expect.objectContaining({ path, code }));
  });

  it('[X3] is the operator’s for everybody, and for one organization’s contract', async () => {
    const body = { ...PRICE, model: 'delta' };
    expect((await owner.call('POST', '/operator/prices', body)).status).toBe(403);
    const forAll = await operator.call('POST', '/operator/prices', body);
    expect(forAll.body).toMatchObject({ layer: 'operator', ownCredentialsOnly: false });
    const contract = await operator.call('POST', '/operator/prices', {
      ...body,
      validFrom: inMs(HOUR_MS),
      organizationId: owner.organizationId,
    });
    expect(contract.body).toMatchObject({ layer: 'organization', ownCredentialsOnly: false });
    expect((await stranger.call('GET', '/prices?model=delta')).body.data).toHaveLength(1);
    expect((await owner.call('GET', '/prices?model=delta')).body.data).toHaveLength(2);
    const contracts = `/operator/prices?organizationId=${owner.organizationId}`;
    const { data } = (await operator.call('GET', contracts)).body;
    expect(data).toContainEqual(expect.objectContaining({ id: contract.body.id, removable: true }));
    expect(data.every(({ layer }: { layer: string }) => layer === 'organization')).toBe(true);
    expect((await owner.call('GET', contracts)).status).toBe(403);
    expect((await owner.call('DELETE', `/prices/${contract.body.id}`)).status).toBe(404);
    const path = `/operator/prices/${contract.body.id}?organizationId=${owner.organizationId}`;
    expect((await operator.call('DELETE', path)).status).toBe(204);
    expect(
      (await operator.call('POST', '/operator/prices', { ...body, organizationId: 'org_none' })).status,
    ).toBe(404);
  });
});

describe('GET /prices/unknown', () => {
  it('tells of any time and traffic, and leaves out batches, which have no cost before they are over', async () => {
    const { call, organizationId } = await test.signUp('unknown@example.com', 'Unpriced');
    await addAttempt(organizationId, { cost: null, model: 'omega' });
    await addAttempt(organizationId, { cost: null, model: 'alpha', endpoint: 'batches' });
    await rollUpAll(organizationId);
    const models = async (query: string) =>
      (await call('GET', `/prices/unknown${query}`)).body.data.map(({ model }: { model: string }) => model);
    expect(await models('')).toEqual(['omega']);
    expect(await models('?livemode=true')).toEqual(['omega']);
    expect(await models('?livemode=false')).toEqual([]);
    expect(await models(`?from=${inMs(-3 * HOUR_MS)}&to=${inMs(0)}`)).toEqual(['omega']);
    expect(await models(`?to=${inMs(-3 * HOUR_MS)}`)).toEqual([]);
    expect(await models(`?from=${inMs(-HOUR_MS)}`)).toEqual([]);
    const { body } = await call('GET', `/month-close?at=${inMs(-2 * HOUR_MS)}`);
    const step = body.steps.find((each: { step: string }) => each.step === 'unknown-prices');
    expect(step).toMatchObject({ count: 1, details: [{ label: 'acme-ai omega', value: '1' }] });
  });

  it('[M4] a batch whose cost nobody ever tells stands in the close of its month all the same', async () => {
    const { call, organizationId } = await test.signUp('untold@example.com', 'Untold');
    const startedAt = new Date(test.clock.nowMs() - 2 * HOUR_MS);
    const batch = async (state: string) => {
      const requestId = await addAttempt(organizationId, { cost: null, endpoint: 'batches' });
      await worker.tenant(organizationId, (tx) =>
        tx.providerBatch.create({
          data: {
            id: requestId.replace('req_', 'batch_'),
            organizationId,
            requestId,
            startedAt,
            attempt: 1,
            provider: 'acme-ai',
            credentialId: 'cred_1',
            inputFileId: 'file_1',
            endpoint: '/v1/chat/completions',
            state,
            nextLookAt: startedAt,
            endedAt: state === 'following' ? null : startedAt,
          },
          select: { id: true },
        }),
      );
    };
    for (const state of ['following', 'unknown', 'lost']) await batch(state);
    await rollUpAll(organizationId);
    const stepOf = async (query: string) => {
      const { body } = await call('GET', `/month-close?at=${inMs(-2 * HOUR_MS)}${query}`);
      return body.steps.find((each: { step: string }) => each.step === 'unknown-prices');
    };
    expect(await stepOf('')).toMatchObject({
      count: 2,
      details: [{ label: 'batch acme-ai alpha', value: '2' }],
    });
    expect(await stepOf('&livemode=false')).toMatchObject({ count: 0 });
  });

  it('of more models than the close of a month names are all counted there', async () => {
    const { call, organizationId } = await test.signUp('many-unknown@example.com', 'Many');
    for (let n = 0; n < 22; n += 1) await addAttempt(organizationId, { cost: null, model: `model ${n}` });
    await rollUpAll(organizationId);
    const { body } = await call('GET', `/month-close?at=${inMs(-2 * HOUR_MS)}`);
    const step = body.steps.find((each: { step: string }) => each.step === 'unknown-prices');
    expect([step.count, step.details.length]).toEqual([22, 20]);
  });
});

describe('re-rating', () => {
  it('[M7] shows what changes, writes it when told, and gives unknown costs their price', async () => {
    const { call, organizationId } = await test.signUp('finance@example.com', 'Rerated');
    const wrong = await addAttempt(organizationId, { cost: 9_000_000, price: 'prc_wrong' });
    const unknown = await addAttempt(organizationId, { cost: null, model: 'omega' });
    const resold = await addAttempt(organizationId, {
      cost: 9_000_000,
      price: 'prc_wrong',
      owner: 'operator',
    });
    await rollUpAll(organizationId);
    expect((await call('GET', '/prices/unknown')).body.data).toMatchObject([
      { provider: 'acme-ai', model: 'omega', attempts: 1, hasPriceNow: false },
    ]);
    const past = { ...PRICE, model: 'omega', validFrom: inMs(-48 * HOUR_MS) };
    expect((await call('POST', '/prices', past)).status).toBe(201);
    expect((await call('GET', '/prices/unknown')).body.data).toMatchObject([{ hasPriceNow: true }]);

    const begun = await call('POST', '/reratings', { from: inMs(-24 * HOUR_MS), reason: 'list price' });
    expect(begun.status, begun.text).toBe(201);
    const path = `/reratings/${begun.body.id}`;
    expect((await call('POST', `${path}/apply`)).body.code).toBe('conflict');
    expect((await call('POST', '/reratings', { from: inMs(-24 * HOUR_MS), reason: 'again' })).status).toBe(
      409,
    );
    const run = () => runRerating(worker, { organizationId, now: () => test.clock.now() });
    await run();
    const { body: shown } = await call('GET', path);
    // 1,000 x 1 + 100 x 4 USD per million instead of 9; nothing became 0.001 + 0.0005 + 0.000225.
    expect(shown).toMatchObject({
      state: 'previewed',
      preview: { entries: 2, unknownEntries: 1, oldCostUsd: '0.000009', newCostUsd: '0.003125' },
      applied: { entries: 0 },
    });
    expect((await call('GET', `/requests/${wrong}`)).status).toBe(404);
    expect((await stranger.call('POST', `${path}/apply`)).status).toBe(404);
    expect((await call('POST', `${path}/apply`)).body.state).toBe('applying');
    await run();
    const { body: done } = await call('GET', path);
    expect(done).toMatchObject({ state: 'applied', applied: { ...shown.preview } });
    const entries = await worker.tenant(organizationId, (tx) =>
      tx.usageEntry.findMany({ where: { entry: 1 }, orderBy: { requestId: 'asc' } }),
    );
    expect(
      entries.map(({ requestId, costPicoUsd, settlesUnknown }) => [requestId, costPicoUsd, settlesUnknown]),
    ).toEqual(
      [
        [wrong, 1_391_000_000n, false],
        [unknown, 1_725_000_000n, true],
      ].toSorted(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)),
    );
    await rollUpAll(organizationId);
    expect((await call('GET', '/prices/unknown')).body.data).toEqual([]);
    const actions = (await call('GET', `/audit-events?targetKind=rerating&targetId=${done.id}`)).body.data;
    expect(actions.map(({ action }: { action: string }) => action).toSorted()).toEqual([
      'rerating-applied',
      'rerating-previewed',
    ]);

    // The operator's credentials are the operator's to correct.
    const all = await operator.call('POST', '/operator/reratings', {
      organizationId,
      from: inMs(-24 * HOUR_MS),
      reason: 'ours',
    });
    expect(all.status, all.text).toBe(201);
    await run();
    expect((await call('POST', `/reratings/${all.body.id}/apply`)).body.code).toBe('permission_denied');
    const applied = await operator.call('POST', `/operator/reratings/${all.body.id}/apply`, {
      organizationId,
    });
    expect(applied.body.preview).toMatchObject({
      entries: 1,
      oldChargeUsd: '0.000009',
      newChargeUsd: '0.0014',
    });
    await run();
    const books = await worker.tenant(organizationId, (tx) =>
      tx.usageEntry.findMany({ where: { requestId: resold } }),
    );
    expect(books.reduce((sum, { chargePicoUsd }) => sum + chargePicoUsd, 0n)).toBe(1_400_000_000n);
  });
});

describe('POST /prices/what-if', () => {
  it('compares a request and a period with other models and other days', async () => {
    const { call, organizationId } = await test.signUp('what-if@example.com', 'What if');
    const id = await addAttempt(organizationId, { cost: 1_400_000_000 });
    const ask = (body: object) => call('POST', '/prices/what-if', body);
    const alternatives = [{ model: 'beta' }, { at: '2026-02-01T00:00:00Z' }, { model: 'nobody-knows' }];
    const { body, status, text } = await ask({ requestId: id, alternatives });
    expect(status, text + test.logLines.slice(-2).join()).toBe(200);
    expect(body.alternatives).toMatchObject([
      { model: 'beta', attempts: 1, costUsd: '0.0014', otherCostUsd: '0.00012' },
      { at: '2026-02-01T00:00:00.000Z', otherCostUsd: '0.0028' },
      { attempts: 0, unpricedAttempts: 1, otherCostUsd: '0.00' },
    ]);
    const period = await ask({ from: inMs(-24 * HOUR_MS), alternatives: [{ model: 'beta' }] });
    expect(period.body.alternatives[0].lines).toMatchObject([{ model: 'alpha', otherCostUsd: '0.00012' }]);
    expect((await ask({ alternatives })).body.errors).toMatchObject([
      { path: 'body.from', code: 'required' },
    ]);
    expect((await ask({ requestId: id, alternatives: [{}] })).status).toBe(400);
  });

  it('[M5] says what was and would have been paid: the charge through resold credentials, the cost through own ones', async () => {
    const { call, organizationId } = await test.signUp('what-if-resold@example.com', 'Resold');
    await addAttempt(organizationId, { cost: 1_400_000_000 });
    await addAttempt(organizationId, { cost: 1_400_000_000, charge: 2_000_000_000, owner: 'operator' });
    const { body } = await call('POST', '/prices/what-if', {
      from: inMs(-24 * HOUR_MS),
      alternatives: [{ model: 'beta' }],
    });
    const [beta] = body.alternatives;
    // At the attempt's own markup, which is none.
    expect(beta).toMatchObject({ costUsd: '0.0028', spentUsd: '0.0034', otherSpentUsd: '0.00024' });
    expect(beta.lines).toMatchObject([
      { credentialOwner: 'operator', spentUsd: '0.002', otherSpentUsd: '0.00012' },
      { credentialOwner: 'organization', spentUsd: '0.0014', otherSpentUsd: '0.00012' },
    ]);
  });
});
