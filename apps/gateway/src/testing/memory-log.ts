/** A log in memory, for tests of the pipeline that are not about the log: same turn, same order, no files. */
import type { DispatchFrame, Frame, SettleFrame } from '@tollgate/metering';
import type { UsageLog } from '../attempts/usage-log.ts';

export class MemoryLog implements UsageLog {
  readonly frames: Frame[] = [];
  writable = true;
  #callbacks: ((written: boolean) => void)[] = [];
  #scheduled = false;

  append(frame: Frame): number {
    return this.frames.push(frame);
  }

  afterFlush(callback: (written: boolean) => void): void {
    this.#callbacks.push(callback);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const callbacks = this.#callbacks;
      this.#callbacks = [];
      for (const run of callbacks) run(this.writable);
    });
  }

  framesOf(requestId: string): Promise<readonly Frame[]> {
    const ofRequest = (frame: Frame): boolean =>
      (frame.kind === 'dispatch' || frame.kind === 'request' ? frame.subject : frame).requestId === requestId;
    return Promise.resolve(this.frames.filter(ofRequest));
  }

  dispatches(): DispatchFrame[] {
    return this.frames.filter((frame) => frame.kind === 'dispatch');
  }

  settles(): SettleFrame[] {
    return this.frames.filter((frame) => frame.kind === 'settle');
  }
}
