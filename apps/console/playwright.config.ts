/**
 * Browser tests against the whole system, as `npm start` runs it: started by e2e/support/global-setup.ts on free ports,
 * once for each worker. `npm test` says where Chromium is.
 */
import { defineConfig } from '@playwright/test';
import { readEnvironment } from '@tollgate/config';

const { TOLLGATE_CHROMIUM_PATH: executablePath, CI } = readEnvironment();

export default defineConfig({
  testDir: 'e2e',
  // They have commands of their own: e2e/README.md.
  testIgnore: ['**/visual/**', '**/lighthouse/**', '**/walk/**'],
  // Minutes of axe and of pressing Tab: with the walk, so that `npm test` stays below half an hour.
  grepInvert: /@long/,
  outputDir: 'test-results/runs',
  globalSetup: './e2e/support/global-setup.ts',
  // Each has a system and a clock of its own: a test that moves the clock must not meet another. `--workers=2` works, too.
  workers: 1,
  // Tests share nothing within a file: whoever is free takes the next one, and both end at about the same time.
  fullyParallel: true,
  timeout: 120_000,
  globalTimeout: 3_600_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  // A core may be taken away at any moment where others decide; what passes at the second try is listed as flaky.
  retries: CI ? 1 : 0,
  use: {
    locale: 'en-US',
    timezoneId: 'UTC',
    viewport: { width: 1280, height: 900 },
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    // A film of each test took three quarters of the browser's work: what failed has its picture and the page's states.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
        ...['--disable-background-networking', '--disable-component-update'],
      ],
    },
  },
});
