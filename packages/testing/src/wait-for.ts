/**
 * Waits for a condition instead of sleeping and hoping.
 */
import { setTimeout as delay } from 'node:timers/promises';

type Falsy = false | null | undefined | 0 | '';

export type WaitOptions = {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
  /** What is waited for, as the failure names it. */
  readonly description?: string;
};

/**
 * Asks again and again until the answer is truthy, and returns it. An exception counts as "not yet".
 *
 * @throws {Error} After `timeoutMs` (30,000 by default), with the last answer or, as `cause`, the last exception.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 30_000, intervalMs = 20, description = 'the condition' }: WaitOptions = {},
): Promise<Exclude<T, Falsy>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const outcome = await attempt(condition);
    if ('value' in outcome && outcome.value) return outcome.value as Exclude<T, Falsy>;
    if (performance.now() >= deadline) {
      const got = 'value' in outcome ? String(outcome.value) : String(outcome.error);
      throw new Error(`Cannot go on: ${description} must hold within ${timeoutMs} ms, got ${got}`, {
        cause: 'error' in outcome ? outcome.error : undefined,
      });
    }
    await delay(intervalMs);
  }
}

async function attempt<T>(condition: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await condition() };
  } catch (error) {
    return { error };
  }
}
