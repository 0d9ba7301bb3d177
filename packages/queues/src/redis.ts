/**
 * Connections to Redis, in the two manners that BullMQ needs.
 *
 * A worker waits for Redis however long it is gone. A producer must not: who adds a job learns at once that
 * Redis is down and keeps what it has, instead of piling commands up in memory.
 */
import { Redis } from 'ioredis';

export type RedisManner = 'producer' | 'worker';

export interface RedisOptions {
  readonly url: string;
  readonly manner: RedisManner;
  readonly name: string;
  /** Told of lost connections; ioredis reconnects by itself. */
  readonly onError?: (error: Error) => void;
}

const LONGEST_RECONNECT_DELAY_MS = 2_000;
const PRODUCER_COMMAND_TIMEOUT_MS = 5_000;

/** Connects in the background. Both manners keep trying to reconnect, at most two seconds apart. */
export function openRedis({ url, manner, name, onError }: RedisOptions): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    // BullMQ demands null: commands of a worker wait for the connection.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(LONGEST_RECONNECT_DELAY_MS, 50 * 2 ** Math.min(times, 6)),
    connectTimeout: 5_000,
    keepAlive: 10_000,
    ...(manner === 'producer'
      ? {
          enableOfflineQueue: false,
          commandTimeout: PRODUCER_COMMAND_TIMEOUT_MS,
          autoResendUnfulfilledCommands: false,
        }
      : {}),
  });
  // Without a listener ioredis prints every failed attempt.
  redis.on('error', (error: Error) => onError?.(error));
  return redis;
}
