/**
 * How people sign in, with Chromium's virtual authenticator: passkeys, authenticator apps, recovery codes, showing again
 * who one is, and an organization that wants a second factor. One walk through each, so that the system starts once.
 */
import type { CDPSession, Page } from '@playwright/test';
import { totpCodeAt } from '@tollgate/testing';
import { expectAccessible } from './support/expect-accessible.ts';
import { moveClock } from './support/system.ts';
import { confirm, expect, type Person, test } from './support/test.ts';

interface Authenticator {
  /** Whether its owner is there and touches it. */
  touch(present: boolean): Promise<void>;
}

/** A passkey store of the browser's own, whose owner is recognized whenever they are asked. */
async function addAuthenticator(page: Page): Promise<Authenticator> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    touch: async (enabled) => {
      await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
    },
  };
}

async function signOut(page: Page): Promise<void> {
  await page.context().clearCookies({ name: 'tollgate_session' });
  await page.goto('/sign-in');
}

async function enterPassword(page: Page, person: Person): Promise<void> {
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Reads the codes that are shown this once, and says that they are kept. */
async function keepRecoveryCodes(page: Page): Promise<string[]> {
  const dialog = page.getByRole('dialog', { name: 'Your recovery codes' });
  // Reading them waits for nothing by itself.
  await expect(dialog.getByRole('listitem')).toHaveCount(10);
  const codes = await dialog.getByRole('listitem').allTextContents();
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  // They were not copied: asked once more, before they are gone.
  await expect(dialog.getByText('They cannot be shown again')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close anyway' }).click();
  await expect(dialog).toBeHidden();
  return codes;
}

/** Sets an authenticator app up in the dialog that is open. @returns Its secret, and the code that is spent now. */
async function setUpTotp(page: Page, nowMs: number): Promise<{ secret: string; spentCode: string }> {
  const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' });
  await expect(dialog.getByRole('img', { name: 'QR code of the secret' })).toBeVisible();
  const secret = ((await dialog.locator('[data-secret]').textContent()) ?? '').replaceAll(' ', '');
  const spentCode = totpCodeAt(secret, nowMs);
  await dialog.getByLabel('The code that the app shows').fill(spentCode);
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  await expect(dialog).toBeHidden();
  return { secret, spentCode };
}

const MINUTE_MS = 60_000;

/** The wall clock of the system under test, as far as it is moved. */
function startClock() {
  let offsetMs = 0;
  return {
    nowMs: () => Date.now() + offsetMs,
    advance: (ms: number) => {
      offsetMs += ms;
      return offsetMs;
    },
  };
}

test.describe('second factors', () => {
  test.afterEach(async ({ system }) => moveClock(system, 0));

  test('[P3] a passkey signs in by itself, and is the second step after the password', async ({
    page,
    person,
  }) => {
    const authenticator = await addAuthenticator(page);
    await page.goto('/settings/security');
    await expect(page.getByText('Your password is all that protects this account')).toBeVisible();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Test <key>');
    await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('dialog', { name: 'Your recovery codes' })).toBeVisible();
    await expectAccessible(page, 'recovery codes');
    const [recoveryCode = ''] = await keepRecoveryCodes(page);
    await expect(page.getByText('Test <key>', { exact: true })).toBeVisible();
    await expect(page.getByText('10 codes left')).toBeVisible();
    await expectAccessible(page, 'security settings');

    // Nobody touches it while the page offers it in its list.
    await authenticator.touch(false);
    await signOut(page);
    await enterPassword(page, person);
    await expect(page.getByText('Your account has a second factor')).toBeVisible();
    await expectAccessible(page, 'second step');
    await page.goto('/keys');
    await expect(page).toHaveURL(/\/sign-in/);
    await enterPassword(page, person);
    await expect(page.getByText('Your account has a second factor')).toBeVisible();
    await authenticator.touch(true);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await expect(page.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible();

    // Without an address and without a button: the browser offers it, its owner takes it.
    await signOut(page);
    await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();

    await authenticator.touch(false);
    await signOut(page);
    await enterPassword(page, person);
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(recoveryCode);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();

    await authenticator.touch(true);
    await page.goto('/settings/security');
    await expect(page.getByText('9 codes left')).toBeVisible();
    await expect(page.getByText('Recovery code used')).toBeVisible();
    await page.getByRole('button', { name: 'Remove Test <key>' }).click();
    await confirm(page, 'Remove');
    await expect(page.getByText('None yet.')).toBeVisible();
    await signOut(page);
    await enterPassword(page, person);
    await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  });

  test('a code is asked for after the password, counts once, and a change goes on after showing again who one is', async ({
    page,
    system,
    person,
  }) => {
    const clock = startClock();
    await page.goto('/settings/security');
    await page.getByRole('button', { name: 'Set up' }).click();
    const { secret, spentCode } = await setUpTotp(page, clock.nowMs());
    await keepRecoveryCodes(page);

    await signOut(page);
    await enterPassword(page, person);
    await page.getByLabel('Code of your authenticator app').fill(spentCode);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByText('This code is wrong, used already or too old')).toBeVisible();
    // The next code is right also for a server that has not seen the clock move yet.
    await moveClock(system, clock.advance(MINUTE_MS / 2));
    await page.getByLabel('Code of your authenticator app').fill(totpCodeAt(secret, clock.nowMs()));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();

    await moveClock(system, clock.advance(16 * MINUTE_MS));
    await page.goto('/settings/admin-tokens');
    await page.getByRole('button', { name: 'Create token' }).click();
    const form = page.getByRole('dialog', { name: 'Create an admin token' });
    await form.getByLabel('Name').fill('typed before');
    await form.getByRole('button', { name: 'Create token' }).click();
    const again = page.getByRole('dialog', { name: 'Is it still you?' });
    await expect(again).toBeVisible();
    await expectAccessible(page, 'showing again who one is');
    await again.getByLabel('Password', { exact: true }).fill('not it at all');
    await again.getByLabel('Code', { exact: true }).fill(totpCodeAt(secret, clock.nowMs()));
    await again.getByRole('button', { name: 'Go on' }).click();
    await expect(again.getByText('This is not your password.')).toBeVisible();
    await again.getByLabel('Password', { exact: true }).fill(person.password);
    await again.getByRole('button', { name: 'Go on' }).click();
    // What was typed was not lost: the token is made.
    await expect(page.getByRole('dialog', { name: 'Your new admin token' })).toBeVisible();
    await page.goto('/settings/admin-tokens');
    await expect(page.getByText('typed before')).toBeVisible();
  });

  test('an organization that wants a second factor leads to adding one, and then to the page that was asked for', async ({
    page,
    person,
  }) => {
    const clock = startClock();
    await page.goto('/settings/organization');
    await page.getByLabel('Second factor of members').click();
    await page.getByRole('option', { name: 'Required', exact: true }).click();
    await expect(page.getByText('You have shown none in this session')).toBeVisible();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page).toHaveURL(/\/second-factor/);
    await page.goto('/keys?state=active');
    await expect(page).toHaveURL(/\/second-factor\?next=/);
    await expect(page.getByRole('heading', { name: 'A second factor is wanted' })).toBeVisible();
    await expectAccessible(page, 'a second factor is wanted');
    await page.getByRole('button', { name: 'Add an authenticator app' }).click();
    await setUpTotp(page, clock.nowMs());
    const [, recoveryCode = ''] = await keepRecoveryCodes(page);
    await expect(page).toHaveURL(/\/keys\?state=active$/);
    await expect(page.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible();

    // From then on the second step comes with signing in, and nothing else stands in the way.
    await page.context().clearCookies();
    await page.goto('/sign-in');
    await enterPassword(page, person);
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(recoveryCode);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  });
});
