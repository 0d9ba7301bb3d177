/**
 * How many reports an organization may have computed at the same time, in this process.
 *
 * Reports read millions of rows: without a bound one tenant's dashboard in twenty tabs takes every connection from
 * all others. A few run, some more wait for their turn, the rest is told to come back. A file counts until its last byte
 * is sent, because it is read from the database while it is. Not here: how long one may take (the database's statement
 * time-out), and how wide its range may be (the routes).
 */
import { ApiProblem } from './problem.ts';

export interface ReportGateOptions {
  readonly concurrent: number;
  readonly waiting: number;
  readonly waitMs: number;
  /** A file that nobody has read for so long gives its place to others, and takes one again to go on. */
  readonly stalledMs?: number;
}

/** A page of the console asks for up to six reports at once. */
export const REPORT_GATE: ReportGateOptions = { concurrent: 4, waiting: 24, waitMs: 15_000 };
/** Files have places of their own: a download takes minutes, and no page of the console waits for it. */
export const FILE_GATE: ReportGateOptions = { concurrent: 2, waiting: 24, waitMs: 15_000 };

const STALLED_MS = 30_000;

interface Lane {
  running: number;
  readonly waiting: Set<() => void>;
}

/** Left once, however often it is said. */
interface Place {
  leave(): void;
}

export class ReportGate {
  readonly #options: ReportGateOptions;
  readonly #lanes = new Map<string, Lane>();

  constructor(options: ReportGateOptions = REPORT_GATE) {
    this.#options = options;
  }

  /** @throws {ApiProblem} `too_many_requests`: too many run and wait already, or the turn did not come in time. */
  async run<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    const place = await this.#enter(organizationId);
    try {
      return await work();
    } finally {
      place.leave();
    }
  }

  /** As `run`, but the place is kept until the answer has been read, or its reader is gone. @throws {ApiProblem} */
  async stream(organizationId: string, work: () => Promise<Response>): Promise<Response> {
    const place = await this.#enter(organizationId);
    try {
      const response = await work();
      if (response.body === null) {
        place.leave();
        return response;
      }
      const { stalledMs = STALLED_MS } = this.#options;
      const body = whileRead(response.body, { place, stalledMs, enter: () => this.#enter(organizationId) });
      return new Response(body, response);
    } catch (error) {
      place.leave();
      throw error;
    }
  }

  async #enter(organizationId: string): Promise<Place> {
    const lane = this.#lanes.get(organizationId) ?? { running: 0, waiting: new Set() };
    this.#lanes.set(organizationId, lane);
    if (lane.running >= this.#options.concurrent) await this.#turn(lane);
    else lane.running += 1;
    let isHeld = true;
    return {
      leave: () => {
        if (isHeld) this.#leave(organizationId, lane);
        isHeld = false;
      },
    };
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

interface Reading {
  readonly place: Place;
  readonly stalledMs: number;
  readonly enter: () => Promise<Place>;
}

/** The same bytes, no sooner than they are asked for. */
function whileRead(body: ReadableStream<Uint8Array>, { place, stalledMs, enter }: Reading) {
  const reader = body.getReader();
  let held: Place | undefined = place;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const leave = () => {
    held?.leave();
    held = undefined;
  };
  const waitForReader = () => {
    timer = setTimeout(leave, stalledMs);
    timer.unref();
  };
  const end = () => {
    isOver = true;
    clearTimeout(timer);
    leave();
  };
  return new ReadableStream<Uint8Array>(
    {
      start: waitForReader,
      pull: async (controller) => {
        clearTimeout(timer);
        try {
          held ??= await enter();
          const { done, value } = await reader.read();
          // The reader may have gone while this waited for its turn, or for the source.
          if (isOver) return leave();
          if (done) {
            end();
            return controller.close();
          }
          controller.enqueue(value);
          waitForReader();
        } catch (error) {
          end();
          reader.cancel(error).catch(() => undefined);
          throw error;
        }
      },
      cancel: (reason) => {
        end();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function tooMany(): ApiProblem {
  return new ApiProblem(
    'too_many_requests',
    'Cannot compute the report now: too many reports of this organization are under way',
    { retryAfterMs: 2_000 },
  );
}
