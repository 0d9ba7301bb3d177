/**
 * Every page, tab, sheet, dialog and menu: what axe finds, whether windows close by Escape and give the focus back,
 * and how often a view asks the server. Read from the routes and from the pages themselves, so that nothing new is
 * forgotten. Each is opened in English in light and in German in dark; the other scheme is looked at for contrast,
 * which is all that changes between the two. A section at a time: `--grep "of finance"`.
 */
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { LOCALE_COOKIE } from '../../src/i18n/locale.ts';
import {
  type ConsolePage,
  listOpenPages,
  listSignedInRoutes,
  SECTIONS,
  sectionOf,
} from '../support/console-pages.ts';
import { countRequests } from '../support/page-requests.ts';
import type { System } from '../support/system.ts';
import { openPage, type Walker, walkFrame, walkPage } from '../support/walk.ts';
import { type Cookies, expect, test } from './seeded.ts';

const MOST_REQUESTS = 8;
const WALK_TIMEOUT_MS = 1_200_000;
type Scheme = 'light' | 'dark';
interface Found {
  readonly problems: string[];
  /** By page: what its first view asked for. */
  readonly asked: Map<string, readonly string[]>;
  /** Everything that was looked at. */
  readonly views: string[];
}

interface Walked {
  readonly pages: readonly ConsolePage[];
  readonly frameOf?: string;
}

async function walk(page: Page, scheme: Scheme, { pages, frameOf }: Walked): Promise<Found> {
  const found: Found = { problems: [], asked: new Map(), views: [] };
  const other = scheme === 'light' ? 'dark' : 'light';
  const walker: Walker = {
    report: (problem) => found.problems.push(problem),
    look: async (where, scope) => {
      found.views.push(where);
      const serious = await analyze(page, scope, undefined);
      await page.emulateMedia({ colorScheme: other });
      const contrast = await analyze(page, scope, 'color-contrast');
      await page.emulateMedia({ colorScheme: scheme });
      found.problems.push(
        ...serious.map((one) => `${where}: ${one}`),
        ...contrast.map((one) => `${where} in ${other}: ${one}`),
      );
    },
  };
  page.on('pageerror', ({ message }) => found.problems.push(`${new URL(page.url()).pathname}: ${message}`));
  await page.emulateMedia({ colorScheme: scheme });
  if (frameOf !== undefined) await walkFrame(page, frameOf, walker);
  for (const { path } of pages) {
    await test.step(`${path} in ${scheme}`, async () => {
      const count = countRequests(page);
      await openPage(page, path);
      count.stop();
      found.asked.set(path, [...count.asked]);
      expect(new URL(page.url()).pathname, 'the page that was asked for').toBe(path);
      await walkPage(page, path, walker);
    });
  }
  return found;
}

async function analyze(page: Page, scope: string | undefined, rule: string | undefined): Promise<string[]> {
  // Opening a window fades, and so do colours; what is half-faded has no contrast of its own.
  await page.waitForFunction(() =>
    document.getAnimations().every(({ playState }) => playState !== 'running'),
  );
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  if (scope !== undefined) axe.include(scope);
  if (rule !== undefined) axe.withRules(rule);
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, html }) => `${id} at ${target.join(' ')}: ${html.slice(0, 160)}`),
    );
}

/** Both languages at once: two pages share the machine's cores better than one after the other. */
async function walkBoth(browser: Browser, system: System, walked: Walked, cookies?: Cookies): Promise<void> {
  const open = async (locale: 'en' | 'de', scheme: Scheme): Promise<Found> => {
    const context = await browser.newContext({
      baseURL: system.consoleUrl,
      reducedMotion: 'reduce',
      ...(cookies && { storageState: cookies }),
    });
    await context.addCookies([{ name: LOCALE_COOKIE, value: locale, url: system.consoleUrl }]);
    try {
      return await walk(await context.newPage(), scheme, walked);
    } finally {
      await context.close();
    }
  };
  expectClean(await Promise.all([open('en', 'light'), open('de', 'dark')]));
}

test.describe('every page', () => {
  test.setTimeout(WALK_TIMEOUT_MS);

  test('[P3] [S7] around signing in', async ({ browser, system }) => {
    await walkBoth(browser, system, { pages: listOpenPages() });
  });

  test('[P3] the frame around every page', async ({ browser, system, seeded }) => {
    await walkBoth(browser, system, { pages: [], frameOf: '/models' }, seeded.cookies);
  });

  for (const section of SECTIONS) {
    const routes = listSignedInRoutes().filter((route) => sectionOf(route) === section);
    test(`[P3] section ${section} has pages`, () => expect(routes).not.toEqual([]));
    for (const route of routes) {
      test(`[P3] [S7] of ${section}: ${route} has nothing serious for axe, windows close by Escape and give the focus back, a view asks at most ${MOST_REQUESTS} times`, async ({
        browser,
        system,
        seeded,
      }) => {
        const pages = seeded.pages.filter((page) => page.route === route);
        expect(pages).not.toEqual([]);
        await walkBoth(browser, system, { pages }, seeded.cookies);
      });
    }
  }
});

function expectClean(walks: readonly Found[]): void {
  const asked = walks.flatMap((found) => [...found.asked]);
  const views = walks.flatMap((found) => found.views);
  test
    .info()
    .annotations.push(
      { type: 'views', description: walks.map((found) => String(found.views.length)).join(' and ') },
      { type: 'windows', description: String(views.filter((view) => view.includes(' › ')).length) },
      { type: 'requests', description: JSON.stringify(walks[0] ? [...walks[0].asked] : []) },
    );
  // Figures that are live ask again while a busy machine still draws the page: that is no part of its first view.
  const above = asked
    .map(([path, requests]) => [path, [...new Set(requests)]] as const)
    .filter(([, requests]) => requests.length > MOST_REQUESTS)
    .map(([path, requests]) => `${path} asks ${requests.length} times: ${requests.join(', ')}`);
  expect([...new Set([...walks.flatMap(({ problems }) => problems), ...above])]).toEqual([]);
}
