/**
 * Single sign-on of an organization from its first record to its end, with a real OpenID Connect issuer and name servers of
 * the test's own: one walk, so that the system starts once and each step stands on the one before.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from '@playwright/test';
import { startTestDns } from '@tollgate/testing';
import { LOCALE_COOKIE } from '../src/i18n/locale.ts';
import { startTestIssuer, type TestIssuer } from '../src/server/oauth/test-issuer.ts';
import { expectAccessible } from './support/expect-accessible.ts';
import type { System } from './support/system.ts';
import { confirm, expect, guarded, readMailedLink, test } from './support/test.ts';

const SETTINGS = '/settings/single-sign-on';
const KEYS_ASKED_AGAIN_MS = 61_000;
const PASSWORD = 'a password that nobody guesses';

async function expectAccessibleInGerman(page: Page, system: System, heading: string): Promise<void> {
  await page.context().addCookies([{ name: LOCALE_COOKIE, value: 'de', url: system.consoleUrl }]);
  await page.reload();
  await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
  await expectAccessible(page, `${heading}, in German`);
  await page.context().clearCookies({ name: LOCALE_COOKIE });
  await page.reload();
}

async function openBrowser(browser: Browser, system: System): Promise<Page> {
  const context = await browser.newContext({ baseURL: system.consoleUrl });
  return guarded(await context.newPage());
}

const overview = (page: Page) => page.getByRole('heading', { name: 'Overview', level: 1 });

/** Writes the address, and goes on to the field below it. */
async function enterAddress(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.keyboard.press('Tab');
}

test.describe('single sign-on', () => {
  test.setTimeout(300_000);

  test('a domain is verified, its people come by the provider, it can be the only way in, and ends with the provider', async ({
    page,
    browser,
    system,
    person,
  }) => {
    const domain = `acme-${randomBytes(4).toString('hex')}.example`;
    const colleague = { sub: 'c-1', email: `ada@${domain}`, email_verified: true, name: 'Ada Lovelace' };
    const record = `_tollgate.${domain}`;
    // The issuer before had other keys at the same address, and unknown ones are asked for once a minute.
    if (test.info().retry > 0) await delay(KEYS_ASKED_AGAIN_MS);
    const dns = await startTestDns(system.dnsPort);
    let issuer: TestIssuer | undefined;
    try {
      await test.step('the page begins with three steps', async () => {
        await page.goto(SETTINGS);
        await expect(page.getByText('Three steps, in this order')).toBeVisible();
        await expect(page.getByText('Before it can be required')).toBeVisible();
        await expect(page.getByRole('button', { name: 'Require it' })).toHaveCount(0);
        await expectAccessible(page, 'single sign-on, nothing set');
      });

      await test.step('a domain is verified by its record, and each way of failing says what was found', async () => {
        await page.getByRole('button', { name: 'Add a domain' }).click();
        const dialog = page.getByRole('dialog', { name: 'Add a domain' });
        // Whoever pastes an address means its domain.
        await dialog.getByLabel('Domain').fill(`someone@${domain}`);
        await dialog.getByRole('button', { name: 'Add a domain' }).click();
        await expect(dialog).toBeHidden();
        await expect(page.getByText('not verified yet')).toBeVisible();
        const value = await page.getByText(/^tollgate-verification=/).textContent();
        const check = page.getByRole('button', { name: 'Check now' });
        await check.click();
        await expect(page.getByText(`There is no TXT record at ${record} yet`)).toBeVisible();
        dns.set(record, ['tollgate-verification=of-somebody-else']);
        await check.click();
        await expect(
          page.getByText('says something else: tollgate-verification=of-somebody-else'),
        ).toBeVisible();
        await expectAccessible(page, 'a domain with another record');
        dns.set(record, [value ?? '']);
        await check.click();
        await expect(page.getByText('verified', { exact: true })).toBeVisible();
      });

      const redirectUri = (await page.getByText(/\/api\/auth\/callback\/sso$/).textContent()) ?? '';
      issuer = await startTestIssuer(redirectUri, system.issuerPort);

      await test.step('the issuer is tried before it is saved', async () => {
        const { issuer: address, client } = issuer!;
        await page.getByLabel('Name', { exact: true }).fill('Acme login');
        await page.getByLabel('Issuer').fill(`${address}/elsewhere`);
        await page.getByRole('button', { name: 'Test', exact: true }).click();
        await expect(page.getByText('This issuer cannot be used as it is')).toBeVisible();
        await page.getByLabel('Issuer').fill(address);
        await expect(page.getByText('This issuer cannot be used as it is')).toBeHidden();
        await page.getByRole('button', { name: 'Test', exact: true }).click();
        await expect(page.getByText('This issuer answers as it should')).toBeVisible();
        await page.getByLabel('Client ID').fill(client.id);
        await page.getByRole('button', { name: 'Connect' }).click();
        await expect(page.getByText('Please fill this in.')).toBeVisible();
        await page.getByRole('textbox', { name: 'Client secret' }).fill(client.secret);
        await page.getByRole('button', { name: 'Connect' }).click();
        await expect(page.getByText('Nobody has signed in with it yet.')).toBeVisible();
        await expect(page.getByRole('textbox', { name: 'Client secret' })).toHaveValue('');
        await expectAccessible(page, 'single sign-on, connected');
        await expectAccessibleInGerman(page, system, 'Single Sign-on');
      });

      const theirs = await openBrowser(browser, system);
      await test.step('a colleague types an address, and becomes a member at the first sign-in', async () => {
        await theirs.goto('/sign-in');
        // Other addresses have the password below them as ever.
        await enterAddress(theirs, person.email);
        await expect(theirs.getByLabel('Password', { exact: true })).toBeVisible();
        await enterAddress(theirs, colleague.email);
        const go = theirs.getByRole('button', { name: 'Continue with Acme login' });
        await expect(go).toBeVisible();
        await expect(theirs.getByLabel('Password', { exact: true })).toHaveCount(0);
        await expect(go).toBeFocused();
        await expectAccessible(theirs, 'sign-in by a provider');
        // Refused there: back, with the reason.
        await go.click();
        await expect(theirs.getByText('You cancelled the sign-in.')).toBeVisible();
        issuer!.signedInAs = colleague;
        await theirs.getByLabel('E-mail address').fill(colleague.email);
        await theirs.keyboard.press('Enter');
        await expect(go).toBeVisible();
        await theirs.keyboard.press('Enter');
        await expect(theirs).not.toHaveURL(/sign-in/);
        await theirs.goto('/settings/sessions');
        await expect(theirs.getByRole('cell', { name: /Acme login/ })).toBeVisible();
        await page.goto('/members');
        const row = page.getByRole('row').filter({ hasText: colleague.email });
        await expect(row.getByText('Developer')).toBeVisible();
      });

      await test.step('it is required: who has a password is led to the provider, and back', async () => {
        await page.goto(SETTINGS);
        await expect(page.getByText(`1 member of ${domain}`)).toBeVisible();
        await page.getByRole('button', { name: 'Require it' }).click();
        await confirm(page, 'Require it');
        await expect(page.getByText('required', { exact: true })).toBeVisible();
        await expectAccessible(page, 'single sign-on, required');

        await theirs.context().clearCookies();
        await theirs.goto('/forgot-password');
        await theirs.getByLabel('E-mail address').fill(colleague.email);
        await theirs.getByRole('button', { name: 'Send the link' }).click();
        await theirs.goto(await readMailedLink(system, colleague.email, '/reset-password'));
        await theirs.getByLabel('New password').fill(PASSWORD);
        await theirs.getByRole('button', { name: 'Set the password' }).click();
        await expect(theirs.getByText('Your password is changed.')).toBeVisible();
        await enterAddress(theirs, colleague.email);
        await theirs.getByRole('button', { name: 'Use a password instead' }).click();
        await theirs.getByLabel('Password', { exact: true }).fill(PASSWORD);
        await theirs.getByRole('button', { name: 'Sign in', exact: true }).click();
        await expect(theirs.getByRole('heading', { name: 'Single sign-on is required' })).toBeVisible();
        await theirs.goto('/keys?state=active');
        await expect(theirs).toHaveURL(/\/single-sign-on\?next=/);
        const refused = await theirs.request.get('/api/v1/keys');
        expect([refused.status(), await refused.json()]).toMatchObject([
          403,
          { code: 'single_sign_on_required' },
        ]);
        await expectAccessible(theirs, 'single sign-on is required');
        await expectAccessibleInGerman(theirs, system, 'Single Sign-on wird verlangt');
        issuer!.signedInAs = undefined;
        await theirs.getByRole('button', { name: 'Continue with Acme login' }).click();
        await expect(theirs.getByText('You cancelled the sign-in.')).toBeVisible();
        await expect(theirs.getByRole('heading', { name: 'Single sign-on is required' })).toBeVisible();
        issuer!.signedInAs = colleague;
        await theirs.getByRole('button', { name: 'Continue with Acme login' }).click();
        await expect(theirs).toHaveURL(/\/keys\?state=active$/);
        await expect(theirs.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible();
      });

      await test.step('an owner gets in without it, and ends it with the provider', async () => {
        await page.goto('/');
        await expect(overview(page)).toBeVisible();
        await page.goto(SETTINGS);
        await page.getByRole('button', { name: 'Remove', exact: true }).click();
        await confirm(page, 'Remove', 'Acme login');
        await expect(page.getByRole('button', { name: 'Connect' })).toBeVisible();
        await theirs.goto('/keys');
        await expect(theirs).toHaveURL(/\/sign-in\?next=/);
        await enterAddress(theirs, colleague.email);
        await theirs.getByLabel('Password', { exact: true }).fill(PASSWORD);
        await theirs.getByRole('button', { name: 'Sign in', exact: true }).click();
        await expect(theirs.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible();
      });
      await theirs.context().close();
    } finally {
      await issuer?.close();
      await dns.close();
    }
  });
});
