/** The change feed over Redis: one connection that publishes, one that listens for waiting requests. */
import { CHANGE_CHANNEL, type Change, type ChangeFeed } from '@tollgate/api';
import type { Redis } from 'ioredis';
import { z } from 'zod';

const ChangeMessage = z.object({
  organizationId: z.string(),
  kind: z.enum([
    'key-changed',
    'credential-changed',
    'organization-changed',
    'policy-changed',
    'first-request',
  ]),
  targetId: z.string(),
  eventId: z.string(),
});

/** Messages of another form are passed over: newer processes may send what this one does not know. */
export function redisChangeFeed(publisher: Redis, subscriber: Redis): ChangeFeed {
  const listeners = new Set<(change: Change) => void>();
  let subscribed = false;
  subscriber.on('message', (_channel: string, text: string) => {
    const change = parseChange(text);
    if (change !== undefined) for (const listener of listeners) listener(change);
  });
  return {
    async publish(change) {
      await publisher.publish(CHANGE_CHANNEL, JSON.stringify(change));
    },
    subscribe(listener) {
      listeners.add(listener);
      if (!subscribed) {
        subscribed = true;
        // Whoever waits also polls, so a failure here only makes them slower; the next one tries again.
        subscriber.subscribe(CHANGE_CHANNEL).catch(() => {
          subscribed = false;
        });
      }
      return () => listeners.delete(listener);
    },
  };
}

function parseChange(text: string): Change | undefined {
  try {
    return ChangeMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
