/** The platform lead’s keys: rules for new ones, what is wrong with those that there are, and many changed at once. */

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { System } from './support/system.ts';
import { CSRF, confirm, expect, type Person, test } from './support/test.ts';

async function call<T>(page: Page, system: System, person: Person, path: string, data: object): Promise<T> {
  const answer = await page.request.post(`${system.consoleUrl}/api/v1${path}`, {
    data,
    headers: { ...CSRF, origin: system.consoleUrl, 'x-tollgate-organization': person.organizationId },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()) as T;
}

test('rules bind new keys, findings lead to bulk changes, a request is judged before it is sent', async ({
  page,
  system,
  person,
}) => {
  for (const name of ['checkout', 'search', 'batch']) {
    await call(page, system, person, '/keys', { name, expiresAt: null });
  }

  // Rules of the organization, by keyboard; a wrong one is said at its field.
  await page.goto('/key-hygiene?tab=rules');
  const age = page.getByLabel('Maximum age');
  await age.fill('soon');
  await age.press('Enter');
  await expect(page.getByText('Write a whole number of at least 1.')).toBeVisible();
  await age.fill('90');
  await page.getByLabel('Expires after').fill('30');
  await page.getByLabel('Rotate every').fill('45');
  await age.press('Enter');
  await expect(page.getByText('The rules are saved')).toBeVisible();
  await expect(page.getByText('45 days')).toBeVisible();

  // Somebody else changes them meanwhile: what was typed stays, their other fields show, and a second save goes through.
  await page.getByLabel('Expires after').fill('20');
  const theirs = await page.request.put(`${system.consoleUrl}/api/v1/key-rules`, {
    data: {
      ...{ maxAgeDays: 80, rotateEveryDays: 45, overlapSeconds: null, remindDays: [], defaultExpiryDays: 25 },
      ...{ defaultBudget: null, defaultRateLimits: [], defaultModels: [] },
    },
    headers: { ...CSRF, origin: system.consoleUrl, 'x-tollgate-organization': person.organizationId },
  });
  expect(theirs.ok(), await theirs.text()).toBe(true);
  await page.getByRole('button', { name: 'Save rules' }).click();
  await expect(page.getByText('Somebody else changed this meanwhile')).toBeVisible();
  await expect(page.getByText('Expires after: now 25')).toBeVisible();
  await expect(age).toHaveValue('80');
  await expect(page.getByLabel('Expires after')).toHaveValue('20');
  await page.getByRole('button', { name: 'Save rules' }).click();
  await expect(page.getByText('Somebody else changed this meanwhile')).toHaveCount(0);
  await page.reload();
  await expect(page.getByLabel('Expires after')).toHaveValue('20');
  await expect(age).toHaveValue('80');

  // Findings: figures, then the keys behind one of them, then a change of all of them.
  await page.getByRole('tab', { name: 'Findings' }).click();
  await page.getByRole('button', { name: /Never expires/ }).click();
  await expect(page).toHaveURL(/finding=neverExpires/);
  const table = page.getByRole('table');
  await expect(table.getByRole('link', { name: 'checkout' })).toBeVisible();
  await page.getByRole('searchbox').fill('sear');
  await expect(table.getByRole('link', { name: 'checkout' })).toHaveCount(0);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const file = await readFile(await (await saved).path(), 'utf8');
  expect(file).toContain('search');
  expect(file).not.toMatch(/checkout|batch/);
  await page.getByRole('searchbox').fill('');
  await expect(table.getByRole('link', { name: 'checkout' })).toBeVisible();
  await page.getByRole('checkbox', { name: /all/i }).first().click();
  await page.getByRole('button', { name: 'Add budget' }).click();
  await page.getByLabel('Budget', { exact: true }).fill('20');
  await page.getByText('Soft', { exact: true }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('3 keys changed')).toBeVisible();
  // A soft one holds nothing.
  await expect(page.getByRole('button', { name: /No budget 3/ })).toBeVisible();
  await page.getByRole('checkbox', { name: /all/i }).first().click();
  await page.getByRole('button', { name: 'Add budget' }).click();
  await page.getByLabel('Budget', { exact: true }).fill('25');
  await expect(page.getByRole('radio', { name: 'Hard' })).toBeChecked();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('3 keys changed').last()).toBeVisible();
  await page.getByRole('button', { name: /No budget/ }).click();
  await expect(page.getByText('Nothing to do here')).toBeVisible();

  // Rotated together: each secret is shown once.
  await page.getByRole('button', { name: /Never expires/ }).click();
  await page.getByRole('checkbox', { name: /all/i }).first().click();
  await page.getByRole('button', { name: 'Rotate', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'New secrets' })).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Close anyway' }).click();

  // Revoked: says what uses it, and wants a word.
  await page.getByRole('row', { name: /batch/ }).getByRole('checkbox').click();
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(page.getByText('Nothing used these keys in the last 15 minutes.')).toBeVisible();
  await confirm(page, 'Revoke', 'revoke');
  await expect(page.getByText('one key changed')).toBeVisible();
  await expect(table.getByRole('link', { name: 'batch' })).toBeHidden();

  // A new key is as the rules say, and its page judges a request before it is sent.
  await page.goto('/keys?create=1');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Same as organization')).toBeVisible();
  await dialog.getByLabel('Name').fill('ruled');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await expect(page.getByRole('heading', { name: 'Key created' })).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Close anyway' }).click();
  await page.getByRole('link', { name: 'ruled' }).click();
  await expect(page.getByText('every 45 days, says the organization')).toBeVisible();
  await page.getByRole('button', { name: 'Check a request' }).click();
  await page.getByLabel('Model', { exact: true }).click();
  await page
    .getByPlaceholder(/search/i)
    .last()
    .fill('sim-small');
  await page
    .getByRole('option', { name: /sim-small/ })
    .first()
    .click();
  await page.getByLabel('Output tokens, at most').fill('100');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByText(/would answer, with/)).toBeVisible();

  // A rule is tried on what happened before it is made.
  await page.goto('/rate-limits?create=1');
  await page.getByRole('dialog').getByLabel('At most').fill('10');
  await page.getByRole('button', { name: 'Try on the last 7 days' }).click();
  await expect(page.getByText('No request of the last 7 days falls under it.')).toBeVisible();

  // A service account owns keys, and disabling it says what stops.
  await page.goto('/service-accounts?create=1');
  await page.getByRole('dialog').getByLabel('Name').fill('nightly');
  await page.getByRole('dialog').getByRole('button', { name: 'Create service account' }).click();
  await expect(page.getByText('It owns no keys yet.')).toBeVisible();
  await page.getByRole('button', { name: 'Disable' }).click();
  await confirm(page, 'Disable', 'nightly');
  await expect(page.getByText('nightly is disabled: its keys are refused')).toBeVisible();
});
