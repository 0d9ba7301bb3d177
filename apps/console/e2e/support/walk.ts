/**
 * Opens a page and everything that its buttons, menus, tabs and first rows open, and hands each view to a look.
 * What is opened is found on the page, not listed here: nothing can be forgotten. Forms are never sent.
 */
import type { Locator, Page } from '@playwright/test';
import { expect } from './test.ts';

/** @param where What was opened: `/keys › Create key`. @param scope Selector of the window, where there is one. */
export type Look = (where: string, scope: string | undefined) => Promise<void>;

const DIALOG = '[role="dialog"], [role="alertdialog"]';
const WINDOW = `${DIALOG}, [role="menu"]`;
/** A window that has to be fetched comes within this, else the button opens none. */
const WINDOW_TIMEOUT_MS = 900;
const MAX_OPENED = 40;
const MARK = 'data-walked-now';

/** Goes to a page and waits until it has what it shows. */
export async function openPage(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.waitForLoadState('networkidle');
}

export async function walkPage(page: Page, path: string, look: Look): Promise<void> {
  await look(path, undefined);
  const seen = new Set<string>();
  await walkWindows(page, path, path, look, seen);
  const tabs = page.locator('main [role="tab"]:not([disabled])');
  const names = await tabs.allTextContents();
  for (const [position, name] of names.entries()) {
    if ((await tabs.nth(position).getAttribute('aria-selected')) === 'true') continue;
    await tabs.nth(position).click();
    await page.waitForLoadState('networkidle');
    const where = `${path} › ${name}`;
    const here = page.url();
    await look(where, undefined);
    await walkWindows(page, here, where, look, seen);
    if (page.url() !== here) await openPage(page, here);
  }
}

/** Every button of the page, one of each name, and the first row of each table. */
async function walkWindows(
  page: Page,
  address: string,
  where: string,
  look: Look,
  seen: Set<string>,
): Promise<void> {
  for (let count = 0; count < MAX_OPENED; count++) {
    const name = await markNext(page, [...seen]);
    if (name === undefined) return;
    seen.add(name);
    const opener = page.locator(`[${MARK}]`);
    const before = new URL(page.url()).pathname;
    if (await opens(page, () => activate(opener)))
      await lookAtWindow(page, opener, `${where} › ${name}`, look);
    if (new URL(page.url()).pathname !== before || (await page.locator(WINDOW).count()) > 0)
      await openPage(page, address);
  }
}

async function activate(opener: Locator): Promise<void> {
  const isRow = await opener.evaluate((element) => element.tagName === 'TR');
  if (isRow) await opener.press('Enter');
  else await opener.click({ timeout: 5_000 });
}

async function lookAtWindow(page: Page, opener: Locator, where: string, look: Look): Promise<void> {
  if ((await page.locator('[role="menu"]').count()) === 0) {
    await look(where, DIALOG);
    await close(page, where);
    return;
  }
  await look(where, '[role="menu"]');
  const items = page.locator('[role="menu"] [role="menuitem"]:not([data-disabled])');
  const names = await items.allTextContents();
  for (const [position, name] of names.entries()) {
    if ((await page.locator('[role="menu"]').count()) === 0) {
      if ((await opener.count()) === 0) return;
      if (!(await opens(page, () => opener.click({ timeout: 5_000 })))) return;
    }
    const before = new URL(page.url()).pathname;
    await items.nth(position).click({ timeout: 5_000 });
    const opened = await appears(page, DIALOG);
    if (new URL(page.url()).pathname !== before) return;
    if (!opened) continue;
    await look(`${where} › ${name}`, DIALOG);
    await close(page, `${where} › ${name}`);
  }
  if ((await page.locator('[role="menu"]').count()) > 0) await page.keyboard.press('Escape');
}

/** [P3] A window closes by Escape, and focus goes back to something that can be used. */
async function close(page: Page, where: string): Promise<void> {
  await expect(async () => {
    await page.keyboard.press('Escape');
    await expect(page.locator(DIALOG)).toHaveCount(0, { timeout: 1_000 });
  }, `${where} closes by Escape`).toPass({ timeout: 10_000 });
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.tagName), {
      message: `${where}: focus returns to the page`,
      timeout: 5_000,
    })
    .not.toBe('BODY');
}

async function opens(page: Page, act: () => Promise<void>): Promise<boolean> {
  await act();
  return appears(page, WINDOW);
}

function appears(page: Page, selector: string): Promise<boolean> {
  return page
    .locator(selector)
    .first()
    .waitFor({ state: 'visible', timeout: WINDOW_TIMEOUT_MS })
    .then(
      () => true,
      () => false,
    );
}

/** Marks the next button or row that was not opened yet. @returns Its name; undefined when all were. */
function markNext(page: Page, seen: readonly string[]): Promise<string | undefined> {
  return page.evaluate(
    ({ mark, names }) => {
      for (const marked of document.querySelectorAll(`[${mark}]`)) marked.removeAttribute(mark);
      const candidates = document.querySelectorAll<HTMLElement>(
        'main button, main tbody tr[data-row-id][tabindex]',
      );
      for (const element of candidates) {
        const isRow = element.tagName === 'TR';
        const role = element.getAttribute('role');
        const row = element.closest('tbody tr');
        if (row !== null && row !== row.parentElement?.querySelector('tr[data-row-id]')) continue;
        if (!isRow && role !== null && role !== 'button') continue;
        if (element.matches('[disabled], [aria-disabled="true"], [aria-pressed], [type="submit"]')) continue;
        if (element.closest('th, [aria-hidden="true"], [inert]') !== null) continue;
        if (!element.checkVisibility({ visibilityProperty: true })) continue;
        const caption = element.closest('table')?.querySelector('caption')?.textContent ?? '';
        const text = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim();
        const name = isRow
          ? `row of ${caption}`
          : row === null
            ? text
            : `${caption}: ${position(element, row)}`;
        if (names.includes(name)) continue;
        element.setAttribute(mark, '');
        return name;
      }
      return undefined;

      /** Buttons of a row are told apart by their place: their names carry the name of the row's object. */
      function position(element: HTMLElement, row: Element): string {
        return `button ${[...row.querySelectorAll('button')].indexOf(element as HTMLButtonElement) + 1} of a row`;
      }
    },
    { mark: MARK, names: seen },
  );
}
