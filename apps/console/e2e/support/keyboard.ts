/** Going about by keyboard alone, seeing where one is. */
import type { Locator, Page } from '@playwright/test';
import { expect, type Person } from './test.ts';

const MOST_STEPS = 120;

/** From now on a press of the mouse fails the test, as any error of a script does. */
export async function putMouseAway(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const refuse = () => {
      throw new Error('Cannot use the mouse: this test goes by keyboard alone');
    };
    window.addEventListener('pointerdown', refuse, { capture: true });
    window.addEventListener('mousedown', refuse, { capture: true });
  });
}

/** [P3] The focused element is in view and drawn as such: an outline; a mark at its side in a list to choose from. */
export async function expectFocusSeen(page: Page, where: string): Promise<void> {
  const seen = await page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return 'nothing has focus';
    const name = `${element.tagName.toLowerCase()} “${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)}”`;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return `${name} has no size`;
    const inView =
      box.bottom > 0 && box.top < window.innerHeight && box.right > 0 && box.left < window.innerWidth;
    if (!inView) return `${name} is out of view`;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    if (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) return undefined;
    // The field of a list that is open by itself has its caret; what is chosen in it is marked.
    if (element.matches('[cmdk-input], [role="dialog"], [role="alertdialog"]')) return undefined;
    // Of a date the browser marks the part that has the focus, which cannot be asked for.
    if (element.matches('input[type="date"]')) return undefined;
    const isOption = element.matches('[role="option"], [role^="menuitem"]');
    return isOption && boxShadow !== 'none' ? undefined : `${name} does not show its focus`;
  });
  expect(seen, where).toBeUndefined();
}

/** Tab until it has the focus, which must be seen at every step. From the end of a page it goes on at its start. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(target).toBeVisible();
  for (let step = 0; step < MOST_STEPS; step++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
    const atEnd = await page.evaluate(() => document.activeElement === document.body);
    if (!atEnd) await expectFocusSeen(page, `after ${key} ${step + 1} times`);
  }
  throw new Error(`Cannot reach ${target}: Tab must come to it, got elsewhere ${MOST_STEPS} times`);
}

/** Goes there and presses Enter. */
export async function press(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await tabTo(page, target, key);
  await page.keyboard.press('Enter');
}

/** Goes there and writes over what is in it. */
export async function write(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
  await expect(field).toHaveValue(text);
}

/** One of a list that is searched by typing. */
export async function find(page: Page, control: Locator, name: string): Promise<void> {
  await press(page, control);
  await page.keyboard.type(name);
  const option = page.getByRole('option', { name }).first();
  await expect(option).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(option).toHaveCount(0);
}

/** One of a few: typing its name goes to it. */
export async function choose(page: Page, control: Locator, name: string): Promise<void> {
  await press(page, control);
  const option = page.getByRole('option', { name, exact: true });
  await expect(option).toBeVisible();
  await page.keyboard.type(name);
  await expect(option).toBeFocused();
  await expectFocusSeen(page, `the option ${name}`);
  await page.keyboard.press('Enter');
  await expect(option).toHaveCount(0);
}

/** `g`, then the letter of a page. */
export async function goTo(page: Page, letter: string, path: RegExp): Promise<void> {
  // Silent while a window is open.
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(async () => {
    // Of a page that just came, the shortcuts may not listen yet.
    await page.keyboard.press('g');
    await page.keyboard.press(letter);
    await expect(page).toHaveURL(path, { timeout: 5_000 });
  }).toPass();
}

/** By the command palette. @param name A page, or something of the organization. */
export async function jumpTo(page: Page, name: string, path: RegExp): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused();
  await page.keyboard.type(name);
  const found = page.getByRole('option', { name }).first();
  await expect(found).toBeVisible();
  await expect(async () => {
    if ((await found.getAttribute('aria-selected')) !== 'true') await page.keyboard.press('ArrowDown');
    await expect(found).toHaveAttribute('aria-selected', 'true', { timeout: 100 });
  }).toPass();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(path);
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

export async function signInByKeyboard(page: Page, person: Person): Promise<void> {
  await page.goto('/sign-in');
  await write(page, page.getByLabel('E-mail address'), person.email);
  await write(page, page.getByLabel('Password', { exact: true }), person.password);
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(/sign-in/);
}
