/**
 * Lighthouse over the main pages of the built console, signed in, as on a desktop: accessibility and best practices 100,
 * performance 95 or more. Its figures are printed as the table of e2e/README.md.
 */
import { createServer } from 'node:net';
import { chromium } from '@playwright/test';
import { readEnvironment } from '@tollgate/config';
import lighthouse, { desktopConfig } from 'lighthouse';
import { makeSeededOrganization } from '../support/seeded-organization.ts';
import { expect, test } from '../support/test.ts';

const PAGES = [
  '/',
  '/keys',
  '/requests',
  '/usage',
  '/budgets',
  '/invoices',
  '/teams',
  '/settings/organization',
];
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
const LOWEST = { performance: 95, accessibility: 100, 'best-practices': 100 } as const;

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('Cannot find a free port');
  return address.port;
}

test('the main pages are fast, accessible and sound for Lighthouse', async ({ system }, info) => {
  const port = await findFreePort();
  const { TOLLGATE_CHROMIUM_PATH: executablePath } = readEnvironment();
  const context = await chromium.launchPersistentContext(info.outputPath('profile'), {
    baseURL: system.consoleUrl,
    locale: 'en-US',
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', `--remote-debugging-port=${port}`],
  });
  const low: string[] = [];
  const table = [`| page | ${CATEGORIES.join(' | ')} |`, '|---|---|---|---|'];
  try {
    const page = await context.newPage();
    const measure = async (path: string): Promise<void> => {
      const result = await lighthouse(
        `${system.consoleUrl}${path}`,
        { port, disableStorageReset: true, onlyCategories: [...CATEGORIES], logLevel: 'error' },
        desktopConfig,
      );
      if (result === undefined) throw new Error(`Cannot measure ${path}: Lighthouse must answer`);
      const { categories, audits, finalDisplayedUrl } = result.lhr;
      expect(new URL(finalDisplayedUrl).pathname).toBe(path);
      const scores = CATEGORIES.map((name) => Math.round((categories[name]?.score ?? 0) * 100));
      table.push(`| ${path} | ${scores.join(' | ')} |`);
      for (const [position, name] of CATEGORIES.entries()) {
        if ((scores[position] ?? 0) >= LOWEST[name]) continue;
        const causes = (categories[name]?.auditRefs ?? [])
          .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 1)
          .map(({ id }) => `${id} ${audits[id]?.displayValue ?? ''}`.trim());
        low.push(`${path}: ${name} ${scores[position]} (${causes.join(', ')})`);
      }
    };
    await measure('/sign-in');
    await makeSeededOrganization(page, system);
    for (const path of PAGES) await measure(path);
  } finally {
    await context.close();
    console.log(table.join('\n'));
  }
  expect(low).toEqual([]);
});
