/**
 * The write-ahead log of one gateway epoch.
 *
 * Promise: what a callback of `afterFlush` was told is written survives SIGKILL of the process; what
 * `syncedSequence` covers survives a crash of the host. All frames of one event-loop turn go out in one write,
 * in the check phase. Nothing is shipped before it is synced, so that a lost tail can never reuse a sequence
 * that Postgres has seen. Not here: what happens after a crash (replay.ts), shipping (src/ship).
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import type { DispatchFrame, Frame } from '../frame.ts';
import { SlotMap } from '../slot-list.ts';
import { attemptKey } from './attempt-key.ts';
import { FrameBuffer, type LoggedFrame } from './frame-codec.ts';
import { FrameTail } from './frame-tail.ts';
import { framesOfRequest } from './frames-of-request.ts';
import type { LogOptions, SegmentInfo, ShippableLog } from './log-contract.ts';
import { Reserve } from './reserve.ts';
import { encodeSegmentHeader, segmentPath, syncDirectory, syncInOrder } from './segment.ts';

const DEFAULTS = {
  segmentMaxBytes: 8 * 1024 * 1024,
  reserveBytes: 4 * 1024 * 1024,
  maxBytes: 8 * 1024 * 1024 * 1024,
  fsyncIntervalMs: 10,
};
const RECOVERY_INTERVAL_MS = 500;
/** While the disk is full and the reserve used up. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** @throws {Error} The directory cannot be written: there is no log, so nothing may be dispatched. */
export function openLog(options: LogOptions): ShippableLog {
  return new SegmentedLog(options);
}

interface OpenSegment extends SegmentInfo {
  bytes: number;
}

class SegmentedLog implements ShippableLog {
  readonly gatewayId: string;
  readonly epochId: string;
  readonly directory: string;
  readonly #options: LogOptions & typeof DEFAULTS;
  readonly #write: NonNullable<LogOptions['write']>;
  readonly #waiting = new FrameBuffer();
  readonly #tail = new FrameTail();
  readonly #reserve: Reserve;
  readonly #open = new SlotMap<DispatchFrame>();
  readonly #segments: OpenSegment[] = [];
  /** Sealed descriptors that must be synced before they are closed. */
  #sealed: number[] = [];
  #descriptor = -1;
  #bytes = 0;
  #callbacks: ((written: boolean) => void)[] = [];
  #flushScheduled = false;
  #lastSequence: number;
  #flushedSequence: number;
  #syncedSequence: number;
  #syncRunning = false;
  #syncTimer: NodeJS.Timeout | undefined;
  #syncWaiters: (() => void)[] = [];
  #recoveryTimer: NodeJS.Timeout | undefined;
  #searching: Promise<unknown> = Promise.resolve();
  #full = false;
  #closed = false;

  constructor(options: LogOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#write = options.write ?? writeSync;
    this.gatewayId = options.gatewayId;
    this.epochId = options.epochId;
    this.directory = options.directory;
    this.#lastSequence = options.afterSequence ?? 0;
    this.#flushedSequence = this.#lastSequence;
    this.#syncedSequence = this.#lastSequence;
    for (const frame of options.openDispatches ?? []) {
      this.#open.set(attemptKey(frame.subject.requestId, frame.target.attempt), frame);
    }
    mkdirSync(this.directory, { recursive: true });
    this.#reserve = new Reserve(this.directory, this.#options.reserveBytes);
    this.#reserve.allocate();
    this.#startSegment(options.firstSegment ?? 1);
  }

  get writable(): boolean {
    return !this.#full && !this.#closed && this.bytes < this.#options.maxBytes;
  }
  get lastSequence(): number {
    return this.#lastSequence;
  }
  get flushedSequence(): number {
    return this.#flushedSequence;
  }
  get syncedSequence(): number {
    return this.#syncedSequence;
  }
  get openAttempts(): number {
    return this.#open.size;
  }

  get oldestOpenAtMs(): number | undefined {
    let oldest: number | undefined;
    for (const { subject } of this.#open.values()) {
      if (oldest === undefined || subject.startedAtMs < oldest) oldest = subject.startedAtMs;
    }
    return oldest;
  }
  get bytes(): number {
    return this.#bytes;
  }

  append(frame: Frame): number {
    if (this.#closed) throw new Error('Cannot append to the log: it must be open, got a closed one');
    if (!this.#accepts(frame)) return 0;
    const sequence = this.#lastSequence + 1;
    this.#buffer(sequence, frame);
    if (frame.kind === 'dispatch') {
      this.#open.set(attemptKey(frame.subject.requestId, frame.target.attempt), frame);
    } else if (frame.kind === 'settle') {
      this.#open.delete(attemptKey(frame.requestId, frame.attempt));
    }
    return sequence;
  }

  #buffer(sequence: number, frame: Frame): void {
    const bytes = this.#waiting.add(sequence, frame);
    this.#lastSequence = sequence;
    this.#tail.add({ sequence, frame, bytes });
    this.#scheduleFlush();
  }

  #accepts(frame: Frame): boolean {
    switch (frame.kind) {
      case 'dispatch':
        if (!this.#open.has(attemptKey(frame.subject.requestId, frame.target.attempt))) return true;
        return this.#refuse('a second dispatch', frame.subject.requestId);
      case 'settle':
        if (this.#open.has(attemptKey(frame.requestId, frame.attempt))) return true;
        return this.#refuse('a settlement without an open dispatch', frame.requestId);
      case 'progress':
        return this.#open.has(attemptKey(frame.requestId, frame.attempt));
      case 'request':
        return !this.#full || frame.attempts > 0;
    }
  }

  #refuse(what: string, requestId: string): false {
    this.#options.onError(
      new Error(
        `Cannot append to the log: an attempt has one dispatch and one settlement, got ${what} of ${requestId}`,
      ),
    );
    return false;
  }

  afterFlush(callback: (written: boolean) => void): void {
    this.#callbacks.push(callback);
    this.#scheduleFlush();
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(this.#flushScheduledTurn);
  }

  readonly #flushScheduledTurn = (): void => {
    if (this.#flushScheduled) this.flush();
  };

  flush(): void {
    this.#flushScheduled = false;
    const written = this.#writeWaiting();
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) {
      try {
        callback(written);
      } catch (error) {
        // One request's mistake must not keep the others' answers.
        this.#options.onError(toError(error));
      }
    }
    if (written && this.#current.bytes >= this.#options.segmentMaxBytes) this.#rotate();
  }

  framesOf(requestId: string): Promise<readonly Frame[]> {
    // Each reads megabytes: many askers wait for each other instead of filling the memory.
    const search = this.#searching.then(() =>
      framesOfRequest(
        this.#segments.map(({ path }) => path),
        requestId,
      ),
    );
    this.#searching = search.catch(() => undefined);
    return search;
  }

  get #current(): OpenSegment {
    return this.#segments.at(-1)!;
  }

  #writeWaiting(): boolean {
    if (this.#waiting.length === 0) return true;
    if (!this.#tryWrite(this.#waiting.bytes()) && !this.#writeToReserve()) {
      if (this.#waiting.length > MAX_WAITING_BYTES) this.#dropWaiting();
      return false;
    }
    this.#waiting.clear();
    this.#flushedSequence = this.#lastSequence;
    this.#scheduleSync();
    return true;
  }

  /** All or nothing: a part that was written is cut off again. */
  #tryWrite(bytes: Buffer): boolean {
    const segment = this.#current;
    let done = 0;
    try {
      while (done < bytes.length) {
        done += this.#write(this.#descriptor, bytes, done, bytes.length - done, segment.bytes + done);
      }
    } catch (error) {
      this.#becomeFull(toError(error));
      if (done > 0) this.#truncate(segment.bytes);
      return false;
    }
    segment.bytes += done;
    this.#bytes += done;
    return true;
  }

  #truncate(bytes: number): void {
    try {
      ftruncateSync(this.#descriptor, bytes);
    } catch (error) {
      // The next write starts at the same position, over what stands there.
      this.#options.onError(toError(error));
    }
  }

  #writeToReserve(): boolean {
    const next = this.#current.segment + 1;
    if (!this.#reserve.takeAs(segmentPath(this.directory, next))) return false;
    try {
      this.#startSegment(next);
    } catch (error) {
      this.#options.onError(toError(error));
      return false;
    }
    return this.#tryWrite(this.#waiting.bytes());
  }

  /** What waits is lost to this process; replay still settles every dispatch that stands in the files. */
  #dropWaiting(): void {
    this.#options.onError(
      new Error(`Cannot keep frames in memory: at most ${MAX_WAITING_BYTES} bytes may wait for the disk`),
    );
    this.#waiting.clear();
  }

  #becomeFull(cause: Error): void {
    if (this.#full) return;
    this.#full = true;
    this.#options.onError(new Error('Cannot write the log: the disk must take it, got an error', { cause }));
    this.#recoveryTimer = setInterval(() => this.#tryToRecover(), RECOVERY_INTERVAL_MS);
    this.#recoveryTimer.unref();
  }

  #tryToRecover(): void {
    if (this.#waiting.length > 0) this.flush();
    if (this.#waiting.length > 0 || !this.#reserve.isRoomy()) return;
    try {
      this.#reserve.allocate();
      // Proof that a file can grow, not only that one could be made.
      if (!this.#tryWrite(Buffer.alloc(0))) return;
    } catch {
      return; // Still full; asked again by the timer.
    }
    clearInterval(this.#recoveryTimer);
    this.#full = false;
    this.#options.onRecovered?.();
  }

  #rotate(): void {
    try {
      this.#startSegment(this.#current.segment + 1);
    } catch (error) {
      // The old segment goes on; it is asked again after the next flush.
      this.#options.onError(toError(error));
    }
  }

  #startSegment(segment: number): void {
    const path = segmentPath(this.directory, segment);
    const header = {
      gatewayId: this.gatewayId,
      epochId: this.epochId,
      segment,
      afterSequence: this.#flushedSequence,
    };
    const bytes = encodeSegmentHeader(header);
    const descriptor = openSync(path, this.#reserve.isTakenAs(path) ? 'r+' : 'wx');
    try {
      if (this.#write(descriptor, bytes, 0, bytes.length, 0) !== bytes.length) {
        throw new Error(`Cannot start segment ${segment}: its header must be written whole`);
      }
    } catch (error) {
      closeSync(descriptor);
      if (!this.#reserve.isTakenAs(path)) unlinkSync(path);
      throw error;
    }
    if (this.#descriptor !== -1) this.#sealed.push(this.#descriptor);
    this.#descriptor = descriptor;
    this.#segments.push({ segment, afterSequence: this.#flushedSequence, path, bytes: bytes.length });
    this.#bytes += bytes.length;
    syncDirectory(this.directory);
  }

  #scheduleSync(): void {
    if (this.#syncTimer !== undefined || this.#syncRunning) return;
    this.#syncTimer = setTimeout(() => {
      this.#syncTimer = undefined;
      this.#syncNow();
    }, this.#options.fsyncIntervalMs);
  }

  #syncNow(): void {
    if (this.#syncRunning) return;
    this.#syncRunning = true;
    const target = this.#flushedSequence;
    const sealed = this.#sealed;
    this.#sealed = [];
    // Sealed files first: a later segment must not be safer than an earlier one.
    syncInOrder([...sealed, this.#descriptor], (error) => {
      this.#syncRunning = false;
      if (error === null) {
        for (const descriptor of sealed) closeSync(descriptor);
        this.#syncedSequence = target;
      } else {
        this.#sealed = [...sealed, ...this.#sealed];
        this.#becomeFull(error);
      }
      this.#afterSync();
    });
  }

  #afterSync(): void {
    if (this.#syncedSequence < this.#flushedSequence && !this.#closed) this.#scheduleSync();
    const waiters = this.#syncWaiters;
    this.#syncWaiters = [];
    for (const waiter of waiters) waiter();
  }

  async sync(): Promise<void> {
    this.flush();
    const target = this.#flushedSequence;
    while (this.#syncedSequence < target && !this.#full) {
      await new Promise<void>((resolve) => {
        this.#syncWaiters.push(resolve);
        this.#syncNow();
      });
    }
  }

  segments(): readonly SegmentInfo[] {
    return this.#segments;
  }

  readTail(sequence: number, limit: number): readonly LoggedFrame[] | undefined {
    return this.#tail.read(sequence, this.#syncedSequence, limit);
  }

  removeSegment(segment: number): void {
    const index = this.#segments.findIndex((each) => each.segment === segment);
    if (index !== 0 || this.#segments.length === 1) {
      throw new Error(`Cannot remove segment ${segment}: it must be the oldest and not the current one`);
    }
    unlinkSync(this.#segments[0]!.path);
    this.#bytes -= this.#segments.shift()!.bytes;
  }

  carryForward(attempts: Iterable<string>): void {
    for (const key of attempts) {
      const frame = this.#open.get(key);
      if (frame === undefined || this.#closed || !this.writable) continue;
      this.#buffer(this.#lastSequence + 1, frame);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.sync();
    this.#closed = true;
    clearInterval(this.#recoveryTimer);
    clearTimeout(this.#syncTimer);
    while (this.#syncRunning) await new Promise<void>((resolve) => this.#syncWaiters.push(resolve));
    for (const descriptor of [...this.#sealed, this.#descriptor]) closeSync(descriptor);
    this.#reserve.remove();
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
