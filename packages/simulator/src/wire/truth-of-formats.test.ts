/** Every format writes the same books: outcome, and what is billed by kind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../start-simulator.ts';

let simulator: Simulator;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'truth-'));
  simulator = await startSimulator({ pacing: 'instant', truthFile: join(folder, 'truth.jsonl') });
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

const MARK = '[[sim tokens=6 input-tokens=50 cached-tokens=10 cache-write-tokens=5 ref=r]]';
const ANTHROPIC = { 'x-api-key': 'sk-simulator', 'anthropic-version': '2026-10-21' };
const BEARER = { authorization: 'Bearer sk-simulator' };
const user = { role: 'user', content: MARK };
const contents = [{ role: 'user', parts: [{ text: MARK }] }];

it.each([
  ['anthropic-messages', '/v1/messages', ANTHROPIC, { model: 'sim-claude', max_tokens: 9, messages: [user] }],
  [
    'gemini-generate',
    '/v1beta/models/sim-gemini:generateContent',
    { 'x-goog-api-key': 'sk-simulator' },
    { contents },
  ],
  ['openai-responses', '/v1/responses', BEARER, { model: 'sim-small', input: MARK }],
  ['cohere-chat', '/v2/chat', BEARER, { model: 'sim-command', messages: [user] }],
  [
    'bedrock-converse',
    '/model/sim-claude/converse',
    BEARER,
    { messages: [{ role: 'user', content: [{ text: MARK }] }] },
  ],
  [
    'azure-chat',
    '/openai/deployments/sim-small/chat/completions?api-version=1',
    { 'api-key': 'sk-simulator' },
    { messages: [user] },
  ],
])('[M1] %s', async (format, path, headers, body) => {
  const seen = (await simulator.truth?.read())?.length ?? 0;
  const response = await fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: headers as Record<string, string>,
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  await simulator.truth?.whenSettled();
  const record = (await simulator.truth?.read())?.[seen];
  expect(record).toMatchObject({
    format,
    ref: 'r',
    outcome: 'finished',
    usageSent: true,
    billed: { promptTokens: 50, cachedTokens: 10, completionTokens: 6 },
  });
  if (format !== 'azure-chat')
    expect(record?.billed.units).toEqual({ cacheWriteTokens: 5, cacheWrite1hTokens: 0 });
});

it('[M8] bills a stream that was cut for the prompt and the tokens so far, in binary frames too', async () => {
  const seen = (await simulator.truth?.read())?.length ?? 0;
  const content = [{ text: '[[sim tokens=50 input-tokens=9 cut-after-chunks=11]]' }];
  const response = await fetch(`${simulator.url}/model/sim-claude/converse-stream`, {
    method: 'POST',
    headers: BEARER,
    body: JSON.stringify({ messages: [{ role: 'user', content }] }),
  });
  await expect(response.arrayBuffer()).rejects.toThrow();
  await simulator.truth?.whenSettled();
  expect((await simulator.truth?.read())?.[seen]).toMatchObject({
    outcome: 'cut_by_simulator',
    stream: true,
    billed: { promptTokens: 9, completionTokens: 10 },
  });
});

it('counts what is no token: pictures, seconds, characters, searches', async () => {
  const post = (path: string, body: object) =>
    fetch(`${simulator.url}${path}`, { method: 'POST', headers: BEARER, body: JSON.stringify(body) });
  await (await post('/v1/images/generations', { model: 'sim-image', prompt: 'x', n: 3 })).arrayBuffer();
  await (
    await post('/v1/audio/speech', { model: 'sim-speech', input: 'Hello', voice: 'alloy' })
  ).arrayBuffer();
  await (await post('/v1/rerank', { model: 'sim-rerank', query: 'x', documents: ['y'] })).arrayBuffer();
  await simulator.truth?.whenSettled();
  const summary = await simulator.truth?.summarize();
  expect(summary?.billed.units).toMatchObject({ images: 3, characters: 5, searches: 1 });
});
