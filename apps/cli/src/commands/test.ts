/**
 * Runs every test there is: unit and integration by Vitest, then the browser's by Playwright. The last line is
 * `N passed, N failed`. With parts of paths as arguments, those alone whose path holds one of them.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@tollgate/config';
import { runBrowserTests, testEnvironment } from '../browser-tests.ts';
import type { Command } from '../command.ts';
import { ensureGeneratedClient } from '../generated-client.ts';
import { runCommand, signalRunningCommands } from '../run-command.ts';
import { createScreen, prefersPlain, type Screen } from '../screen.ts';
import { createStopSwitch } from '../stop-switch.ts';
import { countPlaywright, countVitest, sumCounts, type TestCounts } from '../test-results.ts';
import { inRoot, isPresent, ROOT } from '../workspace.ts';

const BROWSER_TESTS = 'apps/console/e2e';
/**
 * A core may be taken away at any moment where others decide; what passes at the second try is listed, and fails
 * the run where it cites a promise of money or security (repeated-tests.ts). A counterexample to a property is one
 * however rare it is: another try would draw others.
 */
const SECOND_TRY = ['--retry.count=1', '--retry.condition=^(?!Property failed after)'];

export const test: Command = async (paths, environment) => {
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
    const counts = [await runVitest(environment, folder, paths)];
    const files = await findBrowserTests(paths);
    if (files.length > 0 && !stop.isRequested()) {
      counts.push(await runPlaywright(environment, folder, screen, paths.length > 0 ? files : []));
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

async function runVitest(
  environment: Environment,
  folder: string,
  paths: readonly string[],
): Promise<TestCounts> {
  const report = join(folder, 'vitest.json');
  const { code } = await runCommand(
    process.execPath,
    [
      inRoot('node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--reporter=${inRoot('apps/cli/src/repeated-tests-reporter.ts')}`,
      ...(environment.CI ? SECOND_TRY : []),
      `--outputFile.json=${report}`,
      ...(paths.length > 0 ? ['--passWithNoTests', ...paths] : []),
    ],
    { cwd: ROOT, environment: testEnvironment(environment), onOutput: 'inherit' },
  );
  return countVitest(await readReport(report), code);
}

async function findBrowserTests(paths: readonly string[]): Promise<readonly string[]> {
  if (!isPresent(BROWSER_TESTS)) return [];
  const files = (await readdir(inRoot(BROWSER_TESTS))).filter((name) => name.endsWith('.test.ts'));
  if (paths.length === 0) return files;
  return files.filter((name) => paths.some((path) => `${BROWSER_TESTS}/${name}`.includes(path)));
}

/** @param files Their names; none: all of them. */
async function runPlaywright(
  environment: Environment,
  folder: string,
  screen: Screen,
  files: readonly string[],
): Promise<TestCounts> {
  const report = join(folder, 'playwright.json');
  const code = await runBrowserTests({
    environment,
    screen,
    args: ['--reporter=list,json', ...files.map((name) => `/${name.replaceAll('.', String.raw`\.`)}$`)],
    variables: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  return code === undefined ? { passed: 0, failed: 1 } : countPlaywright(await readReport(report), code);
}

async function readReport(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
