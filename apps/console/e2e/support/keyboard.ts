/** Going about by keyboard alone, seeing where one is. */
import type { Locator, Page } from '@playwright/test';
import { expect } from './test.ts';

const MOST_STEPS = 120;

/** [P3] The focused element is in view and drawn as such: an outline, a ring, or a caret in a field. */
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
    // A field may draw the ring around what stands before and after it as well.
    const drawn = [element, element.parentElement, element.parentElement?.parentElement].some((one) => {
      if (!(one instanceof HTMLElement)) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    });
    return drawn || element.matches('input, textarea, [role="dialog"], [role="alertdialog"]')
      ? undefined
      : `${name} does not show its focus`;
  });
  expect(seen, where).toBeUndefined();
}

/** Tab until it has the focus, which must be seen at every step. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(target).toBeVisible();
  for (let step = 0; step < MOST_STEPS; step++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
    await expectFocusSeen(page, `after ${key} ${step + 1} times`);
  }
  throw new Error(`Cannot reach ${target}: Tab must come to it, got elsewhere ${MOST_STEPS} times`);
}
