/**
 * Keeps the policy in memory on disk, and takes it from there once: when the first poll of this process fails.
 *
 * Postgres that answers is always better: what came from disk is dropped with the first poll that succeeds, and
 * what an earlier process kept is forgotten when this one never needed it.
 */
import type { Clock } from '@tollgate/clock';
import type { Logger } from '@tollgate/logging';
import type { PolicyCache } from './policy-cache.ts';
import type { PolicyStore } from './policy-store.ts';

const SAVE_INTERVAL_MS = 30_000;
/** The longest that an organization may allow; older bundles serve nobody. */
const OLDEST_MS = 86_400_000;
/** Between the clocks of two runs of one machine. */
const SKEW_MS = 60_000;

export class PolicyKeeper {
  readonly #cache: PolicyCache;
  readonly #policy: PolicyStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #state: 'starting' | 'restored' | 'live' = 'starting';
  #savedRevision = -1;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly cache: PolicyCache;
    readonly policy: PolicyStore;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly saveIntervalMs?: number;
  }) {
    this.#cache = options.cache;
    this.#policy = options.policy;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#timer = setInterval(() => void this.save(), options.saveIntervalMs ?? SAVE_INTERVAL_MS).unref();
  }

  /** A poll failed. */
  onUnreachable(): void {
    if (this.#state !== 'starting') return;
    this.#state = 'restored';
    try {
      const snapshot = this.#cache.load();
      if (snapshot === undefined) return;
      const ageMs = this.#clock.nowMs() - snapshot.freshAtMs;
      if (ageMs > OLDEST_MS || ageMs < -SKEW_MS) return;
      this.#policy.restore(snapshot, Math.max(0, ageMs));
      const { organizations, keys } = snapshot;
      this.#logger.warn(
        { ageMs, organizations: organizations.length, keys: keys.length },
        'Postgres is away at the start: keys and policies are those last known to be good',
      );
    } catch (error) {
      this.#logger.error({ err: error }, 'the policy kept on disk cannot be used');
    }
  }

  /** A poll succeeded. */
  onReachable(): void {
    if (this.#state === 'live') return;
    if (this.#state === 'restored') this.#policy.forgetRestored();
    this.#state = 'live';
    this.#try(() => this.#cache.forget());
  }

  /** A key or an organization in memory is not as it was. */
  onChanged(id: string): void {
    this.#try(() => this.#cache.noteChanged(id));
  }

  /** One at a time. Never rejects. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#save()).catch((error: unknown) => this.#failed(error));
    return this.#saving;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.save();
  }

  async #save(): Promise<void> {
    if (this.#state !== 'live') return;
    const { revision } = this.#policy;
    const snapshot = this.#policy.snapshot(this.#clock.nowMs());
    if (snapshot === undefined) return;
    if (revision === this.#savedRevision) {
      await this.#cache.saveFresh(snapshot.freshAtMs);
      return;
    }
    await this.#cache.save(snapshot);
    this.#savedRevision = revision;
  }

  #try(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#logger.warn({ err: error }, 'the policy cannot be kept on disk');
  }
}
