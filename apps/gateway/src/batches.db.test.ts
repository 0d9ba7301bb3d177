/** Batches under hard budgets: held for line by line before they are made, noted with the entry that records them. */
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LimitsWorld } from './testing/limits-world.ts';
import type { KeyOptions, SeededKey } from './testing/seed.ts';

const FILE_MAX_BYTES = 4_000;
const LINES_MAX = 5;
const LINE_MAX_BYTES = 1_000;

let world: LimitsWorld;

beforeAll(async () => {
  world = await LimitsWorld.open({
    limits: {
      batchFileMaxBytes: FILE_MAX_BYTES,
      batchMaxLines: LINES_MAX,
      batchLineMaxBytes: LINE_MAX_BYTES,
    },
    prepare: async (seed) => {
      await seed.model('openai', 'sim-small', { input: '250000', output: '2000000' });
      await seed.model('openai', 'sim-large', { input: '2500000', output: '10000000' });
      await seed.model('openai', 'sim-fee', { input: '0', output: '0', request: '7000000' });
      await seed.unpricedModel('openai', 'sim-reason');
    },
  });
});
afterAll(() => world?.close());

interface Tenant extends SeededKey {
  readonly budgetId: string;
  readonly client: OpenAI;
}

/** Without a limit: no hard budget. */
async function tenant(limitPicoUsd?: bigint, more: Partial<KeyOptions> = {}): Promise<Tenant> {
  const organizationId = await world.seed.organization();
  await world.seed.credential({ organizationId, provider: 'openai', baseUrl: `${world.simulator.url}/v1` });
  const budgetId =
    limitPicoUsd === undefined ? '' : await world.seed.budget({ organizationId, limitPicoUsd });
  const key = await world.seed.key({ organizationId, ...more });
  const client = new OpenAI({ baseURL: world.first.baseUrl, apiKey: key.secret, maxRetries: 0 });
  return { ...key, budgetId, client };
}

const CONTENT = '[[sim tokens=5]] Hello';

function line(index: number, body: Record<string, unknown> = {}): Record<string, unknown> {
  const messages = [{ role: 'user', content: CONTENT }];
  return {
    custom_id: `line-${index}`,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'sim-small', max_completion_tokens: 20, messages, ...body },
  };
}

const textOf = (lines: readonly unknown[]): string =>
  lines.map((each) => `${JSON.stringify(each)}\n`).join('');

async function upload({ client }: Tenant, text: string): Promise<string> {
  const file = await toFile(Buffer.from(text), 'lines.jsonl', { type: 'application/jsonl' });
  return (await client.files.create({ file, purpose: 'batch' })).id;
}

function make({ client }: Tenant, inputFileId: string) {
  return client.batches.create({
    input_file_id: inputFileId,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
}

const dispatchesOf = ({ keyId }: Tenant) =>
  world.first.log
    .dispatches()
    .filter(({ subject }) => subject.keyId === keyId && subject.endpoint === 'batches');

/** A token for each byte of a line's body, and its cap, by hand. */
function boundOf(body: unknown, input: bigint, output: bigint, cap = 20n): bigint {
  return BigInt(Buffer.byteLength(JSON.stringify(body))) * input + cap * output;
}

describe('a batch under a hard budget', () => {
  it('[M3] holds what each of its lines would hold alone, and is noted with the entry that counts it', async () => {
    const lines = [line(1), line(2, { model: 'sim-large' })];
    const bound =
      boundOf(lines[0]!.body, 250_000n, 2_000_000n) + boundOf(lines[1]!.body, 2_500_000n, 10_000_000n);
    const enough = await tenant(bound);
    const fileId = await upload(enough, textOf(lines));
    const made = await make(enough, fileId);
    await world.ship();
    await expect(make(enough, fileId)).rejects.toMatchObject({ status: 402, code: 'budget_exceeded' });
    const short = await tenant(bound - 1n);
    await expect(make(short, await upload(short, textOf(lines)))).rejects.toMatchObject({
      status: 402,
      code: 'request_exceeds_budget',
    });
    expect(dispatchesOf(short)).toEqual([]);

    await world.ship();
    const { organizationId, budgetId } = enough;
    expect(await world.standing(organizationId, budgetId)).toMatchObject({ settled: bound, overrun: 0n });
    expect(await world.audit(organizationId)).toEqual([]);
    const { entry, batch } = await world.worker.tenant(organizationId, async (tx) => ({
      entry: await tx.usageEntry.findFirstOrThrow({ where: { endpoint: 'batches' } }),
      batch: await tx.providerBatch.findFirstOrThrow(),
    }));
    expect(entry).toMatchObject({ costPicoUsd: null, estimated: true, serviceTier: 'batch', model: '' });
    expect(entry.budgetPicoUsd?.toFixed(0)).toBe(String(bound));
    expect(batch).toMatchObject({
      requestId: entry.requestId,
      providerBatchId: made.id,
      inputFileId: fileId,
      state: 'following',
      models: [{ name: 'sim-small' }, { name: 'sim-large' }],
    });
  });

  it('[M3] is held under its model where all lines ask for one, so that a budget of the model counts it', async () => {
    const rich = await tenant(10n ** 15n);
    const { organizationId } = rich;
    await world.seed.budget({
      organizationId,
      scope: 'model',
      scopeId: 'sim-fee',
      limitPicoUsd: 14_000_000n,
    });
    const key = await world.seed.key({ organizationId });
    const client = new OpenAI({ baseURL: world.first.baseUrl, apiKey: key.secret, maxRetries: 0 });
    const asked = { ...rich, ...key, client };
    const fees = (count: number) =>
      textOf(Array.from({ length: count }, (_, index) => line(index, { model: 'sim-fee' })));
    await expect(make(asked, await upload(asked, fees(3)))).rejects.toMatchObject({ status: 402 });
    const two = await upload(asked, fees(2));
    expect(await world.worker.tenant(organizationId, (tx) => tx.budget.count())).toBe(2);
    await expect(
      make(asked, await upload(asked, textOf([line(1), line(2, { model: 'sim-fee' })]))),
    ).rejects.toThrow(/unbounded|several models/);
    // Priced, but no model of the simulator: its lines are refused there, the batch is made all the same.
    expect((await make(asked, two)).object).toBe('batch');
    await world.ship();
    await expect(make(asked, two)).rejects.toMatchObject({ status: 402, code: 'budget_exceeded' });
  });

  it.each([
    [
      'no output limit, of whose model none is known',
      [line(1), line(2, { max_completion_tokens: undefined })],
      402,
      2,
    ],
    ['a model without a price', [line(1, { model: 'sim-reason' })], 402, 1],
    ['another tier', [line(1, { service_tier: 'priority' })], 402, 1],
    ['a model that there is not', [line(1), line(2, { model: 'no-such' })], 404, 2],
    ['a stream', [line(1), line(2), line(3, { stream: true })], 400, 3],
    ['another endpoint', [{ ...line(1), url: '/v1/responses' }], 400, 1],
    ['no request in it', [line(1), { custom_id: 'a' }], 400, 2],
    ['no JSON', [line(1), 7], 400, 2],
  ] as const)(
    '[G6] is refused for a line with %s, by its number, and nothing is sent',
    async (_, lines, status, number) => {
      const rich = await tenant(10n ** 15n);
      const fileId = await upload(rich, textOf(lines));
      const error: unknown = await make(rich, fileId).catch((refusal: unknown) => refusal);
      expect(error).toMatchObject({ status });
      expect(String((error as Error).message)).toContain(`line ${number} of its input file`);
      expect(dispatchesOf(rich)).toEqual([]);
    },
  );

  it('[X5] reads no more lines, bytes and bytes of a line than it may', async () => {
    const rich = await tenant(10n ** 15n);
    const count = (lines: number) => textOf(Array.from({ length: lines }, (_, index) => line(index)));
    const padded = (count: number) => line(1, { messages: [{ role: 'user', content: 'u'.repeat(count) }] });
    const sized = (bytes: number) => textOf([padded(bytes - JSON.stringify(padded(0)).length)]);
    const files = [
      [count(LINES_MAX - 1), true],
      [count(LINES_MAX), true],
      [count(LINES_MAX + 1), false],
      [sized(LINE_MAX_BYTES - 1), true],
      [sized(LINE_MAX_BYTES), true],
      [sized(LINE_MAX_BYTES + 1), false],
      [spread(FILE_MAX_BYTES - 1), true],
      [spread(FILE_MAX_BYTES), true],
      [spread(FILE_MAX_BYTES + 1), false],
    ] as const;
    for (const [text, fits] of files) {
      const answer = make(rich, await upload(rich, text));
      if (fits) expect((await answer).object).toBe('batch');
      else await expect(answer).rejects.toMatchObject({ status: 402, code: 'unbounded_cost' });
    }
  });
});

/** One line, and empty ones. */
function spread(bytes: number): string {
  const text = textOf([line(1)]);
  return text + '\n'.repeat(bytes - text.length);
}

describe('a batch without a hard budget', () => {
  it('[M3] never meets the operator’s bound: a batch is made at an own account alone, and no advice about it is due', async () => {
    const own = await tenant();
    const { organizationId } = own;
    await world.seed.budget({ organizationId, counts: 'resold', limitPicoUsd: 0n });
    const unbounded = textOf([line(1, { model: 'sim-reason' })]);
    const fileId = await upload(own, unbounded);
    expect((await make(own, fileId)).object).toBe('batch');
    expect(dispatchesOf(own).map(({ holds }) => holds)).toEqual([undefined]);

    const both = await tenant(10n ** 15n);
    await world.seed.budget({ organizationId: both.organizationId, counts: 'resold', limitPicoUsd: 0n });
    const refusal: unknown = await make(both, await upload(both, unbounded)).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ status: 402, error: { tollgate: { rule_id: both.budgetId } } });
    expect(String((refusal as Error).message)).not.toContain('operator');
  });

  it('[M7] is made with a cost that is not known yet, also where its file is too large to be read', async () => {
    const free = await tenant();
    await make(free, await upload(free, textOf([line(1)])));
    await make(
      free,
      await upload(free, textOf(Array.from({ length: LINES_MAX + 1 }, (_, index) => line(index)))),
    );
    expect(dispatchesOf(free).map(({ batch, holds }) => [batch?.models.length, holds])).toEqual([
      [1, undefined],
      [0, undefined],
    ]);
    await world.ship();
    const entries = await world.worker.tenant(free.organizationId, (tx) =>
      tx.usageEntry.findMany({ where: { endpoint: 'batches' } }),
    );
    expect(entries.map(({ costPicoUsd, budgetPicoUsd }) => [costPicoUsd, budgetPicoUsd])).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it('asks only for models that the key may use, of whichever line', async () => {
    const scoped = await tenant(undefined, { models: ['sim-small'] });
    const answer = make(scoped, await upload(scoped, textOf([line(1), line(2, { model: 'sim-large' })])));
    await expect(answer).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    await expect(make(scoped, 'file-none')).rejects.toMatchObject({ status: 404 });
    const unreadable = scoped.client.post('/batches', {
      body: {
        input_blob: 'https://elsewhere.test/lines.jsonl',
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
      },
    });
    await expect(unreadable).rejects.toMatchObject({ status: 403, code: 'permission_denied' });
    expect(dispatchesOf(scoped)).toEqual([]);
    expect((await make(scoped, await upload(scoped, textOf([line(1)])))).object).toBe('batch');
  });

  it('says once which file it means', async () => {
    const free = await tenant();
    const fileId = await upload(free, textOf([line(1)]));
    const response = await fetch(`${world.first.baseUrl}/batches`, {
      method: 'POST',
      headers: { authorization: `Bearer ${free.secret}`, 'content-type': 'application/json' },
      body: `{"input_file_id":"file-other","input_file_id":"${fileId}","endpoint":"/v1/chat/completions","completion_window":"24h"}`,
    });
    expect(response.status).toBe(400);
    expect(dispatchesOf(free)).toEqual([]);
  });
});
