import { openAiErrorBody } from '@tollgate/dialects';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findProvider } from '../registry.ts';
import { imageBound, imageUsage, transcriptUsage } from './media-usage.ts';
import { fieldIn, readForm } from './multipart.ts';
import { readTaskRequest } from './task-request.ts';
import type { UpstreamTarget } from './understood-request.ts';

const BOUNDARY = 'x-boundary-1';
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

function form(parts: readonly { readonly head: string; readonly value: Buffer }[]): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ head, value }) => [
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      value,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
}

const target = (more: Partial<UpstreamTarget> = {}): UpstreamTarget => ({
  provider: findProvider('openai')!,
  model: 'the-model',
  outputCap: undefined,
  unsupported: 'usual',
  requestId: 'req_1',
  nowSeconds: 0,
  price: undefined,
  ...more,
});
const hints = { contentType: TYPE, errorBody: openAiErrorBody };

describe('forms', () => {
  const file = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

  it('pass byte for byte but for the model and our own fields', () => {
    fc.assert(
      fc.property(file, (bytes) => {
        const parts = [
          { head: 'name="file"; filename="a \\"b\\".wav"\r\nContent-Type: audio/wav', value: bytes },
          { head: 'name="model"', value: Buffer.from('asked') },
          { head: 'name="prompt"', value: Buffer.from('Grüße') },
        ];
        const own = { head: 'name=tags', value: Buffer.from('mine') };
        const request = readTaskRequest('openai-audio-transcriptions', form([own, ...parts]), hints);
        expect(request.model).toBe('asked');
        const sent = request.plan(target()).body;
        const patched = parts.map((part) =>
          part.head === 'name="model"' ? { ...part, value: Buffer.from('the-model') } : part,
        );
        expect(sent.equals(form(patched))).toBe(true);
      }),
    );
  });

  it('whose fields stand twice, or are files, are refused', () => {
    const model = { head: 'name="model"', value: Buffer.from('a') };
    const twice = readForm(form([model, model]), TYPE);
    expect(() => fieldIn(twice, 'model')).toThrow('"model" must appear once');
    const asFile = readForm(form([{ head: 'name="model"; filename="m"', value: Buffer.from('a') }]), TYPE);
    expect(() => fieldIn(asFile, 'model')).toThrow('text field');
  });

  const hidden = (...lines: string[]) => Buffer.from(lines.join('\r\n'));
  const asked = [`--${BOUNDARY}`, 'Content-Disposition: form-data; name="model"', '', 'allowed'];
  const other = ['', 'secret-model', `--${BOUNDARY}--`, ''];

  it.each<[string, Buffer]>([
    [
      'a name inside another text',
      hidden(
        ...asked,
        `--${BOUNDARY}`,
        'Content-Disposition: form-data; x="; name=foo"; name="model"',
        ...other,
      ),
    ],
    [
      'two names',
      hidden(...asked, `--${BOUNDARY}`, 'Content-Disposition: form-data; name="foo"; name="model"', ...other),
    ],
    [
      'a name in another alphabet',
      hidden(
        ...asked,
        `--${BOUNDARY}`,
        "Content-Disposition: form-data; name=foo; name*=utf-8''model",
        ...other,
      ),
    ],
    [
      'an escaped name',
      hidden(...asked, `--${BOUNDARY}`, 'Content-Disposition: form-data; name="mo\\del"', ...other),
    ],
    [
      'two dispositions',
      hidden(
        ...asked,
        `--${BOUNDARY}`,
        'Content-Disposition: form-data; name="foo"',
        'Content-Disposition: form-data; name="model"',
        ...other,
      ),
    ],
    [
      'a part among the headers of another',
      hidden(
        ...asked,
        `--${BOUNDARY}`,
        'Content-Disposition: form-data; name="foo"',
        `--${BOUNDARY}`,
        'Content-Disposition: form-data; name="model"',
        ...other,
      ),
    ],
    [
      'line feeds alone',
      hidden(
        ...asked.slice(0, 3),
        `allowed\n--${BOUNDARY}\nContent-Disposition: form-data; name="model"\n\nsecret-model`,
        `--${BOUNDARY}--`,
        '',
      ),
    ],
    [
      'something before the first part',
      Buffer.concat([Buffer.from('x'), hidden(...asked, `--${BOUNDARY}--`, '')]),
    ],
    ['something behind the last', hidden(...asked, `--${BOUNDARY}--`, ...asked, `--${BOUNDARY}--`, '')],
    [
      'an encoding of its own',
      hidden(
        ...asked,
        `--${BOUNDARY}`,
        'Content-Transfer-Encoding: base64',
        'Content-Disposition: form-data; name="prompt"',
        ...other,
      ),
    ],
  ])('that another reader may read otherwise are refused: %s', (_what, body) => {
    expect(() => readTaskRequest('openai-audio-transcriptions', body, hints)).toThrow(
      /Cannot read the request/,
    );
  });

  it('name one boundary, and pass with that alone', () => {
    const body = form([{ head: 'name="model"', value: Buffer.from('a') }]);
    const read = (contentType: string) =>
      readTaskRequest('openai-audio-transcriptions', body, { ...hints, contentType });
    const sent = read(`multipart/form-data; charset=utf-8; boundary="${BOUNDARY}"`).plan(target()).headers;
    expect(sent['content-type']).toBe(TYPE);
    for (const more of ['; boundary=other', '; x="; boundary=other"', "; boundary*=utf-8''other"]) {
      expect(() => read(`${TYPE}${more}`)).toThrow(/boundary/);
      expect(() => read(`multipart/form-data${more}; boundary=${BOUNDARY}`)).toThrow(/boundary/);
    }
  });

  it('with the longest headers are refused in a moment', () => {
    const spaces = ' '.repeat(4_000);
    for (const header of [`x:${spaces}\n`, `Content-Disposition: form-data; name=x${spaces}?`]) {
      const part = `--${BOUNDARY}\r\nContent-Disposition: form-data; name=x\r\n${header}\r\n\r\nv\r\n`;
      const body = Buffer.from(`${part.repeat(100)}--${BOUNDARY}--`);
      // What is computed, not what passes by the clock: others may have the core meanwhile.
      const before = process.threadCpuUsage();
      expect(() => readForm(body, TYPE)).toThrow(/a part of the form/);
      expect(() => readForm(body, `${TYPE};${' '.repeat(30_000)}?`)).toThrow(/boundary/);
      const { user, system } = process.threadCpuUsage(before);
      expect((user + system) / 1_000).toBeLessThan(200);
    }
  });

  it('of any bytes are read or refused, and always end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, begins) => {
        const body = Buffer.concat([Buffer.from(begins ? `--${BOUNDARY}\r\n` : ''), Buffer.from(bytes)]);
        try {
          expect(readForm(body, TYPE).parts.length).toBeLessThan(129);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_request' });
        }
      }),
    );
  });
});

describe('streams of tasks', () => {
  const request = readTaskRequest(
    'openai-images-generations',
    Buffer.from('{"model":"asked","prompt":"x","stream":true}'),
    { ...hints, contentType: 'application/json' },
  );
  const events = Buffer.from(
    'event: image_generation.partial_image\ndata: {"type":"image_generation.partial_image","b64_json":"AAAA"}\n\n' +
      'event: image_generation.completed\ndata: {"type":"image_generation.completed","b64_json":"AAAA","usage":' +
      '{"input_tokens":10,"output_tokens":1056,"input_tokens_details":{"image_tokens":4,"text_tokens":6}}}\n\n',
  );

  it('[G5] pass event by event, cut anywhere, and tell their usage at the end', () => {
    fc.assert(
      fc.property(fc.nat(events.length), (place) => {
        const stream = request.plan(target()).createStream('text/event-stream')!;
        const text =
          stream.feed(events.subarray(0, place)) + stream.feed(events.subarray(place)) + stream.close();
        expect(text).toBe(events.toString('latin1'));
        expect(stream.state.kind).toBe('complete');
        expect(stream.usage).toMatchObject({
          inputTokens: 6,
          units: { image_input_token: 4, image_output_token: 1056 },
        });
      }),
    );
  });

  it('[G4] that stop early are not complete', () => {
    const stream = request.plan(target()).createStream('text/event-stream')!;
    stream.feed(events.subarray(0, 120));
    stream.close();
    expect(stream.state.kind).toBe('open');
  });
});

describe('what media cost', () => {
  const dalle = {
    'image:default': 4n,
    'image:hd/1024x1024': 8n,
    'image:hd/1792x1024': 12n,
    'image:standard/1024x1024': 4n,
  };

  it('pictures by the price’s own name for them', () => {
    const answer = { data: [{}, {}] };
    const asked = { count: 2, quality: 'hd', size: '1024x1024' };
    expect(imageUsage(answer, asked, dalle)?.images).toEqual({ 'hd/1024x1024': 2 });
    const plain = { count: 2, quality: '', size: '1024x1024' };
    expect(imageUsage(answer, plain, dalle)?.images).toEqual({ 'standard/1024x1024': 2 });
  });

  it('[M3] the bound of a picture is never below what it then costs', () => {
    const word = (...words: string[]) => fc.constantFrom('', ...words);
    fc.assert(
      fc.property(
        word('hd', 'standard'),
        word('1024x1024', '1792x1024'),
        fc.integer({ min: 1, max: 10 }),
        (quality, size, count) => {
          const wish = { count, quality, size };
          const costOf = (counts: Readonly<Record<string, number>>): bigint =>
            Object.entries(counts).reduce(
              (sum, [name, n]) => sum + (dalle[name as keyof typeof dalle] ?? 0n) * BigInt(n),
              0n,
            );
          const images = imageUsage({ data: Array(count).fill({}) }, wish, dalle)?.images ?? {};
          const used = Object.fromEntries(Object.entries(images).map(([name, n]) => [`image:${name}`, n]));
          expect(costOf(imageBound(wish, dalle))).toBeGreaterThanOrEqual(costOf(used));
        },
      ),
    );
  });

  it('transcripts by tokens, by begun seconds, or not at all', () => {
    const price = { 'unit:input_second': 1n };
    const tokens = { input_tokens: 14, output_tokens: 5, input_token_details: { audio_tokens: 10 } };
    expect(transcriptUsage({ usage: { type: 'tokens', ...tokens } }, {})).toMatchObject({
      inputTokens: 4,
      audioInputTokens: 10,
      outputTokens: 5,
    });
    expect(transcriptUsage({ usage: { type: 'duration', seconds: 3.2 } }, price)?.units).toEqual({
      input_second: 4,
    });
    expect(transcriptUsage({ duration: 9.1 }, price)?.units).toEqual({ input_second: 10 });
    expect(transcriptUsage({ text: 'x', duration: -1 }, price)).toBeUndefined();
  });

  it('[M7] is counted in seconds or in tokens, as the price has it, where a transcript tells both', () => {
    const usage = { prompt_tokens: 4, completion_tokens: 35, total_tokens: 164, prompt_audio_seconds: 10.2 };
    const tokens = { inputTokens: 4, audioInputTokens: 125, outputTokens: 35 };
    expect(transcriptUsage({ usage }, { 'unit:input_second': 1n })?.units).toEqual({ input_second: 11 });
    expect(transcriptUsage({ usage }, { input: 1n })).toMatchObject(tokens);
    const { prompt_audio_seconds: _, ...untimed } = usage;
    expect(transcriptUsage({ usage: untimed }, undefined)).toMatchObject(tokens);
    expect(transcriptUsage({ usage: untimed }, { 'unit:input_second': 1n })).toBeUndefined();
    expect(transcriptUsage({ usage: { ...usage, completion_tokens: -1 } }, { input: 1n })).toBeUndefined();
  });

  it('[M7] is the total where embeddings tell nothing else', () => {
    const request = readTaskRequest('openai-embeddings', Buffer.from('{"model":"m","input":"x"}'), {
      ...hints,
      contentType: 'application/json',
    });
    const usageOf = (usage: object) =>
      request.plan(target()).readWhole(Buffer.from(JSON.stringify({ data: [], usage })), '')?.usage;
    expect(usageOf({ total_tokens: 215 })?.inputTokens).toBe(215);
    expect(usageOf({ prompt_tokens: 2, total_tokens: 3 })?.inputTokens).toBe(2);
    expect(usageOf({ total_tokens: -1 })).toBeUndefined();
    expect(usageOf({ prompt_tokens: -1, total_tokens: 3 })).toBeUndefined();
  });
});

describe('what a transcript can cost [M3]', () => {
  const price = { 'unit:input_second': 100n };
  const model = { head: 'name="model"', value: Buffer.from('m') };
  const useOf = (body: Buffer, contentType: string) =>
    readTaskRequest('openai-audio-transcriptions', body, { ...hints, contentType }).useFor(price);

  const mp3 = Buffer.concat([Buffer.from('ID3'), Buffer.alloc(8_997)]);
  const recording = { head: 'name="file"; filename="a.mp3"', value: mp3 };

  it('is bounded by the length of its recording', () => {
    expect(useOf(form([model, recording]), TYPE)).toMatchObject({
      units: { 'unit:input_second': 10 },
      unbounded: false,
    });
  });

  it('is bounded by nothing where the file does not tell its length', () => {
    const flac = { head: 'name="file"; filename="a.flac"', value: Buffer.from('fLaC'.padEnd(64, '\0')) };
    expect(useOf(form([model, flac]), TYPE).unbounded).toBe(true);
    expect(useOf(form([model, recording, flac]), TYPE).unbounded).toBe(true);
  });

  it('covers seconds and tokens where the price has both', () => {
    const both = { ...price, input: 1n, audioInput: 1n, output: 1n };
    const request = readTaskRequest('openai-audio-transcriptions', form([model, recording]), {
      ...hints,
      contentType: TYPE,
    });
    const use = request.useFor(both);
    expect(use.units).toEqual({ 'unit:input_second': 10 });
    expect(use.inputTokensMax).toBeGreaterThan(100);
    expect(use.outputCap).toBeGreaterThan(0);
  });

  it.each<[string, Buffer, string]>([
    ['an address', form([model, { head: 'name="url"', value: Buffer.from('https://example.com/a') }]), TYPE],
    [
      'a file and an address',
      form([
        model,
        { head: 'name="file"; filename="a.wav"', value: Buffer.alloc(8) },
        { head: 'name="url"', value: Buffer.from('https://example.com/a') },
      ]),
      TYPE,
    ],
    ['text', Buffer.from('{"model":"m","file":"UklGRg=="}'), 'application/json'],
  ])('is not bounded where the sound is %s', (_what, body, type) => {
    expect(useOf(body, type).unbounded).toBe(true);
  });
});

describe('what a video can cost [M3]', () => {
  const useOf = (body: object, price: Record<string, bigint>) =>
    readTaskRequest('openai-videos', Buffer.from(JSON.stringify({ model: 'm', prompt: 'p', ...body })), {
      ...hints,
      contentType: 'application/json',
    }).useFor(price).units;

  it.each<[string, object, Record<string, bigint>, string]>([
    ['the usual size', { size: '1280x720' }, {}, 'unit:output_video_second'],
    ['no size', {}, {}, 'unit:output_video_second'],
    ['a larger size', { size: '1792x1024' }, {}, 'unit:output_video_second/1792x1024'],
    [
      'a size that has a price of its own',
      { size: '1280x720' },
      { 'unit:output_video_second/1280x720': 1n },
      'unit:output_video_second/1280x720',
    ],
    ['nonsense', { size: 'huge' }, {}, 'unit:output_video_second/other'],
  ])('[M7] is that of a second of %s', (_what, body, own, name) => {
    expect(useOf({ seconds: 4, ...body }, { 'unit:output_video_second': 5n, ...own })).toEqual({ [name]: 4 });
  });
});

describe('what pictures can cost [M3]', () => {
  const price = { input: 5n, output: 40n, 'unit:image_input_token': 10n, 'unit:image_output_token': 40n };
  const useOf = (body: object, known: Record<string, bigint> = price) =>
    readTaskRequest(
      'openai-images-edits',
      Buffer.from(JSON.stringify({ model: 'm', prompt: 'p', ...body })),
      {
        ...hints,
        contentType: 'application/json',
      },
    ).useFor(known);

  it('covers pictures that are given by their address', () => {
    const { units } = useOf({ images: [{ image_url: 'https://example.com/a.png' }] });
    expect(units?.['unit:image_input_token']).toBeGreaterThanOrEqual(16 * 7_000);
  });

  it('covers tokens where the price has both them and pictures, because tokens are what is billed', () => {
    const { units } = useOf({ n: 2 }, { ...price, 'image:high/1024x1024': 1n });
    expect(units?.['unit:image_output_token']).toBeGreaterThanOrEqual(2 * 6_500);
  });
});
