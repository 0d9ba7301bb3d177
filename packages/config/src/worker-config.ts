import { z } from 'zod';
import { commonShape, type Environment, list, parseEnvironment, port, url } from './environment.ts';
import { keyRing } from './key-ring.ts';
import { stripeShape, toStripeConfig } from './stripe-config.ts';

const shape = z.object({
  ...commonShape,
  ...stripeShape,
  TOLLGATE_ENCRYPTION_KEYS: keyRing,
  TOLLGATE_CONSOLE_URL: url(['http:', 'https:']).default('http://localhost:3000'),
  TOLLGATE_WORKER_HEALTH_PORT: port(0),
  TOLLGATE_WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(4),
  /** Exact origins that webhooks may be sent to though they are private. */
  TOLLGATE_ALLOWED_PRIVATE_ORIGINS: list,
  /** Besides those: for credentials that the operator resells alone. */
  TOLLGATE_OPERATOR_PRIVATE_ORIGINS: list,
  /** Whole months besides the running one. */
  TOLLGATE_REQUEST_LOG_MONTHS: z.coerce.number().int().min(1).max(120).default(13),
  /** 0: for ever. Lines of invoices open their requests only as long as the ledger has them. */
  TOLLGATE_LEDGER_MONTHS: z.coerce
    .number()
    .int()
    .max(240)
    .refine((months) => months === 0 || months >= 13, { error: 'must be 0 (for ever) or at least 13' })
    .default(0),
  SMTP_URL: url(['smtp:', 'smtps:']).optional(),
  TOLLGATE_MAIL_FROM: z.string().default('Tollgate <no-reply@tollgate.local>'),
});

export const WORKER_VARIABLES: readonly string[] = Object.keys(shape.shape);

const schema = shape.transform((value) => ({
  databaseUrl: value.DATABASE_URL,
  redisUrl: value.REDIS_URL,
  logLevel: value.TOLLGATE_LOG_LEVEL,
  stateDirectory: value.TOLLGATE_STATE_DIR,
  clockOffsetFile: value.TOLLGATE_CLOCK_OFFSET_FILE,
  encryptionKeys: value.TOLLGATE_ENCRYPTION_KEYS,
  consoleUrl: value.TOLLGATE_CONSOLE_URL,
  healthPort: value.TOLLGATE_WORKER_HEALTH_PORT,
  concurrency: value.TOLLGATE_WORKER_CONCURRENCY,
  allowedPrivateOrigins: value.TOLLGATE_ALLOWED_PRIVATE_ORIGINS,
  operatorPrivateOrigins: value.TOLLGATE_OPERATOR_PRIVATE_ORIGINS,
  smtpUrl: value.SMTP_URL,
  mailFrom: value.TOLLGATE_MAIL_FROM,
  retention: {
    requestLogMonths: value.TOLLGATE_REQUEST_LOG_MONTHS,
    ledgerMonths: value.TOLLGATE_LEDGER_MONTHS,
  },
  stripe: toStripeConfig(value),
}));

export type WorkerConfig = Readonly<z.output<typeof schema>>;

/** @throws {ConfigurationError} naming every variable that is missing or wrong. */
export function workerConfig(environment: Environment): WorkerConfig {
  return parseEnvironment('worker', schema, environment);
}
