/**
 * Structured logs as JSON lines, with secrets taken out wherever they are likely to stand.
 *
 * Redaction is the second fence: code does not log headers, bodies or credentials in the first place.
 */
import pino from 'pino';

export type Logger = pino.Logger;

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'apiKey',
  'password',
  'secret',
  'token',
  'hash',
  'databaseUrl',
  'redisUrl',
];

export const REDACTED_PATHS: readonly string[] = SECRET_FIELDS.flatMap((name) => {
  const key = /^\w+$/.test(name) ? name : `["${name}"]`;
  const nested = key.startsWith('[') ? `*${key}` : `*.${key}`;
  return [key, nested, `${nested.startsWith('*.') ? '*.*.' : '*.*'}${key}`];
});

// Our own keys, and what common providers call theirs; for text that carries one in the middle.
const KEY_PATTERN =
  /\b(tg[kas]_[A-Za-z0-9]{8,}|sk-[A-Za-z0-9_-]{12,}|AIza[A-Za-z0-9_-]{20,}|whsec_[A-Za-z0-9]{8,})/g;

export interface LoggerOptions {
  readonly name: string;
  readonly level?: string;
  readonly destination?: pino.DestinationStream;
}

/** @returns A pino logger; errors are logged under `err` with their causes, keys in any text are masked. */
export function createLogger({ name, level = 'info', destination }: LoggerOptions): Logger {
  const options: pino.LoggerOptions = {
    name,
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: [...REDACTED_PATHS], censor: '[redacted]' },
    hooks: { streamWrite: (line) => line.replace(KEY_PATTERN, (key) => `${key.slice(0, 6)}…[redacted]`) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
