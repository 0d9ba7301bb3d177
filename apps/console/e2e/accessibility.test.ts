import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { System } from './support/system.ts';
import { CSRF, expect, type Person, test } from './support/test.ts';

const OPEN_PAGES = ['/sign-in', '/sign-up', '/forgot-password', '/reset-password', '/verify-email'];
// axe looks at every element of a dozen pages; a machine with other work needs its time for that.
const WALK_TIMEOUT_MS = 600_000;
const WIZARD_PAGES = ['organization', 'provider', 'key'].map((step) => `/onboarding?step=${step}`);

/** Pages around a key that was used once. */
async function makePages(page: Page, system: System, person: Person): Promise<string[]> {
  const created = await page.request.post('/api/v1/keys', {
    data: { name: `key of ${person.name}` },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  const { key, secret } = (await created.json()) as { key: { id: string }; secret: string };
  // Translated, and with something that the provider cannot be told: its page has all there is to show.
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
  await expect
    .poll(async () => (await page.request.get(`/api/v1/requests/${requestId}`)).status(), { timeout: 30_000 })
    .toBe(200);
  const headers = { ...CSRF, origin: system.consoleUrl };
  const scope = { type: 'key', id: key.id };
  const budget = await page.request.post('/api/v1/budgets', {
    data: { scope, limitUsd: '5', period: 'month' },
    headers,
  });
  const limit = await page.request.post('/api/v1/rate-limits', {
    data: { scope, metric: 'requests', limit: 100, windowSeconds: 60 },
    headers,
  });
  const idOf = async (answer: typeof budget) => ((await answer.json()) as { id: string }).id;
  const rules = [
    ...['/budgets', '/budgets?create=1', `/budgets?open=${await idOf(budget)}`],
    ...['/rate-limits', '/rate-limits?create=1', `/rate-limits?open=${await idOf(limit)}`],
  ];
  const details = [`/keys/${key.id}`, `/requests/${requestId}`, `/requests?open=${requestId}`];
  return [...WIZARD_PAGES, '/', '/keys', '/keys?create=1', '/requests', ...details, ...rules];
}

async function findSerious(page: Page, path: string): Promise<string[]> {
  await page.goto(path);
  await page.waitForLoadState('networkidle');
  // Opening a window fades; half-faded text has no contrast of its own.
  await page.waitForFunction(() =>
    document.getAnimations().every(({ playState }) => playState !== 'running'),
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${path}: ${id} at ${target.join(' ')}`));
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, reducedMotion: 'reduce' });

    test('[P3] axe finds nothing serious on the pages around signing in', async ({ page }) => {
      const found: string[] = [];
      for (const path of OPEN_PAGES) found.push(...(await findSerious(page, path)));
      expect(found).toEqual([]);
    });

    test('[P3] axe finds nothing serious on the pages of a developer', async ({ page, system, person }) => {
      test.setTimeout(WALK_TIMEOUT_MS);
      const found: string[] = [];
      for (const path of await makePages(page, system, person))
        found.push(...(await findSerious(page, path)));
      expect(found).toEqual([]);
    });
  });
}
