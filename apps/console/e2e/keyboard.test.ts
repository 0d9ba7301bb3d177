/**
 * [P3] The core flow of each persona from start to end, and what they have in common, by keyboard alone: a press of the
 * mouse fails the test, and so does a stop of the focus that nobody sees.
 */
import { readFile } from 'node:fs/promises';
import type { APIRequestContext, Locator, Page } from '@playwright/test';
import {
  choose,
  expectFocusSeen,
  find,
  goTo,
  jumpTo,
  press,
  putMouseAway,
  signInByKeyboard,
  tabTo,
  write,
} from './support/keyboard.ts';
import { readPdfPages } from './support/read-pdf.ts';
import { moveClock, type System } from './support/system.ts';
import { CSRF, expect, newEmail, type Person, test } from './support/test.ts';

const HOUR_MS = 3_600_000;

/** What an application does, which has no keyboard. @returns The status. */
async function ask(system: System, secret: string, content = 'Hello', model = 'sim-small'): Promise<number> {
  const answer = await fetch(`${system.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

async function makeKey(page: Page, system: System, name: string): Promise<{ id: string; secret: string }> {
  const made = await page.request.post('/api/v1/keys', {
    data: { name },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  const { key, secret } = (await made.json()) as { key: { id: string }; secret: string };
  return { id: key.id, secret };
}

async function listOf<T>(page: Page, path: string): Promise<T[]> {
  return ((await (await page.request.get(`/api/v1${path}`)).json()) as { data: T[] }).data;
}

/** Revokes the key whose page is open, by its name. */
async function revoke(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name: 'Revoke', exact: true });
  await press(page, button);
  const typed = page.getByRole('alertdialog').getByRole('textbox');
  await expect(typed).toBeFocused();
  // Escape changes one's mind, and leads back.
  await page.keyboard.press('Escape');
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(typed).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(page.getByText('This key is revoked.', { exact: false })).toBeVisible();
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
}

/** Round the window once, and never out of it. */
async function expectFocusStaysIn(page: Page, first: Locator): Promise<void> {
  await expect(first).toBeFocused();
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press('Tab');
    await expectFocusSeen(page, `in the window, after Tab ${step + 1} times`);
    const inside = await page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null);
    expect(inside, 'focus stays in the window').toBe(true);
    if (await first.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error('Cannot go round the window: Tab must come back to where it began, got elsewhere 60 times');
}

test.describe('by keyboard alone', () => {
  test.beforeEach(async ({ page }) => putMouseAway(page));

  test('[P1] [P3] a developer signs up, makes a key, sees its first request, and revokes it', async ({
    page,
    system,
  }) => {
    await page.goto('/sign-up');
    await expect(page.getByLabel('Your name')).toBeFocused();
    await page.keyboard.type('Ada Lovelace');
    await write(page, page.getByLabel('E-mail address'), newEmail());
    await write(page, page.getByLabel('Password', { exact: true }), 'analytical engine 1843');
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('Organization name')).toBeFocused();
    await write(page, page.getByLabel('Organization name'), 'Difference Engines');
    await page.keyboard.press('Enter');
    await press(page, page.getByRole('button', { name: 'Continue with the simulator' }));
    await expect(page.getByLabel('Key name')).toBeFocused();
    await page.keyboard.press('Enter');
    const secret = (await page.locator('[data-secret]').textContent()) ?? '';

    // The snippets are tabs: arrows move between them.
    await tabTo(page, page.getByRole('tab', { name: 'curl' }));
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tab', { name: 'TypeScript' })).toBeFocused();
    await expect(page.getByRole('tabpanel')).toContainText(secret);
    expect(await ask(system, secret)).toBe(200);
    await expect(page.getByText('First request answered')).toBeVisible();
    await press(page, page.getByRole('link', { name: 'Open this request' }));
    await expect(page).toHaveURL(/\/requests\/req_/);
    await expect(page.getByText('Attempt 1')).toBeVisible();

    await goTo(page, 'k', /\/keys$/);
    await press(page, page.getByRole('link', { name: 'First key' }));
    await revoke(page, 'First key');
    await expect.poll(() => ask(system, secret)).toBe(401);
  });

  test('[P3] a platform lead makes a team, a key with limits, a budget, and puts a member into the team', {
    tag: '@long',
  }, async ({ page, person }) => {
    await page.goto('/teams');
    // The first stop jumps over the frame.
    await page.keyboard.press('Tab');
    await expectFocusSeen(page, 'the first stop');
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
    await page.keyboard.press('Enter');
    await press(page, page.getByRole('button', { name: 'Create team' }).first());
    await expectFocusStaysIn(page, page.getByLabel('Name', { exact: true }));
    await page.keyboard.type('Search');
    await write(page, page.getByLabel('Cost centre'), 'CC-4100');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Search', level: 1 })).toBeVisible();
    await find(page, page.getByRole('combobox', { name: 'Add a member…' }), person.name);
    await expect(page.getByRole('table', { name: 'Members' })).toContainText(person.name);

    await goTo(page, 'k', /\/keys$/);
    const create = page.getByRole('button', { name: 'Create key' }).first();
    await press(page, create);
    await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(create).toBeFocused();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
    await page.keyboard.type('search-service');
    await find(page, dialog.getByRole('combobox', { name: /^Team/ }), 'Search');
    await press(page, dialog.locator('summary', { hasText: 'Limits and budget' }));
    await write(page, dialog.getByLabel('Budget', { exact: true }), '25');
    await write(page, dialog.getByLabel('Requests per minute'), '60');
    await page.keyboard.press('Enter');
    await expect(page.locator('[data-secret]')).toBeVisible();
    await press(page, dialog.getByRole('button', { name: 'Done' }));
    await press(page, page.getByRole('alertdialog').getByRole('button', { name: 'Close anyway' }));
    await expect(page.getByRole('dialog')).toHaveCount(0);

    await goTo(page, 'b', /\/budgets$/);
    await press(page, page.getByRole('button', { name: 'Create budget' }).first());
    await expect(dialog.getByLabel('Amount')).toBeFocused();
    await page.keyboard.type('500');
    await choose(page, dialog.getByRole('combobox', { name: 'Applies to' }), 'Team');
    await find(page, dialog.getByRole('combobox', { name: /^Team/ }), 'Search');
    await press(page, dialog.getByRole('button', { name: 'Create budget' }));
    await expect(page.getByText('The budget “Search” holds now')).toBeVisible();

    await goTo(page, 't', /\/teams$/);
    await press(page, page.locator('tbody tr[data-row-id]').first());
    await tabTo(page, page.getByRole('tab', { name: 'Members' }));
    for (const name of ['Keys', 'Spend', 'Budgets and limits']) {
      await page.keyboard.press('ArrowRight');
      await expect(page.getByRole('tab', { name, exact: true })).toBeFocused();
    }
    await expect(page.getByRole('tabpanel')).toContainText('$500.00');
    const [key] = await listOf<{ teamId: string }>(page, '/keys');
    const budgets = await listOf<{ scope: { type: string }; limitUsd: string }>(page, '/budgets');
    const limits = await listOf<{ scope: { type: string }; limit: number }>(page, '/rate-limits');
    expect(key?.teamId).toMatch(/^team_/);
    expect(budgets.map(({ scope, limitUsd }) => `${scope.type} ${Number(limitUsd)}`).toSorted()).toEqual([
      'key 25',
      'team 500',
    ]);
    expect(limits.map(({ scope, limit }) => `${scope.type} ${limit}`)).toEqual(['key 60']);
  });

  test('[P3] finance looks at usage, opens a line of the draft, finalizes it over its page, and gets the PDF', {
    tag: '@long',
  }, async ({ page, system, person }) => {
    const { secret } = await makeKey(page, system, 'production');
    expect(await ask(system, secret, '[[sim tokens=2000 interval=0 latency=0]] Write.', 'sim-large')).toBe(
      200,
    );
    const readDraft = async () => (await listOf<{ id: string; periodEnd: string }>(page, '/invoices'))[0];
    await expect.poll(readDraft, { timeout: 60_000 }).toBeDefined();
    const draft = await readDraft();

    await page.goto('/');
    await page.waitForLoadState('networkidle');
    await goTo(page, 'u', /\/usage$/);
    const model = page.locator('tbody tr[data-row-id]').filter({ hasText: 'sim-large' });
    await press(page, model);
    await expect(page).toHaveURL(/model=sim-large/);
    await goTo(page, 'i', /\/invoices$/);
    await press(page, page.getByRole('link', { name: /Upcoming/ }).first());
    await expect(page.getByText('The lines above sum to this, digit for digit.')).toBeVisible();
    const line = page.getByRole('button', { name: 'output tokens' });
    await press(page, line);
    await expect(page.getByText(/exactly this line/)).toBeVisible();
    await tabTo(page, page.getByRole('dialog').getByRole('link').first());
    await page.keyboard.press('Escape');
    await expect(line).toBeFocused();

    // What is open would go to its own sign-in with the next thing that it asks, in the midst of ours.
    await page.goto('about:blank');
    await moveClock(system, Date.parse(draft?.periodEnd ?? '') + HOUR_MS - Date.now());
    try {
      await signInByKeyboard(page, person);
      await goTo(page, 'i', /\/invoices$/);
      await press(page, page.locator(`tbody tr[data-row-id="${draft?.id}"]`));
      await press(page, page.getByRole('button', { name: 'Finalize' }));
      await tabTo(page, page.getByRole('alertdialog').getByRole('button', { name: 'Finalize' }));
      // Refused as long as usage of the month is still being added, which is said in the window.
      await expect(async () => {
        await page.keyboard.press('Enter');
        await expect(page.getByText(/^Invoice TEST-TG-\d{4}-\d{6} is final$/)).toBeVisible({
          timeout: 5_000,
        });
      }).toPass();
      const downloading = page.waitForEvent('download');
      await press(page, page.getByRole('button', { name: 'PDF' }));
      const pages = await readPdfPages(await readFile(await (await downloading).path()));
      // Where the page breaks a number is its own affair.
      expect(pages.join('').replace(/\s/g, '')).toMatch(/TEST-TG-\d{4}-\d{6}/);
    } finally {
      await moveClock(system, 0);
    }
  });

  test('[P3] security reads the audit log and checks its chain, revokes a key, and ends a session elsewhere', {
    tag: '@long',
  }, async ({ page, system, person, playwright }) => {
    const { secret } = await makeKey(page, system, 'left-in-a-notebook');
    const elsewhere = await playwright.request.newContext({ baseURL: system.consoleUrl });
    await signInElsewhere(elsewhere, system, person);
    const statusElsewhere = async () => (await elsewhere.get('/api/v1/me')).status();
    expect(await statusElsewhere()).toBe(200);

    await page.goto('/');
    await page.waitForLoadState('networkidle');
    await goTo(page, 'l', /\/settings\/audit-log$/);
    const event = page.locator('tbody tr[data-row-id]').filter({ hasText: 'left-in-a-notebook' }).first();
    await tabTo(page, page.locator('tbody tr[data-row-id]').first());
    await expect(async () => {
      if (!(await event.evaluate((row) => row === document.activeElement)))
        await page.keyboard.press('ArrowDown');
      await expect(event).toBeFocused({ timeout: 50 });
    }).toPass();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toContainText('left-in-a-notebook');
    await page.keyboard.press('Escape');
    await expect(event).toBeFocused();
    const verify = page.getByRole('button', { name: 'Verify the chain' });
    await press(page, verify, 'Shift+Tab');
    await expect(page.getByText(/The chain holds/)).toBeVisible();
    await expect(verify).toBeFocused();

    await jumpTo(page, 'left-in-a-notebook', /\/keys\/key_/);
    await revoke(page, 'left-in-a-notebook');
    await expect.poll(() => ask(system, secret)).toBe(401);

    await goTo(page, 'w', /\/settings\/sessions$/);
    await press(page, page.getByRole('table').getByRole('button', { name: 'End', exact: true }));
    await press(page, page.getByRole('alertdialog').getByRole('button', { name: 'End' }));
    await expect(page.getByText('The session has ended')).toBeVisible();
    expect(await statusElsewhere()).toBe(401);
    await elsewhere.dispose();
  });

  test('[P3] the palette, menus, the explorer with its rows and sheet, and tabs', { tag: '@long' }, async ({
    page,
    system,
    person,
  }) => {
    const { secret } = await makeKey(page, system, person.name);
    for (const content of ['One', 'Two']) expect(await ask(system, secret, content)).toBe(200);
    await expect.poll(async () => (await listOf(page, '/requests')).length, { timeout: 30_000 }).toBe(2);

    await page.goto('/');
    await page.waitForLoadState('networkidle');
    // The palette gives the focus back to where one was.
    const search = page.getByRole('button', { name: 'Search or go to…' });
    await press(page, search);
    await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(search).toBeFocused();
    // What is searched on the server comes later and stands higher; Enter means what stands on top.
    const first = await makeKey(page, system, 'First words');
    await page.keyboard.press('ControlOrMeta+k');
    await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused();
    await page.keyboard.type('first');
    await expect(page.getByRole('option', { name: 'The first call', exact: true })).toBeVisible();
    await expect(page.getByRole('option', { name: 'First words' })).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(new RegExp(`/keys/${first.id}$`));
    await page.keyboard.press('ControlOrMeta+k');
    await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused();
    await page.keyboard.type('requests');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/requests/);

    // A row opens by Enter, the next by an arrow; the sheet gives the focus back to its row.
    const rows = page.locator('tbody tr[data-row-id]');
    await expect(rows).toHaveCount(2);
    await tabTo(page, rows.first());
    await page.keyboard.press('ArrowDown');
    await expect(rows.nth(1)).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeVisible();
    await expect(page).toHaveURL(/open=req_/);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(rows.nth(1)).toBeFocused();

    // The query: completed by arrows, sent by Enter.
    const query = page.getByRole('combobox', { name: 'Query' });
    await tabTo(page, query, 'Shift+Tab');
    await page.keyboard.type('model:sim-small ');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/q=model/);
    await expect(rows).toHaveCount(2);

    // Menus open by Enter, move by arrows, close by Escape, and give the focus back.
    const menu = page.getByRole('button', { name: person.name }).and(page.locator('[aria-haspopup=menu]'));
    await press(page, menu, 'Shift+Tab');
    await expect(page.getByRole('menu')).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await expect(page.locator('[role="menuitem"]:focus, [role="menuitemradio"]:focus')).toHaveCount(1);
    await expectFocusSeen(page, 'an item of a menu');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menu')).toHaveCount(0);
    await expect(menu).toBeFocused();

    // A window that is longer than the screen, with nothing in it to go to, scrolls by keyboard.
    await page.setViewportSize({ width: 1280, height: 480 });
    await page.keyboard.press('?');
    const help = page.getByRole('dialog');
    await expect(help.getByRole('button', { name: 'Close' })).toBeFocused();
    await page.keyboard.press('Tab');
    await expectFocusSeen(page, 'what scrolls in the help');
    await page.keyboard.press('End');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.scrollTop), { message: 'the help scrolls' })
      .toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    await expect(help).toHaveCount(0);
    await page.setViewportSize({ width: 1280, height: 900 });

    await page.goto('/alerts');
    await page.waitForLoadState('networkidle');
    const tabs = page.getByRole('tab');
    await tabTo(page, tabs.first());
    await page.keyboard.press('ArrowRight');
    await expect(tabs.nth(1)).toBeFocused();
    await expect(tabs.nth(1)).toHaveAttribute('aria-selected', 'true');
  });
});

async function signInElsewhere(request: APIRequestContext, system: System, person: Person): Promise<void> {
  const answer = await request.post('/api/v1/auth/sign-in', {
    data: { email: person.email, password: person.password },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}
