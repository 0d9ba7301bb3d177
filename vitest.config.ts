import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing but Node; `integration` (files ending in `.db.test.ts`) gets a real Postgres and Redis
 * from packages/testing. Browser tests are Playwright's (apps/console/e2e).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{apps,packages}/*/src/**/*.test.ts'],
          exclude: ['**/*.db.test.ts', '**/node_modules/**'],
          // Property tests take seconds, and a busy machine several times as long: no promise is a time here.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{apps,packages}/*/src/**/*.db.test.ts'],
          globalSetup: ['packages/testing/src/vitest-global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
