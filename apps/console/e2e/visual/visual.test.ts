/**
 * Every page with data and a clock that stands, light and dark, on a phone and on a desk, against the kept pictures. A
 * section at a time: `--grep finance`; the organization is made once, for whatever sections are asked for.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContextOptions } from '@playwright/test';
import { LOCALE_COOKIE } from '../../src/i18n/locale.ts';
import {
  type ConsolePage,
  listOpenPages,
  listSignedInPages,
  SECTIONS,
  sectionOf,
} from '../support/console-pages.ts';
import { moveClock, type System } from '../support/system.ts';
import { expect, test } from '../support/test.ts';
import { CLOCK_MS, openAlbum, SCHEMES, type Scheme, takeAll } from './album.ts';
import { makeBelievableOrganization, OWNER_EMAIL } from './seed/believable-organization.ts';
import { signIn } from './seed/caller.ts';
import { makeMoreOfFinance } from './seed/more-of-finance.ts';
import { listViewsOfFinance, type View } from './views.ts';

/** Of these in German as well, in light: where words are long and rows are full. */
const GERMAN = new Set([
  ...['/', '/keys', '/keys/[id]', '/requests', '/usage', '/budgets', '/alerts', '/invoices/[id]'],
  ...['/month-close', '/members', '/key-hygiene', '/settings/security', '/operator'],
]);

type Cookies = Exclude<BrowserContextOptions['storageState'], string | undefined>;

interface Seeded {
  readonly cookies: Cookies;
  readonly pages: readonly ConsolePage[];
}

/** Beside what the run leaves: after a test that failed, Playwright begins a new process. */
const SEEDED_FILE = path.join(import.meta.dirname, '../../test-results/visual-seeded.json');

/** Made by the first test that needs it; the system and its clock are this suite's alone. */
async function getSeeded(browser: Browser, system: System): Promise<Seeded> {
  const kept = await readFile(SEEDED_FILE, 'utf8').catch(() => '{}');
  const { consoleUrl, ...before } = JSON.parse(kept) as Partial<Seeded> & { readonly consoleUrl?: string };
  // Another run has another system.
  if (consoleUrl === system.consoleUrl) return before as Seeded;
  const seeded = await seed(browser, system);
  await mkdir(path.dirname(SEEDED_FILE), { recursive: true });
  await writeFile(SEEDED_FILE, JSON.stringify({ ...seeded, consoleUrl: system.consoleUrl }));
  return seeded;
}

async function seed(browser: Browser, system: System): Promise<Seeded> {
  const context = await browser.newContext({ baseURL: system.consoleUrl });
  try {
    await makeBelievableOrganization(context, system, CLOCK_MS);
    await moveClock(system, CLOCK_MS - Date.now());
    const pages = await listSignedInPages(await context.newPage());
    return { cookies: await context.storageState(), pages };
  } finally {
    await context.close();
  }
}

interface Taken {
  readonly pages: readonly View[];
  readonly schemes: readonly Scheme[];
  readonly cookies?: Cookies;
  readonly locale?: 'de';
}

async function expectAsKept(browser: Browser, system: System, taken: Taken): Promise<void> {
  const { pages, schemes, cookies, locale } = taken;
  const context = await browser.newContext({
    baseURL: system.consoleUrl,
    ...(cookies && { storageState: cookies }),
  });
  try {
    if (locale) await context.addCookies([{ name: LOCALE_COOKIE, value: locale, url: system.consoleUrl }]);
    const album = await openAlbum(context, system);
    await takeAll(album, pages, schemes, locale === undefined ? '' : `-${locale}`);
    expect(album.differing).toEqual([]);
  } finally {
    await context.close();
  }
}

test('the pages around signing in look as they did', async ({ browser, system }) => {
  await moveClock(system, CLOCK_MS - Date.now());
  await expectAsKept(browser, system, { pages: listOpenPages(), schemes: SCHEMES });
});

for (const section of SECTIONS) {
  test(`the pages of ${section} look as they did`, async ({ browser, system }) => {
    const { cookies, pages: all } = await getSeeded(browser, system);
    const pages = all.filter(({ path }) => sectionOf(path) === section);
    expect(pages, `section ${section} has pages`).not.toEqual([]);
    await expectAsKept(browser, system, { pages, schemes: SCHEMES, cookies });
  });
}

test('in German, full pages look as they did', async ({ browser, system }) => {
  const { cookies, pages: all } = await getSeeded(browser, system);
  const pages = all.filter(({ route }) => GERMAN.has(route));
  await expectAsKept(browser, system, { pages, schemes: ['light'], cookies, locale: 'de' });
});

/** Last: what it adds is in none of the pictures above. */
test('what finance and the operator open looks as it did', async ({ browser, system }) => {
  const { cookies } = await getSeeded(browser, system);
  await moveClock(system, CLOCK_MS - Date.now());
  const more = await makeMoreOfFinance(await signIn(system, OWNER_EMAIL));
  await expectAsKept(browser, system, { pages: listViewsOfFinance(more), schemes: SCHEMES, cookies });
});
