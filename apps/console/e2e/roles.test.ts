import { nameOperator } from './support/operator.ts';
import { CSRF, confirm, expect, guarded, newEmail, readMailedLink, test } from './support/test.ts';

test('[X3] an owner writes a role, somebody who has it sees exactly that, and deleting it gives them another', async ({
  page,
  system,
  person,
  browser,
}) => {
  const headers = { ...CSRF, origin: system.consoleUrl };
  await page.goto('/members?tab=roles');
  await page.getByRole('button', { name: 'New role' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: false }).first().fill('Owner');
  await dialog.getByLabel('Audit log · see').check();
  await dialog.getByLabel('Members and invitations · change').check();
  // What a change needs comes along, and goes with it.
  await expect(dialog.getByLabel('Members and invitations · see')).toBeChecked();
  await dialog.getByLabel('Members and invitations · see').uncheck();
  await expect(dialog.getByLabel('Members and invitations · change')).not.toBeChecked();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dialog.getByRole('alert').first()).toBeVisible();
  await dialog.getByLabel('Name', { exact: false }).first().fill('Auditor');
  await dialog.getByRole('button', { name: 'Create' }).click();
  const head = page.getByRole('columnheader').filter({ hasText: 'Auditor' });
  await expect(head).toContainText('nobody');

  const roles = await (await page.request.get('/api/v1/roles')).json();
  const { id } = roles.data.find(({ name }: { name: string }) => name === 'Auditor');
  const email = newEmail();
  const invited = await page.request.post('/api/v1/invitations', { data: { email, role: id }, headers });
  expect(invited.status()).toBe(201);
  const link = await readMailedLink(system, email, '/invitation');
  const context = await browser.newContext({ baseURL: system.consoleUrl });
  try {
    const second = guarded(await context.newPage());
    const joined = await second.request.post('/api/v1/auth/sign-up', {
      data: { email, password: person.password, invitationToken: new URL(link).hash.slice('#token='.length) },
      headers,
    });
    expect(joined.status(), await joined.text()).toBe(201);
    await second.goto('/settings/audit-log');
    await expect(second.getByRole('heading', { name: 'Audit log' })).toBeVisible();
    await expect(second.getByText('Invitation accepted').first()).toBeVisible();
    // The log can be taken along.
    await second.getByRole('button', { name: 'Export evidence' }).click();
    const [file] = await Promise.all([
      second.waitForEvent('download'),
      second.getByRole('menuitem', { name: 'JSON Lines, to verify offline' }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/^audit-log-.*\.jsonl$/);
    await second.goto('/members');
    await expect(second.getByText('Your role does not show this')).toBeVisible();

    const recipients = { roles: [id], memberIds: [], addresses: [] };
    const channel = { kind: 'email', name: 'Auditors', recipients };
    const mailed = await page.request.post('/api/v1/notification-channels', { data: channel, headers });
    expect(mailed.status()).toBe(201);
    await page.reload();
    await head.getByRole('link', { name: '1 member' }).click();
    await expect(page.getByRole('row').filter({ hasText: email })).toContainText('Auditor');
    await page.goto('/members?tab=roles');
    await page.getByRole('button', { name: 'Actions for the role Auditor' }).click();
    await page.getByRole('menuitem', { name: 'Delete role' }).click();
    await expect(page.getByRole('alertdialog')).toContainText('1 member');
    await expect(page.getByRole('alertdialog')).toContainText('1 alert channel mails');
    await confirm(page, 'Delete role', 'Auditor');
    await expect(page.getByText('The role Auditor is gone')).toBeVisible();
    await expect(head).toHaveCount(0);
    await second.goto('/members');
    await expect(second.getByRole('row').filter({ hasText: email })).toContainText('Viewer');
  } finally {
    await context.close();
  }
});

test('an operator finds an organization, suspends it with a reason and serves it again; nobody else sees those pages', async ({
  page,
  system,
  person,
}) => {
  const created = await page.request.post('/api/v1/keys', {
    data: { name: 'served' },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  const { secret } = (await created.json()) as { secret: string };
  const ask = async () => {
    const answer = await fetch(`${system.gatewayUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content: 'Hello' }] }),
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  await expect.poll(ask).toBe(200);
  // The first account of an installation runs it, and where this test comes first it is this one.
  await nameOperator(system, person.email, false);
  await page.goto('/operator');
  await expect(page.getByText('For those who run this installation')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Operator' })).toHaveCount(0);

  await nameOperator(system, person.email);
  await page.goto('/operator');
  await page.getByRole('searchbox').fill(person.email);
  const row = page.getByRole('row').filter({ hasText: 'Browser test' });
  await expect(row).toHaveCount(1);
  await row.click();
  const sheet = page.getByRole('dialog').first();
  await sheet.getByRole('button', { name: 'Suspend' }).click();
  const question = page.getByRole('dialog').last();
  await question.getByLabel('Reason').fill('Abuse report 4711');
  await expect(question.getByText('requests in the last hour')).toBeVisible();
  await question.getByRole('button', { name: 'Suspend' }).click();
  await expect(question.getByText('This is not its name.')).toBeVisible();
  await question.getByLabel('Type').fill('Browser test');
  await question.getByRole('button', { name: 'Suspend' }).click();
  await expect(sheet.getByText('Abuse report 4711')).toBeVisible();
  await expect.poll(ask, { timeout: 15_000 }).toBe(403);
  // Whoever is in it is told on every page, by whom and why.
  const banner = page.getByText('Browser test is suspended: its requests are refused');
  await expect(banner).toBeVisible();
  await expect(page.getByText('Their reason: Abuse report 4711')).toBeVisible();
  await sheet.getByRole('button', { name: 'Resume' }).click();
  await question.getByLabel('Reason').fill('Settled');
  await question.getByRole('button', { name: 'Resume' }).click();
  await expect(sheet.getByRole('button', { name: 'Suspend' })).toBeVisible();
  await expect(banner).toHaveCount(0);
  await expect.poll(ask, { timeout: 15_000 }).toBe(200);

  await page.goto('/operator?tab=system');
  const queue = page.getByRole('row').filter({ hasText: 'usage-ingest' });
  await expect(queue).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'serving' }).first()).toBeVisible();
});
