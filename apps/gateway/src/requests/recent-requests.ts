/**
 * What this gateway served lately, in memory: `GET /v1/tollgate/requests/{id}` is answered at once from here.
 * Bounded; the oldest is forgotten first. Not the ledger.
 *
 * Kept as JSON: one flat text per request. As objects, some fifteen per request would live long enough to be
 * copied and marked by every collection, which cost more than anything else that the gateway does itself.
 */
import type { RequestFrame, RequestSubject } from '@tollgate/metering';
import type { SettledAttempt } from '../attempts/attempt.ts';
import { BoundedMap } from '../policy/bounded-map.ts';

export interface RecentRequest {
  readonly subject: RequestSubject;
  readonly attempts: readonly SettledAttempt[];
  /** Undefined: still running. */
  readonly outcome: RequestFrame | undefined;
}

export class RecentRequests {
  readonly #requests: BoundedMap<string, string>;

  constructor(capacity = 5_000) {
    this.#requests = new BoundedMap(capacity);
  }

  set({ subject, attempts, outcome }: RecentRequest): void {
    // The outcome names the subject once more: it need not be written twice.
    const rest = outcome === undefined ? undefined : { ...outcome, subject: undefined };
    this.#requests.set(subject.requestId, JSON.stringify({ subject, attempts, outcome: rest }));
  }

  find(requestId: string): RecentRequest | undefined {
    const text = this.#requests.get(requestId);
    if (text === undefined) return undefined;
    // Frames are JSON by their type, so that what comes back is what went in.
    const { subject, attempts, outcome } = JSON.parse(text) as RecentRequest;
    return { subject, attempts, outcome: outcome === undefined ? undefined : { ...outcome, subject } };
  }
}
