/** The platform lead decides who answers a name; applications send that name, and see who did. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { find, press, tabTo, write } from './support/keyboard.ts';
import { inDatabase } from './support/operator.ts';
import type { System } from './support/system.ts';
import { CSRF, expect, test, untilRecorded } from './support/test.ts';

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
  await find(page, modelsOf(page).nth(2), 'sim-small');
  await expect(modelsOf(page).nth(2)).toHaveText('sim-small');
  // What was chosen before stands aside once something is typed.
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
  await untilRecorded(page, requestId);
  await page.goto(`/requests?open=${requestId}`);
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('link', { name: NAME, exact: true })).toHaveAttribute(
    'href',
    /^\/routes\/route_/,
  );
});

async function makeRoute(page: Page, system: System, name: string): Promise<string> {
  const made = await page.request.post('/api/v1/routes', {
    data: { name, rules: [{ targets: [{ model: 'sim-small' }] }] },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  expect(made.status(), await made.text()).toBe(201);
  return ((await made.json()) as { id: string }).id;
}

test('whichever way an editor is left, unsaved edits are asked about first and stay until the answer', async ({
  page,
  system,
  person: _,
}) => {
  const id = await makeRoute(page, system, NAME);
  await page.goto('/routes');
  await page.getByRole('link', { name: NAME }).click();
  await expect(page.getByRole('heading', { name: NAME })).toBeVisible();
  const about = page.getByLabel('Description');
  const question = page.getByRole('alertdialog', { name: 'Leave without saving?' });
  const stay = async () => {
    await expect(question).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(question).toHaveCount(0);
    await expect(page).toHaveURL(new RegExp(`/routes/${id}$`));
    await expect(about).toHaveValue('not saved');
  };
  await about.fill('not saved');
  await expect(page.getByText('Unsaved changes')).toBeVisible();

  await test.step('the sidebar', async () => {
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await stay();
  });
  await test.step('the palette', async () => {
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByRole('dialog').getByRole('combobox').fill('Models');
    await page.getByRole('option', { name: 'Models' }).first().click();
    await stay();
  });
  await test.step('a shortcut', async () => {
    await page.getByRole('heading', { name: NAME }).click();
    await expect(async () => {
      // Of two letters that come too far apart, the second one is nobody's.
      await page.keyboard.press('g');
      await page.keyboard.press('k');
      await expect(question).toBeVisible({ timeout: 5_000 });
    }).toPass();
    await stay();
  });
  await test.step("the browser's back, twice", async () => {
    for (let time = 0; time < 2; time++) {
      await page.evaluate(() => window.history.back());
      await stay();
    }
  });
  await test.step('and back in earnest', async () => {
    await page.evaluate(() => window.history.back());
    await question.getByRole('button', { name: 'Leave' }).click();
    await expect(page).toHaveURL(/\/routes$/);
    await expect(page.getByRole('heading', { name: 'Routes' })).toBeVisible();
  });
  await test.step('forward again: what was dropped is gone, and nothing is asked any more', async () => {
    await page.evaluate(() => window.history.forward());
    await expect(about).toHaveValue('');
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await expect(page).toHaveURL(/\/models$/);
  });
});

test('a stored route that cannot be read says so in list and editor, and is mended by new rules', async ({
  page,
  system,
  person: _,
}) => {
  const id = await makeRoute(page, system, NAME);
  await inDatabase(system, async (client) => {
    await client.query(
      `UPDATE routes SET configuration = '{"rules": [{"targets": "sim-small"}]}' WHERE id = $1`,
      [id],
    );
  });
  await page.goto('/routes');
  const row = page.getByRole('row').filter({ hasText: NAME });
  await expect(row).toContainText('Cannot be read');
  await row.getByRole('link', { name: NAME }).click();
  await expect(page.getByText(`What is stored of “${NAME}” cannot be read`)).toBeVisible();
  await find(page, modelsOf(page).nth(0), 'sim-large');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(`“${NAME}” holds on every gateway`)).toBeVisible();
  await expect(page.getByText(`What is stored of “${NAME}” cannot be read`)).toHaveCount(0);
  const mended = await (await page.request.get(`/api/v1/routes/${id}`)).json();
  expect(mended).toMatchObject({ problem: null, rules: [{ targets: [{ model: 'sim-large' }] }] });
});
