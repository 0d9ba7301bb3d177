import { GatewayError } from '@tollgate/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patchChatRequest, readChatRequest } from './chat-request.ts';

const read = (body: unknown) => readChatRequest(Buffer.from(JSON.stringify(body)));
const HELLO = { model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Hello' }] };

describe('readChatRequest()', () => {
  it('reads what the pipeline needs', () => {
    const request = read({ ...HELLO, stream: true, max_tokens: 5, max_completion_tokens: 9, user: 'jane' });
    expect(request).toMatchObject({
      model: 'gpt-5-mini',
      stream: true,
      wantsUsage: false,
      maxOutputTokens: 9,
    });
    expect(request.extensions.endUser).toBe('jane');
  });

  it('reads names and values in any writing of JSON', () => {
    const request = readChatRequest(Buffer.from('{ "mod\\u0065l" : "ł\\u00f3dź" , "stream":null }'));
    expect(request).toMatchObject({ model: 'łódź', stream: false });
  });

  it('[M3] has no names that Postgres cannot take: a budget per tag would fail for them', () => {
    const { tags } = read({ ...HELLO, metadata: { 'a\0b': 'x\0', '\ud800': 'y' } }).extensions;
    expect(tags).toEqual({ 'a\ufffdb': 'x\ufffd', '\ufffd': 'y' });
  });

  it('refuses or reads, and never throws anything else, for any bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: fc.constantFrom(...'{}[]",:\\ model1') }).map((text) => Buffer.from(text)),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .json()
        .map((text) => Buffer.from(`{"model":"m","stream":${text},"metadata":${text},"provider":${text}}`)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        try {
          readChatRequest(Buffer.from(body));
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('patchChatRequest()', () => {
  it('passes the received bytes themselves where nothing changes', () => {
    const request = read(HELLO);
    expect(patchChatRequest(request, { model: 'gpt-5-mini' })).toBe(request.body);
    const streamed = read({ ...HELLO, stream: true, stream_options: { include_usage: true } });
    expect(patchChatRequest(streamed, { model: 'gpt-5-mini' })).toBe(streamed.body);
  });

  it.each([
    [undefined, '{"include_usage":true}'],
    [null, '{"include_usage":true}'],
    [{}, '{"include_usage":true}'],
    [
      { include_usage: false, include_obfuscation: false },
      '{"include_usage":true,"include_obfuscation":false}',
    ],
    [{ include_obfuscation: true }, '{"include_obfuscation":true,"include_usage":true}'],
  ])('asks for usage on streams beside %j', (options, expected) => {
    const request = read({
      ...HELLO,
      stream: true,
      ...(options === undefined ? {} : { stream_options: options }),
    });
    const patched = patchChatRequest(request, { model: 'gpt-5-mini' }).toString();
    expect(patched).toContain(`"stream_options":${expected}`);
  });

  it('changes the model and our own fields only, for any other content', () => {
    const content = fc.dictionary(
      fc
        .string({ unit: 'binary', maxLength: 12 })
        .filter(
          (name) =>
            !/^(model|models|provider|tags|fallbacks|stream|stream_options|max_tokens|max_completion_tokens|user|metadata)$/.test(
              name,
            ) && name.isWellFormed(),
        ),
      fc.jsonValue({ maxDepth: 3 }),
      { maxKeys: 5 },
    );
    fc.assert(
      fc.property(content, fc.constantFrom(undefined, 1, '\t'), (others, space) => {
        const body = { ...others, model: 'a/b', tags: ['x'], models: ['c'], stream: true };
        const request = readChatRequest(Buffer.from(JSON.stringify(body, null, space)));
        const patched: unknown = JSON.parse(patchChatRequest(request, { model: 'zażółć' }).toString());
        const kept = JSON.parse(JSON.stringify(others)) as Record<string, unknown>;
        expect(patched).toEqual({
          ...kept,
          model: 'zażółć',
          stream: true,
          stream_options: { include_usage: true },
        });
      }),
    );
  });

  it('keeps numbers that no double holds', () => {
    const text = '{"model":"a","seed":12345678901234567890,"temperature":0.10,"x":1e400}';
    const patched = patchChatRequest(readChatRequest(Buffer.from(text)), { model: 'b' }).toString();
    expect(patched).toBe('{"model":"b","seed":12345678901234567890,"temperature":0.10,"x":1e400}');
  });

  it('removes what a provider does not know', () => {
    const request = read({ ...HELLO, user: 'jane', metadata: { a: 'b' } });
    const patched = patchChatRequest(request, {
      model: 'gpt-5-mini',
      remove: ['user', 'metadata'],
    }).toString();
    expect(JSON.parse(patched)).toEqual(HELLO);
  });
});

describe('an output cap that a budget demands [M3]', () => {
  const capped = (body: object, member: 'max_tokens' | 'max_completion_tokens', tokens = 7) =>
    JSON.parse(
      patchChatRequest(read({ ...HELLO, ...body }), {
        model: 'gpt-5-mini',
        outputCap: { tokens, member },
      }).toString(),
    );

  it.each([
    ['none', {}, 'max_completion_tokens', { max_completion_tokens: 7 }],
    ['none, for a provider that knows the older', {}, 'max_tokens', { max_tokens: 7 }],
    ['null', { max_tokens: null }, 'max_completion_tokens', { max_completion_tokens: 7 }],
    ['its own', { max_tokens: 7 }, 'max_completion_tokens', { max_tokens: 7 }],
    ['one that this provider ignores', { max_completion_tokens: 7 }, 'max_tokens', { max_tokens: 7 }],
    [
      'two',
      { max_tokens: 7, max_completion_tokens: 5 },
      'max_completion_tokens',
      { max_completion_tokens: 7 },
    ],
  ] as const)('is in the body once when the caller gave %s', (_name, body, member, expected) => {
    expect(capped(body, member)).toEqual({ ...HELLO, ...expected });
  });

  it('leaves the bytes alone where the caller’s own is the same', () => {
    const request = read({ ...HELLO, max_completion_tokens: 7 });
    const outputCap = { tokens: 7, member: 'max_completion_tokens' } as const;
    expect(patchChatRequest(request, { model: 'gpt-5-mini', outputCap })).toBe(request.body);
  });
});
