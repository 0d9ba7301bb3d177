/**
 * Turns the frames of one epoch into batches, and knows which segments are still needed.
 *
 * Pure state over a frame source: no clock, no network. Segments are cut from the oldest on, and only when
 * Postgres has confirmed all their frames and nothing that is not confirmed refers to a dispatch in them.
 */
import type {
  DispatchFrame,
  OrphanSettlement,
  RequestFrame,
  SettleFrame,
  UsageBatch,
  UsageEntryRecord,
} from '../frame.ts';
import { attemptKey } from '../log/attempt-key.ts';
import type { LoggedFrame } from '../log/frame-codec.ts';
import { SlotMap } from '../slot-list.ts';
import type { FrameSource } from './frame-source.ts';

export interface BatchLimits {
  readonly maxLines: number;
  readonly maxBytes: number;
  /** A batch without lines is sent after so many frames, so that the watermark moves. */
  readonly maxEmptyFrames: number;
}

/** A batch and the segments that may forget a reference once it is confirmed. */
export interface PinnedBatch {
  readonly batch: UsageBatch;
  readonly releases: readonly number[];
}

interface OpenDispatch {
  readonly frame: DispatchFrame;
  readonly segment: number;
}

const READ_LIMIT = 2_048;

export class EpochFollower {
  readonly #source: FrameSource;
  readonly #limits: BatchLimits;
  readonly #open = new SlotMap<OpenDispatch>();
  /** Requests without a record, and the segment of their newest dispatch. */
  readonly #unrecorded = new Map<string, number>();
  readonly #pins = new Map<number, number>();
  #pending: readonly LoggedFrame[] = [];
  #pendingIndex = 0;
  /** The last frame that was looked at. */
  #sequence: number;
  #draft: Draft;
  #watermark = -1;
  #carriedFrom = -1;

  constructor(source: FrameSource, limits: BatchLimits) {
    this.#source = source;
    this.#limits = limits;
    this.#sequence = source.segments()[0]?.afterSequence ?? 0;
    this.#draft = new Draft(this.#sequence);
  }

  get epochId(): string {
    return this.#source.epochId;
  }

  /** Whether every frame that may be shipped is in a batch. */
  get isCaughtUp(): boolean {
    return this.#draft.fromSequence >= this.#source.readableSequence;
  }

  /** Whether Postgres has everything and nothing will follow. */
  get isDone(): boolean {
    return this.#source.closed && Math.max(this.#watermark, 0) >= this.#source.readableSequence;
  }

  /** The highest watermark that was confirmed; -1 before the first. */
  get watermark(): number {
    return this.#watermark;
  }

  /** How many frames wait for confirmation. */
  get unconfirmedFrames(): number {
    return Math.max(0, this.#source.readableSequence - Math.max(this.#watermark, 0));
  }

  /** The next batch, or undefined when there is nothing worth one. @param flush Also take an empty remainder. */
  nextBatch(flush = false): PinnedBatch | undefined {
    for (;;) {
      const next = this.#nextFrame();
      if (next === undefined) break;
      this.#take(next);
      this.#sequence = next.sequence;
      if (this.#draft.isFull(this.#limits, this.#sequence)) return this.#finish();
    }
    // What is not there any more at the end (a host lost it, replay has said so) will not come: the epoch ends behind it.
    if (this.#source.closed) this.#sequence = Math.max(this.#sequence, this.#source.readableSequence);
    const atEnd = this.#source.closed || flush;
    const worthIt = this.#draft.lines > 0 || (atEnd && this.#sequence > this.#draft.fromSequence);
    return worthIt ? this.#finish() : undefined;
  }

  #nextFrame(): LoggedFrame | undefined {
    if (this.#pendingIndex >= this.#pending.length) {
      this.#pending = this.#source.read(this.#sequence, READ_LIMIT);
      this.#pendingIndex = 0;
    }
    return this.#pending[this.#pendingIndex++];
  }

  #take({ sequence, frame, bytes }: LoggedFrame): void {
    switch (frame.kind) {
      case 'dispatch':
        this.#addDispatch(frame, this.#segmentOf(sequence));
        break;
      case 'progress':
        break;
      case 'settle':
        this.#settle(frame, sequence, bytes);
        break;
      case 'request':
        this.#record(frame, bytes);
        break;
    }
  }

  /** A dispatch that was carried forward moves its pins. */
  #addDispatch(frame: DispatchFrame, segment: number): void {
    const key = attemptKey(frame.subject.requestId, frame.target.attempt);
    const before = this.#open.get(key);
    if (before !== undefined) this.#unpin(before.segment);
    this.#open.set(key, { frame, segment });
    this.#pin(segment);
    const unrecorded = this.#unrecorded.get(frame.subject.requestId);
    if (unrecorded !== undefined) this.#unpin(unrecorded);
    this.#unrecorded.set(frame.subject.requestId, segment);
    this.#pin(segment);
  }

  #settle(frame: SettleFrame, sequence: number, bytes: number): void {
    const key = attemptKey(frame.requestId, frame.attempt);
    const dispatch = this.#open.delete(key);
    if (dispatch === undefined) {
      // Confirmed long ago, and its dispatch cut: nothing is missing.
      if (sequence > this.#watermark) this.#draft.addOrphan({ settle: frame, sequence }, bytes);
      return;
    }
    const { kind: _kind, organizationId: _id, requestId: _request, attempt: _attempt, ...settle } = frame;
    const { subject, target, holds, batch } = dispatch.frame;
    const held = { ...(holds === undefined ? {} : { holds }), ...(batch === undefined ? {} : { batch }) };
    this.#draft.addEntry(
      { subject, target, settle, sequence, ...held },
      bytes + dispatchBytes(dispatch.frame),
    );
    this.#draft.releases.push(dispatch.segment);
  }

  #record(frame: RequestFrame, bytes: number): void {
    const { kind: _kind, ...record } = frame;
    this.#draft.addRequest(record, bytes);
    const segment = this.#unrecorded.get(frame.subject.requestId);
    if (segment === undefined) return;
    this.#unrecorded.delete(frame.subject.requestId);
    this.#draft.releases.push(segment);
  }

  #finish(): PinnedBatch {
    const draft = this.#draft;
    this.#draft = new Draft(this.#sequence);
    return {
      releases: draft.releases,
      batch: {
        version: 1,
        gatewayId: this.#source.gatewayId,
        epochId: this.#source.epochId,
        fromSequence: draft.fromSequence,
        toSequence: this.#sequence,
        floorSequence: this.#source.segments()[0]?.afterSequence ?? 0,
        entries: draft.entries,
        requests: draft.requests,
        orphans: draft.orphans,
      },
    };
  }

  /** Postgres has every frame up to `watermark`. Cuts what is not needed any more. */
  confirm(watermark: number, confirmed: Iterable<PinnedBatch>): void {
    for (const { releases } of confirmed) for (const segment of releases) this.#unpin(segment);
    this.#watermark = Math.max(this.#watermark, watermark);
    this.#cut();
  }

  #cut(): void {
    for (;;) {
      const [oldest, next] = this.#source.segments();
      // The newest segment stays, so that the place where the epoch ends is known.
      if (oldest === undefined || next === undefined) return;
      // After a restart Postgres is ahead of what was read again: a dispatch further on is not pinned yet.
      if (next.afterSequence > Math.min(this.#watermark, this.#sequence)) return;
      if (this.#pins.has(oldest.segment)) {
        this.#carryForward(oldest.segment);
        return;
      }
      this.#source.removeSegment(oldest.segment);
    }
  }

  /** Long requests must not hold back the log of all the short ones after them. */
  #carryForward(segment: number): void {
    if (this.#source.segments().length < CARRY_AT_SEGMENTS || this.#carriedFrom === segment) return;
    this.#carriedFrom = segment;
    const keys = [...this.#open].filter(([, open]) => open.segment === segment).map(([key]) => key);
    this.#source.carryForward(keys);
  }

  #segmentOf(sequence: number): number {
    return this.#source.segments().findLast((each) => each.afterSequence < sequence)?.segment ?? 0;
  }

  #pin(segment: number): void {
    this.#pins.set(segment, (this.#pins.get(segment) ?? 0) + 1);
  }

  #unpin(segment: number): void {
    const left = (this.#pins.get(segment) ?? 0) - 1;
    if (left > 0) this.#pins.set(segment, left);
    else this.#pins.delete(segment);
  }
}

const CARRY_AT_SEGMENTS = 4;

/** The subject and target travel with the entry; the price does not. */
function dispatchBytes(frame: DispatchFrame): number {
  const models = frame.batch?.models.length ?? 0;
  return 700 + frame.subject.endUser.length + Object.keys(frame.subject.tags).length * 64 + models * 200;
}

class Draft {
  readonly fromSequence: number;
  readonly entries: UsageEntryRecord[] = [];
  readonly requests: Omit<RequestFrame, 'kind'>[] = [];
  readonly orphans: OrphanSettlement[] = [];
  readonly releases: number[] = [];
  #bytes = 0;

  constructor(fromSequence: number) {
    this.fromSequence = fromSequence;
  }

  get lines(): number {
    return this.entries.length + this.requests.length + this.orphans.length;
  }

  addEntry(entry: UsageEntryRecord, bytes: number): void {
    this.entries.push(entry);
    this.#bytes += bytes;
  }

  addRequest(request: Omit<RequestFrame, 'kind'>, bytes: number): void {
    this.requests.push(request);
    this.#bytes += bytes;
  }

  addOrphan(orphan: OrphanSettlement, bytes: number): void {
    this.orphans.push(orphan);
    this.#bytes += bytes;
  }

  isFull(limits: BatchLimits, sequence: number): boolean {
    if (this.lines >= limits.maxLines || this.#bytes >= limits.maxBytes) return true;
    return this.lines === 0 && sequence - this.fromSequence >= limits.maxEmptyFrames;
  }
}
