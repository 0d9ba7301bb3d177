/** Notices that the process clock was moved (tests do; a machine that slept does), which schedules cannot. */
import type { Clock } from '@tollgate/clock';

const LOOK_EVERY_MS = 500;
const MOVED_MS = 30_000;

/** @returns Ends the watch. */
export function watchClock(clock: Clock, onMoved: () => void, lookEveryMs = LOOK_EVERY_MS): () => void {
  const driftMs = (): number => clock.nowMs() - performance.now();
  let lastMs = driftMs();
  const timer = setInterval(() => {
    const nowMs = driftMs();
    if (Math.abs(nowMs - lastMs) < MOVED_MS) return;
    lastMs = nowMs;
    onMoved();
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
