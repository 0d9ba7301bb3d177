import { describe, expect, it } from 'vitest';
import { readBodyViews } from './read-body.ts';

const views = (text: string, isCut = false) => readBodyViews({ text, isCut });
const stream = (...events: readonly unknown[]) =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');

describe('readBodyViews()', () => {
  it('writes JSON in lines, and keeps it as it was sent', () => {
    expect(views('{"a":[1]}')).toEqual([
      { kind: 'json', text: '{\n  "a": [\n    1\n  ]\n}' },
      { kind: 'sent', text: '{"a":[1]}' },
    ]);
  });

  it('shows JSON only as it was sent where a browser would change a number of it', () => {
    const text = '{"seed":12345678901234567890}';
    expect(views(text)).toEqual([{ kind: 'sent', text }]);
  });

  it('shows text, and what was cut, as it is', () => {
    expect(views('plain')).toEqual([{ kind: 'sent', text: 'plain' }]);
    expect(views('{"a":1', true)).toEqual([{ kind: 'sent', text: '{"a":1' }]);
    expect(views('')).toEqual([{ kind: 'sent', text: '' }]);
  });

  it.each([
    [
      'chat completions',
      stream(
        { choices: [{ delta: { role: 'assistant', content: '' } }] },
        { choices: [{ delta: { content: 'Hello' } }] },
        { choices: [{ delta: { content: ' you' }, finish_reason: 'stop' }] },
        { choices: [], usage: {} },
        '[DONE]',
      ),
    ],
    ['older completions', stream({ choices: [{ text: 'Hello ' }] }, { choices: [{ text: 'you' }] })],
    [
      'responses',
      stream(
        { type: 'response.created', response: {} },
        { type: 'response.output_text.delta', delta: 'Hello you' },
        { type: 'response.function_call_arguments.delta', delta: '{}' },
      ),
    ],
    [
      'messages',
      stream(
        { type: 'message_start', message: {} },
        { type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: 'Hm.' } },
        { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hello' } },
        { type: 'content_block_delta', delta: { type: 'text_delta', text: ' you' } },
      ),
    ],
    [
      'generateContent',
      stream(
        { candidates: [{ content: { parts: [{ text: 'Hm.', thought: true }, { text: 'Hello' }] } }] },
        { candidates: [{ content: { parts: [{ text: ' you' }] } }] },
      ),
    ],
  ])('joins what a stream of %s said', (_, text) => {
    expect(views(text)).toEqual([
      { kind: 'text', text: 'Hello you' },
      { kind: 'events', text },
    ]);
  });

  it('joins what there is of a stream that is cut in the middle of an event', () => {
    const whole = stream({ choices: [{ delta: { content: 'Hello' } }] });
    const text = `${whole}data: {"choices":[{"del`;
    expect(views(text, true)[0]).toEqual({ kind: 'text', text: 'Hello' });
  });

  it('shows events alone where they say nothing in words, and none of them is trusted to have a shape', () => {
    for (const event of ['[DONE]', 'null', '1', '{"delta":null,"choices":[{}]}', '{"candidates":[{}]}']) {
      const text = stream(event);
      expect(views(text)).toEqual([{ kind: 'events', text }]);
    }
  });
});
