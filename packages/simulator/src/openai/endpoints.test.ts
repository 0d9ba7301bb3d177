import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../start-simulator.ts';
import { countTokens } from '../tokens.ts';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant', seed: 7 });
  client = new OpenAI({ apiKey: simulator.apiKey, baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

describe('embeddings', () => {
  it('are the same as floats and as base64, and cost their input', async () => {
    const body = { model: 'sim-embedding', input: ['one', 'another one'], dimensions: 8 };
    const floats = await client.embeddings.create({ ...body, encoding_format: 'float' });
    // The SDK asks for base64 itself and decodes it.
    const decoded = await client.embeddings.create(body);
    expect(decoded.data.map(({ embedding }) => embedding)).toEqual(
      floats.data.map(({ embedding }) => embedding),
    );
    expect(floats.usage.prompt_tokens).toBe(countTokens('one') + countTokens('another one'));
    expect(floats.data[0]?.embedding).toHaveLength(8);
  });

  it('are of embedding models only, and refuse what they do not know', async () => {
    await expect(client.embeddings.create({ model: 'sim-small', input: 'x' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    const odd = { model: 'sim-embedding', input: 'x', tags: [] };
    await expect(client.embeddings.create(odd)).rejects.toMatchObject({ code: 'unknown_parameter' });
    await expect(
      client.embeddings.create({ model: 'sim-embedding', input: '[[sim error=rate-limit]]' }),
    ).rejects.toBeInstanceOf(OpenAI.RateLimitError);
  });
});

it('completions stream what they say plainly, with usage on demand', async () => {
  const body = { model: 'sim-small', prompt: '[[sim tokens=7]] Once', max_tokens: 50 };
  const plain = await client.completions.create(body);
  expect(plain.usage?.completion_tokens).toBe(7);
  let text = '';
  let usage = null;
  const options = { include_usage: true };
  for await (const chunk of await client.completions.create({
    ...body,
    stream: true,
    stream_options: options,
  })) {
    text += chunk.choices[0]?.text ?? '';
    usage = chunk.usage ?? usage;
  }
  expect(text).toBe(plain.choices[0]?.text);
  expect(usage).toEqual(plain.usage);
});

it('moderations flag violence', async () => {
  const { results } = await client.moderations.create({
    model: 'sim-moderation',
    input: ['tea', 'I kill you'],
  });
  expect(results.map(({ flagged }) => flagged)).toEqual([false, true]);
  expect(results[1]?.categories.violence).toBe(true);
});

describe('images', () => {
  it('are painted and changed, and bill their own tokens', async () => {
    const painted = await client.images.generate({
      model: 'sim-image',
      prompt: 'a point',
      n: 2,
      quality: 'low',
    });
    expect(painted.data).toHaveLength(2);
    expect(painted.usage?.output_tokens).toBe(544);
    const png = Buffer.from(painted.data?.[0]?.b64_json ?? '', 'base64');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    const image = await toFile(png, 'point.png', { type: 'image/png' });
    const changed = await client.images.edit({ model: 'sim-image', prompt: 'bluer', image });
    expect(changed.usage?.input_tokens_details.image_tokens).toBe(85);
  });

  it('are refused by the safety system on demand', async () => {
    const prompt = '[[sim safety-block=prompt]] a point';
    await expect(client.images.generate({ model: 'sim-image', prompt })).rejects.toMatchObject({
      status: 400,
      code: 'moderation_blocked',
    });
  });
});

describe('audio', () => {
  it('is spoken as bytes', async () => {
    const response = await client.audio.speech.create({
      model: 'sim-speech',
      voice: 'alloy',
      input: 'Four tokens here',
      response_format: 'wav',
    });
    expect(response.headers.get('content-type')).toBe('audio/wav');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 4).toString()).toBe('RIFF');
    expect(bytes.length).toBe(44 + 4 * 4_800);
  });

  it('is written down as JSON, text, with segments, and aloud', async () => {
    const sound = () => toFile(Buffer.alloc(64_000), 'sound.wav');
    const body = { model: 'sim-transcribe' };
    const json = await client.audio.transcriptions.create({ ...body, file: await sound() });
    expect(json.usage).toMatchObject({ type: 'tokens', input_token_details: { audio_tokens: 20 } });
    const text = await client.audio.transcriptions.create({
      ...body,
      file: await sound(),
      response_format: 'text',
    });
    expect(String(text).trim()).toBe(json.text);
    const verbose = await client.audio.transcriptions.create({
      ...body,
      file: await sound(),
      response_format: 'verbose_json',
    });
    expect(verbose).toMatchObject({ duration: 2, usage: { type: 'duration', seconds: 2 } });
    const events = [];
    for await (const event of await client.audio.transcriptions.create({
      ...body,
      file: await sound(),
      stream: true,
    }))
      events.push(event);
    expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text: json.text });
  });
});

it('batches answer the lines of a file, good and bad, after some looks', async () => {
  const line = (custom_id: string, model: string) =>
    JSON.stringify({
      custom_id,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model, messages: [{ role: 'user', content: '[[sim tokens=3]]' }] },
    });
  const file = await client.files.create({
    purpose: 'batch',
    file: await toFile(Buffer.from(`${line('a', 'sim-small')}\n${line('b', 'no-model')}\n`), 'in.jsonl'),
  });
  const made = await client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  expect(made.status).toBe('validating');
  expect((await client.batches.retrieve(made.id)).status).toBe('in_progress');
  const done = await client.batches.retrieve(made.id);
  expect(done).toMatchObject({ status: 'completed', request_counts: { total: 2, completed: 1, failed: 1 } });
  const output = JSON.parse(await (await client.files.content(done.output_file_id ?? '')).text());
  expect(output).toMatchObject({
    custom_id: 'a',
    response: { status_code: 200, body: { usage: { completion_tokens: 3 } } },
  });
  const errors = JSON.parse(await (await client.files.content(done.error_file_id ?? '')).text());
  expect(errors).toMatchObject({ custom_id: 'b', response: { status_code: 404 } });
});

describe('new controls of chat', () => {
  const ask = (content: string, more = {}) =>
    client.chat.completions.create({ model: 'sim-small', messages: [{ role: 'user', content }], ...more });
  const tools = ['a', 'b'].map((name) => ({ type: 'function' as const, function: { name } }));

  it.each([
    ['[[sim finish=content_filter]]', 'content_filter'],
    ['[[sim safety-block=answer]]', 'content_filter'],
  ])('%s', async (content, finish) => {
    expect((await ask(content)).choices[0]?.finish_reason).toBe(finish);
  });

  it('call tools on demand, or none', async () => {
    const names = async (content: string) =>
      ((await ask(content, { tools })).choices[0]?.message.tool_calls ?? []).map((call) =>
        call.type === 'function' ? call.function.name : '',
      );
    expect(await names('[[sim tool=b]]')).toEqual(['b']);
    expect(await names('[[sim tool-calls=3]]')).toEqual(['a', 'b', 'a']);
    expect(await names('[[sim no-tools]]')).toEqual([]);
  });

  it('show reasoning where imitators of OpenAI do, and log probabilities', async () => {
    const answer = await ask('[[sim reasoning logprobs tokens=2]]');
    expect(answer.choices[0]?.message).toMatchObject({ reasoning_content: expect.any(String) });
    expect(answer.choices[0]?.logprobs?.content).toHaveLength(2);
    expect(answer.usage?.completion_tokens_details?.reasoning_tokens).toBe(12);
  });
});
