import { encodeBytes } from '@tollgate/dialects';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChatStreamReader } from './stream.ts';

const chunk = (delta: object, extra: object = {}): string =>
  encodeBytes(JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: null }], ...extra }));
const USAGE = { prompt_tokens: 10, completion_tokens: 5 };

describe('chat stream reader', () => {
  it('hides the usage chunk and every null usage from a client that did not ask', () => {
    const reader = createChatStreamReader(false);
    expect(reader.next(chunk({ content: 'a' }, { usage: null }))).toEqual({
      kind: 'data',
      data: chunk({ content: 'a' }),
    });
    expect(reader.next(JSON.stringify({ id: 'c', choices: [], usage: USAGE }))).toEqual({
      kind: 'data',
      data: null,
    });
    expect(reader.usage).toMatchObject({ inputTokens: 10, outputTokens: 5 });
    expect(reader.next('[DONE]')).toEqual({ kind: 'end' });
  });

  it('shows everything unchanged to a client that asked', () => {
    const reader = createChatStreamReader(true);
    const data = JSON.stringify({ id: 'c', choices: [], usage: USAGE });
    expect(reader.next(data)).toEqual({ kind: 'data', data });
  });

  it('takes usage out wherever it stands and leaves every other byte as it came', () => {
    const member = fc.constantFrom(
      '"usage":null',
      '"usage": null',
      '"x":"\\"usage\\":null"',
      '"y":{"usage":null}',
      '"seed":12345678901234567890',
      '"z":["usage"]',
      '"text":"a,\\"b\\""',
    );
    fc.assert(
      fc.property(fc.uniqueArray(member, { selector: (text) => text.slice(0, 4) }), (members) => {
        const data = `{${['"choices":[{"delta":{}}]', ...members].join(',')}}`;
        const step = createChatStreamReader(false).next(data);
        const expected = { ...(JSON.parse(data) as Record<string, unknown>) };
        delete expected.usage;
        const shown = step.kind === 'data' ? step.data! : '';
        expect(JSON.parse(shown)).toEqual(expected);
        if (data.includes('seed')) expect(shown).toContain('12345678901234567890');
      }),
    );
  });

  it('[M8] does not take the bytes of sound and pictures for text', () => {
    const reader = createChatStreamReader(false);
    const data = 'A'.repeat(64_000);
    reader.next(chunk({ audio: { id: 'audio_1', data, transcript: 'Hi', expires_at: 1 } }));
    reader.next(
      chunk({ images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }] }),
    );
    reader.next(chunk({ reasoning_details: [{ type: 'reasoning.encrypted', data, format: 'a' }] }));
    expect(reader.outputBytes).toBeGreaterThanOrEqual(2);
    expect(reader.outputBytes).toBeLessThan(100);
  });

  it('counts bytes of everything generated: text, refusals, reasoning, tool calls', () => {
    const reader = createChatStreamReader(false);
    reader.next(chunk({ role: 'assistant', content: 'łódź' }));
    reader.next(chunk({ refusal: 'no', reasoning_content: 'hm' }));
    reader.next(
      chunk({ tool_calls: [{ index: 0, id: 'call_1', function: { name: 'f', arguments: '{}' } }] }),
    );
    expect(reader.outputBytes).toBe(Buffer.byteLength('łódź') + 'no'.length + 'hm'.length + 'f{}'.length);
  });

  it.each(['not json', '[]', 'null', '7', ''])('says that %j is no chunk', (data) => {
    expect(createChatStreamReader(false).next(data)).toEqual({ kind: 'error', body: undefined });
  });

  it('hands over an error event with its text decoded', () => {
    const body = { error: { message: 'zażółć', type: 'server_error' } };
    expect(createChatStreamReader(false).next(encodeBytes(JSON.stringify(body)))).toEqual({
      kind: 'error',
      body,
    });
  });

  it('survives any JSON a provider may send', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (choices, usage) => {
        const reader = createChatStreamReader(false);
        reader.next(encodeBytes(JSON.stringify({ choices, usage })));
        for (const count of Object.values(reader.usage ?? {})) expect(count).toBeGreaterThanOrEqual(0);
        expect(reader.outputBytes).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('tells the same of every chunk, whatever chunks came before it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom('', 'Hello', '"', '\\', '\n', 'content', '"content":"Hello"', 'a"b', '\u007f'),
    );
    const around = fc.constantFrom<object>(
      {},
      { usage: null },
      { x: { content: 'Hello' } },
      { usage: USAGE },
      { usage: null, obfuscation: '' },
      { usage: null, obfuscation: 'aZ09' },
      { obfuscation: 'q', x: 1 },
      { obfuscation: '\\"' },
      { x: { obfuscation: 'aZ' } },
    );
    const extra = fc.constantFrom<object>(
      {},
      { role: 'assistant' },
      { refusal: 'no' },
      { 'x"content': 'Hello' },
      { obfuscation: '' },
      { obfuscation: 'counted' },
    );
    const end = fc.constantFrom(null, null, null, 'stop', 'nonsense ');
    const piece = fc
      .tuple(text, around, extra, end, fc.boolean())
      .map(([content, members, more, finish_reason, usageFirst]) => {
        const choices = [{ index: 0, delta: { ...more, content }, finish_reason }];
        const body = usageFirst ? { id: 'c', ...members, choices } : { id: 'c', choices, ...members };
        return encodeBytes(JSON.stringify(body));
      });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (chunks, showUsage) => {
        const reader = createChatStreamReader(showUsage);
        let outputBytes = 0;
        for (const data of chunks) {
          const alone = createChatStreamReader(showUsage);
          expect(reader.next(data)).toEqual(alone.next(data));
          outputBytes += alone.outputBytes;
          expect(reader.outputBytes).toBe(outputBytes);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each(['"content":"a\u0001"', '"content":"a', '"content":"a"b"', '"content":"\\x"'])(
    'does not take the broken chunk with %j for one like those before it',
    (content) => {
      const reader = createChatStreamReader(false);
      reader.next('{"choices":[{"delta":{"content":"one"},"finish_reason":null}]}');
      reader.next('{"choices":[{"delta":{"content":"two"},"finish_reason":null}]}');
      const step = reader.next(`{"choices":[{"delta":{${content}},"finish_reason":null}]}`);
      expect(step).toEqual({ kind: 'error', body: undefined });
      expect(reader.outputBytes).toBe(6);
    },
  );

  it.each(['', '"', 'a"}', 'a\\', 'a"x"', '"}"'])(
    'does not take the broken padding %j for padding',
    (end) => {
      const reader = createChatStreamReader(true);
      const padded = (rest: string) =>
        `{"choices":[{"delta":{"content":"one"},"finish_reason":null}],"obfuscation":"${rest}`;
      expect(reader.next(padded('a"}')).kind).toBe('data');
      expect(reader.next(padded('bcd"}')).kind).toBe('data');
      const broken = reader.next(padded(`${end}}`));
      expect(broken).toEqual(createChatStreamReader(true).next(padded(`${end}}`)));
    },
  );

  it('knows its last word with a space behind it', () => {
    expect(createChatStreamReader(true).next('[DONE] ', '')).toEqual({ kind: 'end' });
  });
});
