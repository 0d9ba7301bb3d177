/**
 * How many reports an organization may have computed at the same time, in this process.
 *
 * Reports read millions of rows: without a bound one tenant's dashboard in twenty tabs takes every connection from
 * all others. A few run, some more wait for their turn, the rest is told to come back. Not here: how long one may
 * take (the database's statement time-out), and how wide its range may be (the routes).
 */
import { ApiProblem } from './problem.ts';

export interface ReportGateOptions {
  readonly concurrent: number;
  readonly waiting: number;
  readonly waitMs: number;
}

/** A page of the console asks for up to six reports at once. */
export const REPORT_GATE: ReportGateOptions = { concurrent: 4, waiting: 24, waitMs: 15_000 };

interface Lane {
  running: number;
  readonly waiting: Set<() => void>;
}

export class ReportGate {
  readonly #options: ReportGateOptions;
  readonly #lanes = new Map<string, Lane>();

  constructor(options: ReportGateOptions = REPORT_GATE) {
    this.#options = options;
  }

  /** @throws {ApiProblem} `too_many_requests`: too many run and wait already, or the turn did not come in time. */
  async run<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(organizationId) ?? { running: 0, waiting: new Set() };
    this.#lanes.set(organizationId, lane);
    if (lane.running >= this.#options.concurrent) await this.#turn(lane);
    else lane.running += 1;
    try {
      return await work();
    } finally {
      this.#leave(organizationId, lane);
    }
  }

  /** Whoever leaves hands the place over, so that nobody who comes just then overtakes. */
  #turn(lane: Lane): Promise<void> {
    if (lane.waiting.size >= this.#options.waiting) throw tooMany();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const enter = () => {
      clearTimeout(timer);
      lane.waiting.delete(enter);
      resolve();
    };
    const timer = setTimeout(() => {
      lane.waiting.delete(enter);
      reject(tooMany());
    }, this.#options.waitMs);
    lane.waiting.add(enter);
    return promise;
  }

  #leave(organizationId: string, lane: Lane): void {
    const [next] = lane.waiting;
    if (next !== undefined) {
      next();
      return;
    }
    lane.running -= 1;
    if (lane.running === 0) this.#lanes.delete(organizationId);
  }
}

function tooMany(): ApiProblem {
  return new ApiProblem(
    'too_many_requests',
    'Cannot compute the report now: too many reports of this organization are under way',
    { retryAfterMs: 2_000 },
  );
}
