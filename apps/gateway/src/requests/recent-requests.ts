/**
 * What this gateway served lately, in memory: `GET /v1/tollgate/requests/{id}` is answered at once from here.
 * Bounded; the oldest is forgotten first. Not the ledger.
 */
import type { RequestFrame, RequestSubject } from '@tollgate/metering';
import type { SettledAttempt } from '../attempts/attempt.ts';

export interface RecentRequest {
  readonly subject: RequestSubject;
  readonly attempts: readonly SettledAttempt[];
  /** Undefined: still running. */
  readonly outcome: RequestFrame | undefined;
}

export class RecentRequests {
  readonly #capacity: number;
  readonly #requests = new Map<string, RecentRequest>();

  constructor(capacity = 5_000) {
    this.#capacity = capacity;
  }

  set(request: RecentRequest): void {
    const { requestId } = request.subject;
    if (this.#requests.size >= this.#capacity && !this.#requests.has(requestId)) {
      const [oldest] = this.#requests.keys();
      this.#requests.delete(oldest!);
    }
    this.#requests.set(requestId, request);
  }

  find(requestId: string): RecentRequest | undefined {
    return this.#requests.get(requestId);
  }
}
