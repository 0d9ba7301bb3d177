/**
 * Makes a gateway process known in Postgres, and says that it lives.
 *
 * Nothing waits for it: Postgres may be down at the start, and a batch makes the rows that it needs. Fencing
 * of dead epochs comes with grants.
 */
import type { Clock } from '@tollgate/clock';
import type { Database } from '@tollgate/db';

export interface RegistryOptions {
  /** In the gateway's role. */
  readonly database: Database;
  readonly gatewayId: string;
  readonly epochId: string;
  /** Unique among gateways; when it is taken, the id is added to it. */
  readonly name: string;
  readonly groupName?: string;
  readonly region?: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly intervalMs?: number;
  /** What the process has not brought to Postgres yet, for those who close a month. */
  readonly readOpen?: () => OpenWork;
  readonly onError: (error: Error) => void;
}

export interface OpenWork {
  /** Of the log, now. */
  readonly lastSequence: number;
  readonly oldestOpenAtMs: number | undefined;
}

/** Everything that was appended behind `sequence` belongs to requests that began at `sinceMs` or later. */
interface Checkpoint {
  readonly sequence: number;
  readonly sinceMs: number;
}

/** An hour and more of heartbeats without Postgres confirming anything. */
const MAX_CHECKPOINTS = 1_000;

const DEFAULT_INTERVAL_MS = 5_000;

/**
 * Seconds to add to Postgres's own time: how far tests have moved the clock of all processes; none in an installation.
 * What this host's clock says is left out, because fencing compares with what Postgres's says (packages/limits).
 */
function movedSeconds(clock: Pick<Clock, 'now'>): number {
  return (clock.now().getTime() - Date.now()) / 1_000;
}

export class EpochRegistry {
  readonly #options: RegistryOptions;
  #registered = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  #complained = false;
  #checkpoints: Checkpoint[] = [];

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get registered(): boolean {
    return this.#registered;
  }

  /** Registers, and again until it succeeds; then reports life. */
  start(): void {
    this.#running = this.#beat();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #beat(): Promise<void> {
    try {
      if (this.#registered) await this.#touch();
      else await this.#register();
      this.#complained = false;
    } catch (error) {
      if (!this.#complained) {
        this.#options.onError(
          new Error('Cannot report this gateway: Postgres must answer; tried again', { cause: error }),
        );
      }
      this.#complained = true;
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#beat();
    }, this.#options.intervalMs ?? DEFAULT_INTERVAL_MS);
    this.#timer.unref();
  }

  async #register(): Promise<void> {
    const { database, gatewayId, epochId, name, groupName = 'default', region = 'default' } = this.#options;
    const moved = movedSeconds(this.#options.clock);
    await database.platform(async (tx) => {
      const taken = await tx.gateway.findFirst({
        where: { name, NOT: { id: gatewayId } },
        select: { id: true },
      });
      const ownName = taken === null ? name : `${name}-${gatewayId}`;
      await tx.$executeRaw`
        INSERT INTO gateways (id, name, group_name, region, created_at, last_seen_at)
        VALUES (${gatewayId}, ${ownName}, ${groupName}, ${region},
          clock_timestamp() + make_interval(secs => ${moved}::double precision),
          clock_timestamp() + make_interval(secs => ${moved}::double precision))
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, group_name = excluded.group_name,
          region = excluded.region, last_seen_at = excluded.last_seen_at`;
      await tx.$executeRaw`
        INSERT INTO gateway_epochs (id, gateway_id, state, started_at, last_seen_at)
        VALUES (${epochId}, ${gatewayId}, 'open',
          clock_timestamp() + make_interval(secs => ${moved}::double precision),
          clock_timestamp() + make_interval(secs => ${moved}::double precision))
        ON CONFLICT (id) DO UPDATE SET last_seen_at = excluded.last_seen_at`;
    });
    this.#registered = true;
  }

  async #touch(): Promise<void> {
    const { database, gatewayId, epochId } = this.#options;
    const now = this.#options.clock.now();
    const moved = movedSeconds(this.#options.clock);
    await database.platform(async (tx) => {
      const [row] = await tx.$queryRaw<{ shipped: number }[]>`
        SELECT shipped_sequence::float8 AS shipped FROM gateway_epochs WHERE id = ${epochId}`;
      const open = this.#oldestOpen(row?.shipped ?? 0, now);
      await tx.$executeRaw`
        UPDATE gateways SET last_seen_at = clock_timestamp() + make_interval(secs => ${moved}::double precision)
        WHERE id = ${gatewayId}`;
      // Fenced while it could not report: it lives. What was fenced of its money stays so (packages/limits).
      await tx.$executeRaw`
        UPDATE gateway_epochs SET last_seen_at = clock_timestamp() + make_interval(secs => ${moved}::double precision),
          state = CASE state WHEN 'fenced' THEN 'open' ELSE state END,
          fenced_at = CASE state WHEN 'fenced' THEN NULL ELSE fenced_at END,
          oldest_open_at = COALESCE(${open?.oldest ?? null}::timestamptz, CASE WHEN ${open === undefined} THEN oldest_open_at END),
          open_reported_at = CASE WHEN ${open === undefined} THEN open_reported_at ELSE ${now}::timestamptz END
        WHERE id = ${epochId}`;
    });
  }

  /**
   * The oldest start of what is not in Postgres. Frames behind the watermark were appended after the last heartbeat
   * whose frames are all confirmed: their requests were open then, or began later. Undefined: nothing can be told yet.
   */
  #oldestOpen(shippedSequence: number, now: Date): { readonly oldest: Date | undefined } | undefined {
    const open = this.#options.readOpen?.();
    if (open === undefined) return undefined;
    const { lastSequence, oldestOpenAtMs } = open;
    const confirmed = this.#checkpoints.findLast(({ sequence }) => sequence <= shippedSequence);
    this.#checkpoints = [
      ...this.#checkpoints.filter(
        ({ sequence }) => confirmed === undefined || sequence >= confirmed.sequence,
      ),
      { sequence: lastSequence, sinceMs: oldestOpenAtMs ?? now.getTime() },
    ].slice(-MAX_CHECKPOINTS);
    if (shippedSequence >= lastSequence) {
      return { oldest: oldestOpenAtMs === undefined ? undefined : new Date(oldestOpenAtMs) };
    }
    if (confirmed === undefined) return undefined;
    return { oldest: new Date(Math.min(confirmed.sinceMs, oldestOpenAtMs ?? confirmed.sinceMs)) };
  }

  /** Says that an epoch is in the ledger to its last frame. @throws {Error} Postgres did not take it. */
  async closeEpoch(epochId: string): Promise<void> {
    const now = this.#options.clock.now();
    await this.#options.database.platform(
      (tx) => tx.$executeRaw`
        UPDATE gateway_epochs SET state = 'closed', closed_at = ${now}
        WHERE id = ${epochId} AND state IN ('open', 'fenced')`,
    );
  }
}
