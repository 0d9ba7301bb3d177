/**
 * The secrets of a system on one machine: made once, kept in the state folder, readable by its owner only.
 *
 * Losing the file loses every virtual key and stored credential, so it is never made anew over an existing one.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '@tollgate/config';
import { pickVariables } from './process-environment.ts';
import { UserError } from './user-error.ts';

const SECRET_MAKERS = {
  TOLLGATE_KEY_PEPPERS: () => `1:${randomSecret()}`,
  TOLLGATE_ENCRYPTION_KEYS: () => `1:${randomSecret()}`,
  TOLLGATE_SESSION_SECRET: randomSecret,
  TOLLGATE_SIMULATOR_API_KEY: () => `sim-${randomSecret()}`,
  TOLLGATE_STRIPE_STAND_IN_KEY: () => `sk_test_${randomSecret()}`,
  TOLLGATE_STRIPE_STAND_IN_WEBHOOK_SECRET: () => `whsec_${randomSecret()}`,
  migratorPassword: randomSecret,
  consolePassword: randomSecret,
  gatewayPassword: randomSecret,
  workerPassword: randomSecret,
} as const;

export type Secrets = Readonly<Record<keyof typeof SECRET_MAKERS, string>>;

/**
 * Reads the state folder's secrets, making those that are missing.
 *
 * @param environment A secret that the operator has set there goes before the stored one.
 */
export async function openSecrets(stateDir: string, environment: Environment = {}): Promise<Secrets> {
  const stored = await openStoredSecrets(stateDir);
  return { ...stored, ...pickVariables(environment, Object.keys(SECRET_MAKERS)) };
}

async function openStoredSecrets(stateDir: string): Promise<Secrets> {
  await mkdir(stateDir, { recursive: true });
  const path = join(stateDir, 'secrets.json');
  const known = await readSecrets(path);
  const missing = Object.entries(SECRET_MAKERS).filter(([name]) => known?.[name] === undefined);
  if (known !== undefined && missing.length === 0) return known as Secrets;
  const secrets = {
    ...known,
    ...Object.fromEntries(missing.map(([name, make]) => [name, make()])),
  } as Secrets;
  await store(path, secrets, known === undefined);
  return openStoredSecrets(stateDir);
}

async function readSecrets(path: string): Promise<Record<string, string> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    throw new UserError(
      `Cannot read ${path}: it must be the JSON that was written there. Restore it, or delete all data with "npm run reset".`,
    );
  }
}

/** Linking fails where the file exists by now: of two starts at once, both use the first one's secrets. */
async function store(path: string, secrets: Secrets, isNew: boolean): Promise<void> {
  const partial = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(partial, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
  if (!isNew) return rename(partial, path);
  await link(partial, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(partial);
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}
