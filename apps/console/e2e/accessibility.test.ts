/**
 * axe over every page, its sheets and its dialogs. Each is made and opened once: what changes between light and dark is
 * colour, so the second look asks for contrast only.
 */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { makeFinanceData } from './support/finance.ts';
import type { System } from './support/system.ts';
import { CSRF, expect, type Person, test } from './support/test.ts';

const OPEN_PAGES = ['/sign-in', '/sign-up', '/forgot-password', '/reset-password', '/verify-email'];
// axe looks at every element of a dozen pages; a machine with other work needs its time for that.
const WALK_TIMEOUT_MS = 600_000;
const WIZARD_PAGES = ['organization', 'provider', 'key'].map((step) => `/onboarding?step=${step}`);

/** A page, or a page with the window that this button opens. */
type View = string | readonly [path: string, button: string];

/** Pages around a key that was used once. */
async function makePages(page: Page, system: System, person: Person): Promise<View[]> {
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

/** Everything of finance, with something on it. */
async function makeFinanceViews(page: Page, system: System): Promise<View[]> {
  const { alertId, endpointId, billId, month } = await makeFinanceData(page, system);
  return [
    ...['/usage', '/invoices', '/chargeback', `/month-close?month=${month}&mode=test`, '/month-close'],
    ...['/alerts', `/alerts?open=${alertId}`],
    ['/alerts?tab=rules', 'Add rule'],
    ['/alerts?tab=channels', 'Add channel'],
    ['/alerts?tab=webhooks', 'Add endpoint'],
    `/alerts?tab=webhooks&endpoint=${endpointId}`,
    ...['/prices', '/prices?tab=unknown', '/prices?tab=compare'],
    ['/prices', 'State a price'],
    ['/prices?tab=rerating', 'Rate a period again'],
    '/settings/billing',
    ['/settings/billing', 'Change plan'],
    ['/settings/billing', 'Top up'],
    '/reconciliation',
    ['/reconciliation', 'Import'],
    ...['/reconciliation?tab=gateways', `/reconciliation/${billId}`],
    '/exports',
    ['/exports', 'New export'],
  ];
}

/**
 * Tells of faults only: where else it looked takes longer to say than to find out. In the page itself, which has no
 * frames: gathering its findings in a page of their own takes a third of the time.
 */
function axeOf(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
}

/** What axe calls serious, in light and in dark. */
async function findSerious(page: Page, view: View): Promise<string[]> {
  const [path, button] = typeof view === 'string' ? [view] : view;
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(path);
  await page.waitForLoadState('networkidle');
  if (button !== undefined) {
    await page.getByRole('button', { name: button, exact: true }).first().click();
    await expect(page.getByRole('dialog')).toBeVisible();
  }
  const found = await analyze(page, axeOf(page));
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await analyze(page, axeOf(page).withRules('color-contrast'));
  const where = button === undefined ? path : `${path} (${button})`;
  return [...found.map((one) => `${where}: ${one}`), ...dark.map((one) => `${where} in dark: ${one}`)];
}

async function analyze(page: Page, axe: AxeBuilder): Promise<string[]> {
  // Opening a window fades, and so do colours; what is half-faded has no contrast of its own.
  await page.waitForFunction(() =>
    document.getAnimations().every(({ playState }) => playState !== 'running'),
  );
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target.join(' ')}`));
}

async function walk(page: Page, views: readonly View[]): Promise<string[]> {
  const found: string[] = [];
  for (const view of views) found.push(...(await findSerious(page, view)));
  return found;
}

test.describe('axe, in light and dark', () => {
  test.use({ reducedMotion: 'reduce' });

  test('[P3] finds nothing serious on the pages around signing in', async ({ page }) => {
    expect(await walk(page, OPEN_PAGES)).toEqual([]);
  });

  test('[P3] finds nothing serious on the pages of a developer', { tag: '@long' }, async ({
    page,
    system,
    person,
  }) => {
    test.setTimeout(WALK_TIMEOUT_MS);
    expect(await walk(page, await makePages(page, system, person))).toEqual([]);
  });

  test('[P3] finds nothing serious on the pages of finance, their sheets and dialogs', {
    tag: '@long',
  }, async ({ page, system, person }) => {
    test.setTimeout(WALK_TIMEOUT_MS);
    expect(person.organizationId).toMatch(/^org_/);
    expect(await walk(page, await makeFinanceViews(page, system))).toEqual([]);
  });
});
