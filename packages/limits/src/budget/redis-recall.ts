/**
 * Asks other gateways for idle grants, through Redis; best effort.
 *
 * Nothing is decided here: a message that is lost is made up for by the poll in `BudgetGate.maintain`, and one
 * that is forged makes a gateway give back what it does not need.
 */
import type { openRedis } from '@tollgate/queues';
import type { RecallMessage } from './budget-gate.ts';

export const GRANTS_CHANNEL = 'tollgate:grants';

type Redis = ReturnType<typeof openRedis>;

export interface RedisRecallOptions {
  readonly publisher: Redis;
  /** A connection of its own: Redis allows nothing else on one that subscribes. Closed with this. */
  readonly subscriber: Redis;
  /** So that a gateway does not answer itself. */
  readonly sender: string;
}

const REPEAT_MS = 200;
const MAX_REMEMBERED = 10_000;

export class RedisRecall {
  readonly #options: RedisRecallOptions;
  readonly #sentAtMs = new Map<string, number>();

  constructor(options: RedisRecallOptions) {
    this.#options = options;
  }

  /** At most five times a second for the same period, however many requests are refused. */
  send(wanted: RecallMessage): void {
    const key = `${wanted.budgetId} ${wanted.periodStartMs} ${wanted.scopeValue}`;
    const nowMs = performance.now();
    if (nowMs - (this.#sentAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
    if (this.#sentAtMs.size >= MAX_REMEMBERED) this.#sentAtMs.clear();
    this.#sentAtMs.set(key, nowMs);
    const message = JSON.stringify({ ...wanted, sender: this.#options.sender });
    // Redis may be away: the poll finds it.
    this.#options.publisher.publish(GRANTS_CHANNEL, message).catch(() => undefined);
  }

  async listen(onRecall: (wanted: RecallMessage) => void): Promise<void> {
    this.#options.subscriber.on('message', (channel, text) => {
      if (channel !== GRANTS_CHANNEL) return;
      const message = parseRecall(text);
      if (message !== undefined && message.sender !== this.#options.sender) onRecall(message);
    });
    await this.#options.subscriber.subscribe(GRANTS_CHANNEL);
  }

  async close(): Promise<void> {
    this.#options.subscriber.disconnect();
    this.#options.publisher.disconnect();
    await Promise.resolve();
  }
}

function parseRecall(text: string): (RecallMessage & { readonly sender: string }) | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { organizationId, budgetId, scopeValue, periodStartMs, sender } = value as Record<string, unknown>;
  if (typeof organizationId !== 'string' || typeof budgetId !== 'string' || typeof scopeValue !== 'string') {
    return undefined;
  }
  if (typeof periodStartMs !== 'number' || typeof sender !== 'string') return undefined;
  return { organizationId, budgetId, scopeValue, periodStartMs, sender };
}
