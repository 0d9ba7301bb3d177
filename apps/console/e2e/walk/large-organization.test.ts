/**
 * The first view of every page of the navigation for the owner of a large organization: what it asks, that nothing fails, and that
 * lists are there. How long lists take with 500,000 keys and ten million requests is `npm run seed:large`.
 */
import type { Page } from '@playwright/test';
import { PAGES } from '../../src/features/shell/navigation.ts';
import { fillOrganization, LARGE } from '../support/large-organization.ts';
import { countRequests } from '../support/page-requests.ts';
import type { System } from '../support/system.ts';
import { CSRF, expect, test } from '../support/test.ts';
import { openPage } from '../support/walk.ts';

const MOST_REQUESTS = 8;
const WALK_TIMEOUT_MS = 600_000;

/** What the first rows of lists say; they are there before a script has run. */
const ROWS: Readonly<Record<string, string>> = {
  '/keys': 'key 00001',
  '/key-hygiene': 'key 0',
  '/budgets': 'Team 0',
  '/rate-limits': 'Team 0',
  '/teams': 'Team 0001',
  '/members': 'Person 0',
  '/service-accounts': 'account 0',
};

/** Lists that are read to their end ask again when a page of theirs is drawn. */
const QUIET_MS = 2_000;

interface Opened {
  readonly path: string;
  readonly asked: readonly string[];
  readonly failed: readonly string[];
  readonly tookMs: number;
}

async function open(page: Page, path: string): Promise<Opened> {
  const failed: string[] = [];
  const listen = (response: { status(): number; url(): string }) => {
    if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
  };
  page.on('response', listen);
  const count = countRequests(page);
  const startedMs = performance.now();
  await openPage(page, path);
  const tookMs = Math.round(performance.now() - startedMs);
  for (let before = -1; before !== count.asked.length; ) {
    before = count.asked.length;
    await page.waitForTimeout(QUIET_MS);
  }
  count.stop();
  page.off('response', listen);
  return { path, asked: count.asked, failed, tookMs };
}

const MODELS = 900;
const TARGETS = 10;

/** A provider of the house with hundreds of models, and a route to some of them. */
async function makeRouteAmongModels(page: Page, system: System): Promise<string> {
  const post = async (path: string, data: object): Promise<{ readonly id: string }> => {
    const made = await page.request.post(`/api/v1${path}`, {
      data,
      headers: { ...CSRF, origin: system.consoleUrl },
    });
    expect(made.status(), await made.text()).toBe(201);
    return (await made.json()) as { readonly id: string };
  };
  const nameOf = (place: number) => `house-model-${String(place).padStart(3, '0')}`;
  await post('/provider-credentials', {
    provider: 'openai-compatible',
    name: 'In the house',
    apiKey: 'sk-0123456789abcdef',
    baseUrl: `${system.simulatorUrl}/v1`,
    models: Array.from({ length: MODELS }, (_, place) => nameOf(place)),
  });
  const targets = Array.from({ length: TARGETS }, (_, place) => ({ model: nameOf(place * 80) }));
  const { id } = await post('/routes', { name: 'assistant', rules: [{ targets }] });
  return `/routes/${id}`;
}

test(`[S7] with ${LARGE.teams} teams, a budget each, ${LARGE.keys} keys and ${LARGE.members} people, every page of the navigation asks at most ${MOST_REQUESTS} times and has its rows`, async ({
  page,
  system,
  person,
}) => {
  test.setTimeout(WALK_TIMEOUT_MS);
  await fillOrganization(system, person);
  const opened: Opened[] = [];
  const rowless: string[] = [];
  for (const { href } of PAGES.filter(({ operatorOnly }) => operatorOnly !== true)) {
    await test.step(href, async () => {
      opened.push(await open(page, href));
      expect(new URL(page.url()).pathname, 'the page that was asked for').toBe(href);
      const row = ROWS[href];
      if (row === undefined) return;
      const isThere = await page.locator('main tbody').getByText(row).first().isVisible();
      if (!isThere) rowless.push(`${href} without ${row}`);
    });
  }
  const route = await makeRouteAmongModels(page, system);
  for (const path of [route, '/routes/new']) {
    await test.step(path, async () => {
      opened.push(await open(page, path));
    });
  }
  test.info().annotations.push({
    type: 'requests and milliseconds',
    description: opened.map(({ path, asked, tookMs }) => `${path} ${asked.length}, ${tookMs}`).join('; '),
  });
  expect(opened.flatMap(({ path, failed }) => failed.map((one) => `${path}: ${one}`))).toEqual([]);
  expect(rowless).toEqual([]);
  const above = opened.filter(({ asked }) => asked.length > MOST_REQUESTS);
  expect(above.map(({ path, asked }) => `${path} asks ${asked.length} times: ${asked.join(', ')}`)).toEqual(
    [],
  );
});
