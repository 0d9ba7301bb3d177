/** The Portkey gateway as npm has it, in a folder of its own: no dependency of ours, installed when asked for. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PORTKEY_VERSION = '1.15.2';

/** @returns Its entry file. @throws npm cannot install it. */
export function installPortkey(): string {
  const folder = join(tmpdir(), `tollgate-bench-portkey-${PORTKEY_VERSION}`);
  const entry = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (existsSync(entry)) return entry;
  mkdirSync(folder, { recursive: true });
  const packages = [`@portkey-ai/gateway@${PORTKEY_VERSION}`];
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, ...packages],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`Cannot install Portkey: npm must succeed, got ${stderr}`);
  return entry;
}
