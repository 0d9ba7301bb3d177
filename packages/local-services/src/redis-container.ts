/**
 * Runs Redis in Docker, where an engine answers and a machine has no Redis of its own.
 *
 * One container per state folder, named after it, so that it is found again and never doubled.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const IMAGE = 'redis:7-alpine';
const ENGINE_TIMEOUT_MS = 5_000;
const PULL_TIMEOUT_MS = 180_000;

export type ContainerOptions = {
  readonly stateDir: string;
  readonly port: number;
  readonly password: string;
  readonly databases: number;
};

/** Starts the container. @returns false where no engine answers or the image cannot be had. */
export async function startRedisContainer(options: ContainerOptions): Promise<boolean> {
  if (!(await engineAnswers())) return false;
  const name = containerName(options.stateDir);
  await stopRedisContainer(options.stateDir);
  const server = ['redis-server', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', ''];
  const facts = ['--requirepass', options.password, '--databases', String(options.databases)];
  try {
    await run(
      'docker',
      [
        ...['run', '--detach', '--name', name, '--publish', `127.0.0.1:${options.port}:6379`],
        ...['--volume', `${name}:/data`, IMAGE, ...server, ...facts],
      ],
      { timeout: PULL_TIMEOUT_MS },
    );
    return true;
  } catch {
    return false;
  }
}

/** Stops and removes the container; its volume, with the data, stays. */
export async function stopRedisContainer(stateDir: string): Promise<void> {
  const name = containerName(stateDir);
  await run('docker', ['stop', '--time', '10', name], { timeout: 20_000 }).catch(() => undefined);
  await run('docker', ['rm', '--force', name], { timeout: 20_000 }).catch(() => undefined);
}

/** Forgets what the container stored. */
export async function removeRedisVolume(stateDir: string): Promise<void> {
  await run('docker', ['volume', 'rm', '--force', containerName(stateDir)], { timeout: 20_000 }).catch(
    () => undefined,
  );
}

async function engineAnswers(): Promise<boolean> {
  return run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: ENGINE_TIMEOUT_MS }).then(
    ({ stdout }) => stdout.trim() !== '',
    () => false,
  );
}

function containerName(stateDir: string): string {
  return `tollgate-redis-${createHash('sha256').update(resolve(stateDir)).digest('hex').slice(0, 12)}`;
}
