/** `npm run visual`: a picture of every page against the one that is kept. Minutes, thus no part of `npm test`. */
import { defineConfig } from '@playwright/test';
import base from '../../playwright.config.ts';

export default defineConfig({
  ...base,
  testDir: '.',
  testIgnore: [],
  globalSetup: './global-setup.ts',
  outputDir: '../../test-results/visual',
  timeout: 1_200_000,
  // The pictures tell what a trace would.
  use: { ...base.use, trace: 'off', screenshot: 'off' },
});
