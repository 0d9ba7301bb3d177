/**
 * Every form that a page, its buttons, menus and first rows open: filled with hostile text and sent while nothing reaches
 * the server. It says what is wrong, keeps what was typed, and sends one call however often it is pressed. Found on the
 * pages themselves, so that a new form is tried from its first day. Nothing is changed: every call that would is cut off.
 */
import type { Locator, Page } from '@playwright/test';
import { totpCodeAt } from '@tollgate/testing';
import { SECTIONS, sectionOf } from '../support/console-pages.ts';
import { CSRF, newEmail, readMailedLink, signUpByApi } from '../support/test.ts';
import { openPage, type Walker, walkPage } from '../support/walk.ts';
import { expect, test } from './seeded.ts';

const HOSTILE = '<img src=x onerror="document.title=\'owned\'"> =1+1 \u202Eevil\u202C 👩🏽‍🚀 עברית';
const WALK_TIMEOUT_MS = 1_200_000;
const ANSWER_TIMEOUT_MS = 10_000;
/** What takes any text. */
const TEXTS =
  'textarea:not([readonly], [disabled]), input:not([readonly], [disabled], [role="combobox"], ' +
  '[type="checkbox"], [type="radio"], [type="file"], [type="number"], [type="range"], [type="hidden"], ' +
  '[type="date"], [type="datetime-local"], [type="month"], [type="time"])';

const GONE = 'is gone';
/** The page of all components, behind which there is no server. */
const COMPONENTS = '/design';

interface Found {
  readonly problems: string[];
  readonly forms: string[];
}

/** They change nothing, and without them there is no form. */
const READING = /\/auth\/(?:invitation|sign-in-ways)$|\/me\/totp$/;

/** Calls that would change something are cut off, and counted. */
async function cutOff(page: Page): Promise<{ readonly count: () => number }> {
  let count = 0;
  await page.route('**/api/v1/**', (route) => {
    const request = route.request();
    if (request.method() === 'GET' || READING.test(new URL(request.url()).pathname)) return route.fallback();
    count += 1;
    return route.abort('connectionreset');
  });
  return { count: () => count };
}

/** @param isPlausible Addresses are such, so that what is sent gets as far as the network. */
async function tryForm(
  page: Page,
  form: Locator,
  sent: { readonly count: () => number },
  isPlausible = false,
): Promise<string[]> {
  const fields = await form.locator(TEXTS).filter({ visible: true }).all();
  for (const field of fields) {
    const isAddress = isPlausible && (await field.getAttribute('type')) === 'email';
    await field.fill(isAddress ? 'somebody@example.com' : HOSTILE);
  }
  // Some keep digits only, or make a slug of it: what they took is what they are to keep.
  const typed = await Promise.all(fields.map((field) => field.inputValue()));
  const before = sent.count();
  await form.evaluate((element: HTMLFormElement) => {
    element.requestSubmit();
    element.requestSubmit();
  });
  const problems: string[] = [];
  const words = page.locator('[aria-invalid="true"], [role="alert"]').filter({ visible: true });
  const isSaid = await words
    .first()
    .waitFor({ timeout: ANSWER_TIMEOUT_MS })
    .then(
      () => true,
      () => false,
    );
  if (!isSaid) problems.push('says nothing');
  if (!(await form.isVisible())) {
    // Whether to leave unsaved changes behind asks nobody: it is answered, and closes.
    const isQuestion = fields.length === 0 && sent.count() === before;
    return isQuestion ? [] : [...problems, GONE];
  }
  const kept = await Promise.all(fields.map((field) => field.inputValue()));
  if (JSON.stringify(kept) !== JSON.stringify(typed)) problems.push('lost what was typed');
  if (sent.count() - before > 1) problems.push(`sent ${sent.count() - before} calls`);
  if ((await page.title()).includes('owned') || (await page.locator('img[src="x"]').count()) > 0) {
    problems.push('took text for markup');
  }
  return problems;
}

async function tryForms(page: Page, paths: readonly string[]): Promise<Found> {
  const found: Found = { problems: [], forms: [] };
  const sent = await cutOff(page);
  const walker: Walker = {
    report: () => undefined,
    look: async (where, scope) => {
      const isWindow = scope?.includes('dialog') === true;
      if (scope !== undefined && !isWindow) return;
      // What asks for a name stays off until that very name is typed.
      const selector = isWindow ? `${scope} form` : 'main form[method="post"]';
      for (const form of await page.locator(selector).filter({ visible: true }).all()) {
        if ((await page.locator('button[type="submit"][disabled]').count()) > 0 && isWindow) continue;
        found.forms.push(where);
        for (const problem of await tryForm(page, form, sent)) {
          // Its question asks nobody, so it is answered and closes.
          if (problem === GONE && where.startsWith(COMPONENTS)) continue;
          found.problems.push(`${where} ${problem}`);
        }
      }
    },
  };
  for (const path of paths) {
    await test.step(path, async () => {
      await openPage(page, path);
      await walkPage(page, path, walker);
    });
  }
  return found;
}

test.describe('every form', () => {
  test.setTimeout(WALK_TIMEOUT_MS);

  for (const section of SECTIONS) {
    test(`of ${section} says what is wrong, loses nothing and sends one call`, async ({
      browser,
      system,
      seeded,
    }) => {
      const context = await browser.newContext({ baseURL: system.consoleUrl, storageState: seeded.cookies });
      const pages = seeded.pages.filter(({ route }) => sectionOf(route) === section);
      const found = await tryForms(
        await context.newPage(),
        pages.map(({ path }) => path),
      );
      await context.close();
      test.info().annotations.push({ type: 'forms', description: found.forms.join(', ') });
      expect(found.problems).toEqual([]);
    });
  }
});

/** Of what is in view; hostile first, then so that only the network can refuse it. */
async function tryShown(page: Page, where: string, found: Found, within = 'main'): Promise<void> {
  const sent = await cutOff(page);
  const forms = page.locator(`${within} form[method="post"]`).filter({ visible: true });
  await expect(forms.first(), `${where} has a form`).toBeVisible();
  for (const form of await forms.all()) {
    found.forms.push(where);
    for (const isPlausible of [false, true]) {
      for (const problem of await tryForm(page, form, sent, isPlausible)) {
        found.problems.push(`${where}${isPlausible ? ' without a network' : ''} ${problem}`);
      }
    }
  }
  await page.unrouteAll({ behavior: 'wait' });
}

test('every form outside of the navigation says what is wrong, loses nothing and sends one call: signing in and up, passwords, an invitation, the second factor, the wizard', async ({
  browser,
  page,
  system,
  person,
}) => {
  test.setTimeout(WALK_TIMEOUT_MS);
  const found: Found = { problems: [], forms: [] };
  const headers = { ...CSRF, origin: system.consoleUrl };
  const invitee = newEmail();
  await page.request.post('/api/v1/invitations', { data: { email: invitee, role: 'viewer' }, headers });
  const invitation = new URL(await readMailedLink(system, invitee, '/invitation'));

  for (const step of ['organization', 'provider', 'key']) {
    await openPage(page, `/onboarding?step=${step}`);
    await tryShown(page, `/onboarding?step=${step}`, found);
  }

  const context = await browser.newContext({ baseURL: system.consoleUrl });
  const nobody = await context.newPage();
  for (const path of ['/sign-in', '/sign-up', '/forgot-password', '/reset-password#token=none']) {
    await openPage(nobody, path);
    await tryShown(nobody, path, found);
  }
  await openPage(nobody, `/invitation${invitation.hash}`);
  for (const tab of await nobody.getByRole('tab').all()) {
    await tab.click();
    await tryShown(nobody, `/invitation ${await tab.textContent()}`, found);
  }

  // With a factor, signing in has a second step.
  const { secret } = await (await page.request.post('/api/v1/me/totp', { headers })).json();
  const code = totpCodeAt(secret, Date.now());
  expect((await page.request.post('/api/v1/me/totp/confirm', { data: { code }, headers })).ok()).toBe(true);
  await openPage(nobody, '/sign-in');
  await nobody.getByLabel('E-mail address').fill(person.email);
  await nobody.getByLabel('Password', { exact: true }).fill(person.password);
  await nobody.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(nobody.getByLabel('Code of your authenticator app')).toBeVisible();
  await tryShown(nobody, 'the second step of signing in', found);
  await context.close();

  // Without one, an organization that wants it leads to adding it.
  const other = await browser.newContext({ baseURL: system.consoleUrl });
  const wanted = await other.newPage();
  const { organizationId } = await signUpByApi(wanted, system);
  const required = await wanted.request.patch(`/api/v1/organizations/${organizationId}`, {
    data: { secondFactorPolicy: 'required' },
    headers,
  });
  expect(required.ok(), await required.text()).toBe(true);
  await openPage(wanted, '/second-factor');
  await wanted.getByRole('button', { name: 'Add an authenticator app' }).click();
  await tryShown(wanted, '/second-factor', found, '[role="dialog"]');
  await other.close();

  test.info().annotations.push({ type: 'forms', description: found.forms.join(', ') });
  expect(found.problems).toEqual([]);
});
