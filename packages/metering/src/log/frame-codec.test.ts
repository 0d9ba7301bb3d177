import { emptyUsage } from '@tollgate/catalog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../frame.ts';
import { dispatch, progress, request, settle, subject, target } from '../testing/frames.ts';
import { FrameBuffer, findNextFrame, scanFrames } from './frame-codec.ts';
import { frameToJson } from './frame-json.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 20 });
const anyFrame: fc.Arbitrary<Frame> = fc
  .record({
    text: anyText,
    kind: fc.constantFrom('dispatch', 'progress', 'settle', 'request'),
    priced: fc.boolean(),
  })
  .map(({ text, kind, priced }) => {
    const who = subject({ endUser: text, tags: { [text]: text } });
    const route = { id: text, name: text, rule: 1, target: text };
    const sent = dispatch(who, priced ? target() : target({ priceVersionId: '' }));
    switch (kind) {
      case 'dispatch':
        return priced ? sent : { ...sent, batch: { inputFileId: text, endpoint: text, models: [] } };
      case 'progress':
        return progress(sent, 3, 4);
      case 'settle':
        return settle(sent, {
          finishReason: text,
          upstreamRequestId: text,
          usage: {
            ...emptyUsage(),
            outputTokens: 3,
            images: { 'high/1024x1024': 1 },
            units: { web_search: 2 },
          },
          ...(priced
            ? {}
            : {
                costPicoUsd: null,
                chargePicoUsd: '0',
                budgetPicoUsd: '17',
                served: { serviceTier: 'flex', priceVersionId: text },
                batchId: text,
              }),
        });
      default:
        return request(who, {
          userAgent: text,
          refusal: { code: text },
          providerFormat: text,
          translated: priced,
          unsupported: priced ? [text, 'seed'] : [],
          ...(priced
            ? { route }
            : { substitution: { budget: { id: text, name: text }, model: text, route } }),
        });
    }
  });

function encode(frames: readonly Frame[]): { bytes: Buffer; ends: number[] } {
  const buffer = new FrameBuffer();
  const ends = frames.map((frame, index) => {
    buffer.add(index + 1, frame);
    return buffer.length;
  });
  return { bytes: Buffer.from(buffer.bytes()), ends };
}

describe('frameToJson()', () => {
  it('is what JSON.stringify gives, for any text in it', () => {
    fc.assert(
      fc.property(anyFrame, (frame) => {
        expect(frameToJson(frame)).toBe(JSON.stringify(frame));
      }),
    );
  });

  it('leaves out what a request frame does not tell', () => {
    const { providerFormat: _f, translated: _t, unsupported: _u, ...before } = request(subject());
    expect(frameToJson(before)).toBe(JSON.stringify(before));
  });
});

describe('scanFrames()', () => {
  it('[M1] cut at every byte, gives exactly the whole frames before the cut', () => {
    const frames = fc.sample(anyFrame, { numRuns: 6, seed: 7 });
    const { bytes, ends } = encode(frames);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const scan = scanFrames(bytes.subarray(0, cut), 0);
      const whole = ends.filter((end) => end <= cut).length;
      expect(scan.frames).toHaveLength(whole);
      expect(scan.rest).toBe(ends.includes(cut) || cut === 0 ? 'none' : 'partial');
    }
  });

  it('[M1] with any one byte changed, never gives a frame that was not written, and says so', () => {
    const { bytes } = encode(fc.sample(anyFrame, { numRuns: 4, seed: 11 }));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = damaged[at]! ^ change;
        const scan = scanFrames(damaged, 0);
        expect(scan.rest).not.toBe('none');
        const original = scanFrames(bytes, 0).frames;
        expect(scan.frames).toEqual(original.slice(0, scan.frames.length));
      }),
    );
  });

  it('takes preallocated zeros for the end', () => {
    const { bytes } = encode(fc.sample(anyFrame, { numRuns: 2, seed: 3 }));
    const scan = scanFrames(Buffer.concat([bytes, Buffer.alloc(500)]), 0);
    expect(scan).toMatchObject({ consumedBytes: bytes.length, rest: 'zeros' });
  });

  it('refuses a frame whose sequence does not rise', () => {
    const { bytes } = encode(fc.sample(anyFrame, { numRuns: 1, seed: 3 }));
    expect(scanFrames(bytes, 1).rest).toBe('damaged');
  });
});

describe('findNextFrame()', () => {
  it('finds the first whole frame behind damage', () => {
    const { bytes, ends } = encode(fc.sample(anyFrame, { numRuns: 3, seed: 5 }));
    bytes.fill(0xff, 4, ends[0]! - 4);
    expect(findNextFrame(bytes, 1, 0)).toBe(ends[0]);
  });
});

describe('FrameBuffer', () => {
  it('refuses a frame above 1 MiB and keeps what it has', () => {
    const buffer = new FrameBuffer();
    const who = subject();
    buffer.add(1, request(who));
    const before = buffer.length;
    expect(() => buffer.add(2, request(who, { userAgent: 'x'.repeat(1_100_000) }))).toThrow(RangeError);
    expect(buffer.length).toBe(before);
  });
});
