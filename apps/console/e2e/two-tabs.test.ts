/** Two tabs of one browser: cookies are of both, and what another tab chooses must not mix organizations or people. */
import type { Page } from '@playwright/test';
import type { System } from './support/system.ts';
import { CSRF, expect, guarded, signUpByApi, test } from './support/test.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

function callOf(page: Page, system: System, organizationId: string) {
  const headers = { ...CSRF, origin: system.consoleUrl, 'x-tollgate-organization': organizationId };
  return {
    post: async (path: string, data: object): Promise<Named> => {
      const answer = await page.request.post(`/api/v1${path}`, { data, headers });
      expect(answer.ok(), await answer.text()).toBe(true);
      return (await answer.json()) as Named;
    },
    teams: async (): Promise<readonly string[]> => {
      const answer = await page.request.get('/api/v1/teams?limit=50', { headers });
      return ((await answer.json()) as { data: Named[] }).data.map(({ name }) => name).toSorted();
    },
  };
}

async function createTeam(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Create team' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Slug').fill(name.toLowerCase().replaceAll(' ', '-'));
  await dialog.getByRole('button', { name: 'Create team' }).click();
}

test('a tab keeps its organization, in what it shows and in what it writes, while another tab switches', async ({
  page,
  context,
  system,
  person,
}) => {
  const acme = callOf(page, system, person.organizationId);
  await acme.post('/teams', { name: 'Of Acme', slug: 'of-acme' });
  const { id } = await acme.post('/organizations', { name: 'Globex' });
  const globex = callOf(page, system, id);
  await globex.post('/teams', { name: 'Of Globex', slug: 'of-globex' });
  await context.addCookies([
    { name: 'tollgate_organization', value: person.organizationId, url: system.consoleUrl },
  ]);
  const switcher = (tab: Page) => tab.getByRole('button', { name: /^Switch organization/ });
  await page.goto('/teams');
  await expect(page.getByText('Of Acme').first()).toBeVisible();
  await expect(switcher(page)).toContainText('Browser test');

  const other = guarded(await context.newPage());
  await other.goto('/');
  await switcher(other).click();
  await other.getByRole('menuitemradio', { name: 'Globex' }).click();
  await expect(switcher(other)).toContainText('Globex');
  await other.goto('/teams');
  await expect(other.getByText('Of Globex').first()).toBeVisible();

  await createTeam(page, 'Made in Acme');
  await expect(page).toHaveURL(/\/teams\/team_/);
  await expect(page.getByRole('heading', { name: 'Made in Acme', level: 1 })).toBeVisible();
  expect(await acme.teams()).toEqual(['Made in Acme', 'Of Acme']);
  expect(await globex.teams()).toEqual(['Of Globex']);
  await page.getByRole('navigation').getByRole('link', { name: 'Teams' }).first().click();
  await expect(page.getByText('Made in Acme').first()).toBeVisible();
  await expect(page.getByText('Of Acme').first()).toBeVisible();
  await expect(page.getByText('Of Globex')).toHaveCount(0);
  await expect(switcher(page)).toContainText('Browser test');

  // Who goes back to the first tab and loads it anew is where they were; the other one is still where it was.
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await page.reload();
  await expect(page.getByText('Of Acme').first()).toBeVisible();
  await expect(switcher(page)).toContainText('Browser test');
  await createTeam(other, 'Made in Globex');
  await expect(other.getByRole('heading', { name: 'Made in Globex', level: 1 })).toBeVisible();
  expect(await globex.teams()).toEqual(['Made in Globex', 'Of Globex']);
});

test('a tab of somebody who is not signed in any more does nothing as whoever is, and is left', async ({
  page,
  context,
  system,
  person,
}) => {
  expect(person.organizationId).toMatch(/^org_/);
  await page.goto('/teams');
  const next = await signUpByApi(page, system);
  await createTeam(page, 'Made by the one before');
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  expect(await callOf(page, system, next.organizationId).teams()).toEqual([]);

  // The other way: a page that is loaded tells the others, which nobody has to touch.
  await page.goto('/teams');
  await signUpByApi(page, system);
  const other = guarded(await context.newPage());
  await other.goto('/keys');
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
});
