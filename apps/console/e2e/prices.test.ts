/**
 * Prices as people meet them: one is stated, requests are rated with it and say so, another is scheduled, and after a
 * correction the period is rated again: shown first, then applied, and the request tells of it.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { System } from './support/system.ts';
import { CSRF, confirm, expect, test } from './support/test.ts';

const DAY_MS = 86_400_000;
const MODEL = 'sim-large';
const PROVIDER = 'openai-compatible';
const PROVIDER_NAME = 'OpenAI-compatible';
/** Nothing but what is told by the provider's usage: tokens times the stated price. */
const FIRST = { input: '1', output: '4' };
const CORRECTED = { input: '2', output: '10' };

interface RequestRow {
  readonly costUsd: string | null;
  readonly attempts: readonly { readonly inputTokens: number; readonly outputTokens: number }[];
}

async function post<T>(page: Page, system: System, apiPath: string, data: object): Promise<T> {
  const headers = { ...CSRF, origin: system.consoleUrl };
  const answer = await page.request.post(`/api/v1${apiPath}`, { data, headers });
  expect(answer.status(), await answer.text()).toBe(201);
  return (await answer.json()) as T;
}

/** A key, and the simulator as a provider of the organization's own, whose models have no price. */
async function prepare(page: Page, system: System): Promise<string> {
  const secrets = JSON.parse(await readFile(path.join(system.stateDirectory, 'secrets.json'), 'utf8')) as {
    TOLLGATE_SIMULATOR_API_KEY: string;
  };
  await post(page, system, '/provider-credentials', {
    provider: PROVIDER,
    name: 'In the house',
    apiKey: secrets.TOLLGATE_SIMULATOR_API_KEY,
    baseUrl: `${system.simulatorUrl}/v1`,
    // Gateways know of no model that nobody has named.
    models: [MODEL],
  });
  return (await post<{ secret: string }>(page, system, '/keys', { name: 'prices' })).secret;
}

function send(system: System, secret: string): Promise<Response> {
  return fetch(`${system.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: `${PROVIDER}/${MODEL}`,
      messages: [{ role: 'user', content: '[[sim tokens=500 interval=0 latency=0]] Tell of prices.' }],
    }),
  });
}

/** @returns The id of the request and its tokens. */
async function use(system: System, secret: string) {
  const answer = await send(system, secret);
  expect(answer.status).toBe(200);
  const { usage } = (await answer.json()) as {
    usage: { prompt_tokens: number; completion_tokens: number };
  };
  return { id: answer.headers.get('x-tollgate-request-id') ?? '', usage };
}

/** In millionths of a USD; the prices above are whole USD per million tokens. */
function microUsd(
  { prompt_tokens, completion_tokens }: { prompt_tokens: number; completion_tokens: number },
  price: typeof FIRST,
): number {
  return prompt_tokens * Number(price.input) + completion_tokens * Number(price.output);
}

async function readCost(page: Page, id: string): Promise<number | null> {
  const answer = await page.request.get(`/api/v1/requests/${id}`);
  if (!answer.ok()) return null;
  const { costUsd } = (await answer.json()) as RequestRow;
  return costUsd === null ? null : Math.round(Number(costUsd) * 1e6);
}

async function statePrice(page: Page, price: typeof FIRST, validFrom?: Date): Promise<void> {
  await page.goto('/prices');
  await page.getByRole('button', { name: 'State a price' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Provider' }).click();
  await page.getByRole('option', { name: PROVIDER_NAME, exact: true }).click();
  await dialog.getByLabel('Model').fill(MODEL);
  await dialog.getByLabel('Input tokens', { exact: true }).fill(price.input);
  await dialog.getByLabel('Output tokens', { exact: true }).fill(price.output);
  if (validFrom !== undefined) {
    await dialog.getByLabel('Holds from').fill(validFrom.toISOString().slice(0, 16));
  }
  await dialog.getByRole('button', { name: 'State price' }).click();
  await expect(page.getByText(`The price of ${MODEL} is stated`)).toBeVisible();
}

test('[M7] a stated price rates the next request, one that is scheduled waits, and a correction is shown before it is applied', async ({
  page,
  system,
  person,
}) => {
  test.setTimeout(300_000);
  expect(person.organizationId).not.toBe('');
  const secret = await prepare(page, system);

  await statePrice(page, FIRST);
  // Gateways hear of a credential and of a price within seconds.
  await expect.poll(async () => (await send(system, secret)).status, { timeout: 60_000 }).toBe(200);
  let request = await use(system, secret);
  await expect
    .poll(
      async () => {
        request = await use(system, secret);
        await expect
          .poll(async () => (await page.request.get(`/api/v1/requests/${request.id}`)).status())
          .toBe(200);
        return readCost(page, request.id);
      },
      { message: 'requests are rated with the stated price', timeout: 60_000 },
    )
    .not.toBeNull();
  expect(await readCost(page, request.id)).toBe(microUsd(request.usage, FIRST));
  await page.goto(`/requests?open=${request.id}`);
  // By the million, as it was stated; the price of one token is on hover.
  const output = page.getByRole('dialog').getByRole('row').filter({ hasText: 'output' });
  await expect(output.first()).toContainText('$4.00 per million');
  await expect(output.first().getByTitle('$0.000004')).toBeVisible();

  await statePrice(page, { input: '3', output: '30' }, new Date(Date.now() + 30 * DAY_MS));
  await page.goto('/prices?q=sim-large&state=scheduled');
  await expect(page.getByText('To come').first()).toBeVisible();
  const later = await use(system, secret);
  await expect.poll(() => readCost(page, later.id), { timeout: 30_000 }).toBe(microUsd(later.usage, FIRST));

  // The first price was wrong from its beginning: the right one begins after it and before now.
  const prices = await page.request.get(`/api/v1/prices?provider=${PROVIDER}&limit=50`);
  expect(prices.ok()).toBe(true);
  const stated = (await prices.json()) as { data: { validFrom: string; state: string }[] };
  const inForce = stated.data.find(({ state }) => state === 'in-force');
  await post(page, system, '/prices', {
    provider: PROVIDER,
    model: MODEL,
    validFrom: new Date(Date.parse(inForce?.validFrom ?? '') + 1).toISOString(),
    components: {
      input: { usdPerMillion: CORRECTED.input },
      output: { usdPerMillion: CORRECTED.output },
    },
  });
  await page.goto('/prices?tab=rerating');
  await page.getByRole('button', { name: 'Rate a period again' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Model').fill(MODEL);
  await dialog.getByLabel('Reason').fill('The price list was misread');
  await dialog.getByRole('button', { name: 'Show what changes' }).click();
  await expect(page.getByText('to be applied')).toBeVisible({ timeout: 60_000 });
  // Shown, and nothing written.
  expect(await readCost(page, request.id)).toBe(microUsd(request.usage, FIRST));
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await confirm(page, 'Apply');
  await expect(page.getByText('applied', { exact: true })).toBeVisible({ timeout: 60_000 });

  expect(await readCost(page, request.id)).toBe(microUsd(request.usage, CORRECTED));
  await page.goto(`/requests?open=${request.id}`);
  await expect(page.getByText('Correction: The price list was misread').first()).toBeVisible();
});
