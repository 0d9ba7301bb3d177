import { GatewayError } from '@tollgate/errors';
import { type AnswerStream, findProvider, readGenerateRequest } from '@tollgate/providers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpenStream } from './open-stream.ts';

const chunk = (content: string, extra: object = {}): string =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: null }], usage: null, ...extra })}\n\n`;
const FINISH = `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }] })}\n\n`;
const USAGE = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } })}\n\n`;

const target = {
  provider: findProvider('openai')!,
  model: 'm',
  outputCap: undefined,
  unsupported: 'usual',
  requestId: 'req_1',
  nowSeconds: 0,
  price: undefined,
} as const;

function createAnswer(): AnswerStream {
  const body = Buffer.from('{"model":"m","messages":[],"stream":true}');
  return readGenerateRequest('openai-chat', body).plan(target).createStream('text/event-stream')!;
}

async function play(pieces: readonly Buffer[]) {
  const stream = new OpenStream({
    answer: createAnswer(),
    failure: () => new GatewayError('upstream_error', 'failed'),
    cutOff: () => new GatewayError('upstream_error', 'cut off'),
  });
  let output = '';
  stream.open((text) => {
    output += text;
  });
  for (const piece of pieces) {
    stream.feed(piece);
    await Promise.resolve();
  }
  stream.upstreamEnded();
  const end = await stream.ended;
  return {
    text: Buffer.from(output + stream.takeRest(), 'latin1').toString(),
    end: 'error' in end ? end.error.message : end.kind,
    usage: stream.usage,
    outputBytes: stream.outputBytes,
  };
}

const part = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => chunk(text)),
  fc.constantFrom(
    ': comment\n\n',
    USAGE,
    FINISH,
    'data: {"error":{"message":"x"}}\n\n',
    'data: nonsense\n\n',
    'data: [DONE]\n\n',
  ),
);

describe('OpenStream', () => {
  it('[G5] gives the same bytes, end, usage and count however the wire cuts it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 12 }), fc.array(fc.nat(3_000)), async (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''));
        const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
        const pieces = [0, ...places].map((start, index) =>
          bytes.subarray(start, places[index] ?? bytes.length),
        );
        expect(await play(pieces)).toEqual(await play([bytes]));
      }),
    );
  });

  it('[G4] is complete with [DONE], or with a finish reason where [DONE] is missing, else cut off', async () => {
    const one = [Buffer.from(chunk('a'))];
    expect((await play([...one, Buffer.from('data: [DONE]\n\n')])).end).toBe('complete');
    expect((await play([...one, Buffer.from(FINISH)])).end).toBe('complete');
    expect((await play(one)).end).toBe('cut off');
    expect((await play([])).end).toBe('cut off');
  });

  it('[M1] lets usage be noted as soon as it is told, though its client sees nothing of it', async () => {
    const stream = new OpenStream({
      answer: createAnswer(),
      failure: () => new GatewayError('upstream_error', 'failed'),
      cutOff: () => new GatewayError('upstream_error', 'cut off'),
    });
    const noted: unknown[] = [];
    stream.open((output) => noted.push([output !== '', stream.usage?.outputTokens]));
    // In turns of their own: a process may be killed between any two.
    for (const piece of [chunk('a'), FINISH, USAGE, ': comment\n\n']) {
      stream.feed(Buffer.from(piece));
      await Promise.resolve();
    }
    expect(noted).toEqual([
      [true, undefined],
      [true, undefined],
      [false, 4],
    ]);
  });

  it('takes nothing after its end', async () => {
    const { text, usage } = await play([Buffer.from(`${chunk('a')}data: [DONE]\n\n${chunk('b')}${USAGE}`)]);
    expect(text).not.toContain('"b"');
    expect(usage).toBeUndefined();
  });
});
