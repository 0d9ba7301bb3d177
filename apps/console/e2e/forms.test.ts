/**
 * Two forms that stand for all: a plain one (team, also over what somebody else changes), and one with amounts (budget).
 * What every form of the API refuses is shown in packages/api/src/every-form.db.test.ts; every form of the console is tried
 * in walk/forms.test.ts.
 */
import type { Page } from '@playwright/test';
import type { System } from './support/system.ts';
import { CSRF, expect, test } from './support/test.ts';

const HOSTILE = '<img src=x onerror="document.title=\'owned\'"> =1+1 \u202Eevil\u202C 👩🏽‍🚀 עברית';

async function countOf(page: Page, path: string): Promise<number> {
  const answer = await page.request.get(`/api/v1${path}`);
  return ((await answer.json()) as { data: unknown[] }).data.length;
}

/** The first attempt is lost after the server did the work, so that only the second gets an answer. */
async function loseFirstAnswer(page: Page, path: string): Promise<{ readonly sent: () => number }> {
  let count = 0;
  await page.route(`**/api/v1${path}`, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    count += 1;
    if (count > 1) return route.fallback();
    await route.fetch();
    return route.abort('connectionreset');
  });
  return { sent: () => count };
}

async function change(page: Page, system: System, path: string, data: object): Promise<void> {
  const answer = await page.request.patch(`/api/v1${path}`, {
    data,
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

test.describe('forms', () => {
  test('a team: empty, too long, hostile, sent twice, a lost answer, and changed by somebody else meanwhile', async ({
    page,
    system,
    person,
  }) => {
    expect(person.organizationId).toMatch(/^org_/);
    await page.goto('/teams');
    await page.getByRole('button', { name: 'Create team' }).first().click();
    const dialog = page.getByRole('dialog');
    const name = dialog.getByLabel('Name');
    const submit = dialog.getByRole('button', { name: 'Create team' });
    await submit.click();
    await expect(name).toHaveAttribute('aria-invalid', 'true');
    await expect(name).toBeFocused();
    await name.fill('x'.repeat(300));
    await dialog.getByLabel('Slug').fill('search');
    await submit.click();
    await expect(name).toHaveAttribute('aria-invalid', 'true');
    await expect(dialog.getByText(/at most \d+ characters/i).first()).toBeVisible();
    expect(await countOf(page, '/teams')).toBe(0);

    // The answer is lost: said so, what was typed is still there, and sending again makes no second team.
    const lost = await loseFirstAnswer(page, '/teams');
    await name.fill(HOSTILE);
    await dialog.getByLabel('Slug').fill('hostile');
    await submit.click();
    await expect(dialog.getByText('The server could not be reached.', { exact: false })).toBeVisible();
    await expect(name).toHaveValue(HOSTILE);
    await submit.dblclick();
    await expect(dialog).toHaveCount(0);
    expect(lost.sent()).toBe(2);
    expect(await countOf(page, '/teams')).toBe(1);
    await expect(page.getByText(HOSTILE).first()).toBeVisible();
    expect(await page.title()).not.toContain('owned');
    expect(await page.locator('img[src="x"]').count()).toBe(0);

    // Changed by somebody else between opening and saving.
    const list = (await (await page.request.get('/api/v1/teams')).json()) as { data: { id: string }[] };
    const id = list.data[0]?.id ?? '';
    await page.goto(`/teams/${id}`);
    await page.getByRole('button', { name: 'Edit' }).first().click();
    // Its window is fetched when it is wanted: what is changed before it shows is no change meanwhile.
    await expect(name).toHaveValue(HOSTILE);
    await change(page, system, `/teams/${id}`, { costCenter: 'CC-2' });
    await name.fill('Renamed here');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const meanwhile = dialog.getByText('Somebody else changed this meanwhile');
    await expect(meanwhile).toBeVisible();
    await expect(name).toHaveValue('Renamed here');
    await expect(dialog.getByLabel('Cost centre')).toHaveValue('CC-2');
    const team = async () => (await page.request.get(`/api/v1/teams/${id}`)).json();
    expect(await team()).toMatchObject({ name: HOSTILE, costCenter: 'CC-2' });
    // What both have changed is named before it is replaced; then it is saved where it stands.
    await change(page, system, `/teams/${id}`, { name: 'Renamed by another' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByText('Name: now Renamed by another')).toBeVisible();
    await expect(name).toHaveValue('Renamed here');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toHaveCount(0);
    expect(await team()).toMatchObject({ name: 'Renamed here', costCenter: 'CC-2' });

    // Pressed twice in one moment, before the button can be drawn as busy: one change.
    await page.reload();
    await page.getByRole('button', { name: 'Edit' }).first().click();
    await expect(name).toHaveValue('Renamed here');
    await name.fill('Renamed once');
    let changes = 0;
    page.on('request', (request) => {
      if (request.method() === 'PATCH') changes += 1;
    });
    await dialog.locator('form').evaluate((form: HTMLFormElement) => {
      form.requestSubmit();
      form.requestSubmit();
    });
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('heading', { name: 'Renamed once', level: 1 })).toBeVisible();
    expect(changes).toBe(1);
  });

  test('a budget that somebody else changes while its window is open, and the page behind it reads anew, is not overwritten unseen', async ({
    page,
    system,
    person,
  }) => {
    const made = await page.request.post('/api/v1/budgets', {
      data: { scope: { type: 'organization', id: person.organizationId }, limitUsd: '25', period: 'month' },
      headers: { ...CSRF, origin: system.consoleUrl },
    });
    expect(made.status(), await made.text()).toBe(201);
    const { id } = (await made.json()) as { id: string };
    await page.goto(`/budgets?open=${id}`);
    await page.getByRole('dialog').getByRole('button', { name: 'Change', exact: true }).click();
    const dialog = page.getByRole('dialog').filter({ has: page.getByLabel('Amount') });
    await dialog.getByLabel('Amount').fill('30');
    const answered = page.waitForResponse((answer) => answer.url().includes('/api/v1/budgets?'));
    await change(page, system, `/budgets/${id}`, { limitUsd: '40', kind: 'soft' });
    await answered;
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByText('Amount: now 40')).toBeVisible();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toHaveCount(0);
    const saved = (await (await page.request.get(`/api/v1/budgets/${id}`)).json()) as object;
    expect(saved).toMatchObject({ limitUsd: '30.00', kind: 'soft' });
  });

  test('a budget: nothing, no number and too much are said at the field; sent twice it is one', async ({
    page,
    person,
  }) => {
    expect(person.organizationId).toMatch(/^org_/);
    await page.goto('/budgets?create=1');
    const dialog = page.getByRole('dialog');
    const amount = dialog.getByLabel('Amount');
    const submit = dialog.getByRole('button', { name: 'Create budget' });
    for (const wrong of ['', 'ten', '-5', '1e9', '=1+1', '٥', '9'.repeat(40)]) {
      await amount.fill(wrong);
      await submit.click();
      await expect(amount, `“${wrong}” is refused at its field`).toHaveAttribute('aria-invalid', 'true');
      await expect(dialog).toBeVisible();
    }
    expect(await countOf(page, '/budgets')).toBe(0);
    const lost = await loseFirstAnswer(page, '/budgets');
    await amount.fill('25');
    await submit.click();
    await expect(dialog.getByText('The server could not be reached.', { exact: false })).toBeVisible();
    await expect(amount).toHaveValue('25');
    await submit.dblclick();
    await expect(dialog).toHaveCount(0);
    expect(lost.sent()).toBe(2);
    expect(await countOf(page, '/budgets')).toBe(1);
  });
});
