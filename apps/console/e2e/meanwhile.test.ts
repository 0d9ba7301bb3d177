/** What a page shows after others changed things, or its own change was refused: told, and no older than it has to be. */
import type { Page } from '@playwright/test';
import type { System } from './support/system.ts';
import { CSRF, confirm, expect, newEmail, readMailedLink, test } from './support/test.ts';

interface Made {
  readonly id: string;
}

async function send<T = Made>(
  page: Page,
  system: System,
  method: string,
  path: string,
  data: object,
): Promise<T> {
  const headers = { ...CSRF, origin: system.consoleUrl };
  const answer = await page.request.fetch(`/api/v1${path}`, { method, data, headers });
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()) as T;
}

const MEANWHILE = 'Somebody changed this meanwhile.';

test('a change that was refused for a newer state is told, and made at the next try', async ({
  page,
  system,
  person,
}) => {
  expect(person.organizationId).toMatch(/^org_/);
  const question = { q: '', range: 'week' };
  const { id } = await send(page, system, 'POST', '/saved-views', { name: 'Mine', question, shared: true });
  await page.goto(`/requests?view=${id}&q=status:429`);
  const menu = page.getByRole('button', { name: 'Mine (changed)' });
  await menu.click();
  await send(page, system, 'PATCH', `/saved-views/${id}`, { name: 'Ours' });
  // A menu, which is gone when its change is refused.
  await page.getByRole('menuitem', { name: 'Update “Mine”' }).click();
  await expect(page.getByText(MEANWHILE)).toBeVisible();
  await page.getByRole('button', { name: 'Ours (changed)' }).click();
  await page.getByRole('menuitem', { name: 'Update “Ours”' }).click();
  await expect(page.getByText('“Ours” updated')).toBeVisible();

  // A switch, of a row of a list.
  const rules = await page.request.get('/api/v1/alert-rules');
  const { data } = (await rules.json()) as { data: readonly (Made & { enabled: boolean })[] };
  const rule = data.find(({ enabled }) => enabled);
  const rename = (name: string) => send(page, system, 'PATCH', `/alert-rules/${rule?.id}`, { name });
  await rename('Known');
  await page.goto('/alerts?tab=rules');
  const known = page.getByRole('switch', { name: 'Watch: Known' });
  await expect(known).toBeVisible();
  await rename('Renamed');
  await known.click();
  await expect(page.getByText(MEANWHILE)).toHaveCount(1);
  const renamed = page.getByRole('switch', { name: 'Watch: Renamed', checked: true });
  await renamed.click();
  await expect(page.getByText('“Renamed” is no longer watched')).toBeVisible();
});

test('what a request was judged by is changed: the verdict is gone, and what was typed is not', async ({
  page,
  system,
  person,
}) => {
  expect(person.organizationId).toMatch(/^org_/);
  const { key } = await send<{ key: Made }>(page, system, 'POST', '/keys', { name: 'judged' });
  await page.goto(`/keys/${key.id}`);
  await page.getByRole('button', { name: 'Check a request' }).click();
  await page.getByLabel('Model', { exact: true }).click();
  const search = page.getByPlaceholder(/search/i).last();
  await search.fill('sim-small');
  const found = page.getByRole('option', { name: /sim-small/ });
  await found.first().click();
  await page.getByLabel('Output tokens, at most').fill('100');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  const verdict = page.getByText(/would answer, with/);
  await expect(verdict).toBeVisible();
  await page.getByRole('button', { name: 'Change', exact: true }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('judged anew');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(verdict).toHaveCount(0);
  await expect(page.getByLabel('Output tokens, at most')).toHaveValue('100');
});

test('who removes themselves is led to where they still are', async ({ page, system, person, browser }) => {
  await send(page, system, 'POST', '/organizations', { name: 'Globex' });
  const headers = { ...CSRF, origin: system.consoleUrl };
  const email = newEmail();
  const invited = await page.request.post('/api/v1/invitations', {
    data: { email, role: 'owner' },
    headers: { ...headers, 'x-tollgate-organization': person.organizationId },
  });
  expect(invited.status(), await invited.text()).toBe(201);
  const link = await readMailedLink(system, email, '/invitation');
  const context = await browser.newContext({ baseURL: system.consoleUrl });
  const invitationToken = new URL(link).hash.slice('#token='.length);
  const joined = await context.request.post('/api/v1/auth/sign-up', {
    data: { email, password: person.password, invitationToken },
    headers,
  });
  await context.close();
  expect(joined.status()).toBe(201);
  await page.goto('/members');
  await page
    .getByRole('row')
    .filter({ hasText: person.email })
    .getByRole('button', { name: /More actions/ })
    .click();
  await page.getByRole('menuitem', { name: 'Remove from organization' }).click();
  await confirm(page, 'Remove', person.name);
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Switch organization: Globex/ })).toBeVisible();
});
