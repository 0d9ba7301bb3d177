/**
 * `npm run tollgate -- walk`: axe and the number of requests, over every page and everything that it opens. Apart from
 * `npm test` until every page of the console passes it; with what takes minutes of the tests of axe and keyboard.
 */
import { defineConfig } from '@playwright/test';
import base from '../../playwright.config.ts';

export default defineConfig({
  ...base,
  testDir: '..',
  testMatch: ['**/walk/*.test.ts', '**/accessibility.test.ts', '**/keyboard.test.ts'],
  testIgnore: [],
  grepInvert: [],
  globalSetup: '../support/global-setup.ts',
  outputDir: '../../test-results/walk',
});
