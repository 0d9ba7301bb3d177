/** The platform lead sets limits; the gateway keeps them; whoever is refused learns why. */
import type { Page } from '@playwright/test';
import OpenAI from 'openai';
import type { System } from './support/system.ts';
import { CSRF, confirm, expect, test, untilRecorded } from './support/test.ts';

const BUDGET_USD = '0.002';

async function createKey(page: Page, system: System, name: string): Promise<{ id: string; secret: string }> {
  const created = await page.request.post('/api/v1/keys', {
    data: { name },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  const { key, secret } = (await created.json()) as { key: { id: string }; secret: string };
  return { id: key.id, secret };
}

function clientOf(system: System, apiKey: string, maxRetries = 2): OpenAI {
  return new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey, maxRetries });
}

/** @returns The status, and the id by which the request is found. */
async function ask(client: OpenAI, maxTokens = 100): Promise<{ status: number; requestId: string }> {
  const call = client.chat.completions.create({
    model: 'sim-small',
    max_tokens: maxTokens,
    messages: [{ role: 'user', content: 'Hello' }],
  });
  try {
    const { response } = await call.withResponse();
    return { status: response.status, requestId: response.headers.get('x-tollgate-request-id') ?? '' };
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    return { status: error.status ?? 0, requestId: error.headers?.get('x-tollgate-request-id') ?? '' };
  }
}

test.describe('budgets', () => {
  test('[M3] a hard budget made in the console refuses at the gateway, and the request says why, with a way to the rule', async ({
    page,
    system,
    person,
  }) => {
    expect(person.organizationId).toMatch(/^org_/);
    const key = await createKey(page, system, 'pilot');
    await page.goto('/budgets');
    await expect(page.getByText('No budgets yet')).toBeVisible();
    await page.getByRole('button', { name: 'Create budget' }).first().click();
    const dialog = page.getByRole('dialog');

    // Nothing but the amount is needed, and what is missing is said at its field.
    await dialog.getByRole('button', { name: 'Create budget' }).click();
    await expect(dialog.getByLabel('Amount')).toHaveAttribute('aria-invalid', 'true');
    await dialog.getByLabel('Amount').fill('ten');
    await dialog.getByRole('button', { name: 'Create budget' }).click();
    await expect(dialog.getByRole('alert')).toContainText('Write an amount such as');
    await dialog.getByLabel('Amount').fill(BUDGET_USD);
    await dialog.getByRole('combobox', { name: 'Applies to' }).click();
    await page.getByRole('option', { name: 'Key' }).click();
    await expect(dialog.getByRole('radio', { name: 'One key' })).toBeChecked();
    await dialog.getByRole('combobox', { name: 'Key' }).click();
    await page.getByRole('option', { name: /pilot/ }).click();
    await dialog.getByRole('button', { name: 'Create budget' }).click();
    await expect(page.getByText('The budget “pilot” holds now')).toBeVisible();
    const row = page.getByRole('row').filter({ hasText: 'pilot' });
    await expect(row).toContainText('$0.002 a month');

    // Exactly one request reaches the gateway: the SDK is told not to try again.
    const client = clientOf(system, key.secret);
    await expect.poll(async () => (await ask(client, 100_000)).status, { timeout: 30_000 }).toBe(402);
    const refused = await ask(client, 100_000);
    expect(refused.status).toBe(402);

    await untilRecorded(page, refused.requestId);
    await page.goto(`/requests?open=${refused.requestId}`);
    const sheet = page.getByRole('dialog');
    await expect(sheet.getByText('Why it was refused')).toBeVisible();
    await expect(sheet).toContainText('“pilot”');
    await expect(sheet).toContainText('Key pilot');
    await sheet.getByRole('link', { name: 'Open this budget' }).click();
    await expect(page).toHaveURL(/\/budgets\?open=bud_/);
    await expect(page.getByRole('dialog', { name: /pilot/ })).toContainText('$0.002 a month');

    // Raised in place, the same request goes through.
    await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
    const edit = page.getByRole('dialog', { name: 'Change pilot' });
    await edit.getByLabel('Amount').fill('5');
    await edit.getByRole('button', { name: 'Save' }).click();
    await expect(edit).toHaveCount(0);
    await expect.poll(async () => (await ask(client)).status, { timeout: 30_000 }).toBe(200);

    // What it cost shows up in the bar, and on the page of the key.
    await page.goto(`/keys/${key.id}`);
    await expect(page.getByRole('link', { name: 'pilot' }).first()).toBeVisible();
    await expect(page.getByText('Decides').first()).toBeVisible();
  });

  test('many are archived at once; what somebody changed meanwhile is named and stays', async ({
    page,
    system,
    person,
  }) => {
    expect(person.organizationId).toMatch(/^org_/);
    const headers = { ...CSRF, origin: system.consoleUrl };
    const make = async (name: string): Promise<string> => {
      const scope = { type: 'organization', id: '*' };
      const data = { name, scope, limitUsd: '100', period: 'month' };
      const made = await page.request.post('/api/v1/budgets', { data, headers });
      return ((await made.json()) as { id: string }).id;
    };
    const ids = [await make('first'), await make('second'), await make('third')];
    await page.goto('/budgets');
    const row = (name: string) => page.getByRole('row').filter({ hasText: name });
    await row('first').getByRole('checkbox').click();
    await row('second').getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Archive', exact: true }).click();
    const dialog = page.getByRole('alertdialog');
    await expect(dialog).toContainText('Archive 2 budgets?');
    const changed = await page.request.patch(`/api/v1/budgets/${ids[1]}`, {
      data: { limitUsd: '90' },
      headers,
    });
    expect(changed.status()).toBe(200);
    await dialog.getByRole('textbox').fill('archive');
    await dialog.getByRole('button', { name: 'Archive' }).click();
    const result = page.getByRole('dialog', { name: 'What became of it' });
    await expect(result).toContainText('second: Somebody changed this meanwhile.');
    await result.getByRole('button', { name: 'Done' }).click();
    await expect(row('first')).toHaveCount(0);
    await expect(row('second')).toContainText('$90.00');
    await expect(row('third')).toBeVisible();
  });

  test('of a budget that is one per value each value can be reset: page by page, and by its name', async ({
    page,
    system,
    person,
  }) => {
    expect(person.organizationId).toMatch(/^org_/);
    const headers = { ...CSRF, origin: system.consoleUrl };
    const scope = { type: 'key', id: '*' };
    const data = { name: 'Each', scope, limitUsd: '10', period: 'month' };
    const budget = (await (await page.request.post('/api/v1/budgets', { data, headers })).json()) as {
      id: string;
    };
    // Fifty-one keys that spent something, as the API would tell of them.
    const values = Array.from({ length: 51 }, (_, place) => ({
      value: `key_${place}`,
      name: `service-${place}`,
      ...{ periodLimitUsd: '10.00', spentUsd: '1.00', heldUsd: '0.00', remainingUsd: '9.00' },
      forecastExceededAt: null,
    }));
    await page.route(`**/api/v1/budgets/${budget.id}`, (route) =>
      route.fulfill({ json: { ...budget, valueCount: values.length } }),
    );
    await page.route(`**/api/v1/budgets/${budget.id}/values?**`, (route) => {
      const asked = new URL(route.request().url()).searchParams;
      const found = values.filter(({ name }) => name.includes(asked.get('q') ?? ''));
      const rest = asked.get('cursor') === null ? found : found.slice(50);
      return route.fulfill({
        json: { data: rest.slice(0, 50), nextCursor: rest.length > 50 ? 'next' : null },
      });
    });
    await page.goto('/budgets');
    await page.getByRole('button', { name: 'Each', exact: true }).click();
    const sheet = page.getByRole('dialog', { name: /Each/ });
    const resetLast = sheet.getByRole('button', { name: 'Reset service-50' });
    await expect(sheet.getByRole('button', { name: 'Reset service-49' })).toBeVisible();
    await expect(resetLast).toHaveCount(0);
    await sheet.getByRole('button', { name: 'Show more' }).click();
    await expect(resetLast).toBeVisible();
    await expect(sheet.getByRole('button', { name: 'Show more' })).toHaveCount(0);

    await sheet.getByRole('searchbox', { name: 'Name or value' }).fill('service-50');
    await expect(sheet.getByRole('button', { name: /^Reset service-/ })).toHaveCount(1);
    await resetLast.click();
    const sent = page.waitForRequest((request) => request.url().endsWith('/reset'));
    await confirm(page, 'Reset');
    expect((await sent).postDataJSON()).toEqual({ scopeValue: 'key_50' });
    await sheet.getByRole('searchbox', { name: 'Name or value' }).fill('nobody');
    await expect(sheet.getByText('Nobody with this name spent anything')).toBeVisible();
  });

  test('a budget is paused, resumed, reset and archived, each with its event', async ({
    page,
    system,
    person,
  }) => {
    const made = await page.request.post('/api/v1/budgets', {
      data: {
        name: 'Everything',
        scope: { type: 'organization', id: '*' },
        limitUsd: '100',
        period: 'month',
      },
      headers: { ...CSRF, origin: system.consoleUrl },
    });
    expect(made.status(), await made.text()).toBe(201);
    const { id } = (await made.json()) as { id: string };
    await page.goto(`/budgets?open=${id}`);
    const sheet = page.getByRole('dialog', { name: /Everything/ });
    await sheet.getByRole('button', { name: 'Pause' }).click();
    await confirm(page, 'Pause');
    await expect(sheet.getByText('Paused')).toBeVisible();
    await sheet.getByRole('button', { name: 'Resume' }).click();
    await confirm(page, 'Resume');
    await expect(sheet).toBeVisible();
    await expect(sheet.getByText('Paused')).toHaveCount(0);
    await sheet.getByRole('button', { name: 'Reset' }).click();
    await expect(page.getByRole('alertdialog')).toContainText('Usage and invoices stay as they are');
    await confirm(page, 'Reset');
    await sheet.getByRole('button', { name: 'Archive' }).click();
    await confirm(page, 'Archive', 'Everything');
    await expect(page.getByText('No budgets yet')).toBeVisible();

    await page.goto(`/settings/audit-log?targetKind=budget&targetId=${id}`);
    for (const action of ['Budget created', 'Budget changed', 'Budget reset', 'Budget archived']) {
      await expect(page.getByRole('row').filter({ hasText: action }).first()).toBeVisible();
    }
    expect(person.email).toContain('@');
  });
});

test.describe('rate limits', () => {
  test('[G6] a key made with a limit keeps it; the refusal names the rule, and the key shows that nothing is left', async ({
    page,
    system,
    person,
  }) => {
    expect(person.organizationId).toMatch(/^org_/);
    await page.goto('/keys?create=1');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('slow');
    await dialog.getByText('Limits and budget', { exact: true }).click();
    await dialog.getByLabel('Requests per minute').fill('2');
    await expect(dialog.getByText('1 set')).toBeVisible();
    await dialog.getByRole('button', { name: 'Create key' }).click();
    const secret = (await page.locator('[data-secret]').textContent()) ?? '';
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Close anyway' }).click();

    const client = clientOf(system, secret, 0);
    await expect.poll(async () => (await ask(client)).status, { timeout: 30_000 }).toBe(429);
    const refused = await ask(client);

    await untilRecorded(page, refused.requestId);
    await page.goto(`/requests?open=${refused.requestId}`);
    const sheet = page.getByRole('dialog');
    await expect(sheet).toContainText('At most 2 requests per minute');
    await sheet.getByRole('link', { name: 'Open this rate limit' }).click();
    const rule = page.getByRole('dialog', { name: '2 requests per minute' });
    await expect(rule).toContainText('HTTP/1.1 429');
    await rule.getByRole('button', { name: 'Delete' }).click();
    await confirm(page, 'Delete');
    await expect(page.getByText('No rate limits yet')).toBeVisible();
    await expect.poll(async () => (await ask(client)).status, { timeout: 30_000 }).toBe(200);
  });
});
