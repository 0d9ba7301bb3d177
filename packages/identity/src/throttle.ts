/**
 * Slows down guessing: so many tries per subject and window.
 *
 * The counter is an interface because several consoles must share it (Redis). When the shared one fails, a
 * console counts for itself: worse, but never open and never an outage.
 */
import { isIP } from 'node:net';
import type { Clock } from '@tollgate/clock';
import { IdentityError } from './identity-error.ts';

export interface AttemptCounter {
  /** Adds one try. @returns Tries in the running window, this one included, and what is left of the window. */
  hit(subject: string, windowMs: number): Promise<{ readonly count: number; readonly resetMs: number }>;
  /** Forgets a subject, as after a right password. */
  clear(subject: string): Promise<void>;
  /** Takes one try back, which was none of those that are counted. */
  takeBack(subject: string): Promise<void>;
}

export interface ThrottleRule {
  readonly subject: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** Counts one try under every rule. @throws {IdentityError} `too_many_attempts` when any is used up. */
export async function throttle(counter: AttemptCounter, rules: readonly ThrottleRule[]): Promise<void> {
  const results = await Promise.all(
    rules.map(async (rule) => ({ rule, ...(await counter.hit(rule.subject, rule.windowMs)) })),
  );
  const exceeded = results.filter(({ rule, count }) => count > rule.limit);
  if (exceeded.length === 0) return;
  throw new IdentityError('too_many_attempts', 'Cannot try again yet: too many attempts', {
    retryAfterMs: Math.max(...exceeded.map(({ resetMs }) => resetMs)),
  });
}

/**
 * What counts as one guesser: an IPv4 address, or the /64 that one IPv6 client has to itself.
 *
 * @param address As a socket or a proxy tells it; what is no address counts as it is.
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped !== undefined || isIP(plain) !== 6) return mapped ?? address;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...gap, ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

const MAX_SUBJECTS = 50_000;

/** Counts in this process. Bounded: the oldest subjects are forgotten first. */
export function memoryAttemptCounter(clock: Clock): AttemptCounter {
  const windows = new Map<string, { count: number; endsMs: number }>();
  return {
    async hit(subject, windowMs) {
      const nowMs = clock.monotonicMs();
      const running = windows.get(subject);
      const window = running && running.endsMs > nowMs ? running : { count: 0, endsMs: nowMs + windowMs };
      window.count += 1;
      windows.delete(subject);
      windows.set(subject, window);
      if (windows.size > MAX_SUBJECTS) windows.delete(windows.keys().next().value!);
      return { count: window.count, resetMs: window.endsMs - nowMs };
    },
    async clear(subject) {
      windows.delete(subject);
    },
    async takeBack(subject) {
      const window = windows.get(subject);
      if (window !== undefined && window.count > 0) window.count -= 1;
    },
  };
}

/** What is needed of a Redis client. */
export interface CounterRedis {
  incr(key: string): Promise<number>;
  pexpire(key: string, ms: number, mode: 'NX'): Promise<number>;
  pttl(key: string): Promise<number>;
  del(key: string): Promise<number>;
  decr(key: string): Promise<number>;
}

/** Counts in Redis; falls back to this process while Redis does not answer. */
export function redisAttemptCounter(redis: CounterRedis, fallback: AttemptCounter): AttemptCounter {
  const keyOf = (subject: string) => `tollgate:attempts:${subject}`;
  return {
    async hit(subject, windowMs) {
      try {
        const key = keyOf(subject);
        const count = await redis.incr(key);
        await redis.pexpire(key, windowMs, 'NX');
        return { count, resetMs: Math.max(0, await redis.pttl(key)) };
      } catch {
        return fallback.hit(subject, windowMs);
      }
    },
    async clear(subject) {
      await fallback.clear(subject);
      // Losing this only means that the window runs out by itself.
      await redis.del(keyOf(subject)).catch(() => 0);
    },
    async takeBack(subject) {
      await fallback.takeBack(subject);
      try {
        const key = keyOf(subject);
        // A window that has ended meanwhile must not come back without its end.
        if ((await redis.pttl(key)) > 0 && (await redis.decr(key)) <= 0) await redis.del(key);
      } catch {
        // One try too many stays counted until the window ends.
      }
    },
  };
}
