import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createEventParser,
  decodeBytes,
  EventTooLargeError,
  encodeBytes,
  type ServerSentEvent,
  serializeEvent,
} from './event-parser.ts';

function parse(chunks: readonly Uint8Array[], maxEventBytes?: number): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  const parser = createEventParser(({ event, data }) => {
    events.push({ event: decodeBytes(event), data: decodeBytes(data) });
  }, maxEventBytes);
  for (const chunk of chunks) parser.feed(chunk);
  parser.end();
  return events;
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...places].map((start, index) => bytes.subarray(start, places[index] ?? bytes.length));
}

const line = fc.oneof(
  fc.constantFrom(
    'data: {"a":1}',
    'data:[DONE]',
    'data: [DONE]',
    'data',
    'data:',
    'data:  two',
    'event: x',
    '',
  ),
  fc.constantFrom(
    ': comment',
    'id: 7',
    'retry: 10',
    'nonsense',
    'data: zażółć 🦆 日本',
    'data: \u2028\u0085',
  ),
  fc.string({ unit: 'binary' }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, '')}`),
);
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n\r\n')))
  .map((lines) => Buffer.from(lines.map((pair) => pair.join('')).join(''), 'utf8'));

describe('event parser', () => {
  it('[G5] gives the same events for any chunking', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(10_000)), (bytes, at) => {
        expect(parse(cut(bytes, at))).toEqual(parse([bytes]));
      }),
      { numRuns: 500 },
    );
  });

  it('[G5] gives the same events one byte at a time', () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        expect(parse([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(parse([bytes]));
      }),
    );
  });

  it.each<[string, string, ServerSentEvent[]]>([
    ['data with a space', 'data: [DONE]\n\n', [{ event: '', data: '[DONE]' }]],
    ['data without a space', 'data:[DONE]\n\n', [{ event: '', data: '[DONE]' }]],
    ['only one space belongs to the framing', 'data:  x\n\n', [{ event: '', data: ' x' }]],
    ['CRLF', 'event: a\r\ndata: 1\r\n\r\n', [{ event: 'a', data: '1' }]],
    [
      'CR',
      'data: 1\r\rdata: 2\r\r',
      [
        { event: '', data: '1' },
        { event: '', data: '2' },
      ],
    ],
    ['several data lines', 'data: 1\ndata: 2\n\n', [{ event: '', data: '1\n2' }]],
    ['comments and unknown fields', ': hello\nid: 1\nretry: 5\ndata: x\n\n', [{ event: '', data: 'x' }]],
    ['an event without data', 'event: ping\n\ndata: x\n\n', [{ event: '', data: 'x' }]],
    [
      'no last blank line',
      'data: 1\n\ndata: 2',
      [
        { event: '', data: '1' },
        { event: '', data: '2' },
      ],
    ],
    ['a byte order mark', '\ufeffdata: 1\n\n', [{ event: '', data: '1' }]],
    [
      'line separators that are not line ends',
      'data: a\u2028b\u0085c\n\n',
      [{ event: '', data: 'a\u2028b\u0085c' }],
    ],
    ['nothing', '', []],
  ])('reads %s', (_, text, events) => {
    expect(parse([Buffer.from(text)])).toEqual(events);
  });

  it('passes bytes that are not UTF-8 unchanged', () => {
    const events: ServerSentEvent[] = [];
    const parser = createEventParser((event) => events.push(event));
    parser.feed(Uint8Array.of(...Buffer.from('data: '), 0xff, 0xfe, 0xc3, 10, 10));
    expect(Buffer.from(events[0]!.data, 'latin1')).toEqual(Buffer.from([0xff, 0xfe, 0xc3]));
  });

  it('refuses an event above its bound, however it is cut', () => {
    const small = Buffer.from(`data: ${'x'.repeat(50)}\n\n`);
    const large = Buffer.from(`data: ${'x'.repeat(150)}\n\n`);
    const manyLines = Buffer.from(`${'data: xxxxxxxxxx\n'.repeat(20)}\n`);
    expect(parse([small], 100)).toHaveLength(1);
    for (const bytes of [large, manyLines]) {
      expect(() => parse([bytes], 100)).toThrow(EventTooLargeError);
      expect(() =>
        parse(
          [...bytes].map((byte) => Uint8Array.of(byte)),
          100,
        ),
      ).toThrow(EventTooLargeError);
    }
  });

  it('reads back what it serializes, so that no data can forge a field', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(text.isWellFormed() && !text.includes('\r'));
        expect(
          parse([Buffer.from(serializeEvent({ event: 'e', data: encodeBytes(text) }), 'latin1')]),
        ).toEqual([{ event: 'e', data: text }]);
      }),
    );
  });
});
