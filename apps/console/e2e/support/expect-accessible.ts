/** axe over a page as it stands. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './test.ts';

/** Nothing serious for axe as it stands, in light; in dark, its colours. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  const find = async (axe: AxeBuilder) => {
    // Windows and notices fade in and out; what is half-faded has no contrast. What waits turns for as long as it waits.
    await page.waitForFunction(() =>
      document
        .getAnimations()
        .every(
          ({ playState, effect }) =>
            playState !== 'running' || effect?.getComputedTiming().iterations === Number.POSITIVE_INFINITY,
        ),
    );
    const { violations } = await axe.analyze();
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    return grave.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target.join(' ')}`));
  };
  expect(await find(new AxeBuilder({ page })), what).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await find(new AxeBuilder({ page }).withRules('color-contrast')), `${what}, dark`).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
}
