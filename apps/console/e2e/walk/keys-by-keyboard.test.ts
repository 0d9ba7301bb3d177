/** [P3] From signing in to a key by keyboard alone, and a key's form without a network. */
import { expectFocusSeen, tabTo } from '../support/keyboard.ts';
import { expect, signUpByApi, test } from '../support/test.ts';

const HOSTILE = '<img src=x onerror="document.title=\'owned\'"> =1+1';

test.describe('keys', () => {
  test('[P3] one signs in, goes to the keys, makes one, opens its row, and focus comes back from every window', async ({
    page,
    context,
    system,
  }) => {
    const person = await signUpByApi(page, system);
    await context.clearCookies();
    await page.goto('/sign-in');
    await tabTo(page, page.getByLabel('E-mail address'));
    await page.keyboard.type(person.email);
    await tabTo(page, page.getByLabel('Password', { exact: true }));
    await page.keyboard.type(person.password);
    await page.keyboard.press('Enter');
    await expect(page).not.toHaveURL(/sign-in/);
    await expect(page.getByRole('main')).toBeVisible();

    // The first stop skips the frame.
    await page.keyboard.press('Tab');
    await expectFocusSeen(page, 'the first stop');
    await page.keyboard.press('g');
    await page.keyboard.press('k');
    await expect(page).toHaveURL(/\/keys$/);
    await expect(page.getByText('No keys yet')).toBeVisible();

    const create = page.getByRole('button', { name: 'Create key' }).first();
    await tabTo(page, create);
    await page.keyboard.press('Enter');
    const name = page.getByLabel('Name', { exact: true });
    await expect(name).toBeFocused();
    // Closing without having done anything gives the focus back.
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(create).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(name).toBeFocused();
    // Focus stays in the window, all the way round.
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press('Tab');
      const inside = await page.evaluate(
        () =>
          document.activeElement?.closest('[role="dialog"], [data-radix-popper-content-wrapper]') !== null,
      );
      expect(inside, 'focus stays in the dialog').toBe(true);
      if (await name.evaluate((element) => element === document.activeElement)) break;
    }
    await expect(name).toBeFocused();
    await page.keyboard.type('by-keyboard');
    await page.keyboard.press('Enter');
    await expect(page.locator('[data-secret]')).toBeVisible();
    await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Done' }));
    await page.keyboard.press('Enter');
    const anyway = page.getByRole('alertdialog').getByRole('button', { name: 'Close anyway' });
    await tabTo(page, anyway);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.tagName), { message: 'focus is on the page' })
      .not.toBe('BODY');

    const link = page.getByRole('link', { name: 'by-keyboard' });
    await tabTo(page, link);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'by-keyboard' })).toBeVisible();
  });

  test('a key: no name, too long a name, and no network; afterwards there is exactly one', async ({
    page,
    context,
    person,
  }) => {
    expect(person.organizationId).toMatch(/^org_/);
    await page.goto('/keys?create=1');
    const dialog = page.getByRole('dialog');
    const name = dialog.getByLabel('Name', { exact: true });
    const submit = dialog.getByRole('button', { name: 'Create key' });
    for (const wrong of ['', '   ', 'x'.repeat(300)]) {
      await name.fill(wrong);
      await submit.click();
      await expect(name, `“${wrong.slice(0, 5)}” is refused at its field`).toHaveAttribute(
        'aria-invalid',
        'true',
      );
    }
    await name.fill(HOSTILE);
    await context.setOffline(true);
    await submit.click();
    await expect(dialog.getByText('The server could not be reached.', { exact: false })).toBeVisible();
    await expect(name).toHaveValue(HOSTILE);
    await context.setOffline(false);
    await submit.dblclick();
    await expect(page.locator('[data-secret]')).toBeVisible();
    expect(((await (await page.request.get('/api/v1/keys')).json()) as { data: unknown[] }).data.length).toBe(
      1,
    );
  });
});
