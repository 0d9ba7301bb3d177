/**
 * The one door to the environment: every process parses what it needs here, once, and refuses to start with
 * a list of everything that is wrong.
 */
import { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

export class ConfigurationError extends Error {
  constructor(processName: string, problems: readonly string[]) {
    super(`Cannot start the ${processName}: ${problems.join('; ')}`);
    this.name = 'ConfigurationError';
  }
}

/** The process's own environment. Empty strings count as absent, as in compose files. */
export function readEnvironment(): Environment {
  return process.env;
}

/** @throws {ConfigurationError} naming each variable at fault; values are never shown. */
export function parseEnvironment<S extends z.ZodType>(
  processName: string,
  schema: S,
  environment: Environment,
): z.output<S> {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  throw new ConfigurationError(
    processName,
    result.error.issues.map((issue) => `${issue.path.join('.') || 'environment'}: ${issue.message}`),
  );
}

// Values that stand in documentation somewhere; a system that runs with one has no secret.
const EXAMPLE_SECRET = /^(1:)?(?:change-?me|secret|password|example|test|admin|tollgate|(?:0+|1+|a+)$)/i;

/** A secret of at least `minLength` characters that is none of the well-known examples. */
export const secret = (minLength: number) =>
  z
    .string({ error: 'required' })
    .min(minLength, `must have at least ${minLength} characters`)
    .refine((value) => !EXAMPLE_SECRET.test(value), 'is a known example value; generate one of your own');

export const url = (protocols: readonly string[]) =>
  z.string({ error: 'required' }).refine(
    (value) => {
      if (!URL.canParse(value)) return false;
      return protocols.includes(new URL(value).protocol);
    },
    `must be a URL with ${protocols.join(' or ')}`,
  );

export const port = (defaultPort: number) => z.coerce.number().int().min(0).max(65_535).default(defaultPort);

export const list = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

export const flag = z
  .enum(['0', '1', 'true', 'false'])
  .default('0')
  .transform((value) => value === '1' || value === 'true');

/** What every process reads. */
export const commonShape = {
  DATABASE_URL: url(['postgres:', 'postgresql:']),
  REDIS_URL: url(['redis:', 'rediss:']),
  TOLLGATE_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  TOLLGATE_STATE_DIR: z.string().default('.tollgate'),
  TOLLGATE_CLOCK_OFFSET_FILE: z.string().optional(),
} as const;
