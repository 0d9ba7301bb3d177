import { AzureOpenAI } from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../start-simulator.ts';

let simulator: Simulator;
let client: AzureOpenAI;

beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant', seed: 7 });
  const { apiKey, url: endpoint } = simulator;
  client = new AzureOpenAI({ apiKey, endpoint, apiVersion: '2024-10-21', maxRetries: 0 });
});
afterAll(() => simulator.close());

function bodyOf(content: string) {
  return { model: 'sim-small', messages: [{ role: 'user' as const, content }] };
}

it('answers to a deployment, with what its filters found', async () => {
  const answer = await client.chat.completions.create(bodyOf('[[sim tokens=3]]'));
  expect(answer.usage?.completion_tokens).toBe(3);
  expect(answer).toMatchObject({
    choices: [{ content_filter_results: { hate: { filtered: false } } }],
    prompt_filter_results: [{ prompt_index: 0 }],
  });
});

it('begins a stream with the judgement of the prompt', async () => {
  const chunks = [];
  for await (const chunk of await client.chat.completions.create({
    ...bodyOf('[[sim tokens=3]]'),
    stream: true,
  }))
    chunks.push(chunk);
  expect(chunks[0]).toMatchObject({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] });
  expect(chunks).toHaveLength(6);
});

it.each([
  ['[[sim safety-block=prompt]]', 400, 'content_filter'],
  ['[[sim error=rate-limit]]', 429, 'rate_limit_exceeded'],
])('%s is %i %s', async (content, status, code) => {
  await expect(client.chat.completions.create(bodyOf(content))).rejects.toMatchObject({ status, code });
});

it('knows a wrong key and a wrong deployment', async () => {
  const deployment = { ...bodyOf('x'), model: 'none' };
  await expect(client.chat.completions.create(deployment)).rejects.toMatchObject({
    code: 'DeploymentNotFound',
  });
  const other = new AzureOpenAI({ apiKey: 'wrong', endpoint: simulator.url, apiVersion: '1', maxRetries: 0 });
  await expect(other.chat.completions.create(bodyOf('x'))).rejects.toMatchObject({
    status: 401,
    code: '401',
  });
});
