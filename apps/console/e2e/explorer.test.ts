import { readFile } from 'node:fs/promises';
import type { Download, Page } from '@playwright/test';
import { moveClock, type System } from './support/system.ts';
import { CSRF, expect, readMailedLink, test } from './support/test.ts';

const REQUESTS_PER_VIEW = 8;

async function createKey(page: Page, system: System): Promise<string> {
  const created = await page.request.post('/api/v1/keys', {
    data: { name: 'checkout, prod' },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  return ((await created.json()) as { secret: string }).secret;
}

async function ask(system: System, secret: string, model: string): Promise<string> {
  const answer = await fetch(`${system.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens: 20, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await answer.text();
  return answer.headers.get('x-tollgate-request-id') ?? '';
}

/** Waits until so many are in the ledger. */
async function untilLogged(page: Page, count: number): Promise<void> {
  const find = async () => {
    const answer = await page.request.get('/api/v1/requests?limit=200');
    return ((await answer.json()) as { data: unknown[] }).data.length;
  };
  await expect.poll(find, { timeout: 30_000 }).toBeGreaterThanOrEqual(count);
}

/** Calls of the API that one view made. */
function countCalls(page: Page): () => number {
  let calls = 0;
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith('/api/v1/')) calls += 1;
  });
  return () => {
    const seen = calls;
    calls = 0;
    return seen;
  };
}

async function readCsv(download: Download): Promise<Record<string, string>[]> {
  const [head = [], ...rows] = (await readFile((await download.path()) ?? '', 'utf8'))
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*))(?:,|$)/g)].map((cell) => cell[1] ?? cell[2] ?? ''),
    );
  return rows.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at] ?? ''])));
}

test('[S7] requests are found by keyboard and mouse, watched as they come, kept as a view, and taken along', async ({
  page,
  system,
  person: _person,
}) => {
  const secret = await createKey(page, system);
  for (const model of ['sim-small', 'sim-small', 'sim-large', 'no-such-model'])
    await ask(system, secret, model);
  await untilLogged(page, 4);
  const takeCalls = countCalls(page);
  await page.goto('/requests');
  const table = page.getByRole('table', { name: 'Requests' });
  await expect(table.getByRole('row')).toHaveCount(5);
  await page.waitForLoadState('networkidle');
  expect(takeCalls()).toBeLessThanOrEqual(REQUESTS_PER_VIEW);

  // By keyboard alone: a field, a value, the search.
  const query = page.getByRole('combobox', { name: 'Query' });
  await query.focus();
  await page.keyboard.type('mod');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.type('lar');
  await expect(page.getByRole('option', { name: /sim-large/ })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(query).toHaveValue('model:sim-large ');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await expect(table.getByRole('row')).toHaveCount(2);
  expect(new URL(page.url()).searchParams.get('q')).toBe('model:sim-large');

  // What cannot be read is said, in words, before anything is asked.
  await query.fill('model:sim-large nope:1');
  await page.keyboard.press('Escape');
  await expect(page.getByText('There is no field “nope”.')).toBeVisible();
  await query.fill('');
  await page.keyboard.press('Enter');
  await expect(table.getByRole('row')).toHaveCount(5);

  // By mouse: a facet, and back.
  const facets = page.getByRole('region', { name: 'Filters with counts' });
  await facets.getByRole('button', { name: /^no-such-model/ }).click();
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(query).toHaveValue('served:no-such-model');
  await facets.getByRole('button', { name: /^no-such-model/, pressed: true }).click();
  await expect(table.getByRole('row')).toHaveCount(5);

  // The range by keyboard, then by dragging.
  const brush = page.getByRole('slider');
  await brush.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+PageDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/range=custom/);
  await expect(table.getByRole('row')).toHaveCount(5);
  const box = (await brush.boundingBox())!;
  await page.mouse.move(box.x + 5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 4, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect(table).toBeHidden();
  await page.getByRole('combobox', { name: 'Time range' }).click();
  await page.getByRole('option', { name: 'Last hour' }).click();
  await expect(table.getByRole('row')).toHaveCount(5);

  // A view of it, shared, found again after a reload.
  await query.fill('status:2xx');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await expect(table.getByRole('row')).toHaveCount(4);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Save as a view…' }).click();
  await page.getByLabel('Name').fill('Answered');
  await page.getByLabel('Share with the organization').check();
  await page.getByLabel('Open the explorer with it').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Answered' })).toBeVisible();
  await page.goto('/requests');
  await expect(query).toHaveValue('status:2xx');
  await expect(table.getByRole('row')).toHaveCount(4);

  // New requests come by themselves, and wait while somebody points at the list.
  await page.getByRole('switch', { name: 'Live' }).click();
  await expect(page.getByText('Following.')).toBeVisible();
  await ask(system, secret, 'sim-small');
  await expect(table.getByRole('row')).toHaveCount(5, { timeout: 30_000 });
  await table.getByRole('row').nth(1).hover();
  await ask(system, secret, 'sim-large');
  await expect(page.getByText('Held back while you look: 1 new')).toBeVisible({ timeout: 30_000 });
  await expect(table.getByRole('row')).toHaveCount(5);
  await page.mouse.move(5, 5);
  await expect(table.getByRole('row')).toHaveCount(6);

  // What is shown, as a file: digit for digit what the API says.
  const exporting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const lines = await readCsv(await exporting);
  const answer = await page.request.get('/api/v1/requests?q=status%3A2xx&limit=200');
  const { data } = (await answer.json()) as { data: { id: string; costUsd: string; keyName: string }[] };
  expect(lines.map(({ id, costUsd, key }) => [id, costUsd, key])).toEqual(
    data.map(({ id, costUsd, keyName }) => [id, costUsd, keyName]),
  );

  // One of them, by keyboard: its sheet has an address of its own.
  await table.getByRole('row').nth(1).focus();
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog');
  await expect(sheet).toContainText('Cost by component');
  const id = new URL(page.url()).searchParams.get('open') ?? '';
  expect(data.map((row) => row.id)).toContain(id);
  await expect(sheet.getByRole('link', { name: 'Open in playground' })).toHaveAttribute(
    'href',
    `/playground?request=${id}`,
  );
  await sheet.getByRole('button', { name: 'The one below in the list' }).click();
  await expect(page).not.toHaveURL(new RegExp(`open=${id}`));
});

test('what is typed right after a suggestion was taken follows it, however late the browser draws', async ({
  page,
  person: _person,
}) => {
  await page.goto('/requests');
  await page.evaluate(() => {
    const draw = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (callback) =>
      draw(() => setTimeout(() => callback(performance.now()), 500));
  });
  const query = page.getByRole('combobox', { name: 'Query' });
  await query.focus();
  await page.keyboard.type('mod');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.type('la');
  // A frame that was asked for when the suggestion was taken has come by then.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  await page.keyboard.type('r');
  await expect(query).toHaveValue('model:lar');
  // Nor is what follows jumped over when there is something behind it.
  await query.fill('mod status:2xx');
  for (let step = 0; step < ' status:2xx'.length; step++) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.type('lar');
  await expect(query).toHaveValue('model:lar status:2xx');
});

test('[M4] usage is compared, grouped twice, taken along exactly, kept as a report and mailed after the month', async ({
  page,
  system,
  person,
}) => {
  test.setTimeout(300_000);
  const secret = await createKey(page, system);
  for (const model of ['sim-small', 'sim-large']) await ask(system, secret, model);
  await untilLogged(page, 2);
  const find = async () => {
    const answer = await page.request.get('/api/v1/usage');
    return ((await answer.json()) as { data: { requests: number }[] }).data[0]?.requests;
  };
  await expect.poll(find, { timeout: 60_000 }).toBe(2);
  const takeCalls = countCalls(page);
  await page.goto('/usage');
  await page.getByRole('combobox', { name: 'Then by' }).click();
  await page.getByRole('option', { name: 'Key', exact: true }).click();
  const table = page.getByRole('table', { name: 'By model · key' });
  await expect(table.getByRole('row')).toHaveCount(3);
  await page.waitForLoadState('networkidle');
  expect(takeCalls()).toBeLessThanOrEqual(REQUESTS_PER_VIEW + 2);

  await page.getByRole('button', { name: 'Export CSV' }).click();
  const exporting = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'The table, as shown' }).click();
  const lines = await readCsv(await exporting);
  const answer = await page.request.get('/api/v1/usage?groupBy=model,key');
  const { data } = (await answer.json()) as { data: { model: string; spentUsd: string }[] };
  const byModel = (rows: readonly { model?: string; spentUsd?: string }[]) =>
    Object.fromEntries(rows.map(({ model, spentUsd }) => [model, spentUsd]));
  expect(byModel(lines)).toEqual(byModel(data));
  expect(lines.map(({ changeUsd, spentUsd }) => changeUsd === spentUsd)).toEqual([true, true]);

  await page.getByRole('button', { name: 'Reports' }).click();
  await page.getByRole('menuitem', { name: 'Save as a report…' }).click();
  await page.getByLabel('Name').fill('Models and keys');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Models and keys' }).click();
  await page.getByRole('menuitem', { name: 'Mail it every month…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Recipients' }).click();
  await page.getByRole('option', { name: new RegExp(person.email) }).click();
  await page.keyboard.press('Escape');
  const saved = page.waitForResponse((response) => response.request().method() === 'PATCH');
  await dialog.getByRole('button', { name: 'Save' }).click();
  expect((await saved).status()).toBe(200);

  // From a row to the requests behind it.
  await table.getByRole('button', { name: /More about sim-large/ }).click();
  await page.getByRole('menuitem', { name: 'Requests behind it' }).click();
  await expect(page.getByRole('combobox', { name: 'Query' })).toHaveValue(/model:sim-large key:key_/);
  await expect(page.getByRole('table', { name: 'Requests' }).getByRole('row')).toHaveCount(2);

  const now = new Date();
  const nextMonth = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1, 7);
  await moveClock(system, nextMonth - now.getTime());
  try {
    const link = await readMailedLink(system, person.email, '/usage', 90_000);
    const { range, from } = Object.fromEntries(new URL(link).searchParams);
    expect([range, from]).toEqual(['custom', expect.stringMatching(/-01$/)]);
  } finally {
    await moveClock(system, 0);
  }
});
