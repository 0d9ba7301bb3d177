import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { nameOperator } from './support/operator.ts';
import type { System } from './support/system.ts';
import { confirm, expect, test } from './support/test.ts';

async function readSimulatorKey(system: System): Promise<string> {
  const text = await readFile(path.join(system.stateDirectory, 'secrets.json'), 'utf8');
  return (JSON.parse(text) as Record<string, string>).TOLLGATE_SIMULATOR_API_KEY ?? '';
}

test('a provider is connected, tested at once, never shows its key, and wants it again for another address', async ({
  page,
  system,
  person,
}) => {
  expect(person.organizationId).toMatch(/^org_/);
  const apiKey = await readSimulatorKey(system);
  await page.goto('/providers');
  await page.getByRole('button', { name: 'Connect provider' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Provider' }).click();
  await page.getByRole('option', { name: /Simulator/ }).click();
  await dialog.getByLabel('Name').fill('Practice');

  // An address that nobody may reach is refused at its field.
  await dialog.getByLabel('Base URL').fill('http://169.254.169.254/v1');
  await dialog.getByLabel('API key').fill(apiKey);
  await dialog.getByRole('button', { name: 'Connect provider' }).click();
  await expect(dialog.getByLabel('Base URL')).toHaveAttribute('aria-invalid', 'true');

  await dialog.getByLabel('Base URL').fill(`${system.simulatorUrl}/v1`);
  await dialog.getByRole('button', { name: 'Connect provider' }).click();
  const test_ = page.getByRole('dialog', { name: 'Test of Practice' });
  await expect(test_.getByText(/^Works: \d+ models/)).toBeVisible();
  await expect(test_.getByText('sim-small')).toBeVisible();
  await test_.getByRole('button', { name: 'Done' }).click();

  const row = page.getByRole('row').filter({ hasText: 'Practice' });
  await expect(row).toContainText('Works');
  await expect(page.locator('body')).not.toContainText(apiKey);

  await row.getByRole('button', { name: /More actions/ }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await dialog.getByLabel('Base URL').fill(`${system.simulatorUrl.replace('localhost', '127.0.0.1')}/v1`);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('give the key again');
  await dialog.getByLabel('API key').fill('sim-wrong-key-for-this-test');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog', { name: 'Test of Practice' })).toContainText('Does not work');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(row).toContainText('Fails');

  await row.getByRole('button', { name: /More actions/ }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await confirm(page, 'Delete', 'Practice');
  await expect(page.getByText('No provider connected')).toBeVisible();
});

test('an operator resells a provider: connected, rekeyed, switched off after a question, deleted', async ({
  page,
  system,
  person,
}) => {
  await nameOperator(system, person.email);
  const apiKey = await readSimulatorKey(system);
  const name = `Resold ${person.organizationId.slice(-6)}`;
  await page.goto('/operator?tab=resale');
  await page.getByRole('button', { name: 'Connect provider' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Provider' }).click();
  await page.getByRole('option', { name: 'OpenAI-compatible' }).click();
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Base URL').fill(`${system.simulatorUrl}/v1`);
  await dialog.getByLabel('API key').fill('sim-wrong-key-for-this-test');
  await dialog.getByRole('button', { name: 'Connect provider' }).click();
  const tested = page.getByRole('dialog', { name: `Test of ${name}` });
  await expect(tested).toContainText('Does not work');
  await tested.getByRole('button', { name: 'Done' }).click();

  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText('none: passed on at cost');
  const choose = async (item: string) => {
    await row.getByRole('button', { name: /More actions/ }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await choose('Replace key');
  await dialog.getByRole('button', { name: 'Replace key' }).click();
  await expect(dialog.getByLabel('API key')).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByLabel('API key').fill(apiKey);
  await dialog.getByRole('button', { name: 'Replace key' }).click();
  await expect(tested.getByText(/^Works: \d+ models/)).toBeVisible();
  await tested.getByRole('button', { name: 'Done' }).click();
  await expect(row).toContainText('Works');
  await expect(page.locator('body')).not.toContainText(apiKey);

  await choose('Disable');
  await expect(page.getByRole('alertdialog')).toContainText('Nobody used it in the last 24 hours.');
  await confirm(page, 'Disable');
  await expect(row).toContainText('Disabled');
  await choose('Enable');
  await expect(row).not.toContainText('Disabled');
  // What is everybody's is nobody's own.
  await page.goto('/providers');
  await expect(page.getByText('No provider connected')).toBeVisible();
  await page.goto('/operator?tab=resale');
  await choose('Delete');
  await confirm(page, 'Delete', name);
  await expect(row).toHaveCount(0);
});

test('models say what they cost, and the sheet of one says it in every component', async ({
  page,
  person,
}) => {
  expect(person.organizationId).toMatch(/^org_/);
  await page.goto('/models?q=sim-small');
  const row = page.getByRole('row').filter({ hasText: 'sim-small' });
  await expect(row).toContainText('$0.25');
  await expect(row).toContainText('$2.00');
  await expect(page.getByRole('row').filter({ hasText: 'sim-large' })).toHaveCount(0);
  await row.click();
  await expect(page).toHaveURL(/model=simulator/);
  await expect(page.getByRole('dialog', { name: 'sim-small' })).toContainText('Output tokens');
});
