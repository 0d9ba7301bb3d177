/** Says once in a while that something that is tried all the time fails: an outage must not fill the log. */
import type { Clock } from '@tollgate/clock';
import type { Logger } from '@tollgate/logging';

const SILENCE_MS = 30_000;

export function quietReporter(logger: Logger, clock: Clock, what: string): (error: Error) => void {
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return (error) => {
    const nowMs = clock.monotonicMs();
    if (nowMs < quietUntilMs) {
      unsaid += 1;
      return;
    }
    logger.warn({ err: error, unsaid }, what);
    quietUntilMs = nowMs + SILENCE_MS;
    unsaid = 0;
  };
}
