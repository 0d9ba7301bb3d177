/** Takes the pictures: each page at every width and in every scheme, with a clock that stands, against the kept ones. */
import { writeFileSync } from 'node:fs';
import type { BrowserContext, Page } from '@playwright/test';
import { moveClock, type System } from '../support/system.ts';
import { expect, test } from '../support/test.ts';
import { openPage } from '../support/walk.ts';
import { compare, keep, openDrawingPage, readKept, shrink } from './pictures.ts';
import type { View } from './views.ts';

/** A Monday in the middle of a month: forecasts, periods and charts have something on both sides. */
export const CLOCK_MS: number = Date.UTC(2026, 10, 16, 17, 30);
const WIDTHS = [
  { width: 1440, height: 900, maxHeight: 1_800 },
  { width: 390, height: 844, maxHeight: 2_400 },
] as const;
export const SCHEMES = ['light', 'dark'] as const;
export type Scheme = (typeof SCHEMES)[number];
/** One of the pages that differ by their text alone. */
const DOC_PICTURED = '/docs/errors';
const MOST_DIFFERENT = 0.01;
/** Of what is random or counts, only the place is looked at. */
const STILL = `
  *, *::before, *::after { caret-color: transparent !important; animation: none !important; transition: none !important; }
  time, [data-secret], [data-random] { color: transparent !important; }
`;
/** Ids, secrets, hashes, and ports of this run. */
const RANDOM = String.raw`[a-z]{2,5}_(?=[A-Za-z]*[0-9])[0-9A-Za-z…]{6,}|\b[0-9a-f]{10,}\b|:\d{4,5}\b`;

export interface Album {
  readonly page: Page;
  readonly drawing: Page;
  readonly system: System;
  /** What is not as it was. */
  readonly differing: string[];
}

export async function openAlbum(context: BrowserContext, system: System): Promise<Album> {
  const page = await context.newPage();
  await page.clock.setFixedTime(CLOCK_MS);
  return { page, drawing: await openDrawingPage(page), system, differing: [] };
}

/** @param suffix Of the names of the pictures. */
export async function takeAll(
  album: Album,
  pages: readonly View[],
  schemes: readonly Scheme[],
  suffix = '',
): Promise<void> {
  for (const view of pages) {
    const { route, path } = view;
    if (route === '/docs/[slug]' && path !== DOC_PICTURED) continue;
    const name = route.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'overview';
    await test.step(`${path}${suffix}`, () => takePage(album, view, `${name}${suffix}`, schemes));
  }
}

/** Opened once: what a page does when it becomes narrow is part of what it looks like. */
async function takePage(album: Album, view: View, name: string, schemes: readonly Scheme[]): Promise<void> {
  const { path, open } = view;
  const { page, system } = album;
  // However long the pictures before took: the same instant.
  await moveClock(system, CLOCK_MS - Date.now());
  await page.setViewportSize(WIDTHS[0]);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await openPage(page, path);
  await open?.(page);
  await untilFilled(page, path);
  await page.addStyleTag({ content: STILL });
  await markRandom(page);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  for (const { width, height, maxHeight } of WIDTHS) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await untilDrawn(page);
      const full = await page.evaluate(() => document.documentElement.scrollHeight);
      const png = await page.screenshot({
        fullPage: true,
        // Windows are as high as the screen, whatever is behind them.
        clip: {
          ...{ x: 0, y: 0, width },
          height: open === undefined ? Math.min(Math.max(full, height), maxHeight) : height,
        },
      });
      await hold(album, `${name}-${width}-${colorScheme}`, png);
    }
  }
}

/** A picture of what is still on its way tells of the machine, not of the page. */
async function untilFilled(page: Page, path: string): Promise<void> {
  // Shows what is on its way, among all else.
  if (path === '/design') return;
  await expect(
    page.locator('[aria-busy="true"], .animate-skeleton'),
    `${path} has what it shows`,
  ).toHaveCount(0);
}

async function markRandom(page: Page): Promise<void> {
  await page.evaluate((pattern) => {
    const random = new RegExp(pattern);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      if (random.test(text.nodeValue ?? '')) text.parentElement?.setAttribute('data-random', '');
    }
  }, RANDOM);
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
