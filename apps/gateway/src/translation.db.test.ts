/** OpenAI's SDK and its chat against every provider; what one cannot say; fall-backs that speak another format. */
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from './testing/every-provider.ts';

let world: World;
let client: OpenAI;

beforeAll(async () => {
  world = await startWorld();
  client = new OpenAI({ baseURL: world.gateway.baseUrl, apiKey: world.key.secret, maxRetries: 0 });
});
afterAll(() => world?.close());

const ask = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: 'user', content }];
const weather: OpenAI.ChatCompletionTool = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const MODELS = [
  'openai/sim-small',
  'anthropic/sim-claude',
  'google/sim-gemini',
  'cohere/sim-command',
  'azure/sim-large',
  'amazon-bedrock/us.anthropic.sim-claude-v1:0',
  'amazon-bedrock/sim-command',
  'google-vertex/claude-sim',
  'google-vertex/sim-gemini',
] as const;

describe.each(MODELS)('chat, answered by %s', (model) => {
  it('[M7] comes whole, with the usage that is metered', async () => {
    const { data, response } = await client.chat.completions
      .create({ model, messages: ask('[[sim tokens=12]] Hello'), max_completion_tokens: 100 })
      .withResponse();
    expect(data.object).toBe('chat.completion');
    expect(data.choices[0]?.message.content).toBeTruthy();
    expect(data.choices[0]?.finish_reason).toBe('stop');
    const { usage, usageSource } = world.gateway.log.settles().at(-1)!;
    expect(usageSource).toBe('provider');
    expect(usage.inputTokens + usage.cachedInputTokens).toBe(data.usage?.prompt_tokens);
    expect(usage.outputTokens + usage.reasoningTokens).toBe(data.usage?.completion_tokens);
    expect(response.headers.get('x-tollgate-provider')).toBe(model.split('/')[0]);
    expect(Number(response.headers.get('x-tollgate-cost-usd'))).toBeGreaterThan(0);
  });

  it('[G4] streams to [DONE], without usage that was not asked for', async () => {
    const response = await world.ask('Hello', { model, stream: true, max_completion_tokens: 100 });
    const text = await response.text();
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(text).not.toContain('"usage"');
    expect(world.gateway.log.settles().at(-1)).toMatchObject({ status: 'succeeded', estimated: false });
    let shown: OpenAI.CompletionUsage | null | undefined;
    let content = '';
    for await (const chunk of await client.chat.completions.create({
      model,
      messages: ask('Hello'),
      stream: true,
      stream_options: { include_usage: true },
    })) {
      shown = chunk.usage ?? shown;
      content += chunk.choices[0]?.delta.content ?? '';
    }
    expect(content).not.toBe('');
    const { usage } = world.gateway.log.settles().at(-1)!;
    expect(usage.outputTokens + usage.reasoningTokens).toBe(shown?.completion_tokens);
  });

  it('calls a tool, and takes its result', async () => {
    const first = await client.chat.completions.create({
      model,
      messages: ask('What is the weather?'),
      tools: [weather],
      tool_choice: 'required',
    });
    const message = first.choices[0]!.message;
    const [call] = message.tool_calls ?? [];
    expect(first.choices[0]?.finish_reason).toBe('tool_calls');
    expect(call).toMatchObject({ type: 'function', function: { name: 'weather' } });
    const second = await client.chat.completions.create({
      model,
      messages: [
        ...ask('What is the weather?'),
        message,
        { role: 'tool', tool_call_id: call!.id, content: 'Sunny' },
      ],
      tools: [weather],
    });
    expect(second.choices[0]?.finish_reason).toBe('stop');
  });

  it('[G4] ends with an error event when the provider fails in the middle', async () => {
    const response = await world.ask('[[sim tokens=20 error-in-stream=3]] Hello', { model, stream: true });
    const last = (await response.text()).trimEnd().split('\n\n').at(-1) ?? '';
    expect(JSON.parse(last.replace(/^data: /, ''))).toMatchObject({
      error: { tollgate: { source: 'provider' } },
    });
    expect(world.gateway.log.settles().at(-1)).toMatchObject({ status: 'failed' });
  });

  it('a rate limit of the provider stays one, with its wait', async () => {
    const response = await world.ask('[[sim status=429 retry-after=7]] Hello', { model });
    expect(response.status).toBe(429);
    const { error } = (await response.json()) as { error: { tollgate: { code: string } } };
    expect(error.tollgate.code).toBe('upstream_rate_limited');
  });
});

describe('what a provider cannot say', () => {
  const odd = { model: 'anthropic/sim-claude', logit_bias: { '50256': -100 } };

  it('[G7] is reported by name where the answer stays what was asked for', async () => {
    const response = await world.ask('Hello', { model: 'anthropic/sim-claude', seed: 7 });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-tollgate-unsupported')).toContain('seed');
  });

  it('[G7] is refused by name where it would be another answer, unless the caller takes a report', async () => {
    const refused = await world.ask('Hello', { ...odd, n: 2 });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { code: 'unsupported_parameter' } });
    const attempts = world.gateway.log.settles().length;
    const reported = await world.ask('Hello', { ...odd, n: 2 }, { 'x-tollgate-unsupported': 'report' });
    expect(reported.status).toBe(200);
    expect(reported.headers.get('x-tollgate-unsupported')).toContain('n');
    expect(world.gateway.log.settles().length).toBe(attempts + 1);
    const strict = await world.ask(
      'Hello',
      { model: 'anthropic/sim-claude', seed: 7 },
      { 'x-tollgate-unsupported': 'refuse' },
    );
    expect(strict.status).toBe(400);
    expect(await strict.json()).toMatchObject({ error: { param: 'seed' } });
  });

  it('is said by the next candidate, where there is one', async () => {
    const response = await world.ask('Hello', { ...odd, n: 2, models: ['openai/sim-small'] });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-tollgate-provider')).toBe('openai');
    expect(response.headers.get('x-tollgate-attempts')).toBe('1');
    expect(response.headers.get('x-tollgate-unsupported')).toBeNull();
  });
});

describe('the record of a request', () => {
  const told = async (response: Response) => {
    await response.text();
    const id = response.headers.get('x-tollgate-request-id')!;
    const report = await client.get<Record<string, unknown>>(`/tollgate/requests/${id}`);
    const frame = world.gateway.log.frames.findLast((one) => one.kind === 'request');
    expect(frame?.subject.requestId).toBe(id);
    return { frame, report };
  };

  it('[G7] tells the format of the provider, that it was translated, and what could not be said', async () => {
    const asked = { model: 'anthropic/sim-claude', seed: 7, stream: true };
    const { frame, report } = await told(await world.ask('Hello', asked));
    expect(frame).toMatchObject({
      providerFormat: 'anthropic-messages',
      translated: true,
      unsupported: ['seed'],
    });
    expect(report).toMatchObject({
      dialect: 'openai',
      provider_format: 'anthropic-messages',
      translated: true,
      unsupported: ['seed'],
    });
  });

  it('tells that nothing was translated where both speak alike, and nothing where nothing was sent', async () => {
    const native = await told(await world.ask('Hello', { model: 'openai/sim-small', seed: 7 }));
    expect(native.report).toMatchObject({
      provider_format: 'openai-chat',
      translated: false,
      unsupported: [],
    });
    const refused = await told(await world.ask('Hello', { model: 'anthropic/sim-claude', n: 2 }));
    expect(refused.report).toMatchObject({
      status: 400,
      provider_format: null,
      translated: false,
      unsupported: [],
    });
  });

  it('is of the attempt that answered, and holds no more names than it must', async () => {
    const fallBack = await told(
      await world.ask('[[sim fail-times=1 status=503 nonce=record]] Hello', {
        model: 'openai/sim-small',
        models: ['anthropic/sim-claude'],
      }),
    );
    expect(fallBack.report).toMatchObject({ provider_format: 'anthropic-messages', translated: true });
    const odd = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`odd_${index}_é`, 1]));
    const many = await told(
      await world.ask(
        'Hello',
        { model: 'anthropic/sim-claude', ...odd },
        { 'x-tollgate-unsupported': 'report' },
      ),
    );
    expect(many.frame?.unsupported).toHaveLength(64);
    expect(many.frame?.unsupported?.[0]).toBe('odd_0_?');
  });
});

describe('a fall-back in another format', () => {
  it('answers in the words of the client', async () => {
    const response = await world.ask('[[sim fail-times=1 status=503 nonce=another-format]] Hello', {
      model: 'openai/sim-small',
      models: ['anthropic/sim-claude'],
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-tollgate-provider')).toBe('anthropic');
    expect(response.headers.get('x-tollgate-attempts')).toBe('2');
    expect(await response.json()).toMatchObject({ object: 'chat.completion' });
  });
});

describe('providers that sign or buy tokens', () => {
  it('[X2] show nothing of their credentials', () => {
    const { secretAccessKey } = world.simulator.aws;
    const lines = world.gateway.logLines.join('');
    expect(lines).not.toContain(secretAccessKey);
    expect(lines).not.toContain('PRIVATE KEY');
  });
});

describe('a service tier', () => {
  it('[M7] that has no price makes the cost unknown, not that of another tier', async () => {
    const response = await world.ask('Hello', { model: 'openai/sim-small', service_tier: 'priority' });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-tollgate-cost-usd')).toBeNull();
    expect(world.gateway.log.settles().at(-1)?.costPicoUsd).toBeNull();
    const flex = await world.ask('Hello', { model: 'openai/sim-small', service_tier: 'flex' });
    expect(Number(flex.headers.get('x-tollgate-cost-usd'))).toBeGreaterThan(0);
    expect(world.gateway.log.dispatches().at(-1)?.target.serviceTier).toBe('flex');
  });
});
