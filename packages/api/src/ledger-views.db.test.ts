import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from './test-api.ts';

let test: TestApi;
let owner: TestPerson;
let keyId: string;
let teamId: string;
let memberId: string;
let credentialId: string;
const NOON = Date.UTC(2026, 10, 20, 12);

beforeAll(async () => {
  test = await startTestApi();
  // What lists show without being asked is of the last weeks.
  test.clock.set(NOON + 86_400_000);
  owner = await test.signUp('owner@example.com', 'Ledger');
  teamId = (await owner.call('POST', '/teams', { name: 'Search Team', slug: 'search' })).body.id;
  keyId = (await owner.call('POST', '/keys', { name: 'crawler', teamId })).body.key.id;
  memberId = (await owner.call('GET', '/me')).body.membershipId;
  const credential = { provider: 'openai', name: 'Contract 4711', apiKey: 'sk-of-this-test-000000000000' };
  const connected = await owner.call('POST', '/provider-credentials', credential);
  expect(connected.status, connected.text).toBe(201);
  credentialId = connected.body.id;
  await asWorker(owner.organizationId, (tx) => seed(tx, owner.organizationId));
});
afterAll(() => test.close());

async function asWorker(organizationId: string, run: (tx: Transaction) => Promise<void>): Promise<void> {
  const worker = test.openAs('worker', 'seed');
  await worker.tenant(organizationId, run);
  await worker.close();
}

const ids: string[] = [];

/** Four requests, a minute apart: two answered, one refused, one with an unknown price and a retry. */
async function seed(tx: Transaction, organizationId: string): Promise<void> {
  const base = {
    organizationId,
    keyId,
    teamId,
    endpoint: 'chat.completions',
    dialect: 'openai',
    provider: 'simulator',
  };
  const requests = [
    { model: 'sim-small', status: 200, endUser: 'ada', streamed: true, tags: { env: 'prod' }, totalMs: 80 },
    {
      model: 'sim-large',
      status: 200,
      endUser: 'grace',
      streamed: false,
      tags: { env: 'test' },
      totalMs: 1_500,
      providerFormat: 'anthropic-messages',
      translated: true,
      unsupported: ['seed', 'logit_bias'],
      memberId,
      route: { id: 'route_1', name: 'fast', rule: 2, target: 'sim-large' },
    },
    {
      model: 'sim-large',
      status: 402,
      endUser: '',
      streamed: false,
      tags: {},
      totalMs: 1,
      errorCode: 'budget_exceeded',
    },
    { model: 'mystery', status: 502, endUser: '', streamed: false, tags: {}, totalMs: 5, attempts: 2 },
  ];
  for (const [index, request] of requests.entries()) {
    const startedAt = new Date(NOON + index * 60_000);
    const requestId = newId('request', startedAt.getTime());
    ids.push(requestId);
    await tx.requestLog.create({
      data: { ...base, ...request, startedAt, requestId },
      select: { requestId: true },
    });
    const attempts = request.status === 402 ? 0 : (request.attempts ?? 1);
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      await tx.usageEntry.create({
        data: {
          organizationId,
          startedAt,
          requestId,
          attempt,
          keyId,
          teamId,
          requestedModel: request.model,
          model: request.model,
          provider: 'simulator',
          ...(request.model === 'sim-large'
            ? { credentialId, credentialOwner: 'organization' }
            : { credentialId: 'cred_1', credentialOwner: 'operator' }),
          endpoint: 'chat.completions',
          streamed: request.streamed,
          livemode: false,
          inputTokens: 900n,
          audioInputTokens: 100n,
          outputTokens: 10n,
          status: 'succeeded',
          usageSource: 'provider',
          costPicoUsd: request.model === 'mystery' ? null : 20_000_000_000n * BigInt(index + 1),
          chargePicoUsd: 25_000_000_000n,
          components: [
            {
              component: 'input',
              quantity: '1000',
              unitPricePicoUsd: '20000000',
              costPicoUsd: '20000000000',
              chargePicoUsd: '25000000000',
            },
          ],
        },
        select: { requestId: true },
      });
    }
  }
}

const find = async (q: string) => {
  const range = `from=${new Date(NOON - 3_600_000).toISOString()}&to=${new Date(NOON + 3_600_000).toISOString()}`;
  const { body, text } = await owner.call('GET', `/requests?${range}&q=${encodeURIComponent(q)}`);
  expect(body?.data, text).toBeDefined();
  return body.data.map(({ id }: { id: string }) => ids.indexOf(id)).toSorted();
};

describe('GET /requests', () => {
  it.each([
    ['', [0, 1, 2, 3]],
    ['status:>=400', [2, 3]],
    ['status:200', [0, 1]],
    ['cost:>0.03', [1, 3]],
    ['cost:<=0.025', [0, 2]],
    ['model:sim-*', [0, 1, 2]],
    ['-model:sim-*', [3]],
    ['model:*_*', []],
    ['team:search', [0, 1, 2, 3]],
    ['team:"Search Team" user:ada', [0]],
    ['key:crawler streamed:false status:<400', [1]],
    ['member:""', [0, 2, 3]],
    ['member:mem*', [1]],
    ['tag:env', [0, 1]],
    ['tag:env=prod', [0]],
    ['-tag:env=prod', [1, 2, 3]],
    ['latency:>1000', [1]],
    ['attempts:>1', [3]],
    ['error:budget_exceeded', [2]],
    ['livemode:true user:nobody', []],
    ['translated:true', [1]],
    ['translated:false', [0, 2, 3]],
    ['format:anthropic-messages', [1]],
    ['-format:anthropic-*', [0, 2, 3]],
    ['unsupported:logit_*', [1]],
    ['unsupported:*', [1]],
    ['-unsupported:seed', [0, 2, 3]],
    ['route:fa*,other', [1]],
    ['route:route_1', [1]],
    ['-route:fast', [0, 2, 3]],
  ])('finds %j', async (q, expected) => {
    expect(await find(q)).toEqual(expected);
  });

  it('finds by key id, and by request id as a bare word', async () => {
    expect(await find(`key:${keyId}`)).toEqual([0, 1, 2, 3]);
    expect(await find(ids[1]!)).toEqual([1]);
  });

  it('names the term that it cannot read', async () => {
    const answer = await owner.call('GET', '/requests?q=nope:1');
    expect(answer.body.errors[0]).toMatchObject({
      path: 'query.q',
      message: expect.stringContaining('nope'),
    });
  });

  it('calls owner and credential of one request by name, as far as the caller may read them', async () => {
    const shown = (await owner.call('GET', `/requests/${ids[1]}`)).body;
    const { name } = (await owner.call('GET', `/members/${memberId}`)).body;
    expect(shown).toMatchObject({ ownerId: memberId, ownerName: name });
    expect(shown.credentialNames).toEqual({ [credentialId]: 'Contract 4711' });
    // Resold, and of nobody.
    expect((await owner.call('GET', `/requests/${ids[0]}`)).body).toMatchObject({
      ownerName: null,
      credentialNames: {},
    });
    const token = await owner.call('POST', '/admin-tokens', { name: 't', permissions: ['requests:read'] });
    const blind = await test.withToken(token.body.secret)('GET', `/requests/${ids[1]}`);
    expect(blind.body).toMatchObject({ ownerId: memberId, ownerName: null, credentialNames: {} });
  });

  it('shows one request with its attempts and components, and unknown cost as null', async () => {
    const answered = (await owner.call('GET', `/requests/${ids[1]}`)).body;
    expect(answered).toMatchObject({
      costUsd: '0.04',
      chargeUsd: '0.025',
      inputTokens: 1_000,
      teamId,
      status: 200,
    });
    expect(answered.attempts[0].components).toEqual([
      { component: 'input', quantity: '1000', unitPriceUsd: '0.00002', costUsd: '0.02', chargeUsd: '0.025' },
    ]);
    const unknown = (await owner.call('GET', `/requests/${ids[3]}`)).body;
    expect(unknown.costUsd).toBeNull();
    expect(unknown.attempts).toHaveLength(2);
    const refused = (await owner.call('GET', `/requests/${ids[2]}`)).body;
    expect(refused).toMatchObject({ costUsd: '0.00', attempts: [] });
  });

  it('[G7] tells what was translated and what was not, in the list and of one', async () => {
    const facts = {
      dialect: 'openai',
      providerFormat: 'anthropic-messages',
      translated: true,
      unsupported: ['seed', 'logit_bias'],
    };
    const route = { id: 'route_1', name: 'fast', rule: 2, target: 'sim-large' };
    expect((await owner.call('GET', `/requests/${ids[1]}`)).body).toMatchObject({ ...facts, route });
    const silent = { dialect: 'openai', providerFormat: null, translated: false, unsupported: [] };
    expect((await owner.call('GET', `/requests/${ids[0]}`)).body).toMatchObject({ ...silent, route: null });
    const { body } = await owner.call('GET', '/requests');
    const listed = body.data.find(({ id }: { id: string }) => id === ids[1]);
    expect(listed).toMatchObject(facts);
  });

  it('pages newest first without a gap', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await owner.call('GET', `/requests?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    expect(seen).toEqual(ids.toReversed());
  });
});

describe('GET /usage', () => {
  beforeAll(async () => {
    const rollup = (start: string, costPicoUsd: bigint, model: string, credentialOwner = 'operator') => ({
      organizationId: owner.organizationId,
      bucketStart: new Date(start),
      teamId,
      costCenter: '',
      keyId,
      memberId: '',
      serviceAccountId: '',
      model,
      provider: 'simulator',
      credentialId: 'cred_1',
      credentialOwner,
      endpoint: 'chat.completions',
      status: 'succeeded',
      livemode: false,
      requests: 2n,
      attempts: 2n,
      inputTokens: 2_000n,
      outputTokens: 20n,
      costPicoUsd: costPicoUsd.toString(),
      chargePicoUsd: '10000000000000',
    });
    await asWorker(owner.organizationId, async (tx) => {
      await tx.usageRollup.createMany({
        data: [
          // 23:30 UTC on the 18th is the 19th in Berlin.
          rollup('2026-11-18T23:30:00Z', 1_000_000_000_000n, 'sim-small'),
          rollup('2026-11-19T12:00:00Z', 2_000_000_000_000n, 'sim-small'),
          rollup('2026-11-19T12:00:00Z', 3_000_000_000_001n, 'sim-large', 'organization'),
        ],
      });
      await tx.endUserRollup.createMany({
        data: [
          {
            organizationId: owner.organizationId,
            bucketStart: new Date('2026-11-19T12:00:00Z'),
            endUser: 'ada',
            model: 'sim-small',
            livemode: false,
            requests: 1n,
          },
        ],
      });
      await tx.tagRollup.createMany({
        data: [
          {
            organizationId: owner.organizationId,
            bucketStart: new Date('2026-11-19T12:00:00Z'),
            tagName: 'env',
            tagValue: 'prod',
            model: 'sim-small',
            livemode: false,
            requests: 3n,
          },
        ],
      });
    });
  });
  const usage = async (query: string) =>
    (await owner.call('GET', `/usage?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z&${query}`)).body;

  it('[M5] sums exactly, and counts charge where resold and cost where own as spent', async () => {
    const { data } = await usage('');
    expect(data).toEqual([
      expect.objectContaining({
        start: null,
        requests: 6,
        inputTokens: 6_000,
        costUsd: '6.000000000001',
        chargeUsd: '30.00',
        spentUsd: '23.000000000001',
      }),
    ]);
  });

  it('forms days of any time zone', async () => {
    const days = async (zone: string) =>
      (await usage(`interval=day&timeZone=${zone}`)).data.map((row: { start: string; requests: number }) => [
        row.start,
        row.requests,
      ]);
    expect(await days('UTC')).toEqual([
      ['2026-11-18T00:00:00.000Z', 2],
      ['2026-11-19T00:00:00.000Z', 4],
    ]);
    expect(await days('Europe/Berlin')).toEqual([['2026-11-18T23:00:00.000Z', 6]]);
  });

  it('groups by several dimensions and says their names', async () => {
    const { data } = await usage('groupBy=team,key,model');
    expect(data).toHaveLength(2);
    expect(data[0]).toMatchObject({
      team: teamId,
      key: keyId,
      names: { team: 'Search Team', key: 'crawler' },
    });
    const members = await usage('groupBy=member,provider,endpoint,status,costCenter,credential');
    expect(members.data[0]).toMatchObject({ provider: 'simulator', status: 'succeeded', member: '' });
  });

  it('groups by end user and by tag, with model or alone', async () => {
    expect((await usage('groupBy=endUser')).data[0]).toMatchObject({ endUser: 'ada', requests: 1 });
    expect((await usage('groupBy=tag:env,model')).data[0]).toMatchObject({
      tags: { env: 'prod' },
      model: 'sim-small',
      requests: 3,
    });
    const mixed = await owner.call('GET', '/usage?groupBy=endUser,team');
    expect(mixed.body.errors[0].path).toBe('query.groupBy');
  });

  it('filters, and tells what a key has spent in all', async () => {
    expect((await usage('model=sim-large')).data[0].requests).toBe(2);
    expect((await usage('livemode=true')).data).toEqual([]);
    expect((await owner.call('GET', `/keys/${keyId}`)).body.spentUsd).toBe('23.000000000001');
  });
});

describe('GET /models and /prices', () => {
  it('show what own and resold credentials serve, with the price that holds now', async () => {
    const migrator = test.openAs('migrator', 'seed');
    await migrator.tenant('org_operator', async (tx) => {
      await tx.model.create({
        data: {
          id: 'mdl_sim',
          provider: 'simulator',
          name: 'sim-small',
          mode: 'chat',
          abilities: { supports: ['tools'] },
        },
      });
      for (const [id, validFrom, input] of [
        ['prc_old', '2026-01-01', '100000'],
        ['prc_now', '2026-06-01', '250000'],
        ['prc_next', '2199-01-01', '1'],
      ]) {
        await tx.priceVersion.create({
          data: {
            id: id!,
            layer: 'catalogue',
            organizationId: 'org_operator',
            provider: 'simulator',
            model: 'sim-small',
            validFrom: new Date(validFrom!),
            components: { input: input!, request: '5' },
          },
        });
      }
    });
    await migrator.close();
    await test.database.tenant('org_operator', (tx) =>
      tx.providerCredential.create({
        data: {
          id: 'cred_resold',
          organizationId: 'org_operator',
          provider: 'simulator',
          name: 'Simulator',
          baseUrl: 'http://127.0.0.1:1/v1',
          livemode: false,
          secretHint: 'hidden-hint',
        },
      }),
    );
    const { body, text } = await owner.call('GET', '/models');
    expect(body.data).toEqual([
      expect.objectContaining({
        id: 'simulator/sim-small',
        livemode: false,
        credentials: [
          { id: 'cred_resold', name: 'Simulator', owner: 'operator', livemode: false, markupBasisPoints: 0 },
        ],
        price: expect.objectContaining({
          id: 'prc_now',
          components: {
            input: { usdPerUnit: '0.00000025', usdPerMillion: '0.25' },
            request: { usdPerUnit: '0.000000000005', usdPerMillion: null },
          },
        }),
      }),
    ]);
    expect(text).not.toContain('hidden-hint');
    const at = (time: string) =>
      owner.call('GET', `/prices/effective?provider=simulator&model=sim-small&at=${time}`);
    expect((await at('2026-02-01T00:00:00Z')).body.id).toBe('prc_old');
    expect((await at('2025-02-01T00:00:00Z')).status).toBe(404);
    expect((await owner.call('GET', '/prices?provider=simulator')).body.data).toHaveLength(3);
  });

  it.each([
    ['/usage?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'query.from'],
    ['/usage?interval=hour&from=2026-01-01T00:00:00Z&to=2026-06-01T00:00:00Z', 'query.from'],
    ['/requests?from=2024-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'query.from'],
  ])('refuses a range that would read years of rows: %s', async (path, field) => {
    const answer = await owner.call('GET', path);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ path: field, code: 'range_too_long' }]);
  });
});
