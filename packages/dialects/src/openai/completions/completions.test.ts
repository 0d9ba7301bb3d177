import { GatewayError } from '@tollgate/errors';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { AnswerContext, JsonObject, NeutralAnswer } from '../../neutral/index.ts';
import { loadOpenAiSpecification } from '../../testing/openai-specification.ts';
import { eventsOf } from '../../testing/stream-of.ts';
import { openAiCompletionsCodec as codec } from './completions-codec.ts';
import { patchCompletionsRequest, readCompletionsRequest } from './completions-request.ts';

const read = (body: object) => readCompletionsRequest(Buffer.from(JSON.stringify({ model: 'm', ...body })));
const specification = loadOpenAiSpecification();

describe('readCompletionsRequest()', () => {
  it.each<[object, number]>([
    [{ prompt: 'x' }, 1],
    [{ prompt: 'x', n: 3 }, 3],
    [{ prompt: 'x', n: 2, best_of: 5 }, 5],
    [{ prompt: 'x', n: 2, best_of: '5' }, 5],
    [{ prompt: ['a', 'b', 'c'], n: 2 }, 6],
    [{ prompt: [1, 2, 3] }, 1],
    [{ prompt: [[1], [2]] }, 2],
  ])('[M3] counts how often %j is answered', (body, choices) => {
    expect(read(body).use.choices).toBe(choices);
  });

  it('allows nothing to be generated, as the endpoint does', () => {
    expect(read({ prompt: 'x', max_tokens: 0 }).maxOutputTokens).toBe(0);
  });
});

describe('patchCompletionsRequest()', () => {
  it('caps the output in the only member that the endpoint has', () => {
    const patched = patchCompletionsRequest(read({ prompt: 'x', stream: true }), {
      model: 'p',
      maxOutputTokens: 5,
    });
    expect(JSON.parse(patched.toString())).toEqual({
      model: 'p',
      prompt: 'x',
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 5,
    });
  });
});

describe('openAiCompletionsCodec', () => {
  const asked = codec.readRequest({ model: 'm', prompt: 'Once', max_tokens: 9, stop: 'x', logprobs: 2 }, {});
  const context: AnswerContext = {
    requestId: 'req_1',
    model: 'm',
    nowSeconds: 1_800_000_000,
    request: asked,
    showUsage: true,
  };
  const answer: NeutralAnswer = {
    id: '',
    model: 'm',
    choices: [
      {
        content: [
          { kind: 'reasoning', text: 'hidden' },
          { kind: 'text', text: ' upon a time' },
        ],
        finish: { kind: 'length', raw: 'length' },
      },
    ],
  };

  it('asks a chat for what a completion asked for', () => {
    expect(asked).toMatchObject({
      messages: [{ role: 'user', content: [{ kind: 'text', text: 'Once' }] }],
      maxOutputTokens: 9,
      stop: ['x'],
      logprobs: { top: 2 },
    });
  });

  it.each<[JsonObject, string]>([
    [{ prompt: ['a', 'b'] }, 'prompt'],
    [{ prompt: [1, 2] }, 'prompt'],
    [{ prompt: 'x', suffix: 'y' }, 'suffix'],
    [{ prompt: 'x', echo: true }, 'echo'],
    [{ prompt: 'x', best_of: 2 }, 'best_of'],
  ])('[G7] refuses by name what a chat cannot do: %j', (body, param) => {
    try {
      codec.readRequest({ model: 'm', ...body }, {});
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(GatewayError);
      expect((error as GatewayError).code).toBe('unsupported_parameter');
      expect((error as GatewayError).details.param).toBe(param);
    }
  });

  it('answers with the text alone', () => {
    const body = codec.writeAnswer(answer, context);
    expect(body).toMatchObject({
      object: 'text_completion',
      choices: [{ text: ' upon a time', finish_reason: 'length' }],
    });
    expect(specification?.errorsOf('CreateCompletionResponse', body) ?? []).toEqual([]);
  });

  it('streams so that the official SDK reads the same text', async () => {
    const writer = codec.createStreamWriter(context);
    const messages = [...eventsOf(answer).flatMap((event) => writer.write(event)), ...writer.finish()];
    const body = messages.map(({ data }) => `data: ${data}\n\n`).join('');
    const client = new OpenAI({
      apiKey: 'x',
      fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } })),
    });
    const stream = await client.completions.create({ model: 'm', prompt: 'Once', stream: true });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.map(({ choices }) => choices[0]?.text ?? '').join('')).toBe(' upon a time');
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('length');
  });
});
