/** An organization with something on every page, its person running the installation as well: for tests that look at pages. */
import type { Page } from '@playwright/test';
import { type FinanceData, makeFinanceData } from './finance.ts';
import { nameOperator } from './operator.ts';
import type { System } from './system.ts';
import { CSRF, expect, type Person, signUpByApi } from './test.ts';

export interface SeededOrganization extends FinanceData {
  readonly person: Person;
  readonly keyId: string;
  readonly requestId: string;
}

/** Long, and with what a name may hold: pages are to bear it. */
const LONG_NAME = 'Checkout service of the northern region (batch, nightly)';

/** Takes as long as an alert does: seconds. @param nowMs By the clock of the system, where that was moved. */
export async function makeSeededOrganization(
  page: Page,
  system: System,
  nowMs: number = Date.now(),
): Promise<SeededOrganization> {
  const person = await signUpByApi(page, system);
  await nameOperator(system, person.email);
  const post = async <T>(path: string, data: object): Promise<T> => {
    const answer = await page.request.post(`${system.consoleUrl}/api/v1${path}`, {
      data,
      headers: { ...CSRF, origin: system.consoleUrl },
    });
    expect(answer.status(), `${path}: ${await answer.text()}`).toBeLessThan(300);
    return (await answer.json()) as T;
  };
  const { key, secret } = await post<{ key: { id: string }; secret: string }>('/keys', {
    name: LONG_NAME,
    tags: { env: 'production', owner: 'checkout' },
    expiresAt: new Date(nowMs + 20 * 86_400_000).toISOString(),
  });
  const scope = { type: 'key', id: key.id };
  await post('/budgets', { scope, limitUsd: '5', period: 'month' });
  await post('/rate-limits', { scope, metric: 'requests', limit: 100, windowSeconds: 60 });
  await post('/invitations', { email: 'ada@example.com', role: 'viewer' });
  await post('/service-accounts', { name: 'deploys' });
  await post('/admin-tokens', { name: 'Terraform', permissions: ['keys:read'] });
  await post('/saved-views', { name: 'Failures', question: { q: 'status:>=400' }, shared: true });
  await post('/saved-reports', { name: 'By model', question: {}, shared: true });
  await post('/playground/prompts', { name: 'A greeting', content: { text: 'Hello' } });
  await post('/routes', {
    name: 'assistant',
    rules: [
      {
        when: [{ field: 'tag:tier', operator: 'is', values: ['free', 'trial'] }],
        targets: [{ model: 'sim-small', weight: 1 }],
      },
      {
        targets: [
          { model: 'sim-large', weight: 70 },
          { model: 'no-such-model', weight: 30 },
        ],
      },
    ],
    fallbacks: [{ model: 'sim-claude' }],
  });
  const requestId = await useKey(system, secret);
  const finance = await makeFinanceData(page, system, nowMs);
  await expect
    .poll(async () => (await page.request.get(`/api/v1/requests/${requestId}`)).status(), { timeout: 30_000 })
    .toBe(200);
  return { ...finance, person, keyId: key.id, requestId };
}

/** One request that was translated, with something that the provider cannot be told, and one that was refused. */
async function useKey(system: System, secret: string): Promise<string> {
  const ask = (model: string) =>
    fetch(`${system.gatewayUrl}/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': secret,
        'anthropic-version': '2023-06-01',
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        model,
        max_tokens: 50,
        top_k: 5,
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    });
  await ask('no-such-model');
  const answer = await ask('sim-small');
  expect(answer.status, await answer.text()).toBe(200);
  return answer.headers.get('x-tollgate-request-id') ?? '';
}
