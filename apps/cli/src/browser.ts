/**
 * Finds a Chromium for browser tests, installing one where there is none: Debian's for root, else Playwright's own.
 */
import { existsSync } from 'node:fs';
import type { Environment } from '@tollgate/config';
import { sharedEnvironment } from './process-environment.ts';
import { runCommand } from './run-command.ts';
import { inRoot, ROOT } from './workspace.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_PATHS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

export type Browser =
  | { readonly kind: 'installed'; readonly executablePath: string }
  /** Playwright knows where. */
  | { readonly kind: 'playwright' };

/** @returns undefined when none can be had. */
export async function ensureBrowser(
  environment: Environment,
  report: (detail: string) => void,
): Promise<Browser | undefined> {
  const named = environment.TOLLGATE_CHROMIUM_PATH;
  if (named) return { kind: 'installed', executablePath: named };
  const found = await findInstalledBrowser(environment);
  if (found !== undefined) return { kind: 'installed', executablePath: found };
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    await installDebianChromium(environment, report);
    const installed = await findInstalledBrowser(environment);
    if (installed !== undefined) return { kind: 'installed', executablePath: installed };
  }
  return (await installPlaywrightChromium(environment, report)) ? { kind: 'playwright' } : undefined;
}

async function findInstalledBrowser(environment: Environment): Promise<string | undefined> {
  for (const name of NAMES) {
    const { code, output } = await runCommand('sh', ['-c', 'command -v -- "$1"', 'sh', name], {
      cwd: ROOT,
      environment: sharedEnvironment(environment),
    });
    if (code === 0 && output.trim() !== '') return output.trim();
  }
  return MAC_PATHS.find((path) => existsSync(path));
}

async function installDebianChromium(
  environment: Environment,
  report: (detail: string) => void,
): Promise<void> {
  const options = {
    cwd: ROOT,
    environment: { ...sharedEnvironment(environment), DEBIAN_FRONTEND: 'noninteractive' },
    onOutput: (text: string) => report(text.trimEnd().split('\n').at(-1) ?? ''),
  };
  const install = ['install', '-y', '--no-install-recommends', 'chromium'];
  // Fresh containers have no package lists; a machine that has them is spared the download.
  if ((await runCommand('apt-get', install, options)).code === 0) return;
  await runCommand('apt-get', ['update'], options);
  await runCommand('apt-get', install, options);
}

async function installPlaywrightChromium(
  environment: Environment,
  report: (detail: string) => void,
): Promise<boolean> {
  const command = inRoot('apps/console/node_modules/@playwright/test/cli.js');
  if (!existsSync(command)) return false;
  const { code } = await runCommand(process.execPath, [command, 'install', 'chromium'], {
    cwd: ROOT,
    environment: sharedEnvironment(environment),
    onOutput: (text) => report(text.trimEnd().split('\n').at(-1) ?? ''),
  });
  return code === 0;
}
