import { GatewayError } from '@tollgate/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBatchAsked, readBatchId } from './batch-asked.ts';
import { isReadableBatch, readBatchAnswer, readBatchLine, readLineNames } from './batch-lines.ts';
import { LineSplitter, LineTooLongError } from './line-splitter.ts';

const CHAT = '/v1/chat/completions';
const bytes = (value: unknown): Buffer =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const body = { model: 'gpt-5', messages: [{ role: 'user', content: 'Grüße 👋' }], max_tokens: 7 };
const line = { custom_id: 'a', method: 'POST', url: CHAT, body };

describe('LineSplitter', () => {
  it('gives the same lines however the file is cut, without the empty ones', () => {
    const anyLine = fc
      .string({ unit: 'grapheme', maxLength: 8 })
      .map((text) => text.replaceAll(/[\r\n]/g, ''));
    fc.assert(
      fc.property(fc.array(anyLine), fc.array(fc.nat(40)), fc.boolean(), (lines, cuts, ended) => {
        const file = Buffer.from(lines.join('\n') + (ended ? '\n' : ''));
        const splitter = new LineSplitter(1_000);
        const found: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          found.push(...splitter.feed(file.subarray(at, at + cut)));
          at += cut;
        }
        found.push(...splitter.feed(file.subarray(at)), ...splitter.end());
        expect(found.map(String)).toEqual(lines.filter((each) => !/^[ \t]*$/.test(each)));
      }),
    );
  });

  it('[X5] holds no line that is longer than allowed', () => {
    expect(new LineSplitter(3).feed(bytes('abc\n'))).toHaveLength(1);
    const splitter = new LineSplitter(3);
    splitter.feed(bytes('ab'));
    expect(() => splitter.feed(bytes('cd'))).toThrow(LineTooLongError);
  });
});

describe('a line of a batch', () => {
  it('is the request that it would be alone, byte for byte', () => {
    const asked = readBatchLine(CHAT, bytes(line));
    expect(asked.model).toBe('gpt-5');
    expect(String(asked.body)).toBe(JSON.stringify(body));
    expect(asked.useFor(undefined)).toMatchObject({ outputCap: 7 });
    expect(readLineNames(bytes(line))).toEqual({ customId: 'a', model: 'gpt-5' });
  });

  it('may ask for pictures, which are told in tokens', () => {
    const url = '/v1/images/generations';
    const asked = readBatchLine(
      url,
      bytes({ ...line, url, body: { model: 'gpt-image-1', prompt: 'A gate', n: 2 } }),
    );
    expect(asked.useFor(undefined).units).toMatchObject({ 'unit:image_output_token': 20_000 });
    const usage = { input_tokens: 9, output_tokens: 300 };
    const answer = { custom_id: 'a', response: { status_code: 200, body: { data: [{}, {}], usage } } };
    expect(readBatchAnswer(url, bytes(answer))?.usage(undefined)).toMatchObject({
      inputTokens: 9,
      units: { image_output_token: 300 },
    });
    const untold = { custom_id: 'a', response: { status_code: 200, body: { data: [{}] } } };
    expect(readBatchAnswer(url, bytes(untold))?.usage(undefined)).toBeUndefined();
  });

  it.each([
    ['other endpoints', { ...line, url: '/v1/responses' }],
    ['no name', { ...line, custom_id: undefined }],
    ['no body', { ...line, body: undefined }],
    ['another method', { ...line, method: 'GET' }],
    [
      'two bodies',
      `{"custom_id":"a","method":"POST","url":"${CHAT}","body":{"model":"a"},"body":{"model":"b"}}`,
    ],
    ['a stream', { ...line, body: { ...body, stream: true } }],
    ['no JSON', '{'],
  ])('with %s is refused', (_, given) => {
    expect(() => readBatchLine(CHAT, bytes(given))).toThrow(GatewayError);
  });
});

describe('an answer of a batch', () => {
  const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };
  const answered = (status_code: number, url = CHAT, more: object = { usage }) =>
    readBatchAnswer(
      url,
      bytes({
        custom_id: 'a',
        response: { status_code, body: { model: 'm', choices: [], ...more } },
        error: null,
      }),
    );

  it('tells what it used, in the words of its endpoint', () => {
    expect(answered(200)?.usage(undefined)).toMatchObject({ inputTokens: 5, outputTokens: 3 });
    const response = { usage: { input_tokens: 5, output_tokens: 3 } };
    expect(answered(200, '/v1/responses', response)?.usage(undefined)).toMatchObject({ inputTokens: 5 });
    expect(answered(200, '/embeddings', { usage: { prompt_tokens: 5 } })?.usage(undefined)).toMatchObject({
      inputTokens: 5,
    });
    expect(answered(200, CHAT, {})?.usage(undefined)).toBeUndefined();
  });

  it('is billed only where it was answered', () => {
    expect(answered(200)?.isAnswered).toBe(true);
    expect(answered(429)?.isAnswered).toBe(false);
    expect(readBatchAnswer(CHAT, bytes({ custom_id: 'a', response: null, error: {} }))?.isAnswered).toBe(
      false,
    );
    expect(readBatchAnswer(CHAT, bytes('[]'))).toBeUndefined();
  });
});

it('what makes a batch names its file and endpoint once, in letters of an address', () => {
  const asked = { input_file_id: 'file-1', endpoint: CHAT, completion_window: '24h' };
  expect(readBatchAsked(bytes(asked))).toEqual({ inputFileId: 'file-1', endpoint: CHAT });
  expect(readBatchAsked(bytes({ ...asked, input_file_id: '../x' }))).toMatchObject({ inputFileId: '' });
  expect(() => readBatchAsked(bytes('{"input_file_id":"a","input_file_id":"b"}'))).toThrow(GatewayError);
  expect(readBatchId(bytes({ id: 'batch_1' }))).toBe('batch_1');
  expect(readBatchId(bytes({ id: 'a/b' }))).toBe('');
  expect(isReadableBatch('/v1/videos')).toBe(false);
});
