/** `npm run lighthouse`: what Lighthouse says of the main pages. Depends on the machine, thus no part of `npm test`. */
import { defineConfig } from '@playwright/test';
import base from '../../playwright.config.ts';

export default defineConfig({
  ...base,
  testDir: '.',
  testIgnore: [],
  globalSetup: '../support/global-setup.ts',
  outputDir: '../../test-results/lighthouse',
  timeout: 1_200_000,
});
