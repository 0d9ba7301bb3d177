/** Playwright over the console that was built: its browser is found, its console is made, its report is kept. */
import type { Environment } from '@tollgate/config';
import { type Browser, ensureBrowser } from './browser.ts';
import { ensureConsoleBuild } from './console-build.ts';
import { pickVariables, sharedEnvironment } from './process-environment.ts';
import { runCommand } from './run-command.ts';
import type { Screen } from './screen.ts';
import { inRoot } from './workspace.ts';

export interface BrowserTestOptions {
  readonly environment: Environment;
  readonly screen: Screen;
  /** Of `playwright test`. */
  readonly args: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** @returns Playwright's exit code; undefined where there is no browser to be had, which is said. */
export async function runBrowserTests(options: BrowserTestOptions): Promise<number | undefined> {
  const { environment, screen, args, variables = {} } = options;
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
    return undefined;
  }
  await screen.step('Console', (report) => ensureConsoleBuild(environment, report));
  const { code } = await runCommand(
    process.execPath,
    ['node_modules/@playwright/test/cli.js', 'test', ...args],
    {
      cwd: inRoot('apps/console'),
      environment: {
        ...testEnvironment(environment),
        ...browserVariables(browser),
        ...variables,
        PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
      },
      onOutput: 'inherit',
    },
  );
  return code;
}

/** Nothing of the developer's own system: tests bring their own services. */
export function testEnvironment(environment: Environment): Record<string, string> {
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

/** The configuration of the browser tests reads this one through packages/config. */
function browserVariables(browser: Browser): Record<string, string> {
  return browser.kind === 'installed' ? { TOLLGATE_CHROMIUM_PATH: browser.executablePath } : {};
}
