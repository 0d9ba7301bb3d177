/**
 * Runs every test there is: unit and integration by Vitest, then the browser's by Playwright. The last line is
 * `N passed, N failed`.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@tollgate/config';
import { type Browser, ensureBrowser } from '../browser.ts';
import type { Command } from '../command.ts';
import { ensureConsoleBuild } from '../console-build.ts';
import { ensureGeneratedClient } from '../generated-client.ts';
import { pickVariables, sharedEnvironment } from '../process-environment.ts';
import { runCommand, signalRunningCommands } from '../run-command.ts';
import { createScreen, prefersPlain, type Screen } from '../screen.ts';
import { createStopSwitch } from '../stop-switch.ts';
import { countPlaywright, countVitest, sumCounts, type TestCounts } from '../test-results.ts';
import { inRoot, isPresent, ROOT } from '../workspace.ts';

const BROWSER_TESTS = 'apps/console/e2e';

export const test: Command = async (_args, environment) => {
  const screen = createScreen(process.stdout, {
    plain: prefersPlain(process.stdout, Boolean(environment.CI)),
  });
  const stop = createStopSwitch();
  // The runners end their own services when they are asked to stop.
  void stop.requested.then(() => signalRunningCommands('SIGTERM'));
  stop.onForce(() => signalRunningCommands('SIGKILL'));
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-reports-'));
  try {
    await screen.step('Database client', () => ensureGeneratedClient(environment));
    const counts = [await runVitest(environment, folder)];
    if (isPresent(BROWSER_TESTS) && !stop.isRequested()) {
      counts.push(await runBrowserTests(environment, folder, screen));
    }
    const { passed, failed } = sumCounts(counts);
    screen.line();
    screen.line(`${passed} passed, ${failed} failed`);
    return failed > 0 || passed === 0 || stop.isRequested() ? 1 : 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
    stop.dispose();
  }
};

async function runVitest(environment: Environment, folder: string): Promise<TestCounts> {
  const report = join(folder, 'vitest.json');
  const { code } = await runCommand(
    process.execPath,
    [
      inRoot('node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: ROOT, environment: testEnvironment(environment), onOutput: 'inherit' },
  );
  return countVitest(await readReport(report), code);
}

async function runBrowserTests(
  environment: Environment,
  folder: string,
  screen: Screen,
): Promise<TestCounts> {
  const browser = await screen.step(
    'Browser',
    (report) => ensureBrowser(environment, report),
    (found) =>
      found === undefined
        ? 'none to be had'
        : found.kind === 'installed'
          ? found.executablePath
          : "Playwright's",
  );
  if (browser === undefined) {
    screen.line('Cannot run browser tests: Chromium must be installed or downloadable, got neither.');
    return { passed: 0, failed: 1 };
  }
  await screen.step('Console', (report) => ensureConsoleBuild(environment, report));
  const report = join(folder, 'playwright.json');
  const { code } = await runCommand(
    process.execPath,
    ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'],
    {
      cwd: inRoot('apps/console'),
      environment: {
        ...testEnvironment(environment),
        ...browserVariables(browser),
        PLAYWRIGHT_JSON_OUTPUT_FILE: report,
        PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
      },
      onOutput: 'inherit',
    },
  );
  return countPlaywright(await readReport(report), code);
}

/** The configuration of the browser tests reads this one through packages/config. */
function browserVariables(browser: Browser): Record<string, string> {
  return browser.kind === 'installed' ? { TOLLGATE_CHROMIUM_PATH: browser.executablePath } : {};
}

/** Nothing of the developer's own system: tests bring their own services. */
function testEnvironment(environment: Environment): Record<string, string> {
  return {
    ...sharedEnvironment(environment),
    ...pickVariables(environment, [
      'TOLLGATE_REQUIRE_SHARED',
      'TOLLGATE_CONFORMANCE',
      'FORCE_COLOR',
      'NO_COLOR',
    ]),
    NODE_ENV: 'test',
  };
}

async function readReport(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
