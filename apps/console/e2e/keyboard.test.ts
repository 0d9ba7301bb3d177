/** [P3] The core flows by keyboard alone: no test here ever clicks. */
import { tabTo } from './support/keyboard.ts';
import { expect, test } from './support/test.ts';

test.describe('by keyboard alone', () => {
  test('[P3] the palette, menus, the explorer with its rows and sheet, and tabs', async ({
    page,
    system,
    person,
  }) => {
    const made = await page.request.post('/api/v1/keys', {
      data: { name: person.name },
      headers: { 'x-tollgate-csrf': '1', origin: system.consoleUrl },
    });
    const { secret } = (await made.json()) as { secret: string };
    for (const content of ['One', 'Two']) {
      const answer = await fetch(`${system.gatewayUrl}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content }] }),
      });
      expect(answer.status).toBe(200);
    }
    await expect
      .poll(
        async () =>
          ((await (await page.request.get('/api/v1/requests')).json()) as { data: unknown[] }).data.length,
        { timeout: 30_000 },
      )
      .toBe(2);

    await page.goto('/');
    await page.waitForLoadState('networkidle');
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
    await tabTo(page, menu, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menu')).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await expect(page.locator('[role="menuitem"]:focus, [role="menuitemradio"]:focus')).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menu')).toHaveCount(0);
    await expect(menu).toBeFocused();

    await page.goto('/alerts');
    await page.waitForLoadState('networkidle');
    const tabs = page.getByRole('tab');
    await tabTo(page, tabs.first());
    await page.keyboard.press('ArrowRight');
    await expect(tabs.nth(1)).toBeFocused();
    await expect(tabs.nth(1)).toHaveAttribute('aria-selected', 'true');
  });
});
