/**
 * Every form that a page, its buttons, menus and first rows open: filled with hostile text and sent while nothing reaches
 * the server. It says what is wrong, keeps what was typed, and sends one call however often it is pressed. Found on the
 * pages themselves, so that a new form is tried from its first day. Nothing is changed: every call that would is cut off.
 */
import type { Locator, Page } from '@playwright/test';
import { SECTIONS, sectionOf } from '../support/console-pages.ts';
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

interface Found {
  readonly problems: string[];
  readonly forms: string[];
}

/** Calls that would change something are cut off, and counted. */
async function cutOff(page: Page): Promise<{ readonly count: () => number }> {
  let count = 0;
  await page.route('**/api/v1/**', (route) => {
    if (route.request().method() === 'GET') return route.fallback();
    count += 1;
    return route.abort('connectionreset');
  });
  return { count: () => count };
}

async function tryForm(page: Page, form: Locator, sent: { readonly count: () => number }): Promise<string[]> {
  const fields = await form.locator(TEXTS).filter({ visible: true }).all();
  for (const field of fields) await field.fill(HOSTILE);
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
  if (!(await form.isVisible())) return [...problems, 'is gone'];
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
        for (const problem of await tryForm(page, form, sent)) found.problems.push(`${where} ${problem}`);
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
