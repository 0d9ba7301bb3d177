/** The platform lead decides who answers a name; applications send that name, and see who did. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { find, press, tabTo, write } from './support/keyboard.ts';
import type { System } from './support/system.ts';
import { CSRF, expect, test } from './support/test.ts';

const NAME = 'assistant';

async function ask(system: System, secret: string): Promise<Response> {
  const answer = await fetch(`${system.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: NAME, max_tokens: 20, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await answer.text();
  return answer;
}

/** A provider of their own, for a fall-back. */
async function connectHouseModel(page: Page, system: System): Promise<void> {
  const secrets = JSON.parse(await readFile(path.join(system.stateDirectory, 'secrets.json'), 'utf8')) as {
    TOLLGATE_SIMULATOR_API_KEY: string;
  };
  const connected = await page.request.post('/api/v1/provider-credentials', {
    data: {
      provider: 'openai-compatible',
      name: 'In the house',
      apiKey: secrets.TOLLGATE_SIMULATOR_API_KEY,
      baseUrl: `${system.simulatorUrl}/v1`,
      models: ['sim-claude'],
    },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  expect(connected.status()).toBe(201);
}

const modelsOf = (page: Page) => page.getByRole('combobox', { name: 'Model' });

test('[P3] a route is made by keyboard, tried without sending, and seen in the request that it served', async ({
  page,
  system,
  person: _,
}) => {
  const made = await page.request.post('/api/v1/keys', {
    data: { name: 'chat' },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  const { secret } = (await made.json()) as { secret: string };
  await connectHouseModel(page, system);
  await page.goto('/routes');
  await expect(page.getByText('No routes yet')).toBeVisible();
  await press(page, page.getByRole('link', { name: 'Create route' }).first());
  await expect(page.getByRole('heading', { name: 'New route' })).toBeVisible();

  // Two targets by weight; each that is added has the focus.
  await write(page, page.getByLabel('Name', { exact: true }), NAME);
  const rule = page.getByRole('region', { name: 'Rule 1' });
  await find(page, modelsOf(page).nth(0), 'sim-small');
  await press(page, rule.getByRole('button', { name: 'Add target' }));
  await expect(modelsOf(page).nth(1)).toBeFocused();
  await find(page, modelsOf(page).nth(1), 'sim-large');
  await write(page, rule.getByLabel('Weight').nth(1), '300');
  await expect(rule.getByRole('img', { name: 'Shares: sim-small 25%, sim-large 75%' })).toBeVisible();

  // Put into another order from where one is; the focus goes along.
  const weight = rule.getByRole('listitem', { name: 'sim-large' }).getByLabel('Weight');
  await expect(weight).toBeFocused();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(rule.getByRole('img', { name: 'Shares: sim-large 75%, sim-small 25%' })).toBeVisible();
  await expect(weight).toBeFocused();

  await press(page, page.getByRole('button', { name: 'Add fall-back' }));
  await expect(modelsOf(page).nth(2)).toBeFocused();
  await find(page, modelsOf(page).nth(2), 'sim-claude');

  // Nothing is saved yet, and nothing is sent.
  await press(page, page.getByRole('button', { name: 'Test', exact: true }));
  await expect(page.getByText('Rule 1 matches')).toBeVisible();
  const tried = page.getByRole('list', { name: 'Tried in this order' }).getByRole('listitem');
  await expect(tried.filter({ hasText: 'sim-large' }).first()).toContainText('75% begin here');
  await expect(tried.filter({ hasText: 'sim-claude' }).first()).toContainText('fall-back');
  await expect(page.getByText('Matches the test')).toBeVisible();
  expect(((await (await page.request.get('/api/v1/requests')).json()) as { data: unknown[] }).data).toEqual(
    [],
  );

  // A link does not lose what was entered.
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await expect(page.getByRole('alertdialog')).toContainText('Leave without saving?');
  await page.keyboard.press('Escape');

  await tabTo(page, page.getByRole('button', { name: 'Create route' }));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/routes\/route_/);
  await expect(page.getByRole('heading', { name: NAME })).toBeVisible();
  await expect(modelsOf(page).nth(0)).toHaveText('sim-large');

  // Gateways hear of it within seconds.
  let served: Response | undefined;
  await expect
    .poll(
      async () => {
        served = await ask(system, secret);
        return served.status;
      },
      { timeout: 30_000 },
    )
    .toBe(200);
  expect(served?.headers.get('x-tollgate-route')).toBe(NAME);
  const requestId = served?.headers.get('x-tollgate-request-id') ?? '';
  await expect
    .poll(async () => (await page.request.get(`/api/v1/requests/${requestId}`)).status(), { timeout: 30_000 })
    .toBe(200);
  await page.goto(`/requests?open=${requestId}`);
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('link', { name: NAME, exact: true })).toHaveAttribute(
    'href',
    /^\/routes\/route_/,
  );
});
