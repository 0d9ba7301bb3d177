import OpenAI from 'openai';
import { expect, test } from './support/test.ts';

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
});
