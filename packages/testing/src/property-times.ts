/**
 * With TOLLGATE_PROPERTY_TIMES every property draws so many times the cases that its test asks for. A test's own
 * `numRuns` wins over fast-check's global setting, so `assert` is put before it.
 */
import { vi } from 'vitest';

// biome-ignore lint/style/noProcessEnv: what vitest.config.ts read.
const times = Number(process.env.TOLLGATE_PROPERTY_TIMES);
const USUAL_RUNS = 100;

vi.mock('fast-check', async (importOriginal) => {
  const original = await importOriginal<typeof import('fast-check')>();
  const assert = (property: unknown, parameters: { readonly numRuns?: number } = {}): unknown =>
    Reflect.apply(original.assert, undefined, [
      property,
      { ...parameters, numRuns: (parameters.numRuns ?? USUAL_RUNS) * times },
    ]);
  return { ...original, assert, default: { ...original.default, assert } };
});
