/**
 * Lighthouse over the main pages of the built console, signed in, as on a desktop: accessibility and best practices 100,
 * performance 95 or more, each page at the median of its measurements. The table of e2e/README.md is what it prints.
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
/** Odd, so that the one in the middle is one that was measured. */
const MEASUREMENTS = 3;
const FIGURES = {
  'total-blocking-time': 'blocked',
  'largest-contentful-paint': 'largest paint',
  'cumulative-layout-shift': 'shift',
  'server-response-time': 'server',
} as const;

interface Measurement {
  readonly scores: readonly number[];
  readonly figures: readonly string[];
  readonly causes: readonly string[];
}

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
  const heads = ['page', ...CATEGORIES, ...Object.values(FIGURES)];
  const table = [`| ${heads.join(' | ')} |`, `|${'---|'.repeat(heads.length)}`];
  try {
    const page = await context.newPage();
    const measureOnce = async (path: string): Promise<Measurement> => {
      const result = await lighthouse(
        `${system.consoleUrl}${path}`,
        { port, disableStorageReset: true, onlyCategories: [...CATEGORIES], logLevel: 'error' },
        desktopConfig,
      );
      if (result === undefined) throw new Error(`Cannot measure ${path}: Lighthouse must answer`);
      const { categories, audits, finalDisplayedUrl } = result.lhr;
      expect(new URL(finalDisplayedUrl).pathname).toBe(path);
      const scores = CATEGORIES.map((name) => Math.round((categories[name]?.score ?? 0) * 100));
      const causes = CATEGORIES.map((name) =>
        (categories[name]?.auditRefs ?? [])
          .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 1)
          .map(({ id }) => `${id} ${audits[id]?.displayValue ?? ''}`.trim())
          .join(', '),
      );
      const figures = Object.keys(FIGURES).map((id) => toFigure(id, audits[id]?.numericValue ?? Number.NaN));
      return { scores, figures, causes };
    };
    const measure = async (path: string): Promise<void> => {
      const taken: Measurement[] = [];
      for (let count = 0; count < MEASUREMENTS; count++) taken.push(await measureOnce(path));
      const ordered = taken.toSorted((left, right) => (left.scores[0] ?? 0) - (right.scores[0] ?? 0));
      const median = ordered[(MEASUREMENTS - 1) / 2];
      if (median === undefined) throw new Error(`Cannot measure ${path}: there must be a measurement`);
      table.push(`| ${[path, ...median.scores, ...median.figures].join(' | ')} |`);
      for (const [position, name] of CATEGORIES.entries()) {
        if ((median.scores[position] ?? 0) >= LOWEST[name]) continue;
        low.push(`${path}: ${name} ${median.scores[position]} (${median.causes[position]})`);
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

function toFigure(id: string, value: number): string {
  return id === 'cumulative-layout-shift' ? value.toFixed(3) : `${Math.round(value)} ms`;
}
