/** Tells whoever waits for a key's first answered request that it is there. */
import type { FirstRequest } from '@tollgate/metering';
import type { WorkerContext } from './worker-context.ts';

export const CHANGES_CHANNEL = 'tollgate:changes';

/** What is needed of Redis; ioredis has it. */
export interface Publisher {
  publish(channel: string, message: string): Promise<unknown>;
}

/** Best effort, and never rejects: who waits looks at the key now and then as well. */
export async function announceFirstRequests(
  redis: Publisher,
  { logger }: Pick<WorkerContext, 'logger'>,
  firstRequests: readonly FirstRequest[],
): Promise<void> {
  try {
    for (const { organizationId, keyId, eventId } of firstRequests) {
      const change = { organizationId, kind: 'first-request', targetId: keyId, eventId };
      await redis.publish(CHANGES_CHANNEL, JSON.stringify(change));
    }
  } catch (error) {
    logger.warn({ err: error }, 'a first request could not be announced; who waits for it looks again soon');
  }
}
