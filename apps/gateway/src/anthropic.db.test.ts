/** Anthropic's official SDK against a gateway: at its own provider, and at others behind the same call. */
import Anthropic from '@anthropic-ai/sdk';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from './testing/every-provider.ts';

let world: World;
let client: Anthropic;

beforeAll(async () => {
  world = await startWorld();
  client = new Anthropic({ baseURL: world.gateway.origin, apiKey: world.key.secret });
});
afterAll(() => world?.close());

const ask = (content: string): Anthropic.MessageParam[] => [{ role: 'user', content }];
const weather: Anthropic.Tool = {
  name: 'weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const MODELS = ['sim-claude', 'openai/sim-small', 'sim-gemini'] as const;

describe.each(MODELS)('messages, answered by %s', (model) => {
  it('[M7] come whole, with the usage that is metered', async () => {
    const { data, response } = await client.messages
      .create({ model, max_tokens: 100, messages: ask('[[sim tokens=12 cached-tokens=2]] Hello') })
      .withResponse();
    expect(data).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' });
    expect(data.content[0]).toMatchObject({ type: 'text' });
    const settle = world.gateway.log.settles().at(-1)!;
    expect(settle).toMatchObject({ status: 'succeeded', usageSource: 'provider' });
    expect(settle.usage.inputTokens).toBe(data.usage.input_tokens);
    expect(settle.usage.outputTokens).toBe(data.usage.output_tokens);
    expect(settle.usage.cachedInputTokens).toBe(data.usage.cache_read_input_tokens);
    expect(response.headers.get('request-id')).toBe(response.headers.get('x-tollgate-request-id'));
    expect(response.headers.get('x-request-id')).toBeNull();
    expect(Number(response.headers.get('x-tollgate-cost-usd'))).toBeGreaterThan(0);
  });

  it('[G4] stream to their own last event', async () => {
    const events: string[] = [];
    const stream = client.messages.stream({ model, max_tokens: 100, messages: ask('Hello') });
    for await (const event of stream) events.push(event.type);
    expect(events[0]).toBe('message_start');
    expect(events.at(-1)).toBe('message_stop');
    const message = await stream.finalMessage();
    expect(message.content[0]?.type).toBe('text');
    const { usage } = world.gateway.log.settles().at(-1)!;
    expect(usage.outputTokens).toBe(message.usage.output_tokens);
    expect(usage.outputTokens).toBeGreaterThan(0);
  });

  it('[M8] whose client goes away are billed for what was produced, not for what was told at the start', async () => {
    const settled = world.gateway.log.settles().length;
    const stream = client.messages.stream({
      model,
      max_tokens: 2_000,
      messages: ask('[[sim tokens=2000 interval=5]] Hello'),
    });
    let pieces = 0;
    for await (const event of stream) {
      if (event.type === 'content_block_delta') pieces += 1;
      if (pieces === 20) break;
    }
    stream.abort();
    await waitFor(() => world.gateway.log.settles().length > settled);
    const settle = world.gateway.log.settles().at(-1)!;
    expect(settle.status).toBe('aborted');
    expect(settle.usage.inputTokens).toBeGreaterThan(0);
    expect(settle.usage.outputTokens).toBeGreaterThanOrEqual(10);
    expect(settle.estimated).toBe(settle.usageSource !== 'provider');
  });

  it('call tools', async () => {
    const message = await client.messages.create({
      model,
      max_tokens: 100,
      tools: [weather],
      tool_choice: { type: 'any' },
      messages: ask('What is the weather?'),
    });
    expect(message.stop_reason).toBe('tool_use');
    const call = message.content.find((block) => block.type === 'tool_use');
    expect(call).toMatchObject({ name: 'weather' });
    const answer = await client.messages.create({
      model,
      max_tokens: 100,
      tools: [weather],
      messages: [
        ...ask('What is the weather?'),
        { role: 'assistant', content: message.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call!.id, content: 'Sunny' }] },
      ],
    });
    expect(answer.stop_reason).toBe('end_turn');
  });
});

describe('failures in Anthropic’s words', () => {
  it('[G6] raise the class that the SDK has for them', async () => {
    const stranger = new Anthropic({ baseURL: world.gateway.origin, apiKey: 'tgk_nonsense' });
    await expect(
      stranger.messages.create({ model: 'sim-claude', max_tokens: 5, messages: ask('x') }),
    ).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    const unknown = client.messages.create({ model: 'sim-nothing', max_tokens: 5, messages: ask('x') });
    await expect(unknown).rejects.toBeInstanceOf(Anthropic.NotFoundError);
    await expect(unknown).rejects.toMatchObject({
      error: { type: 'error', error: { type: 'not_found_error', tollgate: { code: 'model_not_found' } } },
    });
    const none = await fetch(`${world.gateway.origin}/anthropic/v1/nothing`);
    expect(none.status).toBe(404);
    expect(await none.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
    expect(none.headers.get('request-id')).toBeTruthy();
  });

  it.each(MODELS)('[G4] end a stream of %s with an error event', async (model) => {
    const stream = client.messages.stream({
      model,
      max_tokens: 100,
      messages: ask('[[sim tokens=20 error-in-stream=3]] Hello'),
    });
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIError);
    expect(world.gateway.log.settles().at(-1)).toMatchObject({ status: 'failed' });
  });

  it.each(MODELS)('a refusal of our credential at %s never looks like a bad key', async (model) => {
    const once = new Anthropic({ baseURL: world.gateway.origin, apiKey: world.key.secret, maxRetries: 0 });
    const answer = once.messages.create({
      model,
      max_tokens: 5,
      messages: ask('[[sim status=401]] Hello'),
    });
    await expect(answer).rejects.toMatchObject({
      status: 502,
      error: { error: { type: 'api_error', tollgate: { code: 'provider_credential_rejected' } } },
    });
  });
});

describe('models', () => {
  it('are listed in Anthropic’s shape for its clients, under both prefixes', async () => {
    for (const baseURL of [world.gateway.origin, `${world.gateway.origin}/anthropic`]) {
      const its = new Anthropic({ baseURL, apiKey: world.key.secret });
      const names: string[] = [];
      for await (const model of its.models.list()) {
        expect(model.type).toBe('model');
        names.push(model.id);
      }
      expect(names).toContain('sim-claude');
      expect(await its.models.retrieve('sim-claude')).toMatchObject({ type: 'model', id: 'sim-claude' });
    }
  });
});
