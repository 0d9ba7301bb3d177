import type { Page } from '@playwright/test';
import type { System } from './support/system.ts';
import { CSRF, expect, test, untilRecorded } from './support/test.ts';

/** One request in another format than its provider's, with a parameter that the provider does not have. */
async function askTranslated(page: Page, system: System): Promise<string> {
  const created = await page.request.post('/api/v1/keys', {
    data: { name: 'claude client' },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  const { secret } = (await created.json()) as { secret: string };
  const answer = await fetch(`${system.gatewayUrl}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': secret, 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sim-small',
      max_tokens: 50,
      top_k: 5,
      messages: [{ role: 'user', content: 'Hello' }],
    }),
  });
  const requestId = answer.headers.get('x-tollgate-request-id') ?? '';
  await untilRecorded(page, requestId);
  return requestId;
}

test('[G7] a request shows both formats and what could not be said, and is found by it', async ({
  page,
  system,
  person: _person,
}) => {
  const requestId = await askTranslated(page, system);
  await page.goto('/requests?q=translated%3Atrue+unsupported%3Atop_k');
  await expect(page.getByRole('table')).toContainText('sim-small');
  await page.goto(`/requests?open=${requestId}`);
  const sheet = page.getByRole('dialog');
  await expect(sheet).toContainText('Anthropic Messages → OpenAI Chat Completions');
  await expect(sheet.getByText('translated', { exact: true })).toBeVisible();
  await expect(sheet.getByText(/^Left out for .*: top_k$/)).toBeVisible();
});
