/**
 * Builds the console for production when its sources, or those of packages it uses, differ from the last build.
 */

import { existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '@tollgate/config';
import { hashInputs } from './input-hash.ts';
import { sharedEnvironment } from './process-environment.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import { inRoot } from './workspace.ts';

const CONSOLE = 'apps/console';
const OTHER_BUILD_TIMEOUT_MS = 120_000;

/** Folder of the server that Next made; it must be the working directory when that runs. */
export const CONSOLE_SERVER_FOLDER: string = inRoot(`${CONSOLE}/.next/standalone/${CONSOLE}`);

/** @returns Whether it had to be built. */
export async function ensureConsoleBuild(
  environment: Environment,
  report: (detail: string) => void,
): Promise<boolean> {
  const hash = await hashInputs(await listBuildInputs());
  const stamp = inRoot(`${CONSOLE}/.next/tollgate-build`);
  const built = existsSync(join(CONSOLE_SERVER_FOLDER, 'server.js'));
  if (built && (await readFile(stamp, 'utf8').catch(() => '')) === hash) return false;
  await rm(stamp, { force: true });
  const { code, output } = await runNextBuild(environment, report);
  if (code !== 0) {
    throw new Error(`Cannot build the console: next build must succeed, got:\n${output.slice(-6_000)}`);
  }
  // Next leaves these out of a standalone build, for a CDN to serve.
  await cp(inRoot(`${CONSOLE}/.next/static`), join(CONSOLE_SERVER_FOLDER, '.next/static'), {
    recursive: true,
  });
  const assets = inRoot(`${CONSOLE}/public`);
  if (existsSync(assets)) await cp(assets, join(CONSOLE_SERVER_FOLDER, 'public'), { recursive: true });
  await writeFile(stamp, hash);
  return true;
}

/** Waits while another build runs here, such as one that outlived the start it belonged to. */
async function runNextBuild(
  environment: Environment,
  report: (detail: string) => void,
): Promise<CommandResult> {
  const deadline = performance.now() + OTHER_BUILD_TIMEOUT_MS;
  for (;;) {
    const result = await runCommand(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
      cwd: inRoot(CONSOLE),
      environment: {
        ...sharedEnvironment(environment),
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
      },
      onOutput: (text) => report(text.trimEnd().split('\n').at(-1) ?? ''),
    });
    // Next tells this by words only.
    const isBusy =
      result.code !== 0 && result.output.includes('Another next build process is already running');
    if (!isBusy || performance.now() > deadline) return result;
    report('waiting for another build to end');
    await delay(1_000);
  }
}

async function listBuildInputs(): Promise<string[]> {
  const packages = await listWorkspaceDependencies(CONSOLE, new Set());
  return [...packages, 'pnpm-lock.yaml', 'tsconfig.base.json', 'prisma/schema'].map(inRoot);
}

/** The package and all of ours that it depends on, by their package.json. */
async function listWorkspaceDependencies(folder: string, seen: Set<string>): Promise<string[]> {
  if (seen.has(folder)) return [];
  seen.add(folder);
  const manifest = JSON.parse(await readFile(join(inRoot(folder), 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  const ours = Object.keys(manifest.dependencies ?? {})
    .filter((name) => name.startsWith('@tollgate/'))
    .map((name) => `packages/${name.slice('@tollgate/'.length)}`);
  for (const dependency of ours) await listWorkspaceDependencies(dependency, seen);
  return [...seen].sort();
}
