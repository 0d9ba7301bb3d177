/** Requests of any shape get an answer below 500: the simulator refuses them, it does not break. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../start-simulator.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant', seed: 3 });
});
afterAll(() => simulator.close());

const BEARER = { authorization: 'Bearer sk-simulator' };
const ANTHROPIC = { 'x-api-key': 'sk-simulator', 'anthropic-version': '2026-10-21' };
const GEMINI = { 'x-goog-api-key': 'sk-simulator' };

/** Values of the right names and wrong kinds: what a reader trips over. */
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      1.5,
      1e300,
      '',
      'text',
      'user',
      'assistant',
      'tool',
      'function',
      'auto',
      'sim-small',
    ),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'role',
          'content',
          'parts',
          'text',
          'type',
          'name',
          'input',
          'functionCall',
          'functionResponse',
          'id',
        ],
        ...[
          'tool_calls',
          'call_id',
          'arguments',
          'thinking',
          'signature',
          'toolUse',
          'toolResult',
          'reasoningContent',
        ],
        ...[
          'schema',
          'json_schema',
          'format',
          'thoughtSignature',
          'function',
          'parameters',
          '__proto__',
          'stream',
        ],
      ),
      tie('any'),
      { maxKeys: 4 },
    ),
  ),
})).any;

it.each<[path: string, headers: Record<string, string>, base: object, members: string[]]>([
  [
    '/v1/responses',
    BEARER,
    { model: 'sim-small' },
    [
      'input',
      'tools',
      'tool_choice',
      'text',
      'reasoning',
      'include',
      'instructions',
      'metadata',
      'previous_response_id',
      'stream',
    ],
  ],
  [
    '/v1/messages',
    ANTHROPIC,
    { model: 'sim-claude', max_tokens: 50 },
    [
      'messages',
      'system',
      'tools',
      'tool_choice',
      'thinking',
      'output_config',
      'stop_sequences',
      'metadata',
      'stream',
    ],
  ],
  [
    '/v1beta/models/sim-gemini:generateContent',
    GEMINI,
    {},
    ['contents', 'tools', 'toolConfig', 'systemInstruction', 'generationConfig', 'labels'],
  ],
  ['/v1beta/models/sim-embedding:batchEmbedContents', GEMINI, {}, ['requests']],
  [
    '/model/sim-claude/converse-stream',
    BEARER,
    {},
    ['messages', 'system', 'toolConfig', 'inferenceConfig', 'additionalModelRequestFields', 'outputConfig'],
  ],
  [
    '/model/sim-claude/invoke',
    BEARER,
    { anthropic_version: 'bedrock-2023-05-31' },
    ['messages', 'max_tokens', 'tools', 'thinking'],
  ],
  [
    '/v2/chat',
    BEARER,
    { model: 'sim-command' },
    ['messages', 'tools', 'tool_choice', 'response_format', 'thinking', 'stop_sequences', 'stream'],
  ],
  ['/v1/embeddings', BEARER, { model: 'sim-embedding' }, ['input', 'dimensions', 'encoding_format']],
  [
    '/v1/completions',
    BEARER,
    { model: 'sim-small' },
    ['prompt', 'n', 'stop', 'max_tokens', 'logprobs', 'stream_options'],
  ],
  ['/v1/images/generations', BEARER, { model: 'sim-image' }, ['prompt', 'n', 'quality', 'size']],
  ['/v1/moderations', BEARER, { model: 'sim-moderation' }, ['input']],
  ['/v1/rerank', BEARER, { model: 'sim-rerank' }, ['query', 'documents', 'top_n']],
])('%s', async (path, headers, base, members) => {
  const body = fc.record(Object.fromEntries(members.map((name) => [name, value])), { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(body, async (more) => {
      const sent = JSON.stringify({ ...base, ...more });
      const response = await fetch(`${simulator.url}${path}`, { method: 'POST', headers, body: sent });
      await response.arrayBuffer();
      expect(response.status).toBeLessThan(500);
    }),
    { numRuns: 150 },
  );
});

it.each(['', '{', 'null', '[]', '"x"'])('a body that is %j', async (body) => {
  for (const [path, headers] of [
    ['/v1/responses', BEARER],
    ['/v1/messages', ANTHROPIC],
    ['/v1beta/models/sim-gemini:streamGenerateContent', GEMINI],
    ['/model/sim-claude/converse', BEARER],
    ['/v2/chat', BEARER],
    ['/v1/batches', BEARER],
    ['/v1/files', BEARER],
  ] as const) {
    const response = await fetch(`${simulator.url}${path}`, { method: 'POST', headers, body });
    expect([path, Math.floor(response.status / 100)]).toEqual([path, 4]);
  }
});
