import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from './start-simulator.ts';
import { countPromptTokens, countTokens } from './tokens.ts';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant', seed: 7 });
  client = new OpenAI({ apiKey: simulator.apiKey, baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

const WEATHER = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const TIME = {
  type: 'function' as const,
  function: { name: 'get_time', parameters: { type: 'object', properties: {} } },
};

function ask(content: string) {
  return [{ role: 'user' as const, content }];
}

describe('a plain answer', () => {
  it('has the shape of the provider and the usage that the token rule gives', async () => {
    const body = { model: 'sim-small', messages: ask('[[sim tokens=12 cached-tokens=5]] Hello') };
    const answer = await client.chat.completions.create(body);
    expect(answer).toEqual({
      id: expect.stringMatching(/^chatcmpl-[0-9A-Za-z]{29}$/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'sim-small',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.any(String), refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: countPromptTokens(body),
        completion_tokens: 12,
        total_tokens: countPromptTokens(body) + 12,
        prompt_tokens_details: { cached_tokens: 5, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
      service_tier: 'default',
      system_fingerprint: expect.stringMatching(/^fp_[0-9a-f]{10}$/),
    });
    expect(countTokens(answer.choices[0]?.message.content ?? '')).toBe(12);
  });

  it('carries the request id, timing and rate-limit headers', async () => {
    const { response } = await client.chat.completions
      .create({ model: 'sim-large', messages: ask('Hello') })
      .withResponse();
    expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
    expect(response.headers.get('openai-version')).toBe('2020-10-01');
    expect(response.headers.get('openai-processing-ms')).toMatch(/^\d+$/);
    for (const name of ['limit', 'remaining', 'reset']) {
      expect(response.headers.get(`x-ratelimit-${name}-requests`)).not.toBeNull();
      expect(response.headers.get(`x-ratelimit-${name}-tokens`)).not.toBeNull();
    }
  });

  it.each(['max_tokens', 'max_completion_tokens'])(
    'stops with `length` at %s, reasoning included',
    async (name) => {
      const answer = await client.chat.completions.create({
        model: 'sim-small',
        messages: ask('[[sim tokens=50 reasoning-tokens=4]] Hello'),
        [name]: 10,
      });
      expect(answer.choices[0]?.finish_reason).toBe('length');
      expect(answer.usage?.completion_tokens).toBe(10);
      expect(answer.usage?.completion_tokens_details?.reasoning_tokens).toBe(4);
      expect(countTokens(answer.choices[0]?.message.content ?? '')).toBe(6);
    },
  );

  it('has n choices and bills all of them', async () => {
    const answer = await client.chat.completions.create({
      model: 'sim-small',
      n: 3,
      messages: ask('[[sim tokens=4]]'),
    });
    expect(answer.choices.map((choice) => choice.index)).toEqual([0, 1, 2]);
    expect(answer.usage?.completion_tokens).toBe(12);
  });

  it('ends before a stop sequence', async () => {
    const whole = await client.chat.completions.create({ model: 'sim-small', messages: ask('Hello') });
    const stop = (whole.choices[0]?.message.content ?? '').slice(9, 14);
    const cut = await client.chat.completions.create({ model: 'sim-small', stop, messages: ask('Hello') });
    expect(cut.choices[0]?.message.content).toBe(whole.choices[0]?.message.content?.split(stop)[0]);
    expect(cut.choices[0]?.finish_reason).toBe('stop');
  });
});

describe('tools', () => {
  it('are called with arguments that fit their schema, then answered in text', async () => {
    const first = await client.chat.completions.create({
      model: 'sim-small',
      tools: [WEATHER, TIME],
      messages: ask('?'),
    });
    const choice = first.choices[0];
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choice?.message.content).toBeNull();
    const call = choice?.message.tool_calls?.[0];
    if (call?.type !== 'function') throw new Error('expected a function call');
    expect(choice?.message.tool_calls).toHaveLength(1);
    expect(call.id).toMatch(/^call_[0-9A-Za-z]{24}$/);
    expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });
    const used = countTokens(call.function.name) + countTokens(call.function.arguments);
    expect(first.usage?.completion_tokens).toBe(used);
    const second = await client.chat.completions.create({
      model: 'sim-small',
      tools: [WEATHER],
      messages: [...ask('?'), choice!.message, { role: 'tool', tool_call_id: call.id, content: 'sunny' }],
    });
    expect(second.choices[0]?.finish_reason).toBe('stop');
    expect(second.choices[0]?.message.content).not.toBeNull();
  });

  it.each([
    ['required', { tool_choice: 'required' as const }, ['get_weather', 'get_time'], 'tool_calls'],
    ['parallel', { parallel_tool_calls: true }, ['get_weather', 'get_time'], 'tool_calls'],
    [
      'required, one at a time',
      { tool_choice: 'required' as const, parallel_tool_calls: false },
      ['get_weather'],
      'tool_calls',
    ],
    [
      'named',
      { tool_choice: { type: 'function' as const, function: { name: 'get_time' } } },
      ['get_time'],
      'stop',
    ],
    ['none', { tool_choice: 'none' as const }, [], 'stop'],
  ])('are called as tool_choice says: %s', async (_name, choice, names, finish) => {
    const request = { model: 'sim-small', tools: [WEATHER, TIME], messages: ask('?'), ...choice };
    const plain = await client.chat.completions.create(request);
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    for (const answer of [plain, streamed]) {
      const calls = answer.choices[0]?.message.tool_calls ?? [];
      expect(calls.map((call) => (call.type === 'function' ? call.function.name : call.type))).toEqual(names);
      expect(answer.choices[0]?.finish_reason).toBe(finish);
    }
  });
});

describe('response_format', () => {
  it('gives JSON that fits the schema', async () => {
    const schema = { type: 'object', properties: { total: { type: 'integer' }, tag: { enum: ['a', 'b'] } } };
    const answer = await client.chat.completions.create({
      model: 'sim-small',
      messages: ask('?'),
      response_format: { type: 'json_schema', json_schema: { name: 'sum', schema } },
    });
    const value: unknown = JSON.parse(answer.choices[0]?.message.content ?? '');
    expect(value).toEqual({ total: expect.any(Number), tag: expect.stringMatching(/^[ab]$/) });
  });

  it('gives a JSON object, where the messages say json', async () => {
    const response_format = { type: 'json_object' as const };
    const answer = await client.chat.completions.create({
      model: 'sim-small',
      messages: ask('json please'),
      response_format,
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toBeTypeOf('object');
    const refused = client.chat.completions.create({
      model: 'sim-small',
      messages: ask('please'),
      response_format,
    });
    await expect(refused).rejects.toThrow("'messages' must contain the word 'json'");
  });
});

describe('models', () => {
  it('are listed and found by id', async () => {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids.slice(0, 2)).toEqual(['sim-small', 'sim-large']);
    expect(await client.models.retrieve('sim-large')).toMatchObject({ id: 'sim-large', object: 'model' });
    await expect(client.models.retrieve('gpt-none')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
  });
});

describe('determinism', () => {
  async function run(seed: number) {
    const other = await startSimulator({ pacing: 'instant', seed, now: () => 1_800_000_000_000 });
    try {
      const sdk = new OpenAI({ apiKey: other.apiKey, baseURL: `${other.url}/v1`, maxRetries: 0 });
      const answers = [];
      for (const content of ['one', 'two', 'one']) {
        answers.push(await sdk.chat.completions.create({ model: 'sim-small', messages: ask(content) }));
      }
      return answers;
    } finally {
      await other.close();
    }
  }

  it('gives the same answers for the same seed and order, new ids each time, and others for another seed', async () => {
    const first = await run(3);
    expect(await run(3)).toEqual(first);
    expect(new Set(first.map((answer) => answer.id)).size).toBe(3);
    expect(first[2]?.choices).toEqual(first[0]?.choices);
    expect((await run(4)).map((answer) => answer.id)).not.toEqual(first.map((answer) => answer.id));
  });

  it('serves what the fast lane serves and what the HTTP server serves with the same words', async () => {
    const request = { model: 'sim-small', messages: ask('[[sim awkward tokens=20]] same?') };
    const lane = await client.chat.completions.create(request);
    const http = await client.chat.completions.create(request, { headers: { 'x-sim-chunk-bytes': '7' } });
    expect(http.choices).toEqual(lane.choices);
    expect(http.usage).toEqual(lane.usage);
  });
});
