/**
 * Runs rounds one at a time per name. Asked for while it runs, a round runs once more afterwards: what was asked
 * for may lie behind the place that the running one has passed.
 */
import type { TaskName } from './tasks/index.ts';

export function createTaskRunner(run: (name: TaskName) => Promise<void>): (name: TaskName) => Promise<void> {
  const running = new Map<TaskName, Promise<void>>();
  const next = new Map<TaskName, Promise<void>>();
  const start = (name: TaskName): Promise<void> => {
    const round = run(name).finally(() => running.delete(name));
    running.set(name, round);
    return round;
  };
  return (name) => {
    const current = running.get(name);
    if (current === undefined) return start(name);
    let following = next.get(name);
    if (following === undefined) {
      following = current
        .catch(() => undefined) // Reported to whoever asked for that one.
        .then(() => {
          next.delete(name);
          return start(name);
        });
      next.set(name, following);
    }
    return following;
  };
}

/**
 * For who asks again and again, as the schedule does: done at once when the name is asked for already. Waiting askers
 * of one slow round would otherwise take every place that the other rounds need.
 */
export function onePlaceEach(run: (name: TaskName) => Promise<void>): (name: TaskName) => Promise<void> {
  const asked = new Set<TaskName>();
  return async (name) => {
    if (asked.has(name)) return;
    asked.add(name);
    try {
      await run(name);
    } finally {
      asked.delete(name);
    }
  };
}
