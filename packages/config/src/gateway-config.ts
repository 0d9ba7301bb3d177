import { z } from 'zod';
import { commonShape, type Environment, flag, list, parseEnvironment, port } from './environment.ts';
import { keyRing } from './key-ring.ts';
import { DEFAULT_PORT } from './ports-config.ts';

const shape = z.object({
  ...commonShape,
  TOLLGATE_KEY_PEPPERS: keyRing,
  TOLLGATE_ENCRYPTION_KEYS: keyRing,
  TOLLGATE_GATEWAY_PORT: port(DEFAULT_PORT.gateway),
  TOLLGATE_GATEWAY_HOST: z.string().default('0.0.0.0'),
  TOLLGATE_GATEWAY_PROCESSES: z.coerce.number().int().min(1).max(256).default(1),
  /** Which of the processes this is; given by their parent. */
  TOLLGATE_GATEWAY_SLOT: z.coerce.number().int().min(0).max(255).default(0),
  /** Stable over restarts: names the place where this gateway keeps its log. */
  TOLLGATE_GATEWAY_NAME: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens')
    .default('gateway'),
  TOLLGATE_GATEWAY_REGION: z.string().default('default'),
  TOLLGATE_METRICS_PORT: port(DEFAULT_PORT.metrics),
  TOLLGATE_METRICS_HOST: z.string().default('127.0.0.1'),
  TOLLGATE_METRICS_TOKEN: z.string().min(16).optional(),
  /** Origins such as http://127.0.0.1:4010 that provider calls may reach although their address is private. */
  TOLLGATE_ALLOWED_PRIVATE_ORIGINS: list,
  /** Besides those: for credentials that the operator resells alone. */
  TOLLGATE_OPERATOR_PRIVATE_ORIGINS: list,
  TOLLGATE_BODY_MAX_BYTES: z.coerce.number().int().min(1024).max(1_073_741_824).default(33_554_432),
  TOLLGATE_DRAIN_TIMEOUT_MS: z.coerce.number().int().min(0).max(600_000).default(60_000),
  /** How long granted budget money may be spent without Postgres; a gateway that is gone for longer is fenced. */
  TOLLGATE_GRANT_TTL_MS: z.coerce.number().int().min(3_000).max(86_400_000).default(3_600_000),
  /** How late the event loop may come before requests are shed; more is for machines that do other work as well. */
  TOLLGATE_MAX_LOOP_LAG_MS: z.coerce.number().int().min(10).max(60_000).default(200),
  TOLLGATE_TRUST_PROXY: flag,
});

export const GATEWAY_VARIABLES: readonly string[] = Object.keys(shape.shape);

const schema = shape.transform((value) => ({
  databaseUrl: value.DATABASE_URL,
  redisUrl: value.REDIS_URL,
  logLevel: value.TOLLGATE_LOG_LEVEL,
  stateDirectory: value.TOLLGATE_STATE_DIR,
  clockOffsetFile: value.TOLLGATE_CLOCK_OFFSET_FILE,
  keyPeppers: value.TOLLGATE_KEY_PEPPERS,
  encryptionKeys: value.TOLLGATE_ENCRYPTION_KEYS,
  port: value.TOLLGATE_GATEWAY_PORT,
  host: value.TOLLGATE_GATEWAY_HOST,
  processes: value.TOLLGATE_GATEWAY_PROCESSES,
  slot: value.TOLLGATE_GATEWAY_SLOT,
  name: value.TOLLGATE_GATEWAY_NAME,
  region: value.TOLLGATE_GATEWAY_REGION,
  metricsPort: value.TOLLGATE_METRICS_PORT,
  metricsHost: value.TOLLGATE_METRICS_HOST,
  metricsToken: value.TOLLGATE_METRICS_TOKEN,
  allowedPrivateOrigins: value.TOLLGATE_ALLOWED_PRIVATE_ORIGINS,
  operatorPrivateOrigins: value.TOLLGATE_OPERATOR_PRIVATE_ORIGINS,
  bodyMaxBytes: value.TOLLGATE_BODY_MAX_BYTES,
  drainTimeoutMs: value.TOLLGATE_DRAIN_TIMEOUT_MS,
  grantTtlMs: value.TOLLGATE_GRANT_TTL_MS,
  maxLoopLagMs: value.TOLLGATE_MAX_LOOP_LAG_MS,
  trustProxy: value.TOLLGATE_TRUST_PROXY,
}));

export type GatewayConfig = Readonly<z.output<typeof schema>>;

/** @throws {ConfigurationError} naming every variable that is missing or wrong. */
export function gatewayConfig(environment: Environment): GatewayConfig {
  return parseEnvironment('gateway', schema, environment);
}
