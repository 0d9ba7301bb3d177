import { NO_ORIGIN } from '@tollgate/audit';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { parseUsdSum, sumPicoUsd } from '@tollgate/money';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getBill, listDifferences } from './bill-queries.ts';
import { deleteBill, importBill } from './bill-store.ts';
import { bookDifferences } from './book-differences.ts';
import { compareAgain } from './compare-again.ts';
import { decideDifferences } from './decide-differences.ts';
import { compareGatewaySpend, importGatewaySpend, listGatewayImports } from './gateway-spend.ts';

let testDatabase: TestDatabase;
let consoleDatabase: Database;
let worker: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const open = (url: string) =>
    openDatabase({ url, applicationName: 'reconciliation-test', connectTimeoutMs: 30_000 });
  consoleDatabase = open(testDatabase.urls.console);
  worker = open(testDatabase.urls.worker);
  await worker.platform((tx) => tx.$queryRaw`SELECT ensure_month_partitions('2026-11-01')::text`);
});
afterAll(async () => {
  await consoleDatabase?.close();
  await worker?.close();
  await testDatabase?.drop();
});

const NOW = new Date('2026-12-02T00:00:00Z');
const WHO = { actor: { kind: 'user' as const, id: 'usr_1', name: 'Finance' }, origin: NO_ORIGIN, now: NOW };
const bytes = (text: string) => new TextEncoder().encode(text);

async function organizationWith(
  entries: readonly {
    day: string;
    model: string;
    usd: string;
    livemode?: boolean;
    tokens?: readonly [
      input: number,
      audioInput: number,
      output: number,
      reasoning: number,
      audioOutput: number,
    ];
  }[],
) {
  const organizationId = newId('organization', NOW.getTime());
  await consoleDatabase.tenant(organizationId, (tx) =>
    tx.organization.create({
      data: { id: organizationId, name: 'Acme', slug: organizationId.toLowerCase(), timeZone: 'UTC' },
    }),
  );
  await worker.tenant(organizationId, async (tx) => {
    for (const { day, model, usd, livemode = true, tokens = [0, 0, 0, 0, 0] } of entries) {
      const [input, audioInput, output, reasoning, audioOutput] = tokens;
      const startedAt = new Date(`${day}T10:00:00Z`);
      await tx.$executeRaw`
        INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, key_id, requested_model, model, provider,
          credential_id, credential_owner, endpoint, streamed, livemode, input_tokens, audio_input_tokens, output_tokens, reasoning_tokens,
          audio_output_tokens, cost_pico_usd, charge_pico_usd, status, usage_source, recorded_at)
        VALUES (${organizationId}, ${startedAt}, ${newId('request', startedAt.getTime())}, 1, 0, 'key_1', ${model}, ${model}, 'openai',
          'cred_1', 'organization', 'chat', false, ${livemode}, ${input}, ${audioInput}, ${output}, ${reasoning}, ${audioOutput},
          ${String(parseUsdSum(usd))}::bigint, 0, 'succeeded', 'provider', ${startedAt})`;
    }
  });
  return organizationId;
}

const BILL = [
  'start_time_iso,amount_value,amount_currency,line_item',
  '2026-11-01T00:00:00Z,10.00,usd,"gpt-5-2026-08-07, input"',
  '2026-11-02T00:00:00Z,7.25,usd,"gpt-5-2026-08-07, input"',
  '2026-11-02T00:00:00Z,3.00,usd,"o9-preview, input"',
  '2026-11-02T00:00:00Z,-1.00,usd,"promotional credit"',
].join('\n');

async function imported(organizationId: string, file = BILL) {
  const upload = {
    organizationId,
    provider: 'openai' as const,
    credentialId: '',
    timeZone: 'UTC',
    fileName: 'november.csv',
    ...WHO,
  };
  const { billId, isNew } = await importBill(consoleDatabase, { ...upload, file: bytes(file) });
  const scope = { organizationId, billId };
  const view = await consoleDatabase.tenant(organizationId, (tx) => getBill(tx, scope));
  const differences = await consoleDatabase.tenant(organizationId, (tx) =>
    listDifferences(tx, { ...scope, limit: 100 }),
  );
  return { scope, isNew, view, differences };
}

describe('a provider’s bill', () => {
  it('[M4] is compared with real traffic; differences have reasons and sum to the difference of the totals', async () => {
    const organizationId = await organizationWith([
      { day: '2026-11-01', model: 'gpt-5', usd: '10' },
      { day: '2026-11-02', model: 'gpt-5', usd: '5' },
      { day: '2026-11-02', model: 'gpt-5', usd: '99', livemode: false },
    ]);
    const { view, differences } = await imported(organizationId);
    expect(view).toMatchObject({
      billUsd: '19.25',
      ledgerUsd: '15.00',
      differenceUsd: '4.25',
      openDifferences: 3,
      firstDay: '2026-11-01',
      lastDay: '2026-11-02',
    });
    expect(sumPicoUsd(differences.map((each) => parseUsdSum(each.differenceUsd)))).toBe(
      parseUsdSum(view.differenceUsd),
    );
    expect(differences.map(({ model, reason, differenceUsd }) => [model, reason, differenceUsd])).toEqual([
      ['credit', 'credit', '-1.00'],
      ['o9-preview', 'unknown-model', '3.00'],
      ['gpt-5', 'outside-gateway', '2.25'],
    ]);
  });

  it('[M4] counts tokens as the bill does, thought and spoken ones among them: as many at another price is a price', async () => {
    const organizationId = await organizationWith([
      { day: '2026-11-01', model: 'gpt-5', usd: '10', tokens: [900, 100, 200, 250, 50] },
    ]);
    const { differences } = await imported(
      organizationId,
      [
        'start_time_iso,amount_value,amount_currency,line_item,quantity',
        '2026-11-01T00:00:00Z,4.00,usd,"gpt-5-2026-08-07, input",1000',
        '2026-11-01T00:00:00Z,8.00,usd,"gpt-5-2026-08-07, output",500',
      ].join('\n'),
    );
    expect(differences.map(({ reason, differenceUsd }) => [reason, differenceUsd])).toEqual([
      ['price-difference', '2.00'],
    ]);
  });

  it('is imported once however often the file comes, also at once', async () => {
    const organizationId = await organizationWith([]);
    const answers = await Promise.all(Array.from({ length: 4 }, () => imported(organizationId)));
    expect(new Set(answers.map(({ scope }) => scope.billId)).size).toBe(1);
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect((await imported(organizationId, `${BILL}\n`)).isNew).toBe(true);
  });

  it('[M2] books what was decided as adjustments, each once, and then stays as it is', async () => {
    const organizationId = await organizationWith([{ day: '2026-11-01', model: 'gpt-5', usd: '10' }]);
    const { scope, differences } = await imported(organizationId);
    const positions = differences
      .filter(({ reason }) => reason === 'outside-gateway')
      .map(({ position }) => position);
    expect(positions).toHaveLength(1);
    const decide = (decision: 'book' | 'accept' | 'reopen') =>
      consoleDatabase.tenant(organizationId, (tx) =>
        decideDifferences(tx, { ...scope, positions, decision, note: 'checked', ...WHO }),
      );
    expect(await decide('book')).toBe(1);
    expect(await decide('reopen')).toBe(0);
    let settled = 0;
    const book = () =>
      bookDifferences(worker, organizationId, async () => {
        settled++;
      });
    expect((await Promise.all([book(), book()])).reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await book()).toBe(0);
    expect(settled).toBe(1);
    const rows = await worker.tenant(organizationId, (tx) =>
      tx.usageEntry.findMany({ where: { reason: { startsWith: 'provider-bill:' } } }),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      entry: 1,
      model: 'gpt-5',
      costPicoUsd: parseUsdSum('7.25'),
      chargePicoUsd: 0n,
      livemode: true,
    });
    expect(rows[0]!.startedAt.toISOString()).toBe('2026-11-02T12:00:00.000Z');
    await expect(compareAgain(consoleDatabase, { ...scope, mayDrop: 9, ...WHO })).rejects.toMatchObject({
      code: 'wrong-state',
    });
    await expect(
      consoleDatabase.tenant(organizationId, (tx) => deleteBill(tx, { ...scope, ...WHO })),
    ).rejects.toMatchObject({ code: 'wrong-state' });
  });

  it('keeps nothing booked when the budgets cannot count it', async () => {
    const organizationId = await organizationWith([]);
    const { scope, differences } = await imported(organizationId);
    await consoleDatabase.tenant(organizationId, (tx) =>
      decideDifferences(tx, {
        ...scope,
        positions: differences.map(({ position }) => position),
        decision: 'book',
        note: '',
        ...WHO,
      }),
    );
    await expect(
      bookDifferences(worker, organizationId, () => Promise.reject(new Error('budgets are locked'))),
    ).rejects.toThrow('budgets are locked');
    expect(await worker.tenant(organizationId, (tx) => tx.usageEntry.count())).toBe(0);
    expect(
      await worker.tenant(organizationId, (tx) =>
        tx.providerDifference.count({ where: { state: 'booking' } }),
      ),
    ).toBe(differences.length);
  });

  it('can be compared again after late usage, and be forgotten', async () => {
    const organizationId = await organizationWith([]);
    const { scope, view } = await imported(organizationId);
    expect(view.ledgerUsd).toBe('0.00');
    const entry = await organizationWith([]);
    expect(entry).not.toBe(organizationId);
    await worker.tenant(
      organizationId,
      (tx) => tx.$executeRaw`
      INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, key_id, requested_model, model, provider,
        credential_id, credential_owner, endpoint, streamed, livemode, cost_pico_usd, charge_pico_usd, status, usage_source)
      VALUES (${organizationId}, '2026-11-01T10:00:00Z', ${newId('request', Date.parse('2026-11-01T10:00:00Z'))}, 1, 0, 'key_1', 'gpt-5', 'gpt-5',
        'openai', 'cred_1', 'organization', 'chat', false, true, 10000000000000, 0, 'succeeded', 'provider')`,
    );
    await compareAgain(consoleDatabase, { ...scope, mayDrop: 0, ...WHO });
    const after = await consoleDatabase.tenant(organizationId, (tx) => getBill(tx, scope));
    expect(after).toMatchObject({ ledgerUsd: '10.00', differenceUsd: '9.25' });
    await consoleDatabase.tenant(organizationId, (tx) => deleteBill(tx, { ...scope, ...WHO }));
    await expect(consoleDatabase.tenant(organizationId, (tx) => getBill(tx, scope))).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('another gateway’s spend', () => {
  it('stands beside our own tokens of every kind, as it counts them itself', async () => {
    const organizationId = await organizationWith([]);
    await worker.tenant(organizationId, (tx) =>
      tx.usageRollup.create({
        data: {
          organizationId,
          bucketStart: new Date('2026-11-01T10:00:00Z'),
          teamId: '',
          costCenter: '',
          keyId: 'key_1',
          memberId: '',
          serviceAccountId: '',
          model: 'gpt-5',
          provider: 'openai',
          credentialId: 'cred_1',
          credentialOwner: 'organization',
          endpoint: 'chat',
          status: 'succeeded',
          livemode: true,
          attempts: 1n,
          inputTokens: 1n,
          cachedInputTokens: 20n,
          cacheWriteTokens: 300n,
          outputTokens: 4_000n,
          reasoningTokens: 50_000n,
        },
      }),
    );
    const compared = await consoleDatabase.tenant(organizationId, (tx) =>
      compareGatewaySpend(tx, {
        organizationId,
        from: new Date('2026-11-01T00:00:00Z'),
        to: new Date('2026-12-01T00:00:00Z'),
        byDay: false,
      }),
    );
    expect(compared).toMatchObject([{ source: 'tollgate', tokens: '54321' }]);
  });

  const LITELLM =
    'request_id,call_type,api_key,spend,total_tokens,prompt_tokens,completion_tokens,startTime,endTime,model,custom_llm_provider\nr1,acompletion,hash,1.5e-05,30,20,10,2026-11-01 10:00:00.000,2026-11-01 10:00:01.000,gpt-5,openai\nr2,acompletion,hash,0.1,30,20,10,2026-11-01 11:00:00.000,2026-11-01 11:00:01.000,gpt-5,openai\n';
  it.each([
    ['litellm', LITELLM, '0.100015', 2],
    [
      'openrouter',
      '{"data":[{"date":"2026-11-01","model":"openai/gpt-5","usage":0.015,"byok_usage_inference":0.012,"requests":5,"prompt_tokens":50,"completion_tokens":125,"provider_name":"OpenAI"}]}',
      '0.027',
      1,
    ],
    [
      'helicone',
      '{"request_created_at":"2026-11-01T10:00:00Z","request_model":"gpt-5","provider":"OPENAI","prompt_tokens":3,"completion_tokens":4,"cost":0.25}\n{"request_created_at":"2026-11-01T10:00:00Z","request_model":"gpt-5","provider":"OPENAI","prompt_tokens":3,"completion_tokens":4,"cost":null}\n',
      '0.25',
      2,
    ],
    [
      'portkey',
      '{"id":"1","created_at":"2026-11-01T10:00:00Z","ai_org":"openai","ai_model":"gpt-5","req_units":7,"res_units":8,"cost":12.5,"cost_currency":"USD"}',
      '0.125',
      1,
    ],
  ] as const)('comes from %s', async (source, file, costUsd, rows) => {
    const organizationId = await organizationWith([]);
    const upload = { organizationId, source, fileName: 'spend', file: bytes(file), ...WHO };
    const first = await importGatewaySpend(consoleDatabase, upload);
    expect(first).toMatchObject({ source, costUsd, rows, firstDay: '2026-11-01' });
    expect((await importGatewaySpend(consoleDatabase, upload)).id).toBe(first.id);
    const range = {
      organizationId,
      from: new Date('2026-11-01T00:00:00Z'),
      to: new Date('2026-12-01T00:00:00Z'),
      byDay: true,
    };
    const compared = await consoleDatabase.tenant(organizationId, (tx) => compareGatewaySpend(tx, range));
    expect(compared.map((row) => [row.source, row.costUsd, row.day])).toEqual([
      [source, costUsd, '2026-11-01'],
    ]);
    // Never in the ledger.
    expect(await worker.tenant(organizationId, (tx) => tx.usageEntry.count())).toBe(0);
    expect(
      await consoleDatabase.tenant(organizationId, (tx) => listGatewayImports(tx, organizationId)),
    ).toHaveLength(1);
  });
});
