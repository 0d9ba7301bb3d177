import { CSRF, expect, guarded, readMailedLink, test } from './support/test.ts';

test.describe('signing in and out', () => {
  test('a page asked for without a session opens after signing in, and is closed again after signing out', async ({
    page,
    context,
    person,
  }) => {
    await context.clearCookies();
    await page.goto('/keys?state=active');
    await expect(page).toHaveURL(/\/sign-in\?next=%2Fkeys%3Fstate%3Dactive$/);

    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'wrong' })).toBeVisible();

    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(/\/keys\?state=active$/);
    await expect(page.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible();

    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page.getByText('You are signed out.')).toBeVisible();
    await page.goto('/keys');
    await expect(page).toHaveURL(/\/sign-in/);
  });

  test('what is typed before the page is alive is not sent half, and is there once it is', async ({
    page,
    context,
    system,
    person,
  }) => {
    await context.clearCookies();
    const alive = Promise.withResolvers<void>();
    await page.route(/\/_next\/static\/.*\.js/, async (route) => {
      await alive.promise;
      await route.continue();
    });
    await page.evaluate((url) => window.location.assign(url), `${system.consoleUrl}/sign-in`);
    const submit = page.getByRole('button', { name: 'Sign in', exact: true });
    await expect(submit).toBeDisabled();
    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.keyboard.press('Enter');
    alive.resolve();
    await submit.click();
    await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  });

  test('an address of another site is not followed after signing in', async ({ page, context, person }) => {
    await context.clearCookies();
    await page.goto(`/sign-in?next=${encodeURIComponent('//evil.example/')}`);
    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  });

  test('a session ended elsewhere ends here with the next step', async ({
    page,
    browser,
    system,
    person,
  }) => {
    const other = await browser.newContext({ baseURL: system.consoleUrl });
    await other.request.post('/api/v1/auth/sign-in', {
      data: { email: person.email, password: person.password },
      headers: { ...CSRF, origin: system.consoleUrl },
    });
    const otherPage = guarded(await other.newPage());
    await otherPage.goto('/');
    await expect(otherPage.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
    const ended = await page.request.post('/api/v1/me/sessions/revoke-others', {
      headers: { ...CSRF, origin: system.consoleUrl },
    });
    expect(await ended.json()).toEqual({ revoked: 1 });
    await otherPage.goto('/keys');
    await expect(otherPage).toHaveURL(/\/sign-in\?next=%2Fkeys$/);
    await other.close();
  });
});

test.describe('mails', () => {
  test('the link of the verification mail verifies the address, once', async ({ page, system, person }) => {
    const link = await readMailedLink(system, person.email, '/verify-email');
    await page.goto(link);
    await expect(page.getByText('Your address is verified')).toBeVisible();
    expect(page.url()).not.toContain('token');
    await page.goto('about:blank');
    await page.goto(link);
    await expect(page.getByText('This link does not work')).toBeVisible();
  });

  test('[X3] the link verifies nothing without the session of its account, and waits until there is one', async ({
    page,
    context,
    system,
    person,
  }) => {
    const link = await readMailedLink(system, person.email, '/verify-email');
    await context.clearCookies();
    await page.goto(link);
    await expect(page.getByRole('heading', { name: 'Sign in to verify' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Set a new password' })).toBeVisible();
    expect(page.url()).not.toContain('token');
    await page.getByRole('link', { name: 'Sign in' }).click();
    expect(page.url()).not.toContain('token');
    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByText('Your address is verified')).toBeVisible();
  });

  test('a forgotten password is replaced by the link of the mail, and the old one stops', async ({
    page,
    context,
    system,
    person,
  }) => {
    await context.clearCookies();
    await page.goto('/forgot-password');
    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await expect(page.getByText('Check your e-mail')).toBeVisible();
    await page.goto(await readMailedLink(system, person.email, '/reset-password'));
    await page.getByLabel('New password', { exact: true }).fill('a fresh start tomorrow');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await expect(page.getByText('Your password is changed')).toBeVisible();

    const signIn = (password: string) =>
      page.request.post('/api/v1/auth/sign-in', {
        data: { email: person.email, password },
        headers: { ...CSRF, origin: system.consoleUrl },
      });
    expect((await signIn(person.password)).status()).toBe(401);
    expect((await signIn('a fresh start tomorrow')).status()).toBe(200);
  });
});
