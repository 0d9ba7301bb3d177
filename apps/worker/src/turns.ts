/**
 * Turns of organizations in rounds that wait for servers which these have named: their buckets, their providers.
 *
 * A round waits for a turn only so long. What has begun by then goes on by itself, because a large file may rightly take
 * its time; beside it nothing else of the organization is begun in later rounds. Nobody else is held up, and a server that
 * never answers costs its organization one open connection.
 */
import type { Logger } from '@tollgate/logging';

const TURN_MS = 2_000;

type Run = (isTimeLeft: () => boolean) => Promise<void>;

export function takeTurn(
  { turns }: { readonly turns?: Turns },
  round: string,
  organizationId: string,
  run: Run,
): Promise<void> {
  return turns === undefined ? run(() => true) : turns.take(round, organizationId, run);
}

export class Turns {
  readonly #goingOn = new Map<string, Promise<void>>();
  readonly #logger: Logger;
  readonly #turnMs: number;

  constructor(logger: Logger, turnMs = TURN_MS) {
    this.#logger = logger;
    this.#turnMs = turnMs;
  }

  /**
   * Ends with the turn, or when its time is over, or at once where an earlier one still goes on.
   *
   * @param run Begins nothing more once no time is left: that is the next round's.
   */
  async take(round: string, organizationId: string, run: Run): Promise<void> {
    const name = `${round} ${organizationId}`;
    if (this.#goingOn.has(name)) return;
    let isOver = false;
    const turn = run(() => !isOver);
    const goingOn = turn
      .catch((error: unknown) => {
        // Else the round tells.
        if (isOver) {
          const detail = { alarm: true, err: error, round, organizationId };
          this.#logger.error(detail, 'what a round had begun for an organization failed');
        }
      })
      .finally(() => this.#goingOn.delete(name));
    this.#goingOn.set(name, goingOn);
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        isOver = true;
        resolve();
      }, this.#turnMs);
    });
    try {
      await Promise.race([turn, timeUp]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** When nothing goes on any more. */
  async ended(): Promise<void> {
    await Promise.all(this.#goingOn.values());
  }
}
