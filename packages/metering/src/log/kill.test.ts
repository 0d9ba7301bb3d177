import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@tollgate/ids';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../testing/folder.ts';
import { claimDeadEpochs } from './epoch-directory.ts';
import { replayEpoch } from './replay.ts';
import { listSegments, readSegment, segmentPath } from './segment.ts';

const WRITER = join(import.meta.dirname, '../testing/log-writer.ts');

/**
 * Runs the writer until it is killed, some time after it has said so many things: by the clock alone a busy machine would
 * kill it before it began.
 *
 * @returns What it had promised by then.
 */
async function runAndKill(
  slot: string,
  afterLines: number,
): Promise<{ sent: Set<string>; answered: Set<string> }> {
  const writer = spawn(process.execPath, [WRITER, slot], { stdio: ['ignore', 'pipe', 'inherit'] });
  // Its lock on the slot ends with it, which may be after its output has.
  const ended = once(writer, 'exit');
  const sent = new Set<string>();
  const answered = new Set<string>();
  let lines = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    const [what, id = ''] = line.split(' ');
    if (what !== 'ready') (what === 'sent' ? sent : answered).add(id);
    if (lines++ === afterLines) void delay(Math.random() * 5).then(() => writer.kill('SIGKILL'));
  }
  await ended;
  return { sent, answered };
}

describe('kill -9', () => {
  it('[M1] at any time loses nothing that was answered, and settles everything that was sent once', async () => {
    const slot = join(testFolder(), 'gw_test');
    const own = newId('gatewayEpoch', Date.now());
    let total = 0;
    for (const afterLines of [0, 1, 7, 23, 61, 130, 240, 400]) {
      const { sent, answered } = await runAndKill(slot, afterLines);
      const [claimed] = await claimDeadEpochs(slot, own);
      const { settledAttempts } = await replayEpoch({
        directory: claimed!.path,
        gatewayId: 'gw_test',
        epochId: claimed!.epochId,
        onError: (error) => {
          throw error;
        },
      });
      const { succeeded, interrupted, dispatched } = readOutcome(claimed!.path);
      for (const id of answered) expect(succeeded.has(id)).toBe(true);
      for (const id of sent) expect(dispatched.has(id)).toBe(true);
      expect(succeeded.size + interrupted.size).toBe(dispatched.size);
      expect(interrupted.size).toBe(settledAttempts);
      total += answered.size;
    }
    expect(total).toBeGreaterThan(200);
  }, 240_000);
});

function readOutcome(directory: string): Record<'dispatched' | 'succeeded' | 'interrupted', Set<string>> {
  const outcome = {
    dispatched: new Set<string>(),
    succeeded: new Set<string>(),
    interrupted: new Set<string>(),
  };
  for (const segment of listSegments(directory)) {
    const { frames, damages } = readSegment(segmentPath(directory, segment), false, 0);
    expect(damages).toEqual([]);
    for (const { frame } of frames) {
      if (frame.kind === 'dispatch') outcome.dispatched.add(frame.subject.requestId);
      if (frame.kind !== 'settle') continue;
      const set = frame.status === 'interrupted' ? outcome.interrupted : outcome.succeeded;
      expect(set.has(frame.requestId)).toBe(false);
      set.add(frame.requestId);
    }
  }
  return outcome;
}
