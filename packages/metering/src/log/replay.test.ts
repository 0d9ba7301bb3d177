import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tokenUsageSchema } from '@tollgate/catalog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DispatchFrame, Frame, SettleFrame } from '../frame.ts';
import { testFolder } from '../testing/folder.ts';
import { dispatch, progress, request, settle, subject, target } from '../testing/frames.ts';
import { attemptKey } from './attempt-key.ts';
import { openLog } from './log.ts';
import { replayEpoch } from './replay.ts';
import { listSegments, readSegment, segmentPath } from './segment.ts';

const IDS = { gatewayId: 'gw_test', epochId: 'gwe_test' };

/** Requests in every state of their life, interleaved. */
const lives = fc
  .array(
    fc.record({
      attempts: fc.integer({ min: 1, max: 3 }),
      /** How many steps of each life are done when the process dies. */
      steps: fc.integer({ min: 1, max: 12 }),
      told: fc.boolean(),
      priced: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((requests) => interleave(requests.map(framesOfLife)));

function framesOfLife(life: { attempts: number; steps: number; told: boolean; priced: boolean }): Frame[] {
  const who = subject();
  const frames: Frame[] = [];
  for (let attempt = 1; attempt <= life.attempts; attempt++) {
    const sent = dispatch(who, target({ attempt, ...(life.priced ? {} : { priceVersionId: '' }) }));
    frames.push(sent, progress(sent, 2, life.told ? 5 : undefined), progress(sent, 4), settle(sent));
  }
  frames.push(request(who, { attempts: life.attempts }));
  return frames.slice(0, life.steps);
}

function interleave(lists: Frame[][]): Frame[] {
  const frames: Frame[] = [];
  for (let round = 0; lists.some((list) => round < list.length); round++) {
    for (const list of lists) if (list[round] !== undefined) frames.push(list[round]!);
  }
  return frames;
}

async function writeEpoch(
  directory: string,
  frames: readonly Frame[],
  segmentMaxBytes = 8 * 1024 * 1024,
): Promise<void> {
  const log = openLog({ directory, ...IDS, segmentMaxBytes, reserveBytes: 0, onError: fail });
  for (const frame of frames) {
    log.append(frame);
    log.flush();
  }
  await log.close();
}

function fail(error: Error): never {
  throw error;
}

function readAll(directory: string): Frame[] {
  const segments = listSegments(directory);
  return segments.flatMap((segment, index) => {
    const content = readSegment(segmentPath(directory, segment), index === segments.length - 1, 0);
    expect(content.damages).toEqual([]);
    return content.frames.map(({ frame }) => frame);
  });
}

function expectOneSettlementEach(frames: readonly Frame[]): void {
  const dispatched = frames.filter((frame) => frame.kind === 'dispatch');
  const settled = frames.filter((frame) => frame.kind === 'settle');
  expect(settled.map((each) => attemptKey(each.requestId, each.attempt)).sort()).toEqual(
    dispatched.map((each) => attemptKey(each.subject.requestId, each.target.attempt)).sort(),
  );
  const requests = frames.filter((frame) => frame.kind === 'request').map((frame) => frame.subject.requestId);
  expect(requests.sort()).toEqual([...new Set(dispatched.map((each) => each.subject.requestId))].sort());
}

describe('replayEpoch()', () => {
  it('[M1] gives every dispatch exactly one settlement and every request a record, whatever was in flight', async () => {
    await fc.assert(
      fc.asyncProperty(lives, fc.constantFrom(3_000, 8_000_000), async (frames, segmentMaxBytes) => {
        const directory = join(testFolder(), 'epoch');
        await writeEpoch(directory, frames, segmentMaxBytes);
        await replayEpoch({ directory, ...IDS, onError: fail });
        expectOneSettlementEach(readAll(directory));
        // Again, as after a kill at the end of the first replay: nothing to add.
        const again = await replayEpoch({ directory, ...IDS, onError: fail });
        expect(again).toMatchObject({ settledAttempts: 0, addedRequests: 0, damages: [] });
      }),
      { numRuns: 60 },
    );
  });

  it('[M1] the log cut at every byte, every attempt that is still in it is settled exactly once', async () => {
    const whole = join(testFolder(), 'epoch');
    await writeEpoch(
      whole,
      interleave(
        [
          { attempts: 2, steps: 9, told: true, priced: true },
          { attempts: 1, steps: 3, told: false, priced: true },
        ].map(framesOfLife),
      ),
    );
    const size = readFileSync(segmentPath(whole, 1)).length;
    for (let cut = 0; cut <= size; cut += cut < 300 || cut > size - 300 ? 1 : 13) {
      const directory = join(testFolder(), 'epoch');
      cpSync(whole, directory, { recursive: true });
      truncateSync(segmentPath(directory, 1), cut);
      await replayEpoch({ directory, ...IDS, onError: fail });
      expectOneSettlementEach(readAll(directory));
    }
  }, 60_000);

  it('[M1] killed at any byte of its own writing, a second replay finishes the work', async () => {
    const crashed = join(testFolder(), 'epoch');
    await writeEpoch(
      crashed,
      interleave([1, 2, 3].map(() => framesOfLife({ attempts: 1, steps: 2, told: false, priced: true }))),
    );
    const replayed = join(testFolder(), 'epoch');
    cpSync(crashed, replayed, { recursive: true });
    await replayEpoch({ directory: replayed, ...IDS, onError: fail });
    const added = readFileSync(segmentPath(replayed, 2));
    for (let cut = 0; cut <= added.length; cut += 17) {
      const directory = join(testFolder(), 'epoch');
      cpSync(crashed, directory, { recursive: true });
      writeFileSync(segmentPath(directory, 2), added.subarray(0, cut));
      await replayEpoch({ directory, ...IDS, onError: fail });
      expectOneSettlementEach(readAll(directory));
    }
  }, 60_000);

  it('[M3] counts at its hold what a dead process left without a price, or without its whole answer', async () => {
    const holds = [
      { budgetId: 'bud_a', scopeValue: 'org_a', periodStart: 0, grantId: 'grt_a', amountPicoUsd: '900' },
    ];
    const unpriced = { ...dispatch(subject(), target({ priceVersionId: '' })), holds };
    const whole = { ...dispatch(subject({ streamed: false })), holds };
    const streamed = { ...dispatch(subject()), holds };
    const directory = join(testFolder(), 'epoch');
    await writeEpoch(directory, [unpriced, whole, streamed]);
    await replayEpoch({ directory, ...IDS, onError: fail });
    const settles = readAll(directory).filter((frame) => frame.kind === 'settle');
    expect(settles).toMatchObject([
      { costPicoUsd: null, estimated: true, budgetPicoUsd: '900' },
      { costPicoUsd: '2750000', estimated: true, budgetPicoUsd: '900' },
      { costPicoUsd: '2750000', estimated: true },
    ]);
    expect(settles[2]).not.toHaveProperty('budgetPicoUsd');
  });

  it('[M1] uses the usage that the provider told, exactly; else our own count, marked', async () => {
    const told = dispatch(subject());
    const counted = dispatch(subject());
    const silent = dispatch(subject());
    const directory = join(testFolder(), 'epoch');
    await writeEpoch(directory, [
      told,
      counted,
      silent,
      progress(told, 2),
      progress(told, 9, 7),
      progress(told, 12),
      progress(counted, 6),
    ]);
    await replayEpoch({ directory, ...IDS, onError: fail });
    const settled = settlements(readAll(directory));
    expect(of(settled, told)).toMatchObject({
      status: 'interrupted',
      usageSource: 'provider',
      estimated: false,
    });
    expect(of(settled, told).usage).toMatchObject({ inputTokens: 10, outputTokens: 7 });
    expect(of(settled, told).costPicoUsd).toBe(String(10n * 250_000n + 7n * 1_000_000n));
    expect(of(settled, counted)).toMatchObject({ usageSource: 'counted', estimated: true });
    expect(of(settled, counted).usage).toMatchObject({ inputTokens: 11, outputTokens: 6 });
    expect(of(settled, silent).usage).toMatchObject({ inputTokens: 11, outputTokens: 0 });
    for (const { usage } of settled) expect(tokenUsageSchema.parse(usage)).toEqual(usage);
  });

  it('[M1] [M8] adds what came after the usage that was told, and marks it', async () => {
    const early = dispatch(subject());
    const directory = join(testFolder(), 'epoch');
    await writeEpoch(directory, [
      early,
      progress(early, 0, 1),
      { ...progress(early, 40, 1), untoldTokensCounted: 40 },
    ]);
    await replayEpoch({ directory, ...IDS, onError: fail });
    const [settled] = settlements(readAll(directory));
    expect(settled).toMatchObject({ usageSource: 'counted', estimated: true });
    expect(settled?.usage).toMatchObject({ inputTokens: 10, outputTokens: 41 });
  });

  it('keeps the cost of a model without a price unknown, never zero', async () => {
    const unpriced = dispatch(subject(), target({ priceVersionId: '' }));
    const directory = join(testFolder(), 'epoch');
    await writeEpoch(directory, [unpriced]);
    await replayEpoch({ directory, ...IDS, onError: fail });
    expect(of(settlements(readAll(directory)), unpriced).costPicoUsd).toBeNull();
  });

  it('reports damage in the middle, keeps a copy of it, and settles what is left', async () => {
    const lost = dispatch(subject());
    const kept = dispatch(subject());
    const folder = testFolder();
    const directory = join(folder, 'gwe_test');
    await writeEpoch(directory, [lost, kept]);
    const path = segmentPath(directory, 1);
    const bytes = readFileSync(path);
    bytes[250] = bytes[250]! ^ 0xff;
    writeFileSync(path, bytes);
    const errors: Error[] = [];
    const result = await replayEpoch({ directory, ...IDS, onError: (error) => errors.push(error) });
    expect(result.damages.map(({ kind }) => kind)).toEqual(['damaged-middle']);
    expect(errors).toHaveLength(1);
    expect(readFileSync(join(folder, 'damaged', 'gwe_test-segment-00000001.log'))).toEqual(bytes);
    expect(result.settledAttempts).toBe(1);
  });
});

function settlements(frames: readonly Frame[]): SettleFrame[] {
  return frames.filter((frame) => frame.kind === 'settle');
}

function of(settled: readonly SettleFrame[], sent: DispatchFrame): SettleFrame {
  return settled.find((each) => each.requestId === sent.subject.requestId)!;
}
