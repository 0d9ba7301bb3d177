import { CSRF, confirm, expect, guarded, newEmail, readMailedLink, test } from './support/test.ts';

const PASSWORD = 'compilers are programs too';

test('a lead makes a team and invites a second person, who joins it and may do only what the role allows', async ({
  page,
  system,
  person,
  browser,
}) => {
  expect(person.organizationId).toMatch(/^org_/);
  const email = newEmail();

  await page.goto('/teams');
  await expect(page.getByText('No teams yet')).toBeVisible();
  await page.getByRole('button', { name: 'Create team' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Search');
  await expect(dialog.getByLabel('Slug')).toHaveValue('search');
  await dialog.getByLabel('Cost centre').fill('CC-4110');
  await dialog.getByRole('button', { name: 'Create team' }).click();
  await expect(page).toHaveURL(/\/teams\/team_/);
  await expect(page.getByRole('heading', { name: 'Search', level: 1 })).toBeVisible();
  await expect(page.getByText('CC-4110').first()).toBeVisible();

  // The API's refusal stands at the field that it is about.
  await page.goto('/teams');
  await page.getByRole('button', { name: 'Create team' }).click();
  await dialog.getByLabel('Name').fill('Search again');
  await dialog.getByLabel('Slug').fill('search');
  await dialog.getByRole('button', { name: 'Create team' }).click();
  await expect(dialog.getByRole('alert')).toContainText('another team has it');
  await expect(dialog.getByLabel('Slug')).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Escape');

  await page.goto('/members');
  await page.getByRole('button', { name: 'Invite' }).click();
  await dialog.getByLabel('E-mail address').fill(email);
  await dialog.getByRole('combobox', { name: 'Team' }).click();
  await page.getByRole('option', { name: 'Search' }).click();
  await dialog.getByRole('button', { name: 'Send invitation' }).click();
  const invitation = page.getByRole('row').filter({ hasText: email });
  await expect(invitation).toContainText('Pending');

  const link = await readMailedLink(system, email, '/invitation');
  const context = await browser.newContext({ baseURL: system.consoleUrl });
  try {
    const second = guarded(await context.newPage());
    await second.goto(link);
    await second.getByLabel('Your name').fill('Alan Kay');
    await second.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await second.locator('form button[type="submit"]').click();
    await expect(second.getByRole('navigation', { name: 'Main' })).toBeVisible();

    await second.goto('/teams');
    await expect(second.getByRole('link', { name: 'Search', exact: true })).toBeVisible();
    await expect(second.getByRole('button', { name: 'Create team' })).toHaveCount(0);
    await second.goto('/settings/audit-log');
    await expect(second.getByText('Your role does not show this')).toBeVisible();
    await second.goto('/members');
    await expect(second.getByRole('button', { name: 'Invite' })).toHaveCount(0);
    // What is hidden is refused as well.
    const refused = await second.request.post('/api/v1/teams', {
      data: { name: 'Mine' },
      headers: { ...CSRF, origin: system.consoleUrl },
    });
    expect(refused.status()).toBe(403);
  } finally {
    await context.close();
  }

  await page.goto('/members');
  const member = page.getByRole('row').filter({ hasText: email });
  await expect(member).toContainText('Developer');
  await expect(member.getByRole('link', { name: 'Search' })).toBeVisible();
  await member.getByRole('button', { name: /More actions/ }).click();
  await page.getByRole('menuitem', { name: 'Remove from organization' }).click();
  await expect(page.getByRole('alertdialog').getByRole('button', { name: 'Remove' })).toBeDisabled();
  await confirm(page, 'Remove', 'Alan Kay');
  await expect(page.getByRole('row').filter({ hasText: email })).toHaveCount(0);

  await page.goto('/settings/audit-log?action=member-removed');
  await page.getByRole('row').filter({ hasText: 'Member removed' }).click();
  await expect(page.getByRole('dialog', { name: 'Member removed' })).toBeVisible();
});
