/**
 * Every page, sheet, dialog and menu: what axe finds, and how often a view asks the server. Read from the routes and
 * from the pages themselves, so that nothing new is forgotten. Each is opened in English in light and in German in
 * dark; the other scheme is looked at for contrast, which is all that changes between the two.
 */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { LOCALE_COOKIE } from '../../src/i18n/locale.ts';
import { type ConsolePage, listOpenPages, listSignedInPages } from '../support/console-pages.ts';
import { countRequests } from '../support/page-requests.ts';
import { makeSeededOrganization } from '../support/seeded-organization.ts';
import { expect, test } from '../support/test.ts';
import { openPage, walkPage } from '../support/walk.ts';

const MOST_REQUESTS = 8;
const WALK_TIMEOUT_MS = 1_200_000;

type Scheme = 'light' | 'dark';

interface Found {
  readonly serious: string[];
  /** By page: what its first view asked for. */
  readonly asked: Map<string, readonly string[]>;
  /** Everything that was looked at. */
  readonly views: string[];
}

async function walk(page: Page, pages: readonly ConsolePage[], scheme: Scheme): Promise<Found> {
  const found: Found = { serious: [], asked: new Map(), views: [] };
  const look = async (where: string, scope: string | undefined): Promise<void> => {
    found.views.push(where);
    const other = scheme === 'light' ? 'dark' : 'light';
    found.serious.push(...(await analyze(page, scope, undefined)).map((one) => `${where}: ${one}`));
    await page.emulateMedia({ colorScheme: other });
    const contrast = await analyze(page, scope, 'color-contrast');
    found.serious.push(...contrast.map((one) => `${where} in ${other}: ${one}`));
    await page.emulateMedia({ colorScheme: scheme });
  };
  await page.emulateMedia({ colorScheme: scheme });
  for (const { path } of pages) {
    await test.step(path, async () => {
      const count = countRequests(page);
      await openPage(page, path);
      count.stop();
      found.asked.set(path, [...count.asked]);
      expect(new URL(page.url()).pathname, 'the page that was asked for').toBe(path);
      await walkPage(page, path, look);
    });
  }
  return found;
}

async function analyze(page: Page, scope: string | undefined, rule: string | undefined): Promise<string[]> {
  // Opening a window fades, and so do colours; what is half-faded has no contrast of its own.
  await page.waitForFunction(() =>
    document.getAnimations().every(({ playState }) => playState !== 'running'),
  );
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  if (scope !== undefined) axe.include(scope);
  if (rule !== undefined) axe.withRules(rule);
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target.join(' ')}`));
}

/** Both languages at once: two pages share the machine's cores better than one after the other. */
async function walkBoth(page: Page, german: Page, pages: readonly ConsolePage[]): Promise<[Found, Found]> {
  return Promise.all([walk(page, pages, 'light'), walk(german, pages, 'dark')]);
}

test.describe('every page', () => {
  test.use({ reducedMotion: 'reduce' });

  test('[P3] [S7] around signing in has nothing serious for axe and asks at most 8 times', async ({
    page,
    context,
    browser,
    system,
  }) => {
    test.setTimeout(WALK_TIMEOUT_MS);
    const germanContext = await browser.newContext({ baseURL: system.consoleUrl, reducedMotion: 'reduce' });
    await germanContext.addCookies([{ name: LOCALE_COOKIE, value: 'de', url: system.consoleUrl }]);
    const german = await germanContext.newPage();
    expect(context.pages()).toHaveLength(1);
    expectClean(await walkBoth(page, german, listOpenPages()));
    await germanContext.close();
  });

  test('[P3] [S7] of the console, its sheets, dialogs and menus have nothing serious for axe; a view asks at most 8 times', async ({
    page,
    context,
    browser,
    system,
  }) => {
    test.setTimeout(WALK_TIMEOUT_MS);
    await makeSeededOrganization(page, system);
    const pages = await listSignedInPages(page);
    const germanContext = await browser.newContext({
      baseURL: system.consoleUrl,
      reducedMotion: 'reduce',
      storageState: await context.storageState(),
    });
    await germanContext.addCookies([{ name: LOCALE_COOKIE, value: 'de', url: system.consoleUrl }]);
    const german = await germanContext.newPage();
    expectClean(await walkBoth(page, german, pages));
    await germanContext.close();
  });
});

function expectClean(walks: readonly Found[]): void {
  const asked = walks.flatMap((found) => [...found.asked]);
  test
    .info()
    .annotations.push(
      { type: 'views', description: walks.map(({ views }) => String(views.length)).join(' and ') },
      { type: 'requests', description: JSON.stringify(walks[0] ? [...walks[0].asked] : []) },
    );
  const above = asked
    .filter(([, requests]) => requests.length > MOST_REQUESTS)
    .map(([path, requests]) => `${path} asks ${requests.length} times: ${requests.join(', ')}`);
  expect(walks.flatMap(({ serious }) => serious)).toEqual([]);
  expect([...new Set(above)]).toEqual([]);
}
