/**
 * Brings every frame of this slot's logs to Postgres, whatever is down in between.
 *
 * Sends batches and believes only the watermark that it reads back from Postgres: a batch that is not
 * confirmed in time is sent again under a new job id. Holds a few batches in memory per epoch and leaves the
 * rest in the files. Not here: the transaction that records a batch (src/ingest).
 */
import type { Clock } from '@tollgate/clock';
import type { UsageBatch } from '../frame.ts';
import { type BatchLimits, EpochFollower, type PinnedBatch } from './epoch-follower.ts';
import type { FrameSource } from './frame-source.ts';

export interface UsagePublisher {
  /**
   * Hands a batch over under a job id that was never used before.
   *
   * @param replaces The job that carried the same batch; may be withdrawn if it has not been started.
   * @throws {Error} It is unknown whether the batch was taken.
   */
  publish(batch: UsageBatch, jobId: string, replaces?: string): Promise<void>;
}

export interface WatermarkReader {
  /** Up to which sequence Postgres has each epoch; epochs that it does not know are absent. */
  read(epochIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

export interface ShipperOptions {
  readonly publisher: UsagePublisher;
  readonly watermarks: WatermarkReader;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly onError: (error: Error) => void;
  /** An epoch of a dead process is in Postgres to its last frame. */
  readonly onEpochDone?: (epochId: string) => Promise<void>;
  readonly random?: () => number;
  readonly limits?: BatchLimits;
  readonly windowBatches?: number;
  readonly intervalMs?: number;
  readonly resendAfterMs?: number;
}

export interface ShipperState {
  readonly epochs: number;
  readonly unconfirmedFrames: number;
  readonly batchesInFlight: number;
  readonly resends: number;
}

const DEFAULTS = {
  limits: { maxLines: 500, maxBytes: 512 * 1024, maxEmptyFrames: 2_000 },
  windowBatches: 4,
  intervalMs: 250,
  resendAfterMs: 4_000,
};
const MAX_RESEND_MS = 8_000;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 4_000;

interface Shipment {
  readonly source: FrameSource;
  follower: EpochFollower;
  window: InFlight[];
}

interface InFlight {
  readonly pinned: PinnedBatch;
  tries: number;
  /** Undefined: never handed over. */
  jobId: string | undefined;
  actAtMs: number;
}

export class Shipper {
  readonly #options: ShipperOptions & typeof DEFAULTS & { random: () => number };
  readonly #shipments = new Map<string, Shipment>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  #resends = 0;
  #complaint = '';

  constructor(options: ShipperOptions) {
    this.#options = { ...DEFAULTS, random: Math.random, ...options };
  }

  add(source: FrameSource): void {
    const follower = new EpochFollower(source, this.#options.limits);
    this.#shipments.set(source.epochId, { source, follower, window: [] });
  }

  start(): void {
    this.#schedule(0);
  }

  /** Stops sending; what is not confirmed stays in the files. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Ships until one epoch is confirmed to its end. @returns False when `timeoutMs` was not enough. */
  async drain(epochId: string, timeoutMs: number): Promise<boolean> {
    const shipment = this.#shipments.get(epochId);
    if (shipment === undefined) return true;
    const deadlineMs = this.#options.clock.monotonicMs() + timeoutMs;
    for (;;) {
      await this.round(true);
      if (shipment.follower.isCaughtUp && shipment.window.length === 0) return true;
      if (this.#stopped || this.#options.clock.monotonicMs() >= deadlineMs) return false;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  state(): ShipperState {
    const shipments = [...this.#shipments.values()];
    return {
      epochs: shipments.length,
      unconfirmedFrames: shipments.reduce((sum, { follower }) => sum + follower.unconfirmedFrames, 0),
      batchesInFlight: shipments.reduce((sum, { window }) => sum + window.length, 0),
      resends: this.#resends,
    };
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.round().finally(() => this.#schedule(this.#options.intervalMs));
    }, delayMs);
    this.#timer.unref();
  }

  /** One round over all epochs; rounds do not overlap. Never rejects. */
  async round(flush = false): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#running = this.#round(flush)
      .catch((error: unknown) => this.#complain(error))
      .finally(() => {
        this.#running = undefined;
      });
    await this.#running;
  }

  async #round(flush: boolean): Promise<void> {
    await this.#readWatermarks();
    for (const shipment of this.#shipments.values()) {
      this.#fillWindow(shipment, flush);
      await this.#sendDue(shipment);
    }
  }

  async #readWatermarks(): Promise<void> {
    const waiting = [...this.#shipments].filter(
      ([, { follower, window }]) =>
        window.length > 0 || (follower.isCaughtUp && follower.unconfirmedFrames > 0),
    );
    if (waiting.length === 0) return this.#finishDone();
    try {
      const watermarks = await this.#options.watermarks.read(waiting.map(([epochId]) => epochId));
      for (const [epochId, shipment] of waiting) this.#confirm(shipment, watermarks.get(epochId) ?? 0);
    } catch (error) {
      // Postgres is down: nothing is confirmed, everything is kept.
      this.#complain(error);
    }
    await this.#finishDone();
  }

  #confirm(shipment: Shipment, watermark: number): void {
    const { follower, window, source } = shipment;
    if (watermark < follower.watermark) {
      this.#complain(
        new Error(
          `Postgres must not forget: the watermark of ${source.epochId} went from ${follower.watermark} to ${watermark}`,
        ),
      );
      // A backup was restored: everything that is still in the files goes again.
      shipment.follower = new EpochFollower(source, this.#options.limits);
      shipment.window = [];
      return;
    }
    const confirmed: PinnedBatch[] = [];
    while (window[0] !== undefined && window[0].pinned.batch.toSequence <= watermark) {
      confirmed.push(window.shift()!.pinned);
    }
    follower.confirm(watermark, confirmed);
  }

  async #finishDone(): Promise<void> {
    for (const [epochId, { follower }] of this.#shipments) {
      if (!follower.isDone) continue;
      try {
        await this.#options.onEpochDone?.(epochId);
        this.#shipments.delete(epochId);
      } catch (error) {
        this.#complain(error);
      }
    }
  }

  #fillWindow({ follower, window }: Shipment, flush: boolean): void {
    while (window.length < this.#options.windowBatches) {
      const pinned = follower.nextBatch(flush);
      if (pinned === undefined) return;
      window.push({ pinned, tries: 0, jobId: undefined, actAtMs: 0 });
    }
  }

  async #sendDue({ window }: Shipment): Promise<void> {
    for (const item of window) {
      if (item.actAtMs > this.#options.clock.monotonicMs()) continue;
      // In order: a batch whose predecessor could not be handed over would only be told to wait.
      if (!(await this.#send(item))) return;
    }
  }

  async #send(item: InFlight): Promise<boolean> {
    const { batch } = item.pinned;
    item.tries++;
    const jobId = `${batch.epochId}-${batch.toSequence}-${item.tries}-${Math.floor(this.#options.random() * 1e9)}`;
    try {
      await this.#options.publisher.publish(batch, jobId, item.jobId);
    } catch (error) {
      this.#complain(error);
      item.actAtMs = this.#later(Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(item.tries, 10)));
      return false;
    }
    if (item.jobId !== undefined) this.#resends++;
    item.jobId = jobId;
    item.actAtMs = this.#later(
      Math.min(MAX_RESEND_MS, this.#options.resendAfterMs * 2 ** Math.min(item.tries - 1, 10)),
    );
    this.#complaint = '';
    return true;
  }

  #later(delayMs: number): number {
    return this.#options.clock.monotonicMs() + delayMs * (0.75 + this.#options.random() / 2);
  }

  /** The same trouble four times a second is said once. */
  #complain(error: unknown): void {
    const cause = error instanceof Error ? error : new Error(String(error));
    if (cause.message === this.#complaint) return;
    this.#complaint = cause.message;
    this.#options.onError(new Error('Cannot ship usage: it is kept in the log and sent again', { cause }));
  }
}
