/**
 * Compares answers of every format with recordings of the provider: each recorded member is there with its kind of
 * value, and there is none beside them but those that the provider added since.
 *
 * The recordings are shared facts beside the project; without them these tests are skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../start-simulator.ts';

const FOLDER = fileURLToPath(new URL('../../../../../shared/fixtures/', import.meta.url));
const isPresent = existsSync(FOLDER);
if (!isPresent) console.warn(`Recordings are not compared: ${FOLDER} is absent.`);

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant' });
});
afterAll(() => simulator.close());

/** Every member that is reached, with the kind of its value: `.usage.input_tokens:number`. */
function membersOf(value: unknown, path = '', found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) membersOf(item, `${path}[]`, found);
  else if (typeof value === 'object' && value !== null)
    for (const [name, item] of Object.entries(value)) membersOf(item, `${path}.${name}`, found);
  else found.add(`${path}:${value === null ? 'null' : typeof value}`);
  return found;
}

function recorded(file: string): unknown {
  const text = readFileSync(`${FOLDER}${file}`, 'utf8');
  if (!file.endsWith('.chunks.txt')) return JSON.parse(text);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line): unknown => JSON.parse(line));
}

async function answered(path: string, headers: Record<string, string>, body: object): Promise<unknown> {
  const response = await fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return JSON.parse(text);
  const data = text.split(/\r?\n/).flatMap((line) => (line.startsWith('data: {') ? [line.slice(6)] : []));
  return data.map((line): unknown => JSON.parse(line));
}

const ANTHROPIC = { 'x-api-key': 'sk-simulator', 'anthropic-version': '2023-06-01' };
const BEARER = { authorization: 'Bearer sk-simulator' };
const GEMINI = { 'x-goog-api-key': 'sk-simulator' };
const schema = { type: 'object', properties: { location: { type: 'string' } } };
const messages = [{ role: 'user', content: 'Hello' }];
const message = { model: 'sim-claude', max_tokens: 2_000, messages };
const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }];
const calling = { ...message, tools: [{ name: 'get_weather', input_schema: schema }] };
const declared = {
  contents,
  tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: schema }] }],
};
const cohere = { model: 'sim-command', messages };
const converse = {
  messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
  additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
};

/** Added by the provider after the recording, or there for other requests only. */
const NEWER =
  /\.(container|diagnostics|speed|server_tool_use|output_tokens_details|functionCall\.id|reasoning_tokens)\b/;
/** Not simulated: another spelling of the same count. */
const OLDER = /\.cache(Read|Write)InputTokenCount\b/;

describe.runIf(isPresent || isRequired())('recordings', () => {
  it.each<[file: string, path: string, headers: Record<string, string>, body: object]>([
    ['anthropic/lingua/toolCallRequest__anthropic__response.json', '/v1/messages', ANTHROPIC, calling],
    [
      'anthropic/lingua/toolCallRequest__anthropic__response-streaming.json',
      '/v1/messages',
      ANTHROPIC,
      { ...calling, stream: true },
    ],
    [
      'google/vercel-ai/google-reasoning-gemini3.json',
      '/v1beta/models/sim-gemini:generateContent',
      GEMINI,
      { contents, generationConfig: { thinkingConfig: {} } },
    ],
    [
      'google/vercel-ai/google-tool-call-gemini3.chunks.txt',
      '/v1beta/models/sim-gemini:streamGenerateContent?alt=sse',
      GEMINI,
      { ...declared, generationConfig: { thinkingConfig: {} } },
    ],
    [
      'cohere/vercel-ai/cohere-reasoning.json',
      '/v2/chat',
      BEARER,
      { ...cohere, thinking: { type: 'enabled' } },
    ],
    ['cohere/vercel-ai/cohere-text.chunks.txt', '/v2/chat', BEARER, { ...cohere, stream: true }],
    [
      'amazon-bedrock/vercel-ai/amazon-bedrock-reasoning.json',
      '/model/sim-claude/converse',
      BEARER,
      converse,
    ],
    [
      'openai/prism/moderation-text-input-1.json',
      '/v1/moderations',
      BEARER,
      { model: 'sim-moderation', input: 'tea' },
    ],
  ])('%s has the members that the simulator sends', async (file, path, headers, body) => {
    const theirs = membersOf(recorded(file));
    const ours = membersOf(await answered(path, headers, body));
    expect([...ours].filter((member) => !theirs.has(member) && !NEWER.test(member))).toEqual([]);
    expect([...theirs].filter((member) => !ours.has(member) && !OLDER.test(member))).toEqual([]);
  });
});

/** Without the recordings the tests run, and fail, only where an acceptance run requires them. */
function isRequired(): boolean {
  const meta: ImportMeta & { readonly env?: Record<string, string | undefined> } = import.meta;
  return meta.env?.TOLLGATE_REQUIRE_SHARED === '1';
}
