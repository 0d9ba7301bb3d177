/** What every browser test begins with: the system, a person of its own, and a page that must not fail. */
import { randomBytes, randomInt } from 'node:crypto';
import { test as base, expect, type Page } from '@playwright/test';
import { moveClock, readSystem, type System } from './system.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly organizationId: string;
}

interface Fixtures {
  readonly system: System;
  /** Signed up by the API and signed in in `page`. */
  readonly person: Person;
}

export const CSRF = { 'x-tollgate-csrf': '1' } as const;

export function newEmail(): string {
  return `e2e-${randomBytes(6).toString('hex')}@example.com`;
}

/** Of a network of one's own, as behind a proxy that tells it: what is counted by network is counted for each test. */
function newAddress(): string {
  return `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  system: async ({}, use, { parallelIndex }) => use(await readSystem(parallelIndex)),
  baseURL: async ({ system }, use) => use(system.consoleUrl),
  page: async ({ page }, use) => {
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(error.message));
    await use(guarded(page));
    expect(failures, 'no script of a page failed').toEqual([]);
  },
  person: async ({ page, system }, use) => use(await signUpByApi(page, system)),
});

export { expect };

const TAKEN_OVER_TIMEOUT_MS = 20_000;

/** A page that is opened and loaded anew is gone on with once it works; for pages of other contexts and tabs, too. */
export function guarded(page: Page): Page {
  const goto = page.goto.bind(page);
  const reload = page.reload.bind(page);
  page.goto = async (url, options) => {
    const response = await goto(url, options);
    // Whoever wants it at its first byte looks at what comes before it works.
    if (options?.waitUntil !== 'commit') await whenTakenOver(page);
    return response;
  };
  page.reload = async (options) => {
    const response = await reload(options);
    await whenTakenOver(page);
    return response;
  };
  return page;
}

/**
 * The server draws first views: until React has taken a page over, a click on what is seen is nobody's, and what was streamed
 * but is not in its place yet is there twice.
 */
async function whenTakenOver(page: Page): Promise<void> {
  const isTakenOver = () =>
    document.querySelector('div[hidden][id^="S:"]') === null &&
    [...document.querySelectorAll('main :is(a, button, input, tr)')].every((element) =>
      Object.keys(element).some((key) => key.startsWith('__reactProps')),
    );
  // Pages of others, and pages that go elsewhere at once, are nobody's to take over.
  await page
    .waitForFunction(isTakenOver, undefined, { timeout: TAKEN_OVER_TIMEOUT_MS })
    .catch(() => undefined);
}

export async function signUpByApi(page: Page, system: System): Promise<Person> {
  const person = { name: 'Grace Hopper', email: newEmail(), password: 'nanoseconds matter a lot' };
  const answer = await page.request.post(`${system.consoleUrl}/api/v1/auth/sign-up`, {
    data: { ...person, organizationName: 'Browser test' },
    headers: { ...CSRF, origin: system.consoleUrl, 'x-forwarded-for': newAddress() },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  const { organizationId } = (await answer.json()) as { organizationId: string };
  return { ...person, organizationId };
}

/** Moves the clock beyond the end of all sessions, and signs in there. Move it back (0) before the test ends. */
export async function signInAt(page: Page, system: System, person: Person, offsetMs: number): Promise<void> {
  // What is open would go to its own sign-in with the next thing that it asks, in the midst of ours.
  await page.goto('about:blank');
  await moveClock(system, offsetMs);
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).not.toHaveURL(/sign-in/);
}

/**
 * Answers the question that is open, and waits until it is gone: the change is made then, and nothing that follows (another
 * page, a reload) can abort it. Behind an open window everything is hidden from roles: counting rows there counts none.
 *
 * @param typed The name that is asked for.
 */
export async function confirm(page: Page, button: string | RegExp, typed?: string): Promise<void> {
  const question = page.getByRole('alertdialog');
  if (typed !== undefined) await question.getByRole('textbox').fill(typed);
  await question.getByRole('button', { name: button }).click();
  await expect(question).toHaveCount(0);
}

interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** A call is on its way to the ledger when it is answered: waits until the request has its page. */
export async function untilRecorded(page: Page, requestId: string): Promise<void> {
  await expect
    .poll(async () => (await page.request.get(`/api/v1/requests/${requestId}`)).status(), {
      message: `the request ${requestId} is in the ledger`,
      timeout: 30_000,
    })
    .toBe(200);
}

/** The link to a page of the console in the newest mail to an address, once it is there. */
export async function readMailedLink(
  system: System,
  email: string,
  pagePath: string,
  timeoutMs = 30_000,
): Promise<string> {
  let link: string | undefined;
  await expect
    .poll(
      async () => {
        const answer = await fetch(`${system.mailboxUrl}/api/messages?to=${encodeURIComponent(email)}`);
        const { data } = (await answer.json()) as { data: Mail[] };
        const links = data.flatMap(({ text }) => text.match(/https?:\/\/\S+/g) ?? []);
        link = links.find((one) => new URL(one).pathname === pagePath);
        return link;
      },
      { message: `a mail to ${email} with a link to ${pagePath}`, timeout: timeoutMs },
    )
    .toBeDefined();
  return link ?? '';
}
