/**
 * Brings changes of policy: pushes from Redis at once, and the outbox in Postgres every few seconds.
 *
 * Either alone suffices; both may deliver the same change. A poll that succeeds is also what makes the policy
 * in memory count as fresh.
 */
import type { Clock } from '@tollgate/clock';
import type { Logger } from '@tollgate/logging';
import type { PolicyChange } from './policy.ts';
import type { ChangesAhead, PolicySource } from './policy-source.ts';

export const CHANGES_CHANNEL = 'tollgate:changes';

/** What is needed of a Redis subscription; ioredis has it. */
export interface ChangeSubscriber {
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
}

export interface ChangeFeedOptions {
  readonly source: PolicySource;
  /** Undefined: by polling alone. */
  readonly subscriber: ChangeSubscriber | undefined;
  readonly channel?: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly apply: (change: PolicyChange) => void;
  readonly confirmFresh: (monotonicMs: number) => void;
  /** A poll failed. */
  readonly onUnreachable?: () => void;
  readonly pollIntervalMs?: number;
}

export interface ChangeFeed {
  close(): void;
}

const POLL_INTERVAL_MS = 2_000;

/** Starts listening. The first cursor is taken before anything is loaded, so that no change falls between. */
export function startChangeFeed(options: ChangeFeedOptions): ChangeFeed {
  const { source, clock, logger } = options;
  const channel = options.channel ?? CHANGES_CHANNEL;
  let cursor: string | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let failing = false;
  /** Ids of what the last poll found ahead: it is applied once, and again when its turn comes. */
  let known: ReadonlySet<string> = new Set();

  const lookAhead = ({ changes, isWhole }: ChangesAhead): boolean => {
    for (const change of changes) if (!known.has(change.eventId)) options.apply(change);
    known = new Set(changes.map(({ eventId }) => eventId));
    return isWhole;
  };

  const poll = async (): Promise<void> => {
    const startedMs = clock.monotonicMs();
    try {
      cursor ??= await source.currentCursor();
      let isWhole = true;
      for (;;) {
        const page = await source.changesSince(cursor);
        for (const change of page.changes) options.apply(change);
        const done = page.cursor === cursor || page.changes.length === 0;
        cursor = page.cursor;
        if (page.ahead !== undefined) isWhole = lookAhead(page.ahead);
        if (done || closed) break;
      }
      if (isWhole) options.confirmFresh(startedMs);
      if (failing) logger.info('policy changes can be polled again');
      failing = false;
    } catch (error) {
      if (!failing) logger.warn({ err: error }, 'policy changes cannot be polled');
      failing = true;
      options.onUnreachable?.();
    }
    if (!closed) {
      timer = setTimeout(() => void poll(), options.pollIntervalMs ?? POLL_INTERVAL_MS);
      timer.unref();
    }
  };
  void poll();

  if (options.subscriber !== undefined) {
    options.subscriber.on('message', (from, message) => {
      if (closed || from !== channel) return;
      const change = parseChange(message);
      if (change === undefined) logger.warn('a pushed change has an unknown form');
      else options.apply(change);
    });
    options.subscriber.subscribe(channel).catch((error: unknown) => {
      logger.warn({ err: error }, 'policy changes cannot be pushed; polling goes on');
    });
  }

  return {
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

function parseChange(message: string): PolicyChange | undefined {
  try {
    const { organizationId, kind, targetId } = JSON.parse(message) as Record<string, unknown>;
    if (typeof organizationId !== 'string' || typeof kind !== 'string' || typeof targetId !== 'string') {
      return undefined;
    }
    return { organizationId, kind, targetId };
  } catch {
    return undefined;
  }
}
