/**
 * One connection pool per (organization, origin, credential), so that nothing that a hostile upstream leaves on
 * a connection can reach another tenant. The least recently used pool goes when there are too many.
 */

import { guardedConnector } from '@tollgate/providers/outbound';
import { Pool } from 'undici';

export interface PoolsOptions {
  readonly connectTimeoutMs: number;
  readonly allowedPrivateOrigins: ReadonlySet<string>;
  /** Besides those, for resold credentials: whose pools they are is in `owner`. */
  readonly operatorPrivateOrigins?: ReadonlySet<string>;
  readonly maxPools?: number;
}

const MAX_POOLS = 2_000;
const IDLE_CONNECTION_MS = 10_000;
const MAX_RESPONSE_HEADER_BYTES = 32_768;

export class Pools {
  readonly #pools = new Map<string, Pool>();
  readonly #options: PoolsOptions;
  readonly #operatorOptions: PoolsOptions;

  constructor(options: PoolsOptions) {
    this.#options = options;
    const { allowedPrivateOrigins, operatorPrivateOrigins = new Set<string>() } = options;
    const all = allowedPrivateOrigins.union(operatorPrivateOrigins);
    this.#operatorOptions = { ...options, allowedPrivateOrigins: all };
  }

  /**
   * @param owner Distinguishes organization and credential, with its version.
   * @param isResold The credential is the operator's.
   */
  get(owner: string, origin: string, isResold = false): Pool {
    const key = `${owner} ${origin}`;
    const known = this.#pools.get(key);
    if (known !== undefined) {
      if (this.#pools.size > (this.#options.maxPools ?? MAX_POOLS) / 2) {
        this.#pools.delete(key);
        this.#pools.set(key, known);
      }
      return known;
    }
    this.#makeRoom();
    const pool = new Pool(origin, {
      connect: guardedConnector(origin, isResold ? this.#operatorOptions : this.#options),
      connections: null,
      pipelining: 1,
      keepAliveTimeout: IDLE_CONNECTION_MS,
      maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
      // Deadlines are ours (deadlines.ts).
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    });
    this.#pools.set(key, pool);
    return pool;
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #makeRoom(): void {
    if (this.#pools.size < (this.#options.maxPools ?? MAX_POOLS)) return;
    const [oldest] = this.#pools;
    if (oldest === undefined) return;
    this.#pools.delete(oldest[0]);
    // Waits for what still runs on it. It can only fail when destroyed meanwhile, which is as good.
    oldest[1].close().catch(() => undefined);
  }
}
