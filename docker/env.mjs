/**
 * Prints fresh secrets for compose.yaml, in the form of an env file.
 *
 * Plain JavaScript, because it is for machines that may have nothing of ours but the files, and whatever Node there is.
 */
import { randomBytes } from 'node:crypto';

const text = () => randomBytes(24).toString('base64url');
const ring = () => `1:${randomBytes(32).toString('base64url')}`;

const lines = {
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
