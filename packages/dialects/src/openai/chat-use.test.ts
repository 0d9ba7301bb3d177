import { describe, expect, it } from 'vitest';
import { readChatRequest } from './chat-request.ts';

const useOf = (body: object) =>
  readChatRequest(
    Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...body })),
  ).use;

const content = (...parts: object[]) => ({ messages: [{ role: 'user', content: parts }] });

describe('what a chat request can use at most [M3]', () => {
  it('is bounded by its bytes and its cap, the larger of two', () => {
    const body = Buffer.from('{"model":"m","max_tokens":9,"max_completion_tokens":4}');
    expect(readChatRequest(body).use).toEqual({
      inputTokensMax: body.length,
      unseenInput: false,
      outputCap: 9,
      choices: 1,
      audio: false,
      unbounded: false,
    });
  });

  it('has room for what Claude reads besides, where there are tools', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    expect(useOf({ tools }).inputTokensMax).toBeGreaterThanOrEqual(useOf({}).inputTokensMax + 500);
  });

  it('has no output cap where the caller gave none', () => expect(useOf({}).outputCap).toBeNull());

  it.each<[string, object, object]>([
    ['several choices', { n: 3 }, { choices: 3 }],
    ['half a choice', { n: 1.5 }, { choices: 2 }],
    ['choices as text, which lenient servers take', { n: '3' }, { choices: 3 }],
    [
      'an image',
      content({ type: 'image_url', image_url: { url: 'data:image/png;base64,A' } }),
      { unseenInput: true },
    ],
    ['a stored file', content({ type: 'file', file: { file_id: 'f' } }), { unseenInput: true }],
    ['a part that is not known yet', content({ type: 'hologram' }), { unseenInput: true }],
    [
      'an earlier spoken answer',
      { messages: [{ role: 'assistant', audio: { id: 'a' } }] },
      { unseenInput: true, audio: true },
    ],
    [
      'spoken input',
      content({ type: 'input_audio', input_audio: { data: 'AA' } }),
      { unseenInput: false, audio: true },
    ],
    ['spoken output', { modalities: ['text', 'audio'] }, { audio: true }],
    ['text parts', content({ type: 'text', text: 'Hi' }), { unseenInput: false }],
    ['own functions', { tools: [{ type: 'function', function: { name: 'f' } }] }, { unbounded: false }],
    ['a tool of the provider', { tools: [{ type: 'web_search' }] }, { unbounded: true }],
    ['a tool without a type', { tools: [null] }, { unbounded: true }],
    ['web search', { web_search_options: {} }, { unbounded: true }],
    ['no web search', { web_search_options: null }, { unbounded: false }],
  ])('knows %s', (_name, body, expected) => {
    expect(useOf(body)).toMatchObject(expected);
  });

  it.each(['n', 'messages', 'tools', 'modalities', 'audio', 'web_search_options', 'plugins'])(
    'refuses a second "%s", which a provider might read',
    (name) => {
      const body = Buffer.from(`{"model":"m","${name}":1,"${name}":2}`);
      expect(() => readChatRequest(body)).toThrow(`"${name}" must appear once`);
    },
  );
});
