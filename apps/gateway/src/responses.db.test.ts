/** OpenAI's SDK and its Responses against a gateway: where the provider has them, and where it has not. */
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

const MODELS = ['openai/sim-small', 'simulator/sim-small', 'sim-claude', 'sim-gemini'] as const;
const weather: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: false,
};

describe.each(MODELS)('responses, answered by %s', (model) => {
  it('[M7] come whole, with the usage that is metered', async () => {
    const response = await client.responses.create({ model, input: '[[sim tokens=12]] Hello' });
    expect(response).toMatchObject({ object: 'response', status: 'completed' });
    expect(response.output_text).toBeTruthy();
    const { usage, usageSource } = world.gateway.log.settles().at(-1)!;
    expect(usageSource).toBe('provider');
    expect(usage.inputTokens + usage.cachedInputTokens).toBe(response.usage?.input_tokens);
    expect(usage.outputTokens + usage.reasoningTokens).toBe(response.usage?.output_tokens);
  });

  it('[G4] stream to their own last event', async () => {
    const types: string[] = [];
    let text = '';
    for await (const event of await client.responses.create({ model, input: 'Hello', stream: true })) {
      types.push(event.type);
      if (event.type === 'response.output_text.delta') text += event.delta;
      if (event.type === 'response.completed') expect(event.response.output_text ?? text).toBe(text);
    }
    expect(types[0]).toBe('response.created');
    expect(types.at(-1)).toBe('response.completed');
    expect(text).not.toBe('');
    expect(world.gateway.log.settles().at(-1)).toMatchObject({ status: 'succeeded', estimated: false });
  });

  it('call tools', async () => {
    const response = await client.responses.create({
      model,
      input: 'What is the weather?',
      tools: [weather],
      tool_choice: 'required',
    });
    expect(response.output.find((item) => item.type === 'function_call')).toMatchObject({ name: 'weather' });
  });

  it('[G4] end with an error event when the provider fails in the middle', async () => {
    const stream = await client.responses.create({
      model,
      input: '[[sim tokens=20 error-in-stream=3]] Hello',
      stream: true,
    });
    const reading = (async () => {
      for await (const event of stream) if (event.type === 'response.failed') throw new Error('failed');
    })();
    await expect(reading).rejects.toThrow();
    expect(world.gateway.log.settles().at(-1)).toMatchObject({ status: 'failed' });
  });
});

describe('what only the provider keeps', () => {
  it('[G7] is refused by name where the provider has no Responses', async () => {
    const answer = client.responses.create({
      model: 'sim-claude',
      input: 'Hello',
      previous_response_id: 'resp_1',
    });
    await expect(answer).rejects.toMatchObject({ status: 400, param: 'previous_response_id' });
  });

  it('passes where it has them', async () => {
    const first = await client.responses.create({ model: 'openai/sim-small', input: 'Hello' });
    const second = await client.responses.create({
      model: 'openai/sim-small',
      input: 'And?',
      previous_response_id: first.id,
    });
    expect(second.previous_response_id).toBe(first.id);
  });
});

describe('legacy completions', () => {
  it.each(['sim-claude', 'sim-gemini', 'simulator/sim-small'])(
    'are answered by %s, which only chats',
    async (model) => {
      const answer = await client.completions.create({ model, prompt: 'Hello', max_tokens: 20 });
      expect(answer).toMatchObject({ object: 'text_completion' });
      expect(answer.choices[0]?.text).toBeTruthy();
      let text = '';
      for await (const chunk of await client.completions.create({ model, prompt: 'Hello', stream: true })) {
        text += chunk.choices[0]?.text ?? '';
      }
      expect(text).not.toBe('');
    },
  );
});
