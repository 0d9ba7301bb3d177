/** Every page with data and a clock that stands, light and dark, on a phone and on a desk, against the kept pictures. */
import { writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { type ConsolePage, listOpenPages, listSignedInPages } from '../support/console-pages.ts';
import { makeSeededOrganization } from '../support/seeded-organization.ts';
import { moveClock } from '../support/system.ts';
import { expect, test } from '../support/test.ts';
import { openPage } from '../support/walk.ts';
import { compare, keep, openDrawingPage, readKept, shrink } from './pictures.ts';

/** A Monday in the middle of a month: forecasts, periods and charts have something on both sides. */
const CLOCK_MS = Date.UTC(2026, 10, 16, 10, 30);
const WIDTHS = [
  { width: 1440, height: 900, maxHeight: 1_800 },
  { width: 390, height: 844, maxHeight: 2_400 },
] as const;
const SCHEMES = ['light', 'dark'] as const;
const MOST_DIFFERENT = 0.01;
/** Of what is said to be random or to be counting, only the place is looked at. */
const STILL = `
  *, *::before, *::after { caret-color: transparent !important; animation: none !important; transition: none !important; }
  time, [data-secret], .font-mono { color: transparent !important; }
`;

async function takeAll(
  page: Page,
  drawing: Page,
  pages: readonly ConsolePage[],
  differing: string[],
): Promise<void> {
  const keepNew = test.info().config.updateSnapshots === 'all';
  for (const { route, path } of pages) {
    const slug = route === '/docs/[slug]' ? path : route;
    await test.step(path, async () => {
      for (const { width, height, maxHeight } of WIDTHS) {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme: 'light' });
        await openPage(page, path);
        await page.addStyleTag({ content: STILL });
        await page.evaluate(() => document.fonts.ready.then(() => undefined));
        for (const scheme of SCHEMES) {
          await page.emulateMedia({ colorScheme: scheme });
          const name = `${slug.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'overview'}-${width}-${scheme}`;
          const full = await page.evaluate(() => document.documentElement.scrollHeight);
          const png = await page.screenshot({
            fullPage: true,
            clip: { x: 0, y: 0, width, height: Math.min(Math.max(full, height), maxHeight) },
          });
          const taken = await shrink(drawing, png);
          const kept = readKept(name);
          if (keepNew) keep(name, taken);
          else if (kept === undefined) differing.push(`${name} has no picture yet: keep one by --update`);
          else {
            const { share } = await compare(drawing, kept, taken);
            if (share <= MOST_DIFFERENT) continue;
            writeFileSync(test.info().outputPath(`${name}.webp`), taken);
            differing.push(`${name} differs in ${(share * 100).toFixed(1)} % of its cells`);
          }
        }
      }
    });
  }
}

test('every page looks as it did', async ({ page, context, system }) => {
  await moveClock(system, CLOCK_MS - Date.now());
  await page.clock.setFixedTime(CLOCK_MS + 120_000);
  const drawing = await openDrawingPage(page);
  const differing: string[] = [];
  try {
    await takeAll(page, drawing, listOpenPages(), differing);
    await makeSeededOrganization(page, system, CLOCK_MS);
    expect(context.pages()).toHaveLength(2);
    await takeAll(page, drawing, await listSignedInPages(page), differing);
  } finally {
    await moveClock(system, 0);
  }
  expect(differing).toEqual([]);
});
