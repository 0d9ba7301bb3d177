/**
 * Compares the simulator's answers with recordings of the real provider: same fields, same kinds of values.
 *
 * The recordings are shared facts beside the project and not part of it; without them these tests are skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from './start-simulator.ts';

const FOLDER = fileURLToPath(new URL('../../../../shared/fixtures/openai/', import.meta.url));
const isPresent = existsSync(FOLDER);
if (!isPresent) console.warn(`Recordings are not compared: ${FOLDER} is absent.`);

type Shape = string | { readonly [key: string]: Shape } | readonly Shape[];

/** The kinds of a JSON value: keys and types, of arrays the first element only. */
function shapeOf(value: unknown): Shape {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]));
}

function readText(name: string): string {
  return readFileSync(`${FOLDER}${name}`, 'utf8');
}

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant' });
});
afterAll(() => simulator.close());

async function send(body: object, path = '/v1/chat/completions', key = simulator.apiKey): Promise<Response> {
  return fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content: 'Hello' }], ...body }),
  });
}

async function eventsOf(response: Response): Promise<unknown[]> {
  const lines = (await response.text())
    .split('\n\n')
    .filter((line) => line !== '' && line !== 'data: [DONE]');
  return lines.map((line) => JSON.parse(line.slice('data: '.length)));
}

const TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { location: { type: 'string' } } },
  },
};

describe.runIf(isPresent || readRequired())('recordings of the provider', () => {
  it('have the fields of a plain answer', async () => {
    const recorded: unknown = JSON.parse(readText('vercel-ai/chat__openai-text.json'));
    expect(shapeOf(await (await send({})).json())).toEqual(shapeOf(recorded));
  });

  it('have the fields of every event of a stream, in the same order', async () => {
    const recorded = readText('vercel-ai/chat__openai-text.chunks.txt')
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    const events = await eventsOf(await send({ stream: true, stream_options: { include_usage: true } }));
    for (const position of [0, 1, -2, -1]) {
      expect(shapeOf(events.at(position))).toEqual(shapeOf(recorded.at(position)));
      expect(Object.keys(events.at(position) ?? {})).toEqual(Object.keys(recorded.at(position) ?? {}));
    }
  });

  it('have the fields of a tool call, plain and streamed', async () => {
    const plain = JSON.parse(readText('lingua/toolCallRequest__chat-completions__response.json'));
    const answered = (await (await send({ tools: [TOOL] })).json()) as typeof plain;
    expect(shapeOf(answered.choices[0].message)).toEqual(shapeOf(plain.choices[0].message));
    const streamed = JSON.parse(
      readText('lingua/toolCallRequest__chat-completions__response-streaming.json'),
    );
    const events = await eventsOf(await send({ tools: [TOOL], stream: true }));
    for (const position of [0, 1, -1]) {
      // Recorded from a reasoning model, which leaves `logprobs` out and has no fingerprint.
      expect(deltaShape(events.at(position))).toEqual(deltaShape(streamed.at(position)));
    }
  });

  it('have the fields of an error', async () => {
    const recorded: unknown = JSON.parse(
      readText('vercel-ai/chat__reasoning-model-legacy-parameter-error.json'),
    );
    const answered = await (await send({ temperature: 3 })).json();
    expect(shapeOf(answered)).toEqual(shapeOf(recorded));
    const missing = await (await send({ model: 'this-model-does-not-exist' })).text();
    const unknownModel = readText('otel-contrib/openai-v2__test_async_chat_completion_404.yaml');
    for (const line of missing.trim().split('\n')) expect(unknownModel).toContain(line.trim());
  });

  it('star out a refused key in the same way', async () => {
    const recorded = readText('rig/openai__error_identity_edge__auth_rejection_carries_identity.yaml');
    const answered = (await (await send({}, undefined, 'sk-inval-14-letters-k-key')).json()) as {
      error: { message: string };
    };
    expect(recorded).toContain(answered.error.message.replace(/\*+/, '**************'));
  });
});

function deltaShape(event: unknown): Shape {
  const choice = (event as { choices: { delta: unknown; finish_reason: unknown }[] }).choices[0];
  return shapeOf({ delta: choice?.delta, finish_reason: choice?.finish_reason });
}

/** Without the recordings the tests run, and fail, only where an acceptance run requires them. */
function readRequired(): boolean {
  const meta: ImportMeta & { readonly env?: Record<string, string | undefined> } = import.meta;
  return meta.env?.TOLLGATE_REQUIRE_SHARED === '1';
}
