/** Finance is told before a budget is gone: spend, the mail, its link, and other systems by webhook. */
import OpenAI from 'openai';
import { CSRF, expect, readMailedLink, test } from './support/test.ts';

const BUDGET_USD = '0.001';
const NOTICED_WITHIN_MS = 60_000;

test.describe('alerts', () => {
  test('a newcomer who spends over 80 % of a budget gets a mail within a minute, and its link opens the budget', async ({
    page,
    system,
    person,
  }) => {
    test.setTimeout(180_000);
    const post = (path: string, data: object) =>
      page.request.post(`/api/v1${path}`, { data, headers: { ...CSRF, origin: system.consoleUrl } });
    const made = await post('/budgets', {
      name: 'Pilot',
      scope: { type: 'organization', id: '*' },
      limitUsd: BUDGET_USD,
      period: 'month',
      kind: 'soft',
      thresholds: [80],
    });
    expect(made.status(), await made.text()).toBe(201);
    const budget = (await made.json()) as { id: string };
    const key = (await (await post('/keys', { name: 'pilot' })).json()) as { secret: string };
    const client = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: key.secret });
    const spentUsd = async (): Promise<number> => {
      const answer = await page.request.get(`/api/v1/budgets/${budget.id}`);
      return Number(((await answer.json()) as { spentUsd: string }).spentUsd);
    };
    await expect
      .poll(
        async () => {
          await client.chat.completions.create({
            model: 'sim-small',
            max_tokens: 400,
            messages: [{ role: 'user', content: 'Tell me a long story. '.repeat(40) }],
          });
          return spentUsd();
        },
        { timeout: 60_000, intervals: [200] },
      )
      .toBeGreaterThan(Number(BUDGET_USD) * 0.8);

    const startedMs = performance.now();
    const link = await readMailedLink(system, person.email, '/budgets', NOTICED_WITHIN_MS);
    expect(performance.now() - startedMs).toBeLessThan(NOTICED_WITHIN_MS);
    expect(new URL(link).searchParams.get('open')).toBe(budget.id);
    await page.goto(link);
    await expect(page.getByRole('dialog', { name: /Pilot/ })).toContainText('$0.001');

    // The overview says so, and the alert says why, whom it told, and where its cause is.
    await page.goto('/');
    // At this rate it will be used up early, too: that is an alert of its own.
    await expect(page.getByText(/alerts? (is|are) firing/)).toBeVisible();
    await page.getByRole('link', { name: 'See alerts' }).click();
    await page.getByRole('button', { name: /The budget of “Pilot” has passed/ }).click();
    const sheet = page.getByRole('dialog', { name: /Pilot/ });
    await expect(sheet).toContainText('Spent');
    await expect(sheet.getByText('Owners and finance')).toBeVisible();
    await expect(sheet.getByText('Delivered')).toBeVisible();
    await sheet.getByRole('button', { name: 'Acknowledge' }).click();
    await expect(sheet.getByText('Acknowledged', { exact: true })).toBeVisible();
    await sheet.getByRole('link', { name: 'Open the budget' }).click();
    await expect(page).toHaveURL(new RegExp(`/budgets\\?open=${budget.id}`));
  });

  test('[X4] an endpoint is added, its secret shown once, and a private address is refused', async ({
    page,
    person,
  }) => {
    expect(person.email).toContain('@');
    await page.goto('/alerts?tab=webhooks');
    await page.getByRole('button', { name: 'Add endpoint' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('URL').fill('https://169.254.169.254/latest/meta-data');
    await dialog.getByRole('button', { name: 'Add endpoint' }).click();
    await expect(dialog.getByLabel('URL')).toHaveAttribute('aria-invalid', 'true');
    await dialog.getByLabel('URL').fill('https://hooks.example.com/tollgate');
    await dialog.getByRole('button', { name: 'Add endpoint' }).click();
    await expect(page.getByRole('dialog', { name: 'The secret of this endpoint' })).toContainText('whsec_');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'https://hooks.example.com/tollgate' }).click();
    await expect(page.getByRole('dialog')).toContainText('Nothing was sent yet.');
    await expect(page.getByText('whsec_')).toHaveCount(0);
  });

  test('rules and channels: a rule of one’s own, a test mail, and a rule switched off', async ({
    page,
    system,
    person,
  }) => {
    await page.goto('/alerts?tab=rules');
    await page.getByRole('switch', { name: 'Watch: A key ends soon' }).click();
    await expect(page.getByText('“A key ends soon” is no longer watched')).toBeVisible();
    await page.getByRole('button', { name: 'Add rule' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Early warning');
    await dialog.getByLabel('Shares').fill('10, 25');
    await dialog.getByRole('button', { name: 'Add rule' }).click();
    await expect(page.getByText('Early warning')).toBeVisible();

    await page.getByRole('tab', { name: 'Channels' }).click();
    await page.getByRole('button', { name: 'Send test: Owners and finance' }).click();
    await expect(page.getByText('A test mail is on its way')).toBeVisible();
    expect(await readMailedLink(system, person.email, '/alerts')).toContain('/alerts');
  });
});
