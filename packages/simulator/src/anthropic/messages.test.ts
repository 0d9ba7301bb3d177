import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../start-simulator.ts';
import { countTokens } from '../tokens.ts';

let simulator: Simulator;
let client: Anthropic;

beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant', seed: 7 });
  client = new Anthropic({ apiKey: simulator.apiKey, baseURL: simulator.url, maxRetries: 0 });
});
afterAll(() => simulator.close());

const WEATHER: Anthropic.Tool = {
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

function bodyOf(content: string, more: Partial<Anthropic.MessageCreateParamsNonStreaming> = {}) {
  return {
    model: 'sim-claude',
    max_tokens: 2_000,
    messages: [{ role: 'user' as const, content }],
    ...more,
  };
}

describe('a message', () => {
  it('has the shape of the provider and usage whose input leaves out the cache', async () => {
    const body = bodyOf('[[sim tokens=12 input-tokens=100 cached-tokens=30 cache-write-tokens=20]] Hello');
    const message = await client.messages.create(body);
    expect(message).toMatchObject({
      id: expect.stringMatching(/^msg_01[0-9A-Za-z]{22}$/),
      type: 'message',
      role: 'assistant',
      model: 'sim-claude',
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 50,
        cache_read_input_tokens: 30,
        cache_creation_input_tokens: 20,
        cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 0 },
        output_tokens: 12,
      },
    });
    expect(message._request_id).toMatch(/^req_/);
    const [block] = message.content;
    expect(block?.type === 'text' && countTokens(block.text)).toBe(12);
  });

  it.each(['plain', 'streamed'])(
    'is the same however it travels, thinking, text and calls included: %s',
    async (way) => {
      const body = bodyOf('[[sim tool-calls=2]] Weather?', {
        tools: [WEATHER],
        thinking: { type: 'enabled', budget_tokens: 1024 },
      });
      const message =
        way === 'plain'
          ? await client.messages.create(body)
          : await client.messages.stream(body).finalMessage();
      expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'tool_use', 'tool_use']);
      expect(message.stop_reason).toBe('tool_use');
      const [, call] = message.content;
      expect(call).toMatchObject({ name: 'get_weather', input: { city: expect.any(String) } });
      expect(message.usage.output_tokens).toBeGreaterThan(12);
    },
  );

  it('streams its events in order, with a ping, and one token in each delta', async () => {
    const events = [];
    for await (const event of await client.messages.create({
      ...bodyOf('[[sim tokens=5]] Hello'),
      stream: true,
    }))
      events.push(event);
    expect(events.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      ...Array.from({ length: 5 }, () => 'content_block_delta'),
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const raw = await fetch(`${simulator.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': simulator.apiKey, 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({ ...bodyOf('Hello'), stream: true }),
    });
    expect(await raw.text()).toContain('event: ping\ndata: {"type": "ping"}\n\n');
  });
});

describe('thinking', () => {
  const thinking = { type: 'enabled' as const, budget_tokens: 1024 };

  async function firstTurn(mark = '') {
    return client.messages.create(bodyOf(`${mark}Weather?`, { tools: [WEATHER], thinking }));
  }

  function secondTurn(content: Anthropic.ContentBlockParam[]) {
    const call = content.find((block) => block.type === 'tool_use');
    const result = { type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: 'Sunny' };
    return client.messages.create({
      ...bodyOf('Weather?', { tools: [WEATHER], thinking }),
      messages: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content },
        { role: 'user', content: [result] },
      ],
    });
  }

  it.each(['', '[[sim redacted]] '])('comes back with its own signature%s', async (mark) => {
    const first = await firstTurn(mark);
    const second = await secondTurn(first.content as Anthropic.ContentBlockParam[]);
    expect(second.stop_reason).toBe('end_turn');
  });

  it('is refused when text or signature were altered', async () => {
    const { content } = await firstTurn();
    for (const change of [{ thinking: 'other' }, { signature: 'AAAA' }]) {
      const altered = content.map((block) => (block.type === 'thinking' ? { ...block, ...change } : block));
      await expect(secondTurn(altered as Anthropic.ContentBlockParam[])).rejects.toThrow(
        'messages.1.content.0: Invalid `signature` in `thinking` block',
      );
    }
  });

  it('is missed when the turn that called tools comes back without it', async () => {
    const { content } = await firstTurn();
    const without = content.filter(({ type }) => type !== 'thinking');
    await expect(secondTurn(without as Anthropic.ContentBlockParam[])).rejects.toThrow(
      'Expected `thinking` or `redacted_thinking`, but found `tool_use`',
    );
  });
});

describe('errors', () => {
  it.each([
    ['[[sim error=overloaded]]', 529, 'overloaded_error'],
    ['[[sim error=rate-limit]]', 429, 'rate_limit_error'],
    ['[[sim status=500]]', 500, 'api_error'],
    ['[[sim error=too-large]]', 413, 'request_too_large'],
    ['[[sim nonsense]]', 400, 'invalid_request_error'],
  ])('%s is %i %s', async (content, status, type) => {
    const error = await client.messages.create(bodyOf(content)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Anthropic.APIError);
    expect(error).toMatchObject({ status, type, error: { type: 'error', error: { type } } });
  });

  it('wants a key and a version', async () => {
    const ask = (headers: Record<string, string>) =>
      fetch(`${simulator.url}/v1/messages`, {
        method: 'POST',
        headers,
        body: JSON.stringify(bodyOf('Hello')),
      });
    expect(await (await ask({ 'anthropic-version': '2023-06-01' })).json()).toMatchObject({
      error: { type: 'authentication_error', message: 'x-api-key header is required' },
    });
    expect(await (await ask({ 'x-api-key': simulator.apiKey })).json()).toMatchObject({
      error: { type: 'invalid_request_error', message: 'anthropic-version: header is required' },
    });
  });

  it.each([
    [{ max_tokens: undefined }, 'max_tokens: Field required'],
    [{ frequency_penalty: 1 }, 'frequency_penalty: Extra inputs are not permitted'],
    [{ messages: [] }, 'messages: at least one message is required'],
    [{ model: 'gpt-4o' }, 'model: gpt-4o'],
  ])('refuses %j', async (more, message) => {
    const body = { ...bodyOf('Hello'), ...more } as Anthropic.MessageCreateParamsNonStreaming;
    await expect(client.messages.create(body)).rejects.toThrow(message);
  });

  it('ends a stream with an error event', async () => {
    const stream = client.messages.stream(bodyOf('[[sim tokens=9 error-in-stream=2]] Hello'));
    await expect(stream.finalMessage()).rejects.toThrow('Overloaded');
  });
});

describe('stop reasons', () => {
  it.each([
    ['[[sim tokens=50]]', { max_tokens: 4 }, 'max_tokens'],
    ['[[sim refusal]]', {}, 'refusal'],
    ['[[sim finish=pause_turn]]', {}, 'pause_turn'],
    ['Hello', { stop_sequences: [' '] }, 'stop_sequence'],
  ])('%s %j', async (content, more, reason) => {
    expect((await client.messages.create(bodyOf(content, more))).stop_reason).toBe(reason);
  });
});

describe('the other endpoints', () => {
  it('count tokens as messages bill them, and list models', async () => {
    const { max_tokens: _, ...counted } = bodyOf('How long am I?');
    const { input_tokens } = await client.messages.countTokens(counted);
    const message = await client.messages.create(bodyOf('How long am I?'));
    expect(message.usage.input_tokens).toBe(input_tokens);
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toContain('sim-claude');
    expect(await client.models.retrieve('sim-claude')).toMatchObject({ type: 'model', id: 'sim-claude' });
  });
});
