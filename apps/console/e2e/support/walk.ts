/**
 * Opens a page and everything that its buttons, menus, tabs and first rows open, and hands each view to a look.
 * What is opened is found on the page, not listed here: nothing can be forgotten. Forms are never sent.
 */
import type { Locator, Page } from '@playwright/test';
import { markNext, OPENER } from './walk-openers.ts';

export interface Walker {
  /** @param where What was opened: `/keys › Create key`. @param scope Selector of the window, where there is one. */
  look(where: string, scope: string | undefined): Promise<void>;
  /** A window that does not behave. */
  report(problem: string): void;
}

const DIALOG = ':is([role="dialog"], [role="alertdialog"])[data-state="open"]';
const MENU = '[role="menu"]';
const LIST = '[role="listbox"]';
const WINDOW = `${DIALOG}, ${MENU}, ${LIST}`;
/** Around a list and its field. */
const POPPER = '[data-radix-popper-content-wrapper]';
const TOP_BAR = 'header:has(~ main)';
/** Beyond what the browser is busy with: a window that has to be fetched comes within this, else there is none. */
const WINDOW_TIMEOUT_MS = 200;
const CLOSE_TIMEOUT_MS = 5_000;
const PRESS_TIMEOUT_MS = 5_000;
const SETTLE_TIMEOUT_MS = 15_000;
const MAX_OPENED = 40;
/** Buttons in windows of which is known what they do, in both languages. */
const CLOSING_OR_COPYING = /^(Close|Cancel|Copy|Schließen|Abbrechen|Kopieren)$/;

/** Goes to a page and waits until it has what it shows. */
export async function openPage(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.waitForLoadState('networkidle');
}

export async function walkPage(page: Page, path: string, walker: Walker): Promise<void> {
  await lookAt(page, path, undefined, walker);
  const seen = new Set<string>();
  const again = new Set<string>();
  await walkWindows(page, { address: path, where: path, seen, again, within: 'main', goesOn: true }, walker);
  const tabs = page.locator('main [role="tab"]:not([disabled])');
  const names = await tabs.allTextContents();
  for (const [position, name] of names.entries()) {
    const tab = tabs.nth(position);
    if ((await tab.count()) === 0 || (await tab.getAttribute('aria-selected')) === 'true') continue;
    if (!(await activates(tab))) {
      // What was pressed last led away, some time after it was pressed.
      await openPage(page, path);
      await tab.click();
    }
    const where = `${path} › ${name}`;
    const address = page.url();
    await lookAt(page, where, undefined, walker);
    await walkWindows(page, { address, where, seen, again, within: 'main', goesOn: true }, walker);
    if (page.url() !== address) await openPage(page, address);
  }
}

/** What the frame around every page opens: the palette, the bell, menus, the help. */
export async function walkFrame(page: Page, path: string, walker: Walker): Promise<void> {
  await openPage(page, path);
  const seen = new Set<string>();
  const again = new Set<string>();
  await walkWindows(
    page,
    { address: path, where: 'frame', seen, again, within: TOP_BAR, goesOn: false },
    walker,
  );
  // Of a page that just came, the shortcuts may not listen yet.
  let shown = false;
  for (let press = 0; press < 5 && !shown; press++) {
    await page.keyboard.press('?');
    shown = await appears(page, DIALOG);
  }
  if (!shown) walker.report('frame: ? opens nothing');
  else {
    await lookAt(page, 'frame › ?', DIALOG, walker);
    await close(page, 'frame › ?', walker);
  }
}

interface Walk {
  /** Where to go back to. */
  readonly address: string;
  readonly where: string;
  /** Names of what was opened already. */
  readonly seen: Set<string>;
  /** Names of what was gone when it was to be opened, and is tried once more. */
  readonly again: Set<string>;
  /** Selector of what is searched for buttons. */
  readonly within: string;
  /** Whether menu items are chosen, and the buttons of windows pressed. */
  readonly goesOn: boolean;
}

/** Every button, one of each name, and the first row of each table. */
async function walkWindows(page: Page, walk: Walk, walker: Walker): Promise<void> {
  for (let count = 0; count < MAX_OPENED; count++) {
    const name = await markNextOf(page, walk);
    if (name === undefined) return;
    walk.seen.add(name);
    const opener = page.locator(OPENER);
    const before = new URL(page.url()).pathname;
    const where = `${walk.where} › ${name}`;
    if (!(await activates(opener))) {
      // What was pressed before led away, or had it drawn anew, some time after it was pressed.
      if (walk.again.has(name)) walker.report(`${where} is gone whenever it is to be pressed`);
      else {
        walk.again.add(name);
        walk.seen.delete(name);
      }
      await openPage(page, walk.address);
      continue;
    }
    if (await appears(page, WINDOW)) {
      if (await isShown(page, MENU)) await lookAtMenu(page, opener, where, walk, walker);
      else if (await isShown(page, DIALOG)) await lookAtDialog(page, opener, where, walk, walker);
      else {
        await lookAt(page, where, POPPER, walker);
        await close(page, where, walker);
      }
    }
    if (new URL(page.url()).pathname !== before || (await isShown(page, WINDOW)))
      await openPage(page, walk.address);
  }
}

/** What was pressed last may lead to another page, some time after it was pressed: then from this one again. */
async function markNextOf(page: Page, { address, seen, within }: Walk): Promise<string | undefined> {
  try {
    return await markNext(page, [...seen], within);
  } catch {
    await openPage(page, address);
    return markNext(page, [...seen], within);
  }
}

async function activate(opener: Locator): Promise<void> {
  const isRow = await opener.evaluate((element) => element.tagName === 'TR', undefined, {
    timeout: PRESS_TIMEOUT_MS,
  });
  if (isRow) await opener.press('Enter', { timeout: PRESS_TIMEOUT_MS });
  else await opener.click({ timeout: PRESS_TIMEOUT_MS });
}

/** @returns False: it is not there any more. */
async function activates(opener: Locator): Promise<boolean> {
  try {
    await activate(opener);
    return true;
  } catch (error) {
    if ((await opener.count()) > 0) throw error;
    return false;
  }
}

async function lookAtMenu(
  page: Page,
  opener: Locator,
  where: string,
  walk: Walk,
  walker: Walker,
): Promise<void> {
  await lookAt(page, where, MENU, walker);
  await close(page, where, walker);
  if (!walk.goesOn) return;
  const items = page.locator(`${MENU} [role="menuitem"]:not([data-disabled])`);
  for (let position = 0; ; position++) {
    if ((await opener.count()) !== 1) return;
    // What an item led to may come some time after it was pressed.
    if (!(await isShown(page, MENU)) && !(await activates(opener))) return;
    if (!(await appears(page, MENU)) || position >= (await items.count())) break;
    const name = (await items.nth(position).textContent()) ?? '';
    const before = new URL(page.url()).pathname;
    await items.nth(position).click({ timeout: 5_000 });
    const opened = await appears(page, DIALOG);
    if (new URL(page.url()).pathname !== before) return;
    if (opened) await lookAtDialog(page, opener, `${where} › ${name}`, { ...walk, goesOn: false }, walker);
  }
  if (await isShown(page, MENU)) await page.keyboard.press('Escape');
}

async function lookAtDialog(
  page: Page,
  opener: Locator,
  where: string,
  walk: Walk,
  walker: Walker,
): Promise<void> {
  await lookAt(page, where, DIALOG, walker);
  if (walk.goesOn) await lookAtInner(page, opener, where, walker);
  if (await isShown(page, DIALOG)) await close(page, where, walker);
}

/** One level down: a sheet's buttons ask, show the call behind it, or open a form. */
async function lookAtInner(page: Page, opener: Locator, where: string, walker: Walker): Promise<void> {
  const buttons = page
    .locator(DIALOG)
    .locator('button:not([type="submit"], [disabled], [aria-disabled="true"], [aria-pressed], [role])');
  const names = await buttons.evaluateAll((all) =>
    all.map((one) => (one.getAttribute('aria-label') ?? one.textContent ?? '').trim()),
  );
  for (const [position, name] of names.entries()) {
    if (names.indexOf(name) !== position || CLOSING_OR_COPYING.test(name)) continue;
    if (!(await isShown(page, DIALOG))) {
      if ((await opener.count()) !== 1) return;
      await activate(opener);
      if (!(await appears(page, DIALOG))) return;
      await settle(page);
    }
    const button = buttons.nth(position);
    if (!(await button.isVisible())) continue;
    const before = new URL(page.url()).pathname;
    await button.click({ timeout: 5_000 });
    await untilIdle(page);
    const opened = await countsWindows(page, 2, WINDOW_TIMEOUT_MS);
    if (new URL(page.url()).pathname !== before) return;
    if (opened && !(await lookAtInnerWindow(page, `${where} › ${name}`, walker))) return;
  }
}

/** @returns Whether the window below it can be gone on with. */
async function lookAtInnerWindow(page: Page, where: string, walker: Walker): Promise<boolean> {
  await lookAt(page, where, (await isShown(page, MENU)) ? MENU : DIALOG, walker);
  await page.keyboard.press('Escape');
  if (!(await countsWindows(page, -1, CLOSE_TIMEOUT_MS))) {
    walker.report(`${where} does not close by Escape`);
    return false;
  }
  if (!(await isShown(page, DIALOG))) {
    walker.report(`${where}: Escape closes the window below it as well`);
    return true;
  }
  const inside = await comesTrue(
    page,
    (selector) => document.activeElement?.closest(selector) !== null,
    DIALOG,
    CLOSE_TIMEOUT_MS,
  );
  if (!inside) walker.report(`${where} does not give the focus back to its window`);
  return true;
}

/** @param count At least that many windows are open; -1 for at most one. */
function countsWindows(page: Page, count: number, timeoutMs: number): Promise<boolean> {
  return comesTrue(
    page,
    ({ selector, wanted }) => {
      const open = document.querySelectorAll(selector).length;
      return wanted < 0 ? open <= 1 : open >= wanted;
    },
    { selector: `${DIALOG}, ${MENU}`, wanted: count },
    timeoutMs,
  );
}

/** [P3] A window closes by Escape, and gives the focus back to what opened it, or to the page where that is gone. */
async function close(page: Page, where: string, walker: Walker): Promise<void> {
  await page.keyboard.press('Escape');
  const closed = await comesTrue(
    page,
    (selector) => ![...document.querySelectorAll(selector)].some((one) => one.checkVisibility()),
    WINDOW,
    CLOSE_TIMEOUT_MS,
  );
  if (!closed) {
    const left = await page.evaluate((selector) => {
      const open = [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
      const nameOf = (one: Element) =>
        `${one.tagName} ${one.getAttribute('role')} ${one.getAttribute('data-state')}`;
      return `${open.map(nameOf).join(', ')}; the focus is on ${document.activeElement?.outerHTML.slice(0, 120)}`;
    }, WINDOW);
    walker.report(`${where} does not close by Escape: ${left}`);
    return;
  }
  const returned = await comesTrue(
    page,
    (selector) => {
      const opener = document.querySelector(selector);
      if (opener?.checkVisibility()) return document.activeElement === opener;
      return document.activeElement !== document.body;
    },
    OPENER,
    CLOSE_TIMEOUT_MS,
  );
  if (returned) return;
  const shown = await page.evaluate(() => {
    const active = document.activeElement ?? document.body;
    const name = active.getAttribute('aria-label') ?? active.textContent ?? '';
    return active === document.body
      ? 'nothing'
      : `${active.tagName.toLowerCase()} “${name.trim().slice(0, 40)}”`;
  });
  walker.report(`${where} gives the focus to ${shown}, not back to what opened it`);
}

async function lookAt(page: Page, where: string, scope: string | undefined, walker: Walker): Promise<void> {
  await settle(page);
  // Folded fields and details are part of what is looked at.
  await page.evaluate(
    (selector) => {
      for (const fold of document.querySelectorAll<HTMLDetailsElement>(selector)) fold.open = true;
    },
    `${scope ?? 'main'} details:not([open])`,
  );
  await walker.look(where, scope);
}

/** What the page or its window asks for is there, or is not coming soon. */
async function settle(page: Page): Promise<void> {
  await comesTrue(
    page,
    () =>
      // The page of all components shows what is on its way, among all else.
      location.pathname === '/design' ||
      document.querySelector('[aria-busy="true"], .animate-skeleton') === null,
    undefined,
    SETTLE_TIMEOUT_MS,
  );
}

function isShown(page: Page, selector: string): Promise<boolean> {
  return page.locator(selector).first().isVisible();
}

async function appears(page: Page, selector: string): Promise<boolean> {
  await untilIdle(page);
  return succeeds(page.locator(selector).first().waitFor({ state: 'visible', timeout: WINDOW_TIMEOUT_MS }));
}

/** Whatever the last press led to is drawn, however long that takes on this machine. */
async function untilIdle(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      new Promise<boolean>((resolve) => {
        // A machine that others keep busy may never call it idle.
        const busy = { timeout: 10_000 };
        requestIdleCallback(
          () => requestAnimationFrame(() => requestIdleCallback(() => resolve(true), busy)),
          busy,
        );
      }),
  );
}

function comesTrue<A>(
  page: Page,
  holds: (argument: A) => boolean,
  argument: A,
  timeoutMs: number,
): Promise<boolean> {
  // Playwright hands the argument over as it is: its type of a serialized one says nothing more.
  return succeeds(page.waitForFunction(holds as never, argument, { timeout: timeoutMs }));
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
