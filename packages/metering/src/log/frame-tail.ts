/**
 * The newest frames as objects, so that the shipper need not read and parse them again.
 *
 * Bounded: who falls behind reads the files. Sequences in it have no gaps.
 */
import type { LoggedFrame } from './frame-codec.ts';

const MAX_FRAMES = 4_096;

export class FrameTail {
  #frames: LoggedFrame[] = [];

  add(frame: LoggedFrame): void {
    if (this.#frames.length >= MAX_FRAMES) this.#frames = this.#frames.slice(MAX_FRAMES / 2);
    this.#frames.push(frame);
  }

  /** Frames in (afterSequence, upToSequence]; forgets what lies before. Undefined: some are gone already. */
  read(afterSequence: number, upToSequence: number, limit: number): readonly LoggedFrame[] | undefined {
    const first = this.#frames[0]?.sequence;
    if (first === undefined) return afterSequence >= upToSequence ? [] : undefined;
    if (afterSequence + 1 < first) return undefined;
    const start = afterSequence + 1 - first;
    const end = Math.min(upToSequence + 1 - first, start + limit);
    const frames = end > start ? this.#frames.slice(start, end) : [];
    // Objects that live long cost more to collect than to copy this list.
    if (start > 0) this.#frames = this.#frames.slice(start);
    return frames;
  }
}
