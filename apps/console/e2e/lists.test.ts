/** What every list and page has: of many rows only those in view, what was chosen kept, no network, paper, contrast. */
import type { Page } from '@playwright/test';
import { en } from '../src/i18n/en/index.ts';
import { CSRF, expect, test } from './support/test.ts';

const KEYS = 120;
const GROUP = 20;

async function makeKeys(page: Page, origin: string): Promise<void> {
  const names = Array.from({ length: KEYS }, (_, place) => `key ${String(place).padStart(3, '0')}`);
  for (let start = 0; start < KEYS; start += GROUP) {
    await Promise.all(
      names.slice(start, start + GROUP).map(async (name) => {
        const made = await page.request.post('/api/v1/keys', {
          data: { name },
          headers: { ...CSRF, origin },
        });
        expect(made.status()).toBe(201);
      }),
    );
  }
}

test('[S7] [P3] a long list draws what is in view, goes to its ends by keyboard, and remembers its columns', async ({
  page,
  system,
  person,
}) => {
  expect(person.organizationId).toMatch(/^org_/);
  await makeKeys(page, system.consoleUrl);
  await page.goto('/keys?sort=name');
  const table = page.getByRole('table', { name: en.keys.title });
  const drawn = table.locator('tbody tr[data-row-id]');
  await expect(drawn).toHaveCount(50);

  const columns = page.getByRole('button', { name: 'Columns' });
  await columns.click();
  await page.getByRole('menuitemcheckbox', { name: en.keys.columns.owner }).click();
  await page.keyboard.press('Escape');
  await expect(table.getByRole('columnheader', { name: en.keys.columns.owner })).toBeVisible();

  for (const loaded of [100, KEYS]) {
    await page.getByRole('button', { name: 'Load more' }).click();
    await expect(page.getByText(`${loaded} rows`)).toBeVisible();
  }
  await expect(table).toHaveAttribute('aria-rowcount', String(KEYS + 1));
  expect(await drawn.count()).toBeLessThan(KEYS);
  await drawn.first().focus();
  await page.keyboard.press('End');
  const last = drawn.filter({ hasText: `key ${KEYS - 1}` });
  await expect(last).toBeFocused();
  await expect(last).toBeInViewport();
  await page.keyboard.press('ArrowUp');
  await expect(drawn.filter({ hasText: `key ${KEYS - 2}` })).toBeFocused();
  await page.keyboard.press('Home');
  await expect(drawn.filter({ hasText: 'key 000' })).toBeFocused();

  await page.reload();
  await expect(table.getByRole('columnheader', { name: en.keys.columns.owner })).toBeVisible();
});

test('[P3] on a phone the choice of columns ticks what is drawn there, and draws what is ticked', async ({
  page,
  person,
}) => {
  expect(person.organizationId).toMatch(/^org_/);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/members');
  const head = page.getByRole('columnheader', { name: en.members.joined });
  await expect(page.getByRole('columnheader', { name: en.common.name }).first()).toBeVisible();
  await expect(head).toBeHidden();

  await page.getByRole('button', { name: 'Columns' }).first().click();
  const choice = page.getByRole('menuitemcheckbox', { name: en.members.joined });
  await expect(choice).not.toBeChecked();
  await choice.click();
  await page.keyboard.press('Escape');
  await expect(head).toBeVisible();
});

test('[P3] a page says that there is no network, asks again when there is, and is readable on paper and with more contrast', async ({
  page,
  context,
  person,
}) => {
  expect(person.organizationId).toMatch(/^org_/);
  await page.goto('/keys');
  await expect(page.getByText(en.keys.emptyTitle)).toBeVisible();
  const navigation = page.getByRole('navigation', { name: 'Main' });

  await context.setOffline(true);
  await expect(page.getByText('You are offline.')).toBeVisible();
  await page.getByRole('combobox', { name: en.keys.columns.state }).click();
  await page.getByRole('option', { name: en.keys.states.revoked }).click();
  // Not "nothing matches": nobody knows.
  await expect(page.getByText(en.problems.codes.network_error)).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(en.parts.noMatchTitle)).toHaveCount(0);
  await context.setOffline(false);
  await expect(page.getByText(en.parts.noMatchTitle)).toBeVisible();
  await expect(page.getByText('You are offline.')).toHaveCount(0);

  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.getByRole('heading', { name: en.keys.title, level: 1 })).toBeVisible();
  await expect(navigation).toBeHidden();
  await expect(page.getByRole('button', { name: en.keys.create })).toBeHidden();
  const colorOf = (property: string) =>
    page.evaluate((name) => getComputedStyle(document.body).getPropertyValue(name), property);
  expect(await colorOf('background-color')).toBe('rgb(255, 255, 255)');
  expect(await colorOf('color')).toBe('rgb(20, 24, 31)');

  await page.emulateMedia({ media: 'screen', colorScheme: 'light', contrast: 'more' });
  await expect(navigation).toBeVisible();
  expect(await colorOf('color')).toBe('rgb(0, 0, 0)');
});
