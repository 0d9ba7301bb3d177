/** Hard budgets, whoever asks in whichever format for whatever: refused in the caller's words, settled to the unit. */
import Anthropic from '@anthropic-ai/sdk';
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRICE } from './testing/every-provider.ts';
import { LimitsWorld } from './testing/limits-world.ts';
import type { SeededKey } from './testing/seed.ts';

let world: LimitsWorld;

const MODELS = [
  ['anthropic', 'sim-claude', PRICE],
  ['openai', 'sim-small', PRICE],
  ['openai', 'sim-embedding', { input: '20000' }],
  [
    'openai',
    'sim-image',
    { input: '5000000', 'unit:image_output_token': '40000000', 'image:high/1024x1024': '167000000000' },
  ],
  ['openai', 'sim-video', { 'unit:output_second': '100000000' }],
  ['openai', 'sim-speech', { 'unit:input_character': '15000000' }],
  ['openai', 'sim-transcribe', { input: '2500000', audioInput: '2500000', output: '10000000' }],
] as const;

beforeAll(async () => {
  world = await LimitsWorld.open({
    prepare: async (seed) => {
      for (const [provider, name, components] of MODELS) await seed.model(provider, name, components);
      await seed.model('openai', 'sim-shared-video', { 'unit:output_second': '1' });
    },
  });
});
afterAll(() => world?.close());

/** 16 kHz, 16 bits, one channel. */
function recording(seconds: number): Buffer {
  const file = Buffer.alloc(44 + seconds * 32_000, 1);
  file.write('RIFF', 0, 'latin1');
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt16LE(1, 20);
  file.writeUInt32LE(16_000, 24);
  file.writeUInt16LE(2, 32);
  return file;
}

async function tenantWith(
  limitPicoUsd: bigint,
  /** Only of this model, and another one in its place. */
  instead?: { readonly of: string; readonly model: string },
): Promise<SeededKey & { budgetId: string }> {
  const key = await world.tenant();
  for (const provider of ['anthropic', 'openai']) {
    await world.seed.credential({
      organizationId: key.organizationId,
      provider,
      baseUrl: `${world.simulator.url}/v1`,
      models: MODELS.filter(([of]) => of === provider).map(([, name]) => name),
    });
  }
  const spec =
    instead === undefined
      ? {}
      : ({ scope: 'model', scopeId: instead.of, onExceeded: { model: instead.model } } as const);
  return { ...key, budgetId: await world.seed.budget({ ...key, limitPicoUsd, ...spec }) };
}

const openAi = ({ secret }: SeededKey) =>
  new OpenAI({ baseURL: world.first.baseUrl, apiKey: secret, maxRetries: 0 });

describe('a budget that is too small', () => {
  it('[M3] [G6] refuses in the caller’s words, and costs an SDK exactly one request', async () => {
    const poor = await tenantWith(1_000n);
    let requests = 0;
    const anthropic = new Anthropic({
      baseURL: world.first.origin,
      apiKey: poor.secret,
      fetch: (...request) => {
        requests += 1;
        return fetch(...request);
      },
    });
    const answer = anthropic.messages.create({
      model: 'sim-small',
      max_tokens: 50,
      messages: [{ role: 'user', content: 'Hello' }],
    });
    await expect(answer).rejects.toMatchObject({
      status: 402,
      error: { error: { type: 'billing_error', tollgate: { scope: { type: 'organization' } } } },
    });
    expect(requests).toBe(1);
    const google = await fetch(`${world.first.origin}/v1beta/models/sim-claude:generateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': poor.secret, 'content-type': 'application/json' },
      body: JSON.stringify({ contents: [{ parts: [{ text: 'Hello' }] }] }),
    });
    expect(google.status).toBe(402);
    expect(await google.json()).toMatchObject({ error: { status: 'FAILED_PRECONDITION' } });
  });

  it('[M3] refuses whatever may cost more, and what nothing bounds; free things pass', async () => {
    const poor = await tenantWith(1_000n);
    const client = openAi(poor);
    const speech = client.audio.speech.create({ model: 'sim-speech', input: 'Hello', voice: 'alloy' });
    await expect(speech).rejects.toMatchObject({ status: 402 });
    const image = client.images.generate({ model: 'sim-image', prompt: 'A gate' });
    await expect(image).rejects.toMatchObject({ status: 402 });
    const batch = client.post('/batches', {
      body: { input_blob: 'https://a.test/1', endpoint: '/v1/chat/completions', completion_window: '24h' },
    });
    await expect(batch).rejects.toMatchObject({ status: 402, code: 'unbounded_cost' });
    expect((await client.files.list()).data).toBeDefined();
    const anthropic = new Anthropic({ baseURL: world.first.origin, apiKey: poor.secret });
    const { input_tokens } = await anthropic.messages.countTokens({
      model: 'sim-claude',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    expect(input_tokens).toBeGreaterThan(0);
  });
});

describe('a budget that names a cheaper model', () => {
  it('[X1] never sends there what a provider keeps, if that is the operator’s account', async () => {
    await world.seed.credential({
      organizationId: OPERATOR_ORGANIZATION_ID,
      provider: 'openai',
      baseUrl: `${world.simulator.url}/v1`,
      models: ['sim-shared-video'],
    });
    const poor = await tenantWith(1n, { of: 'sim-video', model: 'sim-shared-video' });
    const before = world.first.log.dispatches().length;
    const response = await fetch(`${world.first.baseUrl}/videos`, {
      method: 'POST',
      headers: { authorization: `Bearer ${poor.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sim-video', prompt: 'A gate', seconds: '4' }),
    });
    expect(world.first.log.dispatches().slice(before)).toEqual([]);
    expect(response.status).toBe(402);
  });

  it('refuses as without it where that model’s provider has not what is asked', async () => {
    const poor = await tenantWith(1n, { of: 'sim-image', model: 'sim-claude' });
    const image = openAi(poor).images.generate({ model: 'sim-image', prompt: 'A gate' });
    await expect(image).rejects.toMatchObject({ status: 402, code: 'request_exceeds_budget' });
  });
});

describe('a budget that is large enough', () => {
  it('[M3] is charged what each kind of request cost, never more than was held', async () => {
    const rich = await tenantWith(1_000_000_000_000n);
    const client = openAi(rich);
    const anthropic = new Anthropic({ baseURL: world.first.origin, apiKey: rich.secret });
    const before = world.first.log.settles().length;
    await client.embeddings.create({ model: 'sim-embedding', input: 'Hello' });
    await client.images.generate({
      model: 'sim-image',
      prompt: 'A gate',
      quality: 'high',
      size: '1024x1024',
    });
    await (
      await client.audio.speech.create({ model: 'sim-speech', input: 'Hello', voice: 'alloy' })
    ).arrayBuffer();
    const file = await toFile(recording(2), 'speech.wav', { type: 'audio/wav' });
    await client.audio.transcriptions.create({ model: 'sim-transcribe', file });
    await client.responses.create({ model: 'sim-claude', input: 'Hello' });
    await anthropic.messages.create({
      model: 'sim-small',
      max_tokens: 50,
      messages: [{ role: 'user', content: 'Hello' }],
    });
    const settles = world.first.log.settles().slice(before);
    expect(settles).toHaveLength(6);
    const cost = settles.reduce((sum, settle) => sum + BigInt(settle.costPicoUsd ?? '-1'), 0n);
    const held = world.first.log
      .dispatches()
      .filter(({ subject }) => subject.keyId === rich.keyId)
      .map(({ holds }) => holds?.length);
    expect(held).toEqual([1, 1, 1, 1, 1, 1]);
    expect(world.first.logLines.join('')).not.toContain('cost more than was held');
    await world.ship();
    expect((await world.standing(rich.organizationId, rich.budgetId)).settled).toBe(cost);
  });
});
