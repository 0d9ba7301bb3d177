/** An organization with something on every page, made once for all tests of a file. */
import type { BrowserContextOptions } from '@playwright/test';
import { type ConsolePage, listSignedInPages } from '../support/console-pages.ts';
import { makeSeededOrganization } from '../support/seeded-organization.ts';
import { readSystem } from '../support/system.ts';
import { test as base, expect } from '../support/test.ts';

export type Cookies = Exclude<BrowserContextOptions['storageState'], string | undefined>;

interface Seeded {
  readonly cookies: Cookies;
  readonly pages: readonly ConsolePage[];
}

export const test = base.extend<object, { readonly seeded: Seeded }>({
  seeded: [
    async ({ browser }, use, { parallelIndex }) => {
      const system = await readSystem(parallelIndex);
      const context = await browser.newContext({ baseURL: system.consoleUrl });
      const page = await context.newPage();
      await makeSeededOrganization(page, system);
      const pages = await listSignedInPages(page);
      const cookies = await context.storageState();
      await context.close();
      await use({ cookies, pages });
    },
    { scope: 'worker', timeout: 180_000 },
  ],
});

export { expect };
