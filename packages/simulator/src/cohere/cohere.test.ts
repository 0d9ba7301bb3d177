import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../start-simulator.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant', seed: 7 });
});
afterAll(() => simulator.close());

function ask(path: string, body: object, key = simulator.apiKey) {
  return fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
}

const TOOLS = [
  { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: {} } } },
];

function bodyOf(content: string, more: object = {}) {
  return { model: 'sim-command', messages: [{ role: 'user', content }], ...more };
}

describe('chat', () => {
  it('has content, thoughts and usage', async () => {
    const thinking = { type: 'enabled' };
    const body = await (
      await ask('/v2/chat', bodyOf('[[sim tokens=5 input-tokens=40]]', { thinking }))
    ).json();
    expect(body).toMatchObject({
      message: { role: 'assistant', content: [{ type: 'thinking' }, { type: 'text' }] },
      finish_reason: 'COMPLETE',
      usage: { tokens: { input_tokens: 40, output_tokens: 17, reasoning_tokens: 12 } },
    });
  });

  it('streams tool calls and ends with usage and [DONE]', async () => {
    const response = await ask('/v2/chat', bodyOf('Weather?', { tools: TOOLS, stream: true }));
    const events = (await response.text()).trim().split('\n\n');
    const types = events.map((event) => /^event: (\S+)/.exec(event)?.[1]);
    expect(types).toEqual([
      'message-start',
      'tool-plan-delta',
      'tool-call-start',
      'tool-call-delta',
      'tool-call-end',
      'message-end',
      undefined,
    ]);
    expect(events.at(-1)).toBe('data: [DONE]');
    expect(events.at(-2)).toContain('"finish_reason":"TOOL_CALL"');
  });

  it.each([
    [bodyOf('[[sim error=rate-limit]]'), 429],
    [bodyOf('x', { tags: [] }), 422],
    [bodyOf('x', { model: 'none' }), 404],
    [bodyOf('x', { tool_choice: 'auto' }), 400],
  ])('refuses %j with %i', async (body, status) => {
    const response = await ask('/v2/chat', body);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      message: expect.any(String),
    });
  });
});

it('ranks, and bills a search', async () => {
  const body = { model: 'sim-rerank', query: 'tea', documents: ['coffee', 'tea', 'milk'], top_n: 2 };
  expect(await (await ask('/v2/rerank', body)).json()).toMatchObject({
    results: [{ index: 1, relevance_score: 1 }, { relevance_score: expect.any(Number) }],
    meta: { billed_units: { search_units: 1 } },
  });
  expect((await ask('/v1/rerank', body, 'wrong')).status).toBe(401);
});
