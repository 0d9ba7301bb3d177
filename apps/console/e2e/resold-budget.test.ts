/** The operator bounds what an organization spends on what is resold; the organization sees it, and whom to ask. */
import type { Browser, Page } from '@playwright/test';
import { nameOperator, setNewResoldSpend } from './support/operator.ts';
import type { System } from './support/system.ts';
import { CSRF, expect, guarded, signUpByApi, test } from './support/test.ts';

/** Signed in besides the person of the test. */
async function openOperator(browser: Browser, system: System): Promise<Page> {
  const context = await browser.newContext({ baseURL: system.consoleUrl });
  const page = guarded(await context.newPage());
  const { email } = await signUpByApi(page, system);
  await nameOperator(system, email);
  return page;
}

async function bound(operator: Page, organizationId: string, amount: string): Promise<void> {
  await operator.goto(`/operator?open=${organizationId}`);
  const sheet = operator.getByRole('dialog', { name: /Browser test/ });
  await sheet.getByRole('button', { name: 'Change', exact: true }).click();
  const dialog = operator.getByRole('dialog', { name: /may spend on what you resell/ });
  await dialog.getByRole('radio', { name: 'At most an amount' }).click();
  await dialog.getByLabel('At most a month').fill(amount);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByLabel('Reason').fill('Trial');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
}

async function createKey(page: Page, system: System): Promise<string> {
  const data = { name: 'trial' };
  const headers = { ...CSRF, origin: system.consoleUrl };
  const created = await page.request.post('/api/v1/keys', { data, headers });
  return ((await created.json()) as { secret: string }).secret;
}

async function ask(system: System, secret: string): Promise<{ status: number; requestId: string }> {
  const answer = await fetch(`${system.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sim-small',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Hello' }],
    }),
  });
  await answer.text();
  return { status: answer.status, requestId: answer.headers.get('x-tollgate-request-id') ?? '' };
}

test('[M3] what the operator bounds is refused, named with what helps, out of the organization’s hands, and served when raised', async ({
  browser,
  page,
  system,
  person,
}) => {
  const secret = await createKey(page, system);
  await expect.poll(async () => (await ask(system, secret)).status, { timeout: 30_000 }).toBe(200);

  const operator = await openOperator(browser, system);
  await operator.goto(`/operator?open=${person.organizationId}`);
  const sheet = operator.getByRole('dialog', { name: /Browser test/ });
  await expect(sheet).toContainText('Nothing bounds what it spends on your credentials.');
  await bound(operator, person.organizationId, '0');
  await expect(sheet).toContainText('of $0.00');
  await expect.poll(async () => (await ask(system, secret)).status, { timeout: 30_000 }).toBe(402);
  const { requestId } = await ask(system, secret);

  await page.goto('/budgets');
  const row = page.getByRole('row').filter({ hasText: 'Resold models' });
  await expect(row).toContainText('Set by the operator');
  await expect(row.getByRole('button', { name: /More actions/ })).toHaveCount(0);
  await row.getByRole('checkbox').click();
  await expect(page.getByRole('button', { name: /^(Pause|Resume|Archive)/ })).toHaveCount(0);
  await row.getByRole('button', { name: 'Resold models' }).click();
  const budget = page.getByRole('dialog', { name: /Resold models/ });
  await expect(budget).toContainText('your own providers are not counted');
  await expect(budget.getByRole('button', { name: /^(Change|Pause|Reset|Archive)$/ })).toHaveCount(0);

  await page.goto(`/requests?open=${requestId}`);
  const refusal = page.getByRole('dialog');
  await expect(refusal).toContainText('“Resold models”', { timeout: 60_000 });
  await expect(refusal).toContainText('Connect a provider of your own');
  await expect(refusal).toContainText('Ask whoever runs this installation for more');
  await refusal.getByRole('link', { name: 'See providers' }).click();
  await expect(page).toHaveURL(/\/providers$/);

  await page.goto('/playground?models=simulator%2Fsim-small');
  await page.getByRole('textbox', { name: 'Message' }).fill('Hello');
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByText(/Refused with 402/)).toBeVisible();
  await expect(page.getByText(/Ask whoever runs this installation for more/)).toBeVisible();

  await bound(operator, person.organizationId, '5');
  await expect(sheet).toContainText('of $5.00');
  await expect.poll(async () => (await ask(system, secret)).status, { timeout: 30_000 }).toBe(200);
  await page.goto('/budgets');
  await expect(row).toContainText('$5.00 a month');
  await operator.context().close();
});

test('the operator says what new organizations may spend, and whoever signs up then begins with it', async ({
  page,
  system,
  person,
}) => {
  await nameOperator(system, person.email);
  try {
    await page.goto('/operator?tab=resale');
    const form = page.locator('form').filter({ hasText: 'New organizations may spend a month' });
    const [first, usual] = ['At most a month, at first', 'At most a month, then'].map((label) =>
      form.getByLabel(label),
    );
    const unbounded = form.getByRole('radio', { name: 'As much as they want' });
    await expect(unbounded).toHaveCount(2);
    for (const each of await unbounded.all()) await expect(each).toBeChecked();
    const amounts = form.getByRole('radio', { name: 'At most an amount' });
    await amounts.last().click();
    await usual!.fill('6');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form.getByText('This must be at most the amount that it rises to.')).toBeVisible();
    await usual!.fill('');
    await amounts.first().click();
    await form.getByRole('button', { name: 'Save' }).click();
    for (const each of [first!, usual!]) await expect(each).toHaveAttribute('aria-invalid', 'true');
    await first!.fill('7');
    await usual!.fill('6');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form.getByText('This must be at most the amount that it rises to.')).toBeVisible();
    await first!.fill('3');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved').first()).toBeVisible();

    await page.context().clearCookies();
    await signUpByApi(page, system);
    await page.goto('/budgets');
    const row = page.getByRole('row').filter({ hasText: 'Resold models' });
    await expect(row).toContainText('$3.00 a month');
    await expect(row).toContainText('Set by the operator');
    await row.getByRole('button', { name: 'Resold models' }).click();
    const budget = page.getByRole('dialog', { name: /Resold models/ });
    await expect(budget).toContainText('It rises by itself, within a minute');
    await budget.getByRole('link', { name: 'Add a payment method' }).click();
    await expect(page).toHaveURL(/\/settings\/billing$/);
    await page.getByRole('button', { name: 'Add payment method' }).click();
    await page.getByRole('button', { name: 'Save card' }).click();
    await expect(page).toHaveURL(/checkout=done/);
    await expect(async () => {
      await page.goto('/budgets');
      await expect(row).toContainText('$6.00 a month', { timeout: 5_000 });
    }).toPass({ timeout: 90_000 });
    await row.getByRole('button', { name: 'Resold models' }).click();
    await expect(budget).not.toContainText('It rises by itself');
  } finally {
    await setNewResoldSpend(system, null);
  }
});
