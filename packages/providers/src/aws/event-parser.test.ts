import { EventStreamCodec } from '@smithy/eventstream-codec';
import { EventTooLargeError } from '@tollgate/dialects';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BROKEN_FRAME, createAwsEventParser } from './event-parser.ts';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

function frame(headers: Readonly<Record<string, string>>, body: string): Buffer {
  const typed = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]),
  );
  return Buffer.from(codec.encode({ headers: typed, body: Buffer.from(body) }));
}

const event = (type: string, body: string) => frame({ ':message-type': 'event', ':event-type': type }, body);

function parse(chunks: readonly Uint8Array[], maxBytes?: number): [string, string][] {
  const events: [string, string][] = [];
  const parser = createAwsEventParser((name, data) => events.push([name, data]), maxBytes);
  for (const chunk of chunks) parser.feed(chunk);
  parser.end();
  return events;
}

describe('createAwsEventParser()', () => {
  const inner = '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"é"}}';
  const stream = Buffer.concat([
    event('messageStart', '{"role":"assistant"}'),
    event('contentBlockDelta', '{"delta":{"text":"Žluťoučký"}}'),
    event('chunk', JSON.stringify({ bytes: Buffer.from(inner).toString('base64'), p: 'abc' })),
    frame({ ':message-type': 'exception', ':exception-type': 'throttlingException' }, '{"message":"slow"}'),
    frame({ ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'x' }, ''),
  ]);
  const whole: [string, string][] = [
    ['messageStart', '{"role":"assistant"}'],
    ['contentBlockDelta', Buffer.from('{"delta":{"text":"Žluťoučký"}}').toString('latin1')],
    ['content_block_delta', Buffer.from(inner).toString('latin1')],
    ['throttlingException', '{"message":"slow"}'],
    ['InternalException', '{"message":"x"}'],
  ];

  it('[G5] reads the same from chunks cut at any byte', () => {
    expect(parse([stream])).toEqual(whole);
    for (let at = 0; at <= stream.length; at += 1) {
      expect(parse([stream.subarray(0, at), stream.subarray(at)])).toEqual(whole);
    }
    expect(parse([...stream].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('delivers nothing of a frame that is cut off', () => {
    expect(parse([stream.subarray(0, stream.length - 1)])).toEqual(whole.slice(0, -1));
  });

  it('refuses a frame that is too large as soon as it says so', () => {
    const large = event('x', 'a'.repeat(1_000));
    expect(() => parse([large.subarray(0, 12)], 100)).toThrow(EventTooLargeError);
  });

  it('tells damage once, and never throws for any other bytes', () => {
    const damaged = Buffer.from(stream);
    damaged[30] = (damaged[30] ?? 0) ^ 0xff;
    expect(parse([damaged, stream]).map(([name]) => name)).toEqual([BROKEN_FRAME]);
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        try {
          expect(parse(chunks).length).toBeLessThanOrEqual(1);
        } catch (error) {
          expect(error).toBeInstanceOf(EventTooLargeError);
        }
      }),
    );
  });
});
