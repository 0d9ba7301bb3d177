import { defineConfig } from 'vitest/config';

const DATABASE_TESTS = '{apps,packages}/*/src/**/*.db.test.ts';
/** Of packages/faults: those that assert how long something takes. */
const PROOFS = 'packages/faults/src/{outage,revocations,rolling-restart,streams,walk}.db.test.ts';

/** `npm run properties` draws more cases than a usual run. */
// biome-ignore lint/style/noProcessEnv: vitest hands a command's choice to its configuration nowhere else.
const setupFiles = process.env.TOLLGATE_PROPERTY_TIMES ? ['packages/testing/src/property-times.ts'] : [];

/**
 * `unit` needs nothing but Node; `integration` (files ending in `.db.test.ts`) gets a real Postgres and Redis
 * from packages/testing; `proof` are whole systems under load whose times are promised: they come last and one after
 * the other, while the rest waits for databases often enough that two files share two cores well. Browser tests are
 * Playwright's (apps/console/e2e).
 *
 * Each project comes by itself. A worker of unit tests keeps what it has imported: a process and its imports for each
 * file were a third of their time. A test that changes something global puts it back.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{apps,packages}/*/src/**/*.test.ts'],
          exclude: ['**/*.db.test.ts', '**/node_modules/**'],
          isolate: false,
          setupFiles,
          // Property tests take seconds, and a busy machine several times as long: no promise is a time here.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: [DATABASE_TESTS],
          exclude: [PROOFS, '**/node_modules/**'],
          sequence: { groupOrder: 1 },
          globalSetup: ['packages/testing/src/vitest-global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'proof',
          include: [PROOFS],
          globalSetup: ['packages/testing/src/vitest-global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
