/**
 * Turns of organizations in rounds that wait for servers which these have named: their buckets, their providers.
 *
 * A round waits for a turn only so long. What has begun by then goes on by itself, because a large file may rightly take
 * its time; beside it nothing else of the organization is begun in later rounds. Nobody else is held up, and a server that
 * never answers costs its organization one open connection.
 *
 * Only so many of a round go on at once, however many organizations name such servers: for another, the longest-running
 * one is told to end.
 */
import type { Logger } from '@tollgate/logging';

const TURN_MS = 2_000;
const AT_ONCE = 32;

/** @param signal Somebody else needs the place: what was begun is ended, and what was not is another round's. */
type Run = (signal: AbortSignal) => Promise<void>;

interface Turn {
  readonly round: string;
  readonly end: AbortController;
  /** What the round waits for; beyond it, whoever needs the place may have it. */
  isTimeOver: boolean;
  over: Promise<void>;
}

export interface TurnsOptions {
  readonly turnMs?: number;
  /** Of one round. */
  readonly atOnce?: number;
}

const NEVER = new AbortController().signal;

export function takeTurn(
  { turns }: { readonly turns?: Turns },
  round: string,
  organizationId: string,
  run: Run,
): Promise<void> {
  return turns === undefined ? run(NEVER) : turns.take(round, organizationId, run);
}

export class Turns {
  /** In the order in which they began. */
  readonly #goingOn = new Map<string, Turn>();
  readonly #logger: Logger;
  readonly #turnMs: number;
  readonly #atOnce: number;

  constructor(logger: Logger, { turnMs = TURN_MS, atOnce = AT_ONCE }: TurnsOptions = {}) {
    this.#logger = logger;
    this.#turnMs = turnMs;
    this.#atOnce = atOnce;
  }

  /** Ends with the turn, or when its time is over, or at once where an earlier one still goes on or no place is free. */
  async take(round: string, organizationId: string, run: Run): Promise<void> {
    const name = `${round} ${organizationId}`;
    if (this.#goingOn.has(name) || !this.#makePlace(round)) return;
    const end = new AbortController();
    const running = run(end.signal);
    const turn: Turn = { round, end, isTimeOver: false, over: Promise.resolve() };
    turn.over = running
      .catch((error: unknown) => {
        // Else the round tells.
        if (turn.isTimeOver) {
          const detail = { alarm: true, err: error, round, organizationId };
          this.#logger.error(detail, 'what a round had begun for an organization failed');
        }
      })
      .finally(() => this.#goingOn.delete(name));
    this.#goingOn.set(name, turn);
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        turn.isTimeOver = true;
        resolve();
      }, this.#turnMs);
    });
    try {
      await Promise.race([running, timeUp]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** One that was told to end has given its place up: it holds little, and not for long. */
  #makePlace(round: string): boolean {
    const others = [...this.#goingOn.values()].filter(
      (turn) => turn.round === round && !turn.end.signal.aborted,
    );
    if (others.length < this.#atOnce) return true;
    const longest = others.find(({ isTimeOver }) => isTimeOver);
    longest?.end.abort();
    return longest !== undefined;
  }

  /** When nothing goes on any more. */
  async ended(): Promise<void> {
    await Promise.all([...this.#goingOn.values()].map(({ over }) => over));
  }
}
