import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newColumn, newLocalId, toChatBody } from './conversation.ts';
import { type ChatStart, readReplay, whyNoContent } from './replay.ts';

const ask = (body: unknown, endpoint = 'chat.completions') =>
  readReplay(
    { endpoint, requestedModel: 'asked-model' },
    { text: typeof body === 'string' ? body : JSON.stringify(body), isCut: false },
  );

/** What the chat would send if nobody touched it. */
function send({ model, settings, turns, answers, message }: ChatStart) {
  const last = { id: newLocalId('turn'), text: message, images: [] };
  return toChatBody(settings, [...turns, last], { ...newColumn(model), answers });
}

/** As it begins in the panel of bodies. */
const raw = (endpoint: string, body: Readonly<Record<string, unknown>>) => ({
  raw: { endpoint, model: body.model, text: JSON.stringify(body, null, 2) },
});

const user = (content: unknown) => ({ role: 'user', content });
const plain = { model: 'sim-small', messages: [user('Hello')] };
const WEATHER = {
  type: 'function',
  function: { name: 'get_weather', description: 'Of a city', parameters: { type: 'object' } },
};

describe('readReplay()', () => {
  it('fills the chat with system prompt, conversation, parameters and tools', () => {
    const body = {
      model: 'openai/gpt-5',
      messages: [
        { role: 'system', content: 'Be brief.' },
        user('One?'),
        { role: 'assistant', content: 'Two.', refusal: null, annotations: [] },
        user([{ type: 'text', text: 'Three?' }]),
      ],
      temperature: 0.2,
      top_p: 0.9,
      max_tokens: 64,
      reasoning_effort: 'low',
      response_format: { type: 'json_object' },
      tools: [WEATHER],
      stream: true,
    };
    const replay = ask(body);
    if (!('chat' in replay)) throw new Error('Cannot be said in the chat');
    const { chat } = replay;
    expect(chat.settings).toMatchObject({
      system: 'Be brief.',
      parameters: {
        temperature: '0.2',
        topP: '0.9',
        maxTokens: '64',
        reasoningEffort: 'low',
        format: 'json',
      },
    });
    expect(chat.turns.map(({ text }) => text)).toEqual(['One?']);
    expect(chat.message).toBe('Three?');
    expect(send(chat)).toEqual({
      ...body,
      messages: [
        { role: 'system', content: 'Be brief.' },
        user('One?'),
        { role: 'assistant', content: 'Two.' },
        user('Three?'),
      ],
      stream_options: { include_usage: true },
    });
  });

  it('sends again what the chat sent', () => {
    const text = fc.string({ minLength: 1 }).filter((said) => said.trim() !== '');
    const number = fc.option(
      fc.float({ min: 0, max: 2, noNaN: true }).map((value) => Math.abs(value)),
      { nil: undefined },
    );
    const conversation = fc.array(fc.record({ role: fc.constantFrom('user', 'assistant'), content: text }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        text,
        conversation,
        text,
        number,
        number,
        fc.boolean(),
        (first, said, last, temperature, topP, stream) => {
          const body = {
            model: 'm',
            messages: [user(first), ...said, user(last)],
            ...(temperature !== undefined && { temperature }),
            ...(topP !== undefined && { top_p: topP }),
            ...(stream && { stream, stream_options: { include_usage: true } }),
          };
          const replay = ask(body);
          expect('chat' in replay && send(replay.chat)).toEqual(body);
        },
      ),
    );
  });

  it.each([
    ['a seed', { ...plain, seed: 7 }],
    ['a schema of the answer', { ...plain, response_format: { type: 'json_schema', json_schema: {} } }],
    ['an image', { ...plain, messages: [user([{ type: 'image_url', image_url: { url: 'data:,' } }])] }],
    [
      'what a tool answered',
      { ...plain, messages: [user('a'), { role: 'tool', tool_call_id: 'c', content: '1' }, user('b')] },
    ],
    [
      'calls of tools',
      { ...plain, messages: [user('a'), { role: 'assistant', content: 'b', tool_calls: [{}] }, user('c')] },
    ],
    ['a strict tool', { ...plain, tools: [{ ...WEATHER, function: { ...WEATHER.function, strict: true } }] }],
    ['a tool of the provider', { ...plain, tools: [{ type: 'web_search' }] }],
    ['an answer that was begun', { ...plain, messages: [user('a'), { role: 'assistant', content: 'b' }] }],
    [
      'a second system prompt',
      { ...plain, messages: [user('a'), { role: 'system', content: 'b' }, user('c')] },
    ],
    ['two limits', { ...plain, max_tokens: 1, max_completion_tokens: 2 }],
    ['one limit by both of its names', { ...plain, max_tokens: 1, max_completion_tokens: 1 }],
    ['an effort of its own', { ...plain, reasoning_effort: 'minimal' }],
    ['no messages', { model: 'sim-small' }],
    ['messages that are none', { ...plain, messages: ['Hello'] }],
  ])('leaves the body as it is where the chat has no field: %s', (_, body) => {
    expect(ask(body)).toEqual(raw('chat.completions', body));
  });

  it.each(['max_tokens', 'max_completion_tokens'])('sends a limit again as %s', (name) => {
    const replay = ask({ ...plain, [name]: 64 });
    expect('chat' in replay && send(replay.chat)).toEqual({ ...plain, [name]: 64 });
  });

  it('hands over as it was kept what has numbers that a browser would change', () => {
    const text =
      '{"model":"sim-small","temperature":12345678901234567890,"messages":[{"role":"user","content":"a"}]}';
    expect(ask(text)).toEqual({ raw: { endpoint: 'chat.completions', model: 'sim-small', text } });
    expect(ask('{"model":"m","input":"a","seed":9007199254740993}', 'embeddings')).toEqual({
      raw: { endpoint: 'embeddings', model: 'm', text: '{"model":"m","input":"a","seed":9007199254740993}' },
    });
    expect(ask(' {"seed":9007199254740993}', 'generate_content')).toEqual({
      raw: {
        endpoint: 'generate_content',
        model: 'asked-model',
        text: '{"model":"asked-model","seed":9007199254740993}',
      },
    });
  });

  it('takes every other endpoint as its body, with the model of the path where it names none', () => {
    const embedding = { model: 'm', input: 'a' };
    expect(ask(embedding, 'embeddings')).toEqual(raw('embeddings', embedding));
    expect(ask({ contents: [] }, 'generate_content')).toEqual(
      raw('generate_content', { model: 'asked-model', contents: [] }),
    );
  });

  it('says why a request cannot be made again', () => {
    const asked = { endpoint: 'chat.completions', requestedModel: 'm' };
    expect(readReplay(asked, { text: '{"model"', isCut: true })).toEqual({ problem: 'cut' });
    expect(readReplay(asked, null)).toEqual({ problem: 'not-replayable' });
    expect(ask('Hello')).toEqual({ problem: 'not-replayable' });
    expect(ask('[]')).toEqual({ problem: 'not-replayable' });
    expect(ask(plain, 'batches')).toEqual({ problem: 'not-replayable' });
    expect(ask(plain, 'audio.transcriptions')).toEqual({ problem: 'not-replayable' });
  });
});

it('whyNoContent() tells a payload that could not be read from one that is not kept, or not for this person', () => {
  expect([undefined, 404, 403].map(whyNoContent)).toEqual(['no-content', 'no-content', 'no-content']);
  expect([0, 429, 500, 503].map(whyNoContent)).toEqual(Array(4).fill('unreadable'));
});
