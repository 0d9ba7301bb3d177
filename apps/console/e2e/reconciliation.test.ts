/** A provider's bill against the ledger: imported in the wrong days, deleted, imported again, decided about and compared anew. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { confirm, expect, test } from './support/test.ts';

const BILL = [
  'start_time_iso,amount_value,amount_currency,line_item',
  '2026-11-03T00:00:00Z,1.25,usd,"gpt-5, input"',
  '2026-11-03T00:00:00Z,2.25,usd,"gpt-5-mini, input"',
  '2026-11-03T00:00:00Z,3.25,usd,"a model that nobody here has heard of, input"',
].join('\n');

async function importBill(page: Page, timeZone?: string): Promise<void> {
  await page.goto('/reconciliation');
  await page.getByRole('button', { name: 'Import' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Import a bill' });
  if (timeZone !== undefined) {
    await dialog.getByRole('combobox', { name: 'Days of the bill' }).click();
    await page.keyboard.type(timeZone);
    await page.getByRole('option', { name: timeZone }).click();
  }
  const file = { name: 'november.csv', mimeType: 'text/csv', buffer: Buffer.from(BILL) };
  await dialog.getByLabel('File').setInputFiles(file);
  await dialog.getByRole('button', { name: 'Import' }).click();
}

test('a bill in the wrong days is deleted and imported again; what is decided about it is noted, kept and taken back', async ({
  page,
  person,
}) => {
  await importBill(page);
  await expect(page.getByText('Imported and compared')).toBeVisible();
  await expect(page.getByRole('heading', { name: /OpenAI/ })).toBeVisible();
  const earlier = page.url();

  // The same file in other days is refused, and the way to the bill that is there is shown.
  await importBill(page, 'Europe/Berlin');
  await expect(page.getByText(/is there already, as a bill of openai in the days of UTC/)).toBeVisible();
  await page.getByRole('link', { name: 'Open that bill' }).click();
  await expect(page).toHaveURL(earlier);
  await page.getByRole('button', { name: 'Delete' }).click();
  await confirm(page, 'Delete', 'november.csv');
  await expect(page).toHaveURL(/\/reconciliation$/);
  await importBill(page, 'Europe/Berlin');
  await expect(page.getByText('Imported and compared')).toBeVisible();
  await expect(page.getByText('Europe/Berlin')).toBeVisible();

  // One difference in its sheet, accepted with why.
  await page.getByRole('button', { name: 'gpt-5', exact: true }).click();
  await expect(page).toHaveURL(/difference=\d/);
  const sheet = page.getByRole('dialog', { name: 'gpt-5' });
  await sheet.getByRole('button', { name: 'Accept' }).click();
  await page.getByRole('alertdialog').getByLabel('Note').fill('A test before there were keys');
  await confirm(page, 'Accept');
  await expect(sheet).toContainText('A test before there were keys');
  await expect(sheet).toContainText(`by ${person.email}`);
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);

  // It holds through another comparison, and is found by its state.
  await page.getByRole('button', { name: 'Compare again' }).click();
  await expect(page.getByText('Compared again; 1 decision still holds')).toBeVisible();
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: /^Accepted/ }).click();
  await expect(page.getByRole('button', { name: 'gpt-5-mini', exact: true })).toHaveCount(0);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const saved = await readFile(await (await downloading).path(), 'utf8');
  expect(saved.trim().split('\r\n').slice(1)).toEqual([
    expect.stringMatching(/^2026-11-03,gpt-5,unknown-model,1\.25,0\.00,1\.25,accepted,A test before/),
  ]);

  await page.getByRole('button', { name: 'gpt-5', exact: true }).click();
  await sheet.getByRole('button', { name: 'Reopen' }).click();
  await confirm(page, 'Reopen');
  await expect(sheet).toContainText('Open');
  await expect(sheet.getByRole('button', { name: 'Accept' })).toBeVisible();
});
