import OpenAI from 'openai';
import type { ResponseCreateParamsNonStreaming } from 'openai/resources/responses/responses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../start-simulator.ts';
import { countTokens } from '../../tokens.ts';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant', seed: 7 });
  client = new OpenAI({ apiKey: simulator.apiKey, baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

const WEATHER = {
  type: 'function' as const,
  name: 'get_weather',
  strict: true,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

function bodyOf(
  input: ResponseCreateParamsNonStreaming['input'],
  more: Omit<Partial<ResponseCreateParamsNonStreaming>, 'stream'> = {},
) {
  return { model: 'sim-small', input: input ?? '', ...more };
}

describe('a response', () => {
  it('has the usage that the token rule gives', async () => {
    const response = await client.responses.create(
      bodyOf('[[sim tokens=12 input-tokens=100 cached-tokens=30 reasoning-tokens=5]] Hello'),
    );
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'sim-small',
      error: null,
    });
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    expect(response.usage).toMatchObject({
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 30 },
      output_tokens: 17,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: 117,
    });
    expect(countTokens(response.output_text)).toBe(12);
  });

  it('is the same streamed: text, summaries, parallel calls', async () => {
    const body = bodyOf('[[sim tool-calls=2]] Weather?', {
      tools: [WEATHER],
      reasoning: { effort: 'high', summary: 'auto' },
    });
    const plain = await client.responses.create(body);
    const final = await client.responses.stream(body).finalResponse();
    const shape = (response: typeof plain) =>
      response.output.map((item) =>
        item.type === 'function_call'
          ? [item.name, item.arguments]
          : item.type === 'reasoning'
            ? item.summary
            : item.type,
      );
    expect(shape(final as typeof plain)).toEqual(shape(plain));
    expect(final.usage).toEqual(plain.usage);
    expect(plain.output).toHaveLength(3);
  });

  it('numbers its events and ends with the whole response', async () => {
    const events = [];
    for await (const event of await client.responses.create({
      ...bodyOf('[[sim tokens=3]]'),
      stream: true,
    }))
      events.push(event);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i));
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      ...Array.from({ length: 3 }, () => 'response.output_text.delta'),
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
  });

  it.each([
    ['[[sim tokens=99]]', { max_output_tokens: 16 }, 'incomplete', 'max_output_tokens'],
    ['[[sim safety-block=answer]]', {}, 'incomplete', 'content_filter'],
  ])('says why it is incomplete: %s', async (input, more, status, reason) => {
    const response = await client.responses.create(bodyOf(input, more));
    expect(response).toMatchObject({ status, incomplete_details: { reason } });
  });

  it('refuses, and fits a schema', async () => {
    const refusal = await client.responses.stream(bodyOf('[[sim refusal]]')).finalResponse();
    expect(refusal.output[0]).toMatchObject({ content: [{ type: 'refusal' }] });
    const schema = { type: 'object', properties: { total: { type: 'integer' } } };
    const json = await client.responses.create(
      bodyOf('?', { text: { format: { type: 'json_schema', name: 'sum', schema } } }),
    );
    expect(JSON.parse(json.output_text)).toEqual({ total: expect.any(Number) });
  });
});

describe('what is kept', () => {
  it('goes on after an earlier response, and answers a call made there', async () => {
    const first = await client.responses.create(bodyOf('Weather?', { tools: [WEATHER] }));
    const call = first.output.find((item) => item.type === 'function_call');
    const output = {
      type: 'function_call_output' as const,
      call_id: call?.call_id ?? '',
      output: 'Sunny',
    };
    const second = await client.responses.create(
      bodyOf([output], { tools: [WEATHER], previous_response_id: first.id }),
    );
    expect(second.previous_response_id).toBe(first.id);
    expect(second.output_text).not.toBe('');
    expect(await client.responses.retrieve(first.id)).toMatchObject({ id: first.id });
    await expect(client.responses.create(bodyOf([output]))).rejects.toThrow('No tool call found');
    await expect(
      client.responses.create(bodyOf('x', { previous_response_id: 'resp_none' })),
    ).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
  });

  it('takes encrypted reasoning back unaltered only', async () => {
    const more = { store: false, include: ['reasoning.encrypted_content' as const], reasoning: {} };
    const first = await client.responses.create(bodyOf('[[sim reasoning-tokens=9]] Think', more));
    const input = [{ role: 'user' as const, content: 'Think' }, ...first.output];
    const again = { ...bodyOf(input as ResponseCreateParamsNonStreaming['input'], more) };
    expect((await client.responses.create(again)).status).toBe('completed');
    const altered = input.map((item) =>
      'encrypted_content' in item ? { ...item, encrypted_content: 'gAAAAA' } : item,
    );
    await expect(
      client.responses.create(bodyOf(altered as ResponseCreateParamsNonStreaming['input'], more)),
    ).rejects.toMatchObject({ code: 'invalid_encrypted_content' });
  });
});

it('refuses what it does not know, and fails in mid-stream with its own event', async () => {
  const unknown = client.responses.create({ ...bodyOf('x'), ...{ tags: [] } });
  await expect(unknown).rejects.toMatchObject({ status: 400, code: 'unknown_parameter', param: 'tags' });
  const events = [];
  for await (const event of await client.responses.create({
    ...bodyOf('[[sim tokens=9 error-in-stream=2]]'),
    stream: true,
  }))
    events.push(event);
  expect(events.at(-1)).toMatchObject({ type: 'response.failed', response: { status: 'failed' } });
});
