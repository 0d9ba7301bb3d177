/** What the server puts into the first view of a page, and what the browser need not ask or load again. */
import type { Locator, Page } from '@playwright/test';
import { de } from '../src/i18n/de/index.ts';
import { en } from '../src/i18n/en/index.ts';
import { countRequests } from './support/page-requests.ts';
import { CSRF, expect, guarded, newEmail, readMailedLink, test } from './support/test.ts';

const FIRST_VIEW_MS = 3_000;
const KEY_NAME = 'first <b>view</b> & "quoted"';

test.describe('first views', () => {
  // Neither the server's zone nor a whole hour away from it.
  test.use({ timezoneId: 'Asia/Kathmandu' });

  test('[S7] come with their rows and figures in the HTML, and the browser asks for none of it again', async ({
    page,
    system,
    person,
  }) => {
    expect(person.organizationId).toMatch(/^org_/);
    const headers = { ...CSRF, origin: system.consoleUrl };
    const made = await page.request.post('/api/v1/keys', { data: { name: KEY_NAME }, headers });
    const { key } = (await made.json()) as { key: { id: string } };
    const founded = await page.request.post('/api/v1/teams', {
      data: { name: 'Search', slug: 'search' },
      headers,
    });
    const team = (await founded.json()) as { id: string };
    for (const [path, text] of [
      ['/keys', 'first &lt;b&gt;view&lt;/b&gt; &amp; &quot;quoted&quot;'],
      [`/keys/${key.id}`, 'first &lt;b&gt;view&lt;/b&gt; &amp; &quot;quoted&quot;'],
      ['/', en.overview.emptyTitle],
      ['/requests', en.requests.emptyTitle],
      ['/usage', en.usage.emptyTitle],
      ['/budgets', en.budgets.emptyTitle],
      ['/teams', 'Search'],
      [`/teams/${team.id}`, en.teams.noMembersTitle],
      ['/members', person.email],
      ['/invoices', en.invoices.emptyTitle],
      ['/settings/audit-log', 'Key created'],
    ] as const) {
      const html = await (await page.request.get(path)).text();
      expect(html, `${path} says it before a script has run`).toContain(text);
      const count = countRequests(page);
      await page.goto(path, { waitUntil: 'domcontentloaded' });
      // It works since a moment: whatever comes later than this is what pages ask every five seconds, or more rarely.
      await page.waitForLoadState('networkidle', { timeout: FIRST_VIEW_MS }).catch(() => undefined);
      count.stop();
      const [document, ...asked] = count.asked;
      expect(document, path).toBe(`GET ${path}`);
      expect(asked, `${path} asks once more for what came with it`).toEqual([]);
    }
    // The zone of the browser reached the server with the first view, and times are written in it from then on.
    expect(await (await page.request.get(`/teams/${team.id}?tab=details`)).text()).toContain('GMT+5:45');
  });

  test('[X3] hold nothing that the person may not see, and say so as every view does', async ({
    page,
    system,
    person,
    browser,
  }) => {
    const headers = { ...CSRF, origin: system.consoleUrl };
    await page.request.post('/api/v1/keys', { data: { name: KEY_NAME }, headers });
    const email = newEmail();
    const invited = await page.request.post('/api/v1/invitations', {
      data: { email, role: 'viewer' },
      headers,
    });
    expect(invited.status()).toBe(201);
    const invitationToken = new URL(await readMailedLink(system, email, '/invitation')).hash.slice(
      '#token='.length,
    );
    const context = await browser.newContext({ baseURL: system.consoleUrl });
    try {
      const second = guarded(await context.newPage());
      const data = { email, password: person.password, invitationToken };
      expect((await second.request.post('/api/v1/auth/sign-up', { data, headers })).status()).toBe(201);
      expect(await (await page.request.get('/settings/audit-log')).text()).toContain('key-created');
      expect(await (await second.request.get('/settings/audit-log')).text()).not.toContain('key-created');
      await second.goto('/settings/audit-log');
      await expect(second.getByText(en.parts.forbiddenTitle)).toBeVisible();
    } finally {
      await context.close();
    }
  });

  test('load the words of one language, and another one when it is chosen', async ({ page, person }) => {
    expect(person.organizationId).toMatch(/^org_/);
    const reading: Promise<string>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') reading.push(response.text().catch(() => ''));
    });
    await page.goto('/budgets');
    await page.waitForLoadState('networkidle');
    const scripts = await Promise.all(reading);
    const isLoaded = (text: string) => scripts.some((script) => script.includes(text));
    expect(isLoaded(en.budgets.description)).toBe(true);
    expect(isLoaded(de.budgets.description)).toBe(false);
    await page.getByRole('button', { name: en.shell.account, exact: false }).click();
    await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
    await expect(page.getByText(de.budgets.description)).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  });

  test('[S7] a form that the server drew takes nothing that would be lost, opens with the first script, and moves nothing', async ({
    page,
    person,
  }) => {
    expect(person.organizationId).toMatch(/^org_/);
    let letThrough: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    await page.route('**/_next/static/**/*.js*', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto('/settings/billing', { waitUntil: 'commit' });
    const field = page.getByLabel(en.billing.legalName);
    await expect(field).toBeVisible();
    await expect(field).toBeDisabled();
    await untilDressed(page);
    const shut = await lookOf(field);
    letThrough?.();
    await expect(field).toBeEnabled();
    expect(await lookOf(field), 'it looks the same before and after').toEqual(shut);
    await field.fill('Acme GmbH');
    await expect(field).toHaveValue('Acme GmbH');
  });
});

/** All of the page is in its place, with its style sheets and fonts. */
async function untilDressed(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.readyState !== 'loading' &&
      document.querySelector('div[hidden][id^="S:"]') === null &&
      [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')].every(
        ({ sheet }) => sheet !== null,
      ) &&
      document.fonts.status === 'loaded',
  );
}

/** Where it stands, and its colours. */
async function lookOf(field: Locator): Promise<unknown> {
  return field.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const { color, backgroundColor, borderColor } = getComputedStyle(element);
    return { x, y, width, height, color, backgroundColor, borderColor };
  });
}
