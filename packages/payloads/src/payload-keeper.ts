/**
 * Brings payloads from a gateway to Postgres, behind the requests: a request never waits for it, and none fails by it.
 *
 * Bounded: beyond `maxBufferedBytes`, of which an organization has half, what comes is left out, and counted. What a process has not brought when it is killed is
 * gone: payloads help who looks for a fault, the books do without them.
 */
import type { KeyRing } from '@tollgate/config';
import { type Database, isDataRefused } from '@tollgate/db';
import type { Logger } from '@tollgate/logging';
import type { PayloadBody } from './payload.ts';
import { insertPayloads, type PayloadRecord, type SealedPayload } from './payload-store.ts';
import { sealPayload } from './seal-payload.ts';

export interface PayloadKeeperOptions {
  readonly database: Database;
  readonly encryptionKeys: KeyRing;
  readonly logger: Logger;
  /** Between two trips to Postgres. A second unless told. */
  readonly intervalMs?: number;
  /** Of texts that are not brought yet. 32 MiB unless told. */
  readonly maxBufferedBytes?: number;
  /** Told how many payloads were left out. */
  readonly onLeftOut?: (count: number) => void;
}

const DEFAULTS = { intervalMs: 1_000, maxBufferedBytes: 32 * 1024 * 1024 };
const ROWS_PER_TRIP = 64;
/** Writing them takes the event loop, by which requests are served, for some milliseconds. */
const BYTES_PER_TRIP = 1024 * 1024;
/** What a record costs besides its texts. */
const RECORD_BYTES = 512;
/** Of an organization: the rest is for others. */
const SHARE = 0.5;
/** Of an organization, between two trips: what was never sent to a provider costs whoever asks for it nothing. */
const MOST_UNSENT = 20;
const INSERT = { timeoutMs: 5_000 } as const;

export class PayloadKeeper {
  readonly #options: PayloadKeeperOptions & typeof DEFAULTS;
  readonly #timer: NodeJS.Timeout;
  #waiting: PayloadRecord[] = [];
  #bufferedBytes = 0;
  readonly #heldBytesBy = new Map<string, number>();
  readonly #unsentBy = new Map<string, number>();
  #trip: Promise<boolean> | undefined;
  #isAway = false;
  #isClosed = false;

  constructor(options: PayloadKeeperOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#timer = setInterval(() => {
      this.#unsentBy.clear();
      void this.#bring();
    }, this.#options.intervalMs);
    this.#timer.unref();
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Costs the caller some comparisons and a push. @param wasSent To a provider: of what was not, a few are kept. */
  keep(record: PayloadRecord, wasSent = true): void {
    if (!this.#hasRoomFor(record, wasSent)) {
      this.#options.onLeftOut?.(1);
      return;
    }
    this.#hold(record, sizeOf(record));
    this.#waiting.push(record);
  }

  #hasRoomFor(record: PayloadRecord, wasSent: boolean): boolean {
    const { organizationId } = record;
    const { maxBufferedBytes } = this.#options;
    const bytes = sizeOf(record);
    const heldBytes = this.#heldBytesBy.get(organizationId) ?? 0;
    if (this.#isClosed || this.#bufferedBytes + bytes > maxBufferedBytes) return false;
    if (heldBytes + bytes > maxBufferedBytes * SHARE) return false;
    if (wasSent) return true;
    const unsent = (this.#unsentBy.get(organizationId) ?? 0) + 1;
    this.#unsentBy.set(organizationId, unsent);
    return unsent <= MOST_UNSENT;
  }

  /** @param bytes Negative: it is held no more. */
  #hold({ organizationId }: PayloadRecord, bytes: number): void {
    this.#bufferedBytes += bytes;
    const heldBytes = (this.#heldBytesBy.get(organizationId) ?? 0) + bytes;
    if (heldBytes === 0) this.#heldBytesBy.delete(organizationId);
    else this.#heldBytesBy.set(organizationId, heldBytes);
  }

  /** Resolves when all that was given so far is in Postgres, or Postgres did not take it. */
  async whenBrought(): Promise<void> {
    await this.#trip;
    await this.#bring();
  }

  /** Brings what waits, once; what cannot be brought within `timeoutMs` is left out. */
  async close(timeoutMs = 5_000): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    const end = Promise.withResolvers<void>();
    const timer = setTimeout(end.resolve, timeoutMs);
    // A server that is silent is met by time-outs much longer than a process has to end.
    await Promise.race([this.whenBrought(), end.promise]);
    clearTimeout(timer);
    if (this.#waiting.length > 0) this.#options.onLeftOut?.(this.#waiting.length);
    this.#waiting = [];
    this.#heldBytesBy.clear();
    this.#bufferedBytes = 0;
  }

  /** @returns Whether Postgres took what it was given. */
  #bring(): Promise<boolean> {
    this.#trip ??= this.#bringAll().finally(() => {
      this.#trip = undefined;
    });
    return this.#trip;
  }

  async #bringAll(): Promise<boolean> {
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      try {
        for (const [organizationId, records] of Map.groupBy(batch, (record) => record.organizationId))
          await this.#insertGood(organizationId, records);
        this.#isAway = false;
      } catch (error) {
        if (!this.#isAway)
          this.#options.logger.warn({ err: error }, 'payloads cannot be written now; kept for later');
        this.#isAway = true;
        return false;
      }
      // None of them waits any more where it was closed meanwhile.
      for (const record of this.#waiting.splice(0, batch.length)) this.#hold(record, -sizeOf(record));
    }
    return true;
  }

  #nextBatch(): PayloadRecord[] {
    const batch: PayloadRecord[] = [];
    let bytes = 0;
    for (const record of this.#waiting) {
      bytes += sizeOf(record);
      if (batch.length === ROWS_PER_TRIP || (batch.length > 0 && bytes > BYTES_PER_TRIP)) break;
      batch.push(record);
    }
    return batch;
  }

  /** What Postgres refuses for good is left out: it would hold up all that waits behind it. */
  async #insertGood(organizationId: string, records: readonly PayloadRecord[]): Promise<void> {
    try {
      await this.#insert(organizationId, records);
    } catch (error) {
      if (!isDataRefused(error)) throw error;
      if (records.length > 1) {
        for (const record of records) await this.#insertGood(organizationId, [record]);
        return;
      }
      this.#options.logger.warn({ err: error, organizationId }, 'a payload was refused, and is left out');
      this.#options.onLeftOut?.(1);
    }
  }

  async #insert(organizationId: string, records: readonly PayloadRecord[]): Promise<void> {
    const { database, encryptionKeys } = this.#options;
    const rows: SealedPayload[] = [];
    // One after the other: requests are served in between.
    for (const { payload, ...place } of records) {
      rows.push({
        ...place,
        requestBytes: payload.request?.bytes ?? 0,
        responseBytes: payload.response?.bytes ?? 0,
        sealed: await sealPayload(encryptionKeys, place, payload),
      });
    }
    await database.tenant(organizationId, (tx) => insertPayloads(tx, rows), INSERT);
  }
}

function sizeOf({ payload: { request, response } }: PayloadRecord): number {
  return RECORD_BYTES + 2 * (lengthOf(request) + lengthOf(response));
}

const lengthOf = (body: PayloadBody | null): number =>
  body === null ? 0 : body.text.length + body.contentType.length;
