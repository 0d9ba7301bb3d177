/** Every page with data and a clock that stands, light and dark, on a phone and on a desk, against the kept pictures. */
import { writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { type ConsolePage, listOpenPages, listSignedInPages } from '../support/console-pages.ts';
import { moveClock, type System } from '../support/system.ts';
import { expect, test } from '../support/test.ts';
import { openPage } from '../support/walk.ts';
import { compare, keep, openDrawingPage, readKept, shrink } from './pictures.ts';
import { makeBelievableOrganization } from './seed/believable-organization.ts';

/** A Monday in the middle of a month: forecasts, periods and charts have something on both sides. */
const CLOCK_MS = Date.UTC(2026, 10, 16, 17, 30);
const WIDTHS = [
  { width: 1440, height: 900, maxHeight: 1_800 },
  { width: 390, height: 844, maxHeight: 2_400 },
] as const;
const SCHEMES = ['light', 'dark'] as const;
type Scheme = (typeof SCHEMES)[number];
/** Of these in German as well, in light: where words are long and rows are full. */
const GERMAN = new Set([
  ...['/', '/keys', '/keys/[id]', '/requests', '/usage', '/budgets', '/alerts', '/invoices/[id]'],
  ...['/month-close', '/members', '/key-hygiene', '/settings/security', '/operator'],
]);
/** One of the pages that differ by their text alone. */
const DOC_PICTURED = '/docs/errors';
const MOST_DIFFERENT = 0.01;
/** Of what is said to be random or to be counting, only the place is looked at. */
const STILL = `
  *, *::before, *::after { caret-color: transparent !important; animation: none !important; transition: none !important; }
  time, [data-secret], .font-mono { color: transparent !important; }
`;

interface Album {
  readonly page: Page;
  readonly drawing: Page;
  readonly system: System;
  readonly differing: string[];
}

async function takeAll(album: Album, pages: readonly ConsolePage[], schemes: readonly Scheme[], suffix = '') {
  for (const { route, path } of pages) {
    if (route === '/docs/[slug]' && path !== DOC_PICTURED) continue;
    const name = route.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'overview';
    await test.step(`${path}${suffix}`, () => takePage(album, path, `${name}${suffix}`, schemes));
  }
}

/** Opened once: what a page does when it becomes narrow is part of what it looks like. */
async function takePage(album: Album, path: string, name: string, schemes: readonly Scheme[]): Promise<void> {
  const { page, system } = album;
  // However long the pictures before took: the same instant.
  await moveClock(system, CLOCK_MS - Date.now());
  await page.setViewportSize(WIDTHS[0]);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await openPage(page, path);
  await untilFilled(page, path);
  await page.addStyleTag({ content: STILL });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  for (const { width, height, maxHeight } of WIDTHS) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await untilDrawn(page);
      const full = await page.evaluate(() => document.documentElement.scrollHeight);
      const png = await page.screenshot({
        fullPage: true,
        clip: { x: 0, y: 0, width, height: Math.min(Math.max(full, height), maxHeight) },
      });
      await hold(album, `${name}-${width}-${colorScheme}`, png);
    }
  }
}

/** A picture of what is still on its way tells of the machine, not of the page. */
async function untilFilled(page: Page, path: string): Promise<void> {
  await expect(
    page.locator('[aria-busy="true"], .animate-skeleton'),
    `${path} has what it shows`,
  ).toHaveCount(0);
}

/** Charts measure themselves anew, and are drawn in the frame after. */
async function untilDrawn(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
      }),
  );
}

/** Against the kept one, or in its place. */
async function hold({ drawing, differing }: Album, name: string, png: Buffer): Promise<void> {
  const taken = await shrink(drawing, png);
  if (test.info().config.updateSnapshots === 'all') {
    keep(name, taken);
    return;
  }
  const kept = readKept(name);
  if (kept === undefined) {
    differing.push(`${name} has no picture yet: keep one by --update`);
    return;
  }
  const { share } = await compare(drawing, kept, taken);
  if (share <= MOST_DIFFERENT) return;
  writeFileSync(test.info().outputPath(`${name}.webp`), taken);
  differing.push(`${name} differs in ${(share * 100).toFixed(1)} % of its cells`);
}

test('every page looks as it did', async ({ page, context, system }) => {
  await moveClock(system, CLOCK_MS - Date.now());
  await page.clock.setFixedTime(CLOCK_MS);
  const album = { page, drawing: await openDrawingPage(page), system, differing: [] };
  try {
    await takeAll(album, listOpenPages(), SCHEMES);
    await makeBelievableOrganization(context, system, CLOCK_MS);
    expect(context.pages()).toHaveLength(2);
    const pages = await listSignedInPages(page);
    await takeAll(album, pages, SCHEMES);
    await context.addCookies([{ name: 'tollgate_locale', value: 'de', url: system.consoleUrl }]);
    const german = pages.filter(({ route }) => GERMAN.has(route));
    await takeAll(album, german, ['light'], '-de');
  } finally {
    await moveClock(system, 0);
  }
  expect(album.differing).toEqual([]);
});
