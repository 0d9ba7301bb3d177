import type { Page } from '@playwright/test';
import { CSRF, expect, test } from './support/test.ts';

/** One red pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

async function chooseModel(page: Page, position: number, name: string): Promise<void> {
  await page.getByRole('combobox', { name: `Model ${position}` }).click();
  await page.getByPlaceholder('Search').last().fill(name);
  await page.getByRole('option', { name, exact: false }).first().click();
}

test('two models answer one prompt side by side, with the cost that Tollgate metered; the key is listed, its secret nowhere', async ({
  page,
  system,
  person: _,
}) => {
  const seen: string[] = [];
  page.on('request', (request) => seen.push(request.url() + (request.postData() ?? '')));
  await page.goto('/playground');
  await chooseModel(page, 1, 'sim-small');
  await page.getByRole('button', { name: 'Compare with another model' }).click();
  await chooseModel(page, 2, 'sim-large');

  await page.getByLabel('System prompt').fill('Answer briefly.');
  await page.getByLabel('Max output tokens').fill('64');
  await page.locator('input[type=file]').setInputFiles({
    name: 'pixel.png',
    mimeType: 'image/png',
    buffer: PIXEL,
  });
  await expect(page.getByRole('img', { name: 'pixel.png' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Message' }).fill('What is in this picture?');
  await page.getByRole('textbox', { name: 'Message' }).press('Control+Enter');

  await expect(page.locator('[data-state=done]')).toHaveCount(2);
  for (const answer of await page.locator('[data-state=done] [data-answer]').all()) {
    await expect(answer).not.toBeEmpty();
  }
  await expect(page.locator('[data-cost]')).toHaveCount(2);
  await expect(page.getByText('First token')).toHaveCount(2);
  await expect(page).toHaveURL(/models=[^&]*sim-small[^&]*sim-large/);
  expect(page.url()).not.toContain('picture');

  // What is shown as cost is the request's own, digit for digit.
  const shown = await page.locator('[data-cost]').first().textContent();
  await page.getByRole('link', { name: 'Open the request' }).first().click();
  await expect(page).toHaveURL(/\/requests\/req_/);
  await expect(page.getByText(shown ?? '').first()).toBeVisible();

  const keys = await page.request.get(`${system.consoleUrl}/api/v1/keys?q=Playground`, { headers: CSRF });
  const { data } = (await keys.json()) as { data: { name: string; tags: object; secrets: unknown[] }[] };
  expect(data).toHaveLength(1);
  expect(data[0]).toMatchObject({ name: 'Playground: Grace Hopper', tags: { source: 'playground' } });
  // The page was left: its session has ended.
  await expect
    .poll(async () => {
      const again = await page.request.get(`${system.consoleUrl}/api/v1/keys?q=Playground`, {
        headers: CSRF,
      });
      return ((await again.json()) as { data: { secrets: unknown[] }[] }).data[0]?.secrets.length;
    })
    .toBe(0);
  expect(seen.join('\n')).not.toContain('tgk_');
});

test('a stream is stopped, a tool is answered, the code is for three SDKs and holds no key, a saved prompt opens by its link', async ({
  page,
  person: _,
}) => {
  await page.goto('/playground');
  await chooseModel(page, 1, 'sim-small');
  const message = page.getByRole('textbox', { name: 'Message' });
  await message.fill('[[sim tokens=400 interval=100]] Tell me a long story.');
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.locator('[data-state=running]')).toHaveCount(1);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByText('Stopped. What had been produced by then is billed.')).toBeVisible();

  await page.getByRole('button', { name: 'Start over' }).click();
  await chooseModel(page, 1, 'sim-small');
  await page.getByText('Tools', { exact: true }).click();
  await page.getByRole('button', { name: 'Put in an example' }).click();
  await message.fill('What is the weather in Paris? Use the tool.');
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByLabel('What get_weather answered').fill('{"celsius": 21}');
  await page.getByRole('button', { name: 'Send the results' }).click();
  await expect(page.locator('[data-state=done]')).toHaveCount(2);

  await page.getByRole('button', { name: 'View code' }).click();
  const dialog = page.getByRole('dialog');
  for (const [sdk, address] of [
    ['OpenAI SDK', '/v1'],
    ['Anthropic SDK', 'anthropic'],
    ['Gemini SDK', 'genai'],
  ] as const) {
    await dialog.getByRole('combobox', { name: 'SDK' }).click();
    await page.getByRole('option', { name: sdk }).click();
    for (const language of ['curl', 'TypeScript', 'Python', 'Go']) {
      await dialog.getByRole('tab', { name: language, exact: true }).click();
      await expect(dialog.getByRole('tabpanel')).toContainText('TOLLGATE_API_KEY');
      await expect(dialog.getByRole('tabpanel')).not.toContainText('tgk_');
      if (language === 'TypeScript') await expect(dialog.getByRole('tabpanel')).toContainText(address);
    }
  }
  await page.keyboard.press('Escape');

  await message.fill('Name three rivers.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Rivers');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/prompt=prompt_/);
  await page.reload();
  await expect(message).toHaveValue('Name three rivers.');
  await expect(page.getByRole('combobox', { name: 'Model 1' })).toContainText('sim-small');
});

test('a budget of the key refuses in the playground as everywhere, and the documentation says why', async ({
  page,
  system,
  person,
}) => {
  const headers = {
    ...CSRF,
    origin: system.consoleUrl,
    'x-tollgate-organization': person.organizationId,
  };
  const budget = await page.request.post(`${system.consoleUrl}/api/v1/budgets`, {
    headers,
    data: {
      name: 'Nothing',
      scope: { type: 'organization', id: person.organizationId },
      limitUsd: '0',
      period: 'month',
      kind: 'hard',
    },
  });
  expect(budget.status(), await budget.text()).toBe(201);
  await page.goto('/playground?models=simulator%2Fsim-small');
  await page.getByRole('textbox', { name: 'Message' }).fill('Hello');
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByText(/Refused with 402/)).toBeVisible();
  await page.getByRole('link', { name: 'What this means' }).click();
  await expect(page).toHaveURL(/\/docs\/budgets/);
  await expect(page.getByRole('heading', { name: 'Budgets', level: 1 })).toBeVisible();

  await page.getByRole('searchbox', { name: 'Search the documentation' }).fill('signature');
  await page
    .getByRole('link', { name: /Webhooks and signatures/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/docs\/webhooks/);
  await page.goto('/docs/errors#unbounded_cost');
  await expect(page.getByRole('row', { name: /unbounded_cost/ })).toContainText('402');
});

test('another endpoint is called for a team, and its code shown: the model of Gemini’s stands in the path', async ({
  page,
  system,
  person: _,
}) => {
  const made = await page.request.post('/api/v1/teams', {
    data: { name: 'Trials' },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  const team = (await made.json()) as { id: string };
  await page.goto('/playground?mode=other');
  await page.getByRole('combobox', { name: 'Endpoint' }).click();
  await page.getByRole('option', { name: 'generateContent (Gemini)' }).click();
  await page.getByRole('combobox', { name: 'Model' }).click();
  await page.getByPlaceholder('Search').last().fill('sim-small');
  await page.getByRole('option', { name: 'sim-small', exact: false }).first().click();
  await page.getByRole('combobox', { name: 'Charged to' }).click();
  await page.getByRole('option', { name: 'Trials' }).click();
  await page.getByRole('button', { name: 'View code' }).click();
  const code = page.getByRole('dialog', { name: 'View code' });
  await expect(code).toContainText('sim-small:generateContent');
  await expect(code).toContainText('Say hello in one sentence.');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByText('candidates').first()).toBeVisible();
  const keys = await page.request.get('/api/v1/keys?q=Playground', { headers: CSRF });
  const { data } = (await keys.json()) as { data: { teamId: string | null }[] };
  expect(data.map(({ teamId }) => teamId)).toEqual([team.id]);
});
