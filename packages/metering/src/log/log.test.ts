import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { waitFor } from '@tollgate/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testFolder } from '../testing/folder.ts';
import { dispatch, progress, request, settle, subject } from '../testing/frames.ts';
import { openLog } from './log.ts';
import type { LogOptions, ShippableLog } from './log-contract.ts';
import { listSegments, readSegment, segmentPath } from './segment.ts';

function openTestLog(options: Partial<LogOptions> = {}): {
  log: ShippableLog;
  directory: string;
  errors: Error[];
  written: () => string[];
} {
  const directory = join(testFolder(), 'epoch');
  const errors: Error[] = [];
  const log = openLog({
    directory,
    gatewayId: 'gw_test',
    epochId: 'gwe_test',
    reserveBytes: 64 * 1024,
    onError: (error) => errors.push(error),
    ...options,
  });
  onTestFinished(() => log.close());
  const written = () =>
    listSegments(directory).flatMap((segment, index, all) =>
      readSegment(segmentPath(directory, segment), index === all.length - 1, 0).frames.map(
        ({ frame }) => frame.kind,
      ),
    );
  return { log, directory, errors, written };
}

describe('openLog()', () => {
  it('[M1] writes all frames of one turn at once, and only then runs the callbacks', async () => {
    let writes = 0;
    const { log, written } = openTestLog({
      write: (...args) => {
        writes++;
        return writeSync(...args);
      },
    });
    writes = 0;
    const seen: string[][] = [];
    const one = dispatch(subject());
    const two = dispatch(subject());
    log.append(one);
    log.afterFlush(() => seen.push(written()));
    log.append(two);
    log.append(settle(two));
    log.afterFlush((ok) => seen.push([String(ok), ...written()]));
    expect(written()).toEqual([]);
    await nextTurn();
    expect(writes).toBe(1);
    expect(seen).toEqual([
      ['dispatch', 'dispatch', 'settle'],
      ['true', 'dispatch', 'dispatch', 'settle'],
    ]);
  });

  it('numbers frames from 1 without gaps, and syncs them soon', async () => {
    const { log } = openTestLog();
    const sent = dispatch(subject());
    expect([log.append(sent), log.append(progress(sent, 3)), log.append(settle(sent))]).toEqual([1, 2, 3]);
    expect(log.syncedSequence).toBe(0);
    await waitFor(() => log.syncedSequence === 3);
  });

  it('[M1] refuses a second dispatch and a second settlement of an attempt, and says so', () => {
    const { log, errors } = openTestLog();
    const sent = dispatch(subject());
    log.append(sent);
    expect(log.append(sent)).toBe(0);
    expect(log.append(settle(sent))).toBe(2);
    expect(log.append(settle(sent))).toBe(0);
    expect(errors).toHaveLength(2);
    expect(log.openAttempts).toBe(0);
  });

  it('starts a new segment when one is full, and drops the oldest on demand only', async () => {
    const { log, directory } = openTestLog({ segmentMaxBytes: 4096 });
    for (let i = 0; i < 10; i++) {
      const sent = dispatch(subject());
      log.append(sent);
      log.append(settle(sent));
      log.flush();
    }
    await log.sync();
    const segments = listSegments(directory);
    expect(segments.length).toBeGreaterThan(3);
    expect(() => log.removeSegment(segments.at(-1)!)).toThrow();
    const before = log.bytes;
    log.removeSegment(segments[0]!);
    expect(log.bytes).toBeLessThan(before);
    expect(listSegments(directory)).toEqual(segments.slice(1));
  });

  it('one failing callback does not keep the others', async () => {
    const { log, errors } = openTestLog();
    let ran = false;
    log.afterFlush(() => {
      throw new Error('mine');
    });
    log.afterFlush(() => {
      ran = true;
    });
    await nextTurn();
    expect(ran).toBe(true);
    expect(errors.map(({ message }) => message)).toEqual(['mine']);
  });

  it('stops being writable above its limit, until segments are removed', async () => {
    const { log } = openTestLog({ segmentMaxBytes: 2048, maxBytes: 6000 });
    for (let i = 0; i < 100 && log.writable; i++) {
      log.append(request(subject()));
      log.flush();
    }
    expect(log.writable).toBe(false);
    await log.sync();
    while (log.segments().length > 1) log.removeSegment(log.segments()[0]!.segment);
    expect(log.writable).toBe(true);
  });
});

describe('a full disk', () => {
  /** Takes `room` more bytes in segments; the reserve is already on the disk. */
  function limitedDisk(segment = 1) {
    const disk = { room: Number.POSITIVE_INFINITY, reserveFails: false, descriptors: new Set<number>() };
    void segment;
    const write: NonNullable<LogOptions['write']> = (descriptor, bytes, offset, length, position) => {
      if (disk.descriptors.size === 0 || disk.room === Number.POSITIVE_INFINITY)
        disk.descriptors.add(descriptor);
      const isReserve = !disk.descriptors.has(descriptor);
      if (isReserve && !disk.reserveFails) return writeSync(descriptor, bytes, offset, length, position);
      if (disk.room <= 0 && length > 0)
        throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      const taken = Math.min(length, disk.room);
      disk.room -= taken;
      return writeSync(descriptor, bytes, offset, taken, position);
    };
    return { disk, write };
  }

  it('[M1] settles what runs into the reserve, cuts off what was half written, refuses what is new', async () => {
    const { disk, write } = limitedDisk();
    const { log, errors, written, directory } = openTestLog({ write });
    const running = dispatch(subject());
    log.append(running);
    log.flush();
    disk.room = 100;
    let ok: boolean | undefined;
    log.append(settle(running));
    log.afterFlush((result) => {
      ok = result;
    });
    await nextTurn();
    expect(ok).toBe(true);
    expect(log.writable).toBe(false);
    expect(errors).toHaveLength(1);
    expect(written()).toEqual(['dispatch', 'settle']);
    expect(log.append(request(subject(), { attempts: 0 }))).toBe(0);
    expect(log.append(request(running.subject))).toBe(3);
    log.flush();
    expect(written()).toEqual(['dispatch', 'settle', 'request']);
    for (const segment of listSegments(directory)) {
      expect(readSegment(segmentPath(directory, segment), false, 0).damages).toEqual([]);
    }
  });

  it('[M1] tells a dispatch that it was not written when the reserve is used up too, and recovers by itself', async () => {
    const { disk, write } = limitedDisk();
    let recovered = false;
    const { log, written } = openTestLog({
      write,
      onRecovered: () => {
        recovered = true;
      },
    });
    disk.room = 10;
    disk.reserveFails = true;
    const refused = dispatch(subject());
    const results: boolean[] = [];
    log.append(refused);
    log.afterFlush((result) => results.push(result));
    await nextTurn();
    log.append(settle(refused, { status: 'failed', usageSource: 'none' }));
    log.afterFlush((result) => results.push(result));
    await nextTurn();
    expect(results).toEqual([false, false]);
    expect(log.writable).toBe(false);
    disk.room = Number.POSITIVE_INFINITY;
    await waitFor(() => recovered);
    expect(log.writable).toBe(true);
    expect(written()).toEqual(['dispatch', 'settle']);
    await log.sync();
    expect(log.syncedSequence).toBe(2);
  });
});
