/**
 * Telling gateways (and waiting requests) what has changed.
 *
 * The outbox row, written in the change's transaction, is the truth; the push only makes it fast. The push is
 * best effort: gateways poll the outbox anyway.
 */
import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';

export type ChangeKind =
  | 'key-changed'
  | 'credential-changed'
  | 'organization-changed'
  | 'policy-changed'
  | 'first-request';

export interface Change {
  readonly organizationId: string;
  readonly kind: ChangeKind;
  readonly targetId: string;
  readonly eventId: string;
}

export interface ChangeFeed {
  publish(change: Change): Promise<void>;
  /** @returns How to stop listening. */
  subscribe(listener: (change: Change) => void): () => void;
}

export const CHANGE_CHANNEL = 'tollgate:changes';

/** What is needed of a call; both kinds of organization routes have it. */
interface ChangingCall {
  readonly organizationId: string;
  readonly nowMs: number;
  readonly context: { readonly changes: ChangeFeed };
  afterCommit(run: () => Promise<void>): void;
}

/** Notes a change in the transaction, and pushes it once that has committed. */
export async function recordChange(
  call: ChangingCall,
  tx: Transaction,
  kind: ChangeKind,
  targetId: string,
): Promise<void> {
  const change: Change = {
    organizationId: call.organizationId,
    kind,
    targetId,
    eventId: newId('event', call.nowMs),
  };
  await tx.outboxEvent.create({
    data: {
      id: change.eventId,
      organizationId: change.organizationId,
      kind,
      targetId,
      createdAt: new Date(call.nowMs),
    },
    select: { id: true },
  });
  call.afterCommit(() => call.context.changes.publish(change));
}

/** A feed inside one process: tests, and a console without Redis. */
export function localChangeFeed(): ChangeFeed {
  const listeners = new Set<(change: Change) => void>();
  return {
    async publish(change) {
      for (const listener of listeners) listener(change);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
