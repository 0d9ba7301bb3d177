/** The official OpenAI SDK against a gateway in front of the simulator: only baseURL and apiKey are changed. */
import { waitFor } from '@tollgate/testing';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './testing/harness.ts';

let harness: Harness;
let client: OpenAI;

beforeAll(async () => {
  harness = await startHarness();
  client = new OpenAI({ baseURL: harness.gateway.baseUrl, apiKey: harness.key.secret });
});
afterAll(() => harness?.close());

const ask = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: 'user', content }];
const weather: OpenAI.ChatCompletionTool = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

describe('chat completions', () => {
  it('answers a whole completion with its exact cost in the headers', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'sim-small', messages: ask('Hello') })
      .withResponse();
    expect(data.choices[0]?.message.content).toBeTruthy();
    const { prompt_tokens, completion_tokens } = data.usage!;
    const picoUsd = BigInt(prompt_tokens) * 250_000n + BigInt(completion_tokens) * 2_000_000n;
    expect(Number(response.headers.get('x-tollgate-cost-usd'))).toBeCloseTo(Number(picoUsd) / 1e12, 12);
    expect(response.headers.get('x-tollgate-model')).toBe('sim-small');
    expect(response.headers.get('x-tollgate-provider')).toBe('simulator');
    expect(response.headers.get('x-tollgate-attempts')).toBe('1');
    expect(response.headers.get('x-tollgate-cache')).toBe('none');
    expect(Number(response.headers.get('x-tollgate-overhead-us'))).toBeGreaterThan(0);
    expect(response.headers.get('x-request-id')).toBe(response.headers.get('x-tollgate-request-id'));
    expect(harness.gateway.log.settles().at(-1)?.costPicoUsd).toBe(String(picoUsd));
  });

  it('streams, and hides the usage that only the gateway asked for', async () => {
    const stream = await client.chat.completions.create({
      model: 'sim-small',
      messages: ask('Hello'),
      stream: true,
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false);
    const settle = harness.gateway.log.settles().at(-1)!;
    expect(settle).toMatchObject({ status: 'succeeded', usageSource: 'provider', estimated: false });
    expect(settle.usage.outputTokens).toBeGreaterThan(0);
  });

  it('shows usage to a client that asks for it, the same that is metered', async () => {
    const stream = await client.chat.completions.create({
      model: 'sim-small',
      messages: ask('[[sim cached-tokens=3 reasoning-tokens=4 tokens=20]] Hello'),
      stream: true,
      stream_options: { include_usage: true },
    });
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) usage = chunk.usage ?? usage;
    const metered = harness.gateway.log.settles().at(-1)!.usage;
    expect(metered.inputTokens + metered.cachedInputTokens).toBe(usage?.prompt_tokens);
    expect(metered.outputTokens + metered.reasoningTokens).toBe(usage?.completion_tokens);
    expect(metered).toMatchObject({ cachedInputTokens: 3, reasoningTokens: 4 });
  });

  it("[S3] counts the time of a running stream as the provider's, not as its own", async () => {
    const stream = await client.chat.completions.create({
      model: 'sim-small',
      messages: ask('[[sim tokens=40 interval-ms=50]] Hello'),
      stream: true,
    });
    for await (const chunk of stream) expect(chunk.object).toBe('chat.completion.chunk');
    const { totalMs, firstTokenMs, overheadUs } = harness.gateway.log.settles().at(-1)!;
    const streamedUs = (totalMs - firstTokenMs!) * 1_000;
    expect(streamedUs).toBeGreaterThan(1_000_000);
    expect(overheadUs).toBeLessThan(streamedUs / 2);
  });

  it('passes tool calls, whole and streamed', async () => {
    const request = { model: 'sim-small', messages: ask('Weather in Kraków?'), tools: [weather] };
    const whole = await client.chat.completions.create({ ...request, tool_choice: 'required' });
    expect(whole.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'weather' } });
    const streamed = await client.chat.completions
      .stream({ ...request, tool_choice: 'required' })
      .finalChatCompletion();
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'weather' } });
  });

  it('[G5] gives the same text for any cutting of the wire and any line ends', async () => {
    const texts = new Set<string>();
    for (const controls of ['', 'chunk-bytes=1', 'chunk-bytes=7 line-ends=crlf', 'line-ends=cr comments']) {
      const stream = await client.chat.completions.create({
        model: 'sim-small',
        messages: ask(`[[sim echo awkward ${controls}]] zażółć 🦆`),
        stream: true,
      });
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      texts.add(text.replace(/^\[\[sim.*?\]\]/, ''));
    }
    expect([...texts]).toHaveLength(1);
  });

  it('takes the end user, tags and session from the body, our headers and their aliases', async () => {
    await client.chat.completions.create(
      {
        model: 'sim-small',
        messages: ask('Hello'),
        user: 'jane',
        metadata: { feature: 'search' },
        store: true,
      },
      {
        headers: {
          'x-tollgate-tags': 'team=blue,urgent',
          'helicone-property-customer': 'acme',
          'x-portkey-trace-id': 'trace-7',
        },
      },
    );
    const dispatch = harness.gateway.log.dispatches().at(-1)!;
    expect(dispatch.subject).toMatchObject({
      endUser: 'jane',
      sessionId: 'trace-7',
      tags: { feature: 'search', team: 'blue', urgent: 'true', customer: 'acme' },
    });
  });

  it('sends neither our extensions nor the client’s headers to the provider', async () => {
    const response = await harness.ask(
      '[[sim echo-headers ref=clean]] Hello',
      { tags: ['a'], fallbacks: ['sim-large'], models: ['sim-large'], provider: { order: ['simulator'] } },
      {
        'x-tollgate-session': 's',
        'x-forwarded-for': '10.0.0.1',
        cookie: 'c=1',
        'openai-organization': 'org',
      },
    );
    expect(response.status).toBe(200);
    await harness.simulator.truth!.whenSettled();
    const record = (await harness.simulator.truth!.read()).find(({ ref }) => ref === 'clean')!;
    expect(Object.keys(record.headers)).toEqual(['x-client-request-id']);
    expect([...response.headers.keys()].filter((name) => name.includes('cookie'))).toEqual([]);
  });

  it('tries the models that the client names as fall-backs, in order', async () => {
    const response = await harness.ask('[[sim status=500]] Hello', { models: ['sim-large'] });
    expect(response.status).toBe(502);
    const tried = harness.gateway.log.dispatches().slice(-3);
    expect(tried.map(({ target }) => target.model).slice(-2)).toEqual(['sim-large', 'sim-large']);
  });

  it('names the cost of a stream at its request id at once', async () => {
    const { data: stream, response } = await client.chat.completions
      .create({ model: 'sim-large', messages: ask('Hello'), stream: true })
      .withResponse();
    for await (const _ of stream);
    const id = response.headers.get('x-tollgate-request-id')!;
    const report = await client.get<Record<string, unknown>>(`/tollgate/requests/${id}`);
    const settle = harness.gateway.log.settles().at(-1)!;
    expect(report).toMatchObject({ id, state: 'done', model: 'sim-large', status: 200, estimated: false });
    expect(Number(report.cost_usd)).toBeCloseTo(Number(settle.costPicoUsd) / 1e12, 12);
  });

  it('[X1] does not tell one key about the requests of another', async () => {
    const response = await harness.ask('Hello');
    const id = response.headers.get('x-tollgate-request-id')!;
    const stranger = await harness.seed.key({ organizationId: await harness.seed.organization() });
    const other = await fetch(`${harness.gateway.baseUrl}/tollgate/requests/${id}`, {
      headers: { authorization: `Bearer ${stranger.secret}` },
    });
    expect(other.status).toBe(404);
  });

  it('writes each dispatch before and each settlement exactly once, whatever happened in this file', async () => {
    await waitFor(() => harness.gateway.log.settles().length === harness.gateway.log.dispatches().length);
    const keys = harness.gateway.log.settles().map(({ requestId, attempt }) => `${requestId} ${attempt}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('models', () => {
  it('lists what the key may use, in the form that the SDK reads', async () => {
    const list = await client.models.list();
    expect(list.data.map(({ id }) => id)).toEqual(['sim-large', 'sim-small']);
    expect(list.data[0]).toMatchObject({ object: 'model', owned_by: 'simulator' });
  });

  it('finds a model by its bare name and with its provider, slash included', async () => {
    expect((await client.models.retrieve('sim-small')).id).toBe('sim-small');
    const response = await fetch(`${harness.gateway.baseUrl}/models/simulator/sim-small`, {
      headers: { authorization: `Bearer ${harness.key.secret}` },
    });
    expect(await response.json()).toMatchObject({ id: 'simulator/sim-small', object: 'model' });
  });

  it('serves a model by its name with the provider before it', async () => {
    const data = await client.chat.completions.create({ model: 'simulator/sim-small', messages: ask('Hi') });
    expect(data.model).toBe('sim-small');
  });

  it('refuses a model that the key may not use as one that does not exist, and suggests only usable names', async () => {
    const { organizationId } = harness.key;
    const limited = await harness.seed.key({ organizationId, models: ['sim-large'] });
    const restricted = client.withOptions({ apiKey: limited.secret });
    const error = await restricted.chat.completions
      .create({ model: 'sim-small', messages: ask('Hi') })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect((error as Error).message).toContain('sim-large');
    expect((error as { code?: unknown }).code).toBe('model_not_found');
    expect((await restricted.models.list()).data.map(({ id }) => id)).toEqual(['sim-large']);
  });
});
