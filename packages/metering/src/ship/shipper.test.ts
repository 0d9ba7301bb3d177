import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixedClock } from '@tollgate/clock';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DispatchFrame, UsageBatch } from '../frame.ts';
import { attemptKey } from '../log/attempt-key.ts';
import { openLog } from '../log/log.ts';
import type { LogOptions, ShippableLog } from '../log/log-contract.ts';
import { replayEpoch } from '../log/replay.ts';
import { encodeSegmentHeader, listSegments, segmentPath } from '../log/segment.ts';
import { testFolder } from '../testing/folder.ts';
import { dispatch, NOON_MS, progress, request, settle, subject } from '../testing/frames.ts';
import { closedSource, liveSource } from './frame-source.ts';
import { Shipper, type ShipperOptions } from './shipper.ts';

const IDS = { gatewayId: 'gw_test', epochId: 'gwe_test' };
const LIMITS = { maxLines: 7, maxBytes: 1_000_000, maxEmptyFrames: 20 };

/** Queue, worker and Postgres by their rules, as a model: jobs get lost, repeated and reordered on demand. */
class Downstream {
  readonly entries = new Map<string, string>();
  readonly requests = new Set<string>();
  readonly orphans: unknown[] = [];
  watermark = 0;
  jobs: { batch: UsageBatch; jobId: string }[] = [];
  queueDown = false;
  postgresDown = false;
  published = 0;
  conflicts = 0;

  readonly publisher = {
    publish: async (batch: UsageBatch, jobId: string, replaces?: string) => {
      if (this.queueDown) throw new Error('queue is down');
      expect(this.jobs.some((job) => job.jobId === jobId)).toBe(false);
      this.jobs = this.jobs.filter((job) => job.jobId !== replaces);
      this.jobs.push({ batch: structuredClone(batch), jobId });
      this.published++;
    },
  };
  readonly watermarks = {
    read: async () => {
      if (this.postgresDown) throw new Error('Postgres is down');
      return new Map([[IDS.epochId, this.watermark]]);
    },
  };

  /** Works on one job; a batch that is early stays in the queue. */
  work(index: number): void {
    const job = this.jobs[index % Math.max(1, this.jobs.length)];
    if (job === undefined || this.postgresDown) return;
    const { batch } = job;
    if (batch.fromSequence > Math.max(this.watermark, batch.floorSequence)) return;
    this.jobs = this.jobs.filter((each) => each !== job);
    if (batch.toSequence <= this.watermark) return;
    for (const entry of batch.entries) {
      const key = attemptKey(entry.subject.requestId, entry.target.attempt);
      const content = JSON.stringify([entry.sequence, entry.settle]);
      if (this.entries.has(key) && this.entries.get(key) !== content) this.conflicts++;
      this.entries.set(key, this.entries.get(key) ?? content);
    }
    for (const { subject: who } of batch.requests) this.requests.add(who.requestId);
    this.orphans.push(...batch.orphans.filter(({ sequence }) => sequence > this.watermark));
    this.watermark = Math.max(this.watermark, batch.toSequence);
  }

  workAll(): void {
    for (let i = 0; i < 1_000 && this.jobs.length > 0; i++) this.work(i);
  }
}

function openTestLog(directory: string, options: Partial<LogOptions> = {}): ShippableLog {
  const log = openLog({
    directory,
    ...IDS,
    segmentMaxBytes: 6_000,
    reserveBytes: 0,
    fsyncIntervalMs: 0,
    onError: (error) => {
      throw error;
    },
    ...options,
  });
  onTestFinished(() => log.close());
  return log;
}

function shipperFor(downstream: Downstream, options: Partial<ShipperOptions> = {}) {
  const clock = fixedClock(NOON_MS);
  const errors: Error[] = [];
  const shipper = new Shipper({
    publisher: downstream.publisher,
    watermarks: downstream.watermarks,
    clock,
    limits: LIMITS,
    random: () => 0.5,
    onError: (error) => errors.push(error),
    ...options,
  });
  return { shipper, clock, errors };
}

/** Requests that begin and end in some order. */
class Traffic {
  readonly dispatched: DispatchFrame[] = [];
  readonly #running: DispatchFrame[] = [];
  readonly #log: ShippableLog;

  constructor(log: ShippableLog) {
    this.#log = log;
  }

  begin(): DispatchFrame {
    const sent = dispatch(subject());
    this.#log.append(sent);
    this.dispatched.push(sent);
    this.#running.push(sent);
    return sent;
  }

  note(index: number): void {
    const sent = this.#running[index % this.#running.length];
    if (sent !== undefined) this.#log.append(progress(sent, 2));
  }

  end(index: number): void {
    const [sent] = this.#running.splice(index % Math.max(1, this.#running.length), 1);
    if (sent === undefined) return;
    this.#log.append(settle(sent));
    this.#log.append(request(sent.subject));
  }

  endAll(): void {
    while (this.#running.length > 0) this.end(0);
  }

  get keys(): string[] {
    return this.dispatched
      .map(({ subject: who, target }) => attemptKey(who.requestId, target.attempt))
      .sort();
  }
}

type Step = {
  kind:
    | 'begin'
    | 'note'
    | 'end'
    | 'sync'
    | 'round'
    | 'work'
    | 'lose'
    | 'duplicate'
    | 'queue'
    | 'postgres'
    | 'wait';
  n: number;
};
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Step['kind'][]>(
      'begin',
      'begin',
      'note',
      'end',
      'end',
      'sync',
      'round',
      'round',
      'work',
      'work',
      'lose',
      'duplicate',
      'queue',
      'postgres',
      'wait',
    ),
    n: fc.nat(50),
  }),
  { minLength: 20, maxLength: 150 },
);

describe('Shipper', () => {
  it('[M1] [M2] whatever is lost, repeated, reordered or down, and wherever the process dies: each attempt arrives once', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const slot = testFolder();
        const directory = join(slot, IDS.epochId);
        const log = openTestLog(directory);
        const downstream = new Downstream();
        const { shipper, clock } = shipperFor(downstream);
        shipper.add(liveSource(log));
        const traffic = new Traffic(log);
        for (const { kind, n } of plan) await runStep(kind, n, { log, shipper, clock, downstream, traffic });
        // The process dies: what was not flushed is gone, the rest is in the files.
        log.flush();
        await shipper.stop();
        await log.close();
        downstream.queueDown = downstream.postgresDown = false;

        const { lastSequence } = await replayEpoch({ directory, ...IDS, onError: raise });
        const next = shipperFor(downstream, {
          onEpochDone: async () => {
            expect(downstream.watermark).toBe(lastSequence);
          },
        });
        next.shipper.add(closedSource({ ...IDS, path: directory, lastSequence }));
        for (let round = 0; round < 200 && next.shipper.state().epochs > 0; round++) {
          await next.shipper.round();
          downstream.workAll();
          next.clock.advance(10_000);
        }
        expect(next.shipper.state().epochs).toBe(0);
        expect([...downstream.entries.keys()].sort()).toEqual(traffic.keys);
        expect(downstream.requests.size).toBe(traffic.dispatched.length);
        expect(downstream.conflicts).toBe(0);
        expect(downstream.orphans).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('[M1] ships nothing that a crash of the host could take back', async () => {
    const log = openTestLog(join(testFolder(), 'epoch'), { fsyncIntervalMs: 1_000_000 });
    const downstream = new Downstream();
    const { shipper } = shipperFor(downstream);
    shipper.add(liveSource(log));
    const traffic = new Traffic(log);
    traffic.begin();
    traffic.endAll();
    log.flush();
    await shipper.round();
    expect(downstream.jobs).toEqual([]);
    await log.sync();
    await shipper.round();
    expect(downstream.jobs).toHaveLength(1);
  });

  it('sends again what is not confirmed in time, under a new id, and withdraws the old job', async () => {
    const log = openTestLog(join(testFolder(), 'epoch'));
    const downstream = new Downstream();
    const { shipper, clock } = shipperFor(downstream);
    shipper.add(liveSource(log));
    const traffic = new Traffic(log);
    traffic.begin();
    traffic.endAll();
    await log.sync();
    for (let i = 0; i < 5; i++) {
      await shipper.round();
      clock.advance(10_000);
    }
    expect(downstream.published).toBe(5);
    expect(downstream.jobs).toHaveLength(1);
    expect(shipper.state()).toMatchObject({ resends: 4, batchesInFlight: 1 });
  });

  it('holds a bounded window however much waits, and reads the rest from the files later', async () => {
    const log = openTestLog(join(testFolder(), 'epoch'), { segmentMaxBytes: 1_000_000 });
    const downstream = new Downstream();
    downstream.queueDown = true;
    const { shipper, clock, errors } = shipperFor(downstream, { windowBatches: 2 });
    shipper.add(liveSource(log));
    const traffic = new Traffic(log);
    // More than the tail in memory keeps.
    for (let i = 0; i < 7_000; i++) {
      traffic.begin();
      traffic.endAll();
      if (i % 100 === 0) log.flush();
      if (i % 1_000 === 0) {
        await log.sync();
        await shipper.round();
      }
    }
    await log.sync();
    expect(shipper.state().batchesInFlight).toBe(2);
    expect(errors).toHaveLength(1);
    downstream.queueDown = false;
    // Bounded, so that a shipper that gets nowhere fails here instead of hanging.
    for (let round = 0; round < 3_000 && shipper.state().unconfirmedFrames > 0; round++) {
      clock.advance(10_000);
      await shipper.round(true);
      downstream.workAll();
    }
    expect([...downstream.entries.keys()].sort()).toEqual(traffic.keys);
  }, 60_000);

  it('cuts the log behind the watermark, and a request that runs for long does not hold it back', async () => {
    const directory = join(testFolder(), 'epoch');
    const log = openTestLog(directory);
    const downstream = new Downstream();
    const { shipper } = shipperFor(downstream);
    shipper.add(liveSource(log));
    const traffic = new Traffic(log);
    const long = traffic.begin();
    const sizes: number[] = [];
    for (let i = 0; i < 60; i++) {
      traffic.begin();
      traffic.end(1);
      await log.sync();
      await shipper.round();
      downstream.workAll();
      sizes.push(listSegments(directory).length);
    }
    expect(Math.max(...sizes)).toBeLessThan(9);
    expect(listSegments(directory)[0]).toBeGreaterThan(3);
    // The process dies now: the long request is still settled, once.
    await log.close();
    const replayed = await replayEpoch({ directory, ...IDS, onError: raise });
    expect(replayed.settledAttempts).toBe(1);
    const next = shipperFor(downstream);
    next.shipper.add(closedSource({ ...IDS, path: directory, lastSequence: replayed.lastSequence }));
    for (let i = 0; i < 20; i++) {
      await next.shipper.round();
      downstream.workAll();
    }
    expect(downstream.entries.has(attemptKey(long.subject.requestId, 1))).toBe(true);
    expect(downstream.orphans).toEqual([]);
    expect(downstream.conflicts).toBe(0);
  });

  it('[M1] keeps a segment until it was read to its end, however far Postgres already is', async () => {
    const directory = join(testFolder(), 'epoch');
    const log = openTestLog(directory, { segmentMaxBytes: 1_200_000 });
    const downstream = new Downstream();
    const { shipper, clock } = shipperFor(downstream);
    shipper.add(liveSource(log));
    const traffic = new Traffic(log);
    const ship = async () => {
      for (let i = 0; i < 400 && downstream.watermark < log.lastSequence; i++) {
        await log.sync();
        await shipper.round(true);
        downstream.workAll();
        clock.advance(10_000);
      }
    };
    // More than is read at once, then a request that runs on at the end of the first segment.
    for (let i = 0; i < 350; i++) {
      traffic.begin();
      traffic.endAll();
    }
    const long = traffic.begin();
    while (listSegments(directory).length < 2) {
      traffic.begin();
      traffic.end(1);
      log.flush();
    }
    await ship();
    await log.close();
    expect(listSegments(directory)[0]).toBe(1);

    const { lastSequence } = await replayEpoch({ directory, ...IDS, onError: raise });
    const next = shipperFor(downstream);
    next.shipper.add(closedSource({ ...IDS, path: directory, lastSequence }));
    for (let round = 0; round < 400 && next.shipper.state().epochs > 0; round++) {
      await next.shipper.round();
      downstream.workAll();
      next.clock.advance(10_000);
    }
    expect(downstream.orphans).toEqual([]);
    expect(downstream.entries.has(attemptKey(long.subject.requestId, 1))).toBe(true);
  });

  it('sends everything that is still there when Postgres was restored to an older state', async () => {
    const log = openTestLog(join(testFolder(), 'epoch'), { segmentMaxBytes: 1_000_000 });
    const downstream = new Downstream();
    const { shipper, clock } = shipperFor(downstream);
    shipper.add(liveSource(log));
    const traffic = new Traffic(log);
    const ship = async () => {
      for (let i = 0; i < 10; i++) {
        await log.sync();
        await shipper.round();
        downstream.workAll();
        clock.advance(10_000);
      }
    };
    for (let i = 0; i < 10; i++) traffic.begin();
    traffic.endAll();
    await ship();
    downstream.entries.clear();
    downstream.watermark = 0;
    traffic.begin();
    traffic.endAll();
    await ship();
    expect([...downstream.entries.keys()].sort()).toEqual(traffic.keys);
  });

  it('[M1] ends an epoch whose last frames a host has lost: what was reported as missing is not waited for', async () => {
    const directory = join(testFolder(), 'epoch');
    const log = openTestLog(directory, { segmentMaxBytes: 1_000_000 });
    const traffic = new Traffic(log);
    traffic.begin();
    traffic.endAll();
    const { lastSequence: kept } = log;
    await log.close();
    // A host went down when the next segment had been begun, and the end of this one was not on the disk.
    const header = { ...IDS, segment: 2, afterSequence: kept + 7 };
    writeFileSync(segmentPath(directory, 2), encodeSegmentHeader(header));
    const { lastSequence } = await replayEpoch({ directory, ...IDS, onError: () => undefined });
    expect(lastSequence).toBe(kept + 7);
    const done: string[] = [];
    const downstream = new Downstream();
    const { shipper } = shipperFor(downstream, { onEpochDone: async (id) => void done.push(id) });
    shipper.add(closedSource({ ...IDS, path: directory, lastSequence }));
    for (let round = 0; round < 5; round++) {
      await shipper.round();
      downstream.workAll();
    }
    expect([...downstream.entries.keys()]).toEqual(traffic.keys);
    expect(done).toEqual([IDS.epochId]);
  });

  it('leaves an epoch without a single frame at once', async () => {
    const directory = join(testFolder(), 'epoch');
    await openTestLog(directory).close();
    const { lastSequence } = await replayEpoch({ directory, ...IDS, onError: raise });
    const done: string[] = [];
    const { shipper } = shipperFor(new Downstream(), { onEpochDone: async (id) => void done.push(id) });
    shipper.add(closedSource({ ...IDS, path: directory, lastSequence }));
    await shipper.round();
    expect(done).toEqual([IDS.epochId]);
    expect(readdirSync(directory)).not.toContain('reserve');
  });
});

async function runStep(
  kind: Step['kind'],
  n: number,
  world: {
    log: ShippableLog;
    shipper: Shipper;
    clock: { advance(ms: number): void };
    downstream: Downstream;
    traffic: Traffic;
  },
): Promise<void> {
  const { log, shipper, clock, downstream, traffic } = world;
  switch (kind) {
    case 'begin':
      traffic.begin();
      return;
    case 'note':
      return traffic.note(n);
    case 'end':
      return traffic.end(n);
    case 'sync':
      return log.sync();
    case 'round':
      return shipper.round();
    case 'work':
      return downstream.work(n);
    case 'lose':
      downstream.jobs.splice(n % (downstream.jobs.length + 1), 1);
      return;
    case 'duplicate': {
      const job = downstream.jobs[n % Math.max(1, downstream.jobs.length)];
      if (job !== undefined)
        downstream.jobs.unshift({ ...job, jobId: `${job.jobId}-again-${downstream.published++}` });
      return;
    }
    case 'queue':
      downstream.queueDown = n % 2 === 0;
      return;
    case 'postgres':
      downstream.postgresDown = n % 2 === 0;
      return;
    case 'wait':
      clock.advance(n * 400);
      return;
  }
}

function raise(error: Error): never {
  throw error;
}
