import OpenAI from 'openai';
import { CSRF, expect, test } from './support/test.ts';

const REVOKED_WITHIN_MS = 1_000;

test.describe('keys', () => {
  test('[G3] a key is created, shown once, used, and refused within a second after it is revoked', async ({
    page,
    system,
    person,
  }) => {
    expect(person.organizationId).toMatch(/^org_/);
    await page.goto('/keys');
    await expect(page.getByText('No keys yet')).toBeVisible();
    await page.getByRole('button', { name: 'Create key' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('checkout-service');
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    const secret = (await page.locator('[data-secret]').textContent()) ?? '';
    expect(secret).toMatch(/^tgk_[0-9A-Za-z]{36,}$/);

    // It waits beside the secret, and flips when the request arrives.
    const created = page.getByRole('dialog');
    await expect(created.getByText('Waiting for the first request')).toBeVisible();
    const client = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: secret, maxRetries: 0 });
    const ask = () =>
      client.chat.completions.create({ model: 'sim-small', messages: [{ role: 'user', content: 'Hello' }] });
    expect((await ask()).choices).toHaveLength(1);
    await expect(created.getByText('First request answered')).toBeVisible();

    // Nothing was copied: closing asks.
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    await expect(page.getByRole('alertdialog')).toContainText('Close without copying?');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Close anyway' }).click();
    await expect(page.locator('[data-secret]')).toHaveCount(0);
    await expect(page.locator('body')).not.toContainText(secret);

    await page.getByRole('link', { name: 'checkout-service' }).click();
    await expect(page.getByRole('heading', { name: 'checkout-service' })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Recent requests' })).toContainText('sim-small');

    await page.getByRole('button', { name: 'Revoke' }).click();
    const confirm = page.getByRole('alertdialog');
    await expect(confirm.getByRole('button', { name: 'Revoke key' })).toBeDisabled();
    await confirm.getByRole('textbox').fill('checkout-service');
    const answered = page.waitForResponse((response) => response.url().endsWith('/revoke'));
    await confirm.getByRole('button', { name: 'Revoke key' }).click();
    expect((await answered).status()).toBe(200);
    const revokedMs = performance.now();
    await expect
      .poll(
        async () =>
          ask().then(
            () => 200,
            (error: unknown) => (error as { status?: number }).status,
          ),
        {
          intervals: [20],
          timeout: 10_000,
        },
      )
      .toBe(401);
    expect(performance.now() - revokedMs).toBeLessThan(REVOKED_WITHIN_MS);
    await expect(page.getByText('This key is revoked.', { exact: false })).toBeVisible();
  });

  test('a rotated key keeps its identity: old and new secret both work while they overlap', async ({
    page,
    system,
    person,
  }) => {
    expect(person.organizationId).toMatch(/^org_/);
    await page.goto('/keys?create=1');
    await page.getByLabel('Name', { exact: true }).fill('search');
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    const before = (await page.locator('[data-secret]').textContent()) ?? '';
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Close anyway' }).click();

    await page.getByRole('link', { name: 'search' }).click();
    await page.getByRole('button', { name: 'Rotate' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    const after = (await page.locator('[data-secret]').textContent()) ?? '';
    expect(after).not.toBe(before);
    for (const apiKey of [before, after]) {
      const client = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey });
      const completion = await client.chat.completions.create({
        model: 'sim-small',
        messages: [{ role: 'user', content: 'Hello' }],
      });
      expect(completion.choices).toHaveLength(1);
    }
  });

  test('the list of keys follows what is used while somebody looks at it', async ({
    page,
    system,
    person,
  }) => {
    const headers = { ...CSRF, origin: system.consoleUrl, 'x-tollgate-organization': person.organizationId };
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const made = await page.request.post('/api/v1/keys', { data: { name: 'watched', expiresAt }, headers });
    const { key, secret } = (await made.json()) as { key: { id: string }; secret: string };
    await page.clock.install();
    await page.goto('/keys');
    const row = page.getByRole('row').filter({ hasText: 'watched' });
    await expect(row).toContainText('never');
    const client = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: secret });
    await client.chat.completions.create({
      model: 'sim-small',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    await expect
      .poll(async () => (await (await page.request.get(`/api/v1/keys/${key.id}`)).json()).lastUsedAt, {
        timeout: 60_000,
      })
      .not.toBeNull();
    await page.clock.runFor(31_000);
    await expect(row).not.toContainText('never');
  });

  test('the form for a new key says what the rules of its team give, none can be chosen instead, and its page lists its models', async ({
    page,
    system,
    person,
  }) => {
    const headers = { ...CSRF, origin: system.consoleUrl, 'x-tollgate-organization': person.organizationId };
    const send = async (method: string, path: string, data?: object) => {
      const answer = await page.request.fetch(`${system.consoleUrl}/api/v1${path}`, {
        method,
        headers,
        ...(data && { data }),
      });
      expect(answer.ok(), await answer.text()).toBe(true);
      return answer.json();
    };
    const team = await send('POST', '/teams', { name: 'Ruled' });
    await send('PUT', '/key-rules', {
      defaultExpiryDays: 30,
      maxAgeDays: 60,
      defaultBudget: { limitUsd: '7', period: 'day', kind: 'hard' },
      defaultRateLimits: [{ metric: 'requests', limit: 5, windowSeconds: 60 }],
    });
    await send('PUT', `/teams/${team.id}/key-rules`, { defaultModels: ['sim-small'] });

    await page.goto('/keys?create=1');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('ruled');
    const expiry = dialog.getByRole('combobox', { name: 'Expires' });
    await expect(expiry).toContainText('As the rules say: 30 days');
    await expect(
      dialog.getByText(/As the rules say: \$7(\.00)? a day, from the organization\./),
    ).toBeVisible();
    await expect(dialog.getByLabel('Budget', { exact: true })).toHaveAttribute('placeholder', '7');
    await expect(dialog.getByLabel('Requests per minute')).toHaveAttribute('placeholder', '5');
    await expect(dialog.getByLabel('All models for this key')).toHaveCount(0);
    await expiry.click();
    await expect(page.getByRole('option', { name: 'Never' })).toHaveCount(0);
    await page.keyboard.press('Escape');

    // Another team, other rules.
    await dialog.getByRole('combobox', { name: 'Team' }).click();
    await page.getByRole('option', { name: 'Ruled' }).click();
    await expect(dialog.getByText('As the rules say: sim-small, from team Ruled.')).toBeVisible();
    await dialog.getByRole('button', { name: 'What would it reach?' }).click();
    await expect(dialog.getByText(/^1 of \d+ models within reach$/)).toBeVisible();

    // None instead, and one of its own beside that of the rules.
    await dialog.getByLabel('All models for this key').click();
    await expect(dialog.getByText(/models within reach$/)).toHaveCount(0);
    await dialog.getByLabel('No budget for this key').click();
    await dialog.getByLabel('Tokens per minute').fill('1000');
    await dialog.getByRole('button', { name: 'Create key' }).click();
    await expect(page.getByRole('heading', { name: 'Key created' })).toBeVisible();
    const [key] = (await send('GET', '/keys?q=ruled')).data;
    expect(key).toMatchObject({ models: [], teamId: team.id });
    const policy = await send('GET', `/keys/${key.id}/policy`);
    expect(policy.budgets).toEqual([]);
    const limits = policy.rateLimits.map(
      ({ rateLimit }: { rateLimit: { metric: string; limit: number } }) =>
        `${rateLimit.metric} ${rateLimit.limit}`,
    );
    expect(limits.toSorted()).toEqual(['requests 5', 'tokens 1000']);

    // What a key reaches, and what stands in the way of the rest.
    const narrow = { name: 'narrow', models: ['sim-small', 'nobody-has-this'] };
    const made = await send('POST', '/keys', narrow);
    await page.goto(`/keys/${made.key.id}`);
    await page.getByRole('button', { name: '1 model', exact: true }).click();
    const sheet = page.getByRole('dialog', { name: 'Models within reach' });
    await expect(sheet.getByRole('listitem')).toHaveText(/sim-small/);
    await sheet.getByRole('combobox', { name: 'Models within reach' }).click();
    await page.getByRole('option', { name: 'Withheld' }).click();
    await sheet.getByRole('searchbox').fill('nobody');
    await expect(sheet.getByRole('listitem')).toHaveCount(1);
    await expect(sheet.getByRole('listitem')).toContainText('no connected provider serves it');
  });
});
