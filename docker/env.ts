/** Prints fresh secrets for compose.yaml, in the form of an env file. */
import { randomBytes } from 'node:crypto';

const text = (): string => randomBytes(24).toString('base64url');
const ring = (): string => `1:${randomBytes(32).toString('base64url')}`;

const lines: Readonly<Record<string, string>> = {
  POSTGRES_PASSWORD: text(),
  TOLLGATE_MIGRATOR_PASSWORD: text(),
  TOLLGATE_CONSOLE_PASSWORD: text(),
  TOLLGATE_GATEWAY_PASSWORD: text(),
  TOLLGATE_WORKER_PASSWORD: text(),
  TOLLGATE_KEY_PEPPERS: ring(),
  TOLLGATE_ENCRYPTION_KEYS: ring(),
  TOLLGATE_SESSION_SECRET: randomBytes(32).toString('base64url'),
};
for (const [name, value] of Object.entries(lines)) console.log(`${name}=${value}`);
