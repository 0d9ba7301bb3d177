/** What models do besides conversations, by the official SDKs: passed on as it is, and metered as it is priced. */

import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from './testing/every-provider.ts';

let world: World;
let client: OpenAI;

const PRICED = [
  { provider: 'openai', name: 'sim-embedding', mode: 'embedding', components: { input: '20000' } },
  {
    provider: 'openai',
    name: 'sim-image',
    mode: 'image',
    components: {
      input: '5000000',
      'unit:image_input_token': '10000000',
      'unit:image_output_token': '40000000',
      'image:high/1024x1024': '167000000000',
    },
  },
  {
    provider: 'openai',
    name: 'sim-speech',
    mode: 'audio',
    components: { 'unit:input_character': '15000000' },
  },
  {
    provider: 'openai',
    name: 'sim-transcribe',
    mode: 'audio',
    components: { input: '2500000', audioInput: '2500000', output: '10000000' },
  },
  { provider: 'openai', name: 'sim-moderation', mode: 'moderation', components: { input: '0', output: '0' } },
  { provider: 'google', name: 'sim-embedding', mode: 'embedding', components: { input: '20000' } },
];

beforeAll(async () => {
  world = await startWorld(PRICED);
  client = new OpenAI({ baseURL: world.gateway.baseUrl, apiKey: world.key.secret, maxRetries: 0 });
});
afterAll(() => world?.close());

const settled = () => world.gateway.log.settles().at(-1)!;

describe('texts', () => {
  it('[M7] embeddings cost the tokens that the provider tells', async () => {
    const answer = await client.embeddings.create({
      model: 'openai/sim-embedding',
      input: ['Hello', 'World'],
    });
    expect(answer.data).toHaveLength(2);
    expect(settled()).toMatchObject({
      usageSource: 'provider',
      usage: { inputTokens: answer.usage.prompt_tokens, outputTokens: 0 },
      costPicoUsd: String(answer.usage.prompt_tokens * 20_000),
    });
  });

  it('moderations are free where their price says so', async () => {
    const answer = await client.moderations.create({ model: 'openai/sim-moderation', input: 'Hello' });
    expect(answer.results).toHaveLength(1);
    expect(settled()).toMatchObject({ costPicoUsd: '0', estimated: false });
  });

  it('[M7] reranking costs searches', async () => {
    const response = await fetch(`${world.gateway.baseUrl}/rerank`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.key.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'cohere/sim-rerank',
        query: 'What is a tollgate?',
        documents: ['A gate', 'A river'],
        metadata: { project: 'tests' },
      }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ results: [{ index: expect.any(Number) }, {}] });
    expect(settled().usage.units).toMatchObject({ query: 1 });
  });

  it('counting tokens costs nothing', async () => {
    const anthropic = new Anthropic({ baseURL: world.gateway.origin, apiKey: world.key.secret });
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Hello' }];
    const { input_tokens } = await anthropic.messages.countTokens({
      model: 'anthropic/sim-claude',
      messages,
    });
    expect(input_tokens).toBeGreaterThan(0);
    expect(settled().costPicoUsd).toBe('0');
  });

  it('Gemini’s own tasks pass', async () => {
    const google = new GoogleGenAI({
      apiKey: world.key.secret,
      httpOptions: { baseUrl: world.gateway.origin },
    });
    const counted = await google.models.countTokens({ model: 'google/sim-gemini', contents: 'Hello' });
    expect(counted.totalTokens).toBeGreaterThan(0);
    const embedded = await google.models.embedContent({ model: 'google/sim-embedding', contents: 'Hello' });
    expect(embedded.embeddings?.[0]?.values?.length).toBeGreaterThan(0);
    expect(settled().usage.inputTokens).toBeGreaterThan(0);
  });

  it('Gemini’s own tasks are answered by others', async () => {
    const google = new GoogleGenAI({
      apiKey: world.key.secret,
      httpOptions: { baseUrl: world.gateway.origin },
    });
    const embedded = await google.models.embedContent({
      model: 'openai/sim-embedding',
      contents: ['Hello', 'World'],
    });
    expect(embedded.embeddings).toHaveLength(2);
    expect(embedded.embeddings?.[0]?.values?.length).toBeGreaterThan(0);
    expect(settled()).toMatchObject({ usageSource: 'provider' });
    const counted = await google.models.countTokens({ model: 'anthropic/sim-claude', contents: 'Hello' });
    expect(counted.totalTokens).toBeGreaterThan(0);
    const anthropic = new Anthropic({ baseURL: world.gateway.origin, apiKey: world.key.secret });
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Hello' }];
    for (const model of ['google/sim-gemini', 'google-vertex/sim-gemini']) {
      const { input_tokens } = await anthropic.messages.countTokens({ model, system: 'Be brief.', messages });
      expect(input_tokens).toBeGreaterThan(0);
      expect(settled().costPicoUsd).toBe('0');
    }
  });

  it('a provider that has no such endpoint is named', async () => {
    const answer = client.embeddings.create({ model: 'anthropic/sim-claude', input: 'Hello' });
    await expect(answer).rejects.toMatchObject({ status: 400, param: 'model' });
  });
});

describe('images', () => {
  it('[M7] cost their tokens where the provider tells them', async () => {
    const answer = await client.images.generate({
      model: 'openai/sim-image',
      prompt: 'A gate',
      n: 2,
      quality: 'high',
      size: '1024x1024',
    });
    expect(answer.data).toHaveLength(2);
    expect(settled()).toMatchObject({ usageSource: 'provider', estimated: false });
    expect(settled().usage.units?.image_output_token).toBe(answer.usage?.output_tokens);
    expect(settled().costPicoUsd).not.toBeNull();
  });

  it('are edited from a form whose files pass byte for byte', async () => {
    const picture = await toFile(
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 255, 0, 128]),
      'gate.png',
      {
        type: 'image/png',
      },
    );
    const answer = await client.images.edit({ model: 'openai/sim-image', image: picture, prompt: 'Closed' });
    expect(answer.data?.length).toBe(1);
    expect(settled().usage.units?.image_output_token).toBeGreaterThan(0);
  });
});

describe('audio', () => {
  it('[M7] speech is bytes, priced by the character', async () => {
    const response = await client.audio.speech.create({
      model: 'openai/sim-speech',
      input: 'Hello, wörld',
      voice: 'alloy',
    });
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 3).toString()).toBe('ID3');
    expect(settled()).toMatchObject({
      usage: { units: { input_character: 12 } },
      costPicoUsd: String(12 * 15_000_000),
    });
  });

  it('[M7] transcripts cost the tokens that the provider tells, or a guess that is marked', async () => {
    const file = () => toFile(Buffer.alloc(64_000, 1), 'speech.wav', { type: 'audio/wav' });
    const answer = await client.audio.transcriptions.create({
      model: 'openai/sim-transcribe',
      file: await file(),
    });
    expect(answer.text).toBeTruthy();
    expect(settled()).toMatchObject({ usageSource: 'provider', estimated: false });
    expect(settled().usage.audioInputTokens).toBeGreaterThan(0);
    const text = await client.audio.transcriptions.create({
      model: 'openai/sim-transcribe',
      file: await file(),
      response_format: 'text',
    });
    expect(String(text)).not.toBe('');
    expect(settled()).toMatchObject({ usageSource: 'counted', estimated: true });
    expect(settled().usage.audioInputTokens).toBeGreaterThan(0);
  });
});

describe('what a provider keeps', () => {
  const upload = () =>
    toFile(Buffer.from('{"custom_id":"1"}\n'), 'lines.jsonl', { type: 'application/jsonl' });

  it('passes to the organization’s own account, byte for byte and for nothing', async () => {
    const file = await client.files.create({ file: await upload(), purpose: 'batch' });
    expect(file.object).toBe('file');
    expect(settled()).toMatchObject({ usageSource: 'none', costPicoUsd: '0', status: 'succeeded' });
    const names: string[] = [];
    for await (const listed of client.files.list()) names.push(listed.id);
    expect(names).toContain(file.id);
    const content = await client.files.content(file.id);
    expect(await content.text()).toBe('{"custom_id":"1"}\n');
    expect(await client.files.delete(file.id)).toMatchObject({ deleted: true });
  });

  it('[M7] a batch costs what nobody has told yet', async () => {
    const line = {
      custom_id: '1',
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'sim-small', messages: [{ role: 'user', content: 'Hello' }] },
    };
    const lines = await toFile(Buffer.from(`${JSON.stringify(line)}\n`), 'lines.jsonl');
    const file = await client.files.create({ file: lines, purpose: 'batch' });
    const batch = await client.batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    expect(batch.object).toBe('batch');
    expect(settled()).toMatchObject({ costPicoUsd: null, estimated: true });
    expect(await client.batches.retrieve(batch.id)).toMatchObject({ id: batch.id });
  });

  it('stored responses are read where they were made', async () => {
    const made = await client.responses.create({ model: 'openai/sim-small', input: 'Hello' });
    expect(await client.responses.retrieve(made.id)).toMatchObject({ id: made.id });
  });

  it('[X1] is refused where the only account is shared with other tenants', async () => {
    const { secret } = await world.seed.key({ organizationId: await world.seed.organization() });
    const stranger = new OpenAI({ baseURL: world.gateway.baseUrl, apiKey: secret, maxRetries: 0 });
    await expect(stranger.files.list()).rejects.toMatchObject({ status: 403, code: 'permission_denied' });
  });

  it('[X1] nor may requests name there what the account keeps', async () => {
    const { secret } = await world.seed.key({ organizationId: await world.seed.organization() });
    const stranger = new OpenAI({ baseURL: world.gateway.baseUrl, apiKey: secret, maxRetries: 0 });
    const before = world.gateway.log.dispatches().length;
    const file = { type: 'file' as const, file: { file_id: 'file-of-another-tenant' } };
    for (const content of [
      [file],
      [{ type: 'image_url' as const, image_url: { url: 's3://operators-bucket/a.png' } }],
    ]) {
      const answer = stranger.chat.completions.create({
        model: 'sim-small',
        messages: [{ role: 'user', content }],
      });
      await expect(answer).rejects.toMatchObject({ status: 403, code: 'permission_denied' });
    }
    const more = stranger.responses.create({
      model: 'sim-small',
      input: 'Repeat what was said.',
      previous_response_id: 'resp_of_another_tenant',
    });
    await expect(more).rejects.toMatchObject({ status: 403, param: 'previous_response_id' });
    expect(world.gateway.log.dispatches().slice(before)).toEqual([]);
  });

  it('keys that are scoped to models or endpoints cannot go around their scope', async () => {
    const { organizationId } = world;
    const scoped = async (scope: object) =>
      new OpenAI({
        baseURL: world.gateway.baseUrl,
        apiKey: (await world.seed.key({ organizationId, ...scope })).secret,
        maxRetries: 0,
      });
    const ofOneModel = await scoped({ models: ['sim-small'] });
    // What its lines may ask for: batches.db.test.ts.
    await expect(
      ofOneModel.embeddings.create({ model: 'openai/sim-embedding', input: 'x' }),
    ).rejects.toThrow();
    const ofChat = await scoped({ endpoints: ['chat.completions'] });
    await expect(ofChat.files.list()).rejects.toMatchObject({ status: 403 });
    await expect(
      ofChat.embeddings.create({ model: 'openai/sim-embedding', input: 'x' }),
    ).rejects.toMatchObject({
      status: 403,
    });
  });

  it('ids that are none name no other address', async () => {
    for (const id of ['..%2Fmodels', '%2e%2e', 'a%3Fb', 'a/../b']) {
      const response = await fetch(`${world.gateway.baseUrl}/files/${id}`, {
        headers: { authorization: `Bearer ${world.key.secret}` },
      });
      expect([400, 404]).toContain(response.status);
      expect(await response.text()).not.toContain('"object"');
    }
  });
});
