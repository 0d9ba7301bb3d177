import { isIP } from 'node:net';
import { z } from 'zod';
import { commonShape, type Environment, flag, list, parseEnvironment, secret, url } from './environment.ts';
import { keyRing } from './key-ring.ts';
import { stripeShape, toStripeConfig } from './stripe-config.ts';

const shape = z.object({
  ...commonShape,
  ...stripeShape,
  TOLLGATE_KEY_PEPPERS: keyRing,
  TOLLGATE_ENCRYPTION_KEYS: keyRing,
  TOLLGATE_SESSION_SECRET: secret(32),
  TOLLGATE_CONSOLE_URL: url(['http:', 'https:']),
  TOLLGATE_GATEWAY_URL: url(['http:', 'https:']),
  TOLLGATE_OPERATOR_EMAILS: list,
  /** Under `npm start`: whoever signs up first on this machine runs it. */
  TOLLGATE_FIRST_USER_IS_OPERATOR: flag,
  TOLLGATE_SIGN_UP: z.enum(['open', 'invitation', 'domains']).default('open'),
  TOLLGATE_SIGN_UP_DOMAINS: list,
  TOLLGATE_ALLOWED_PRIVATE_ORIGINS: list,
  /** Besides those: for credentials that the operator resells alone. */
  TOLLGATE_OPERATOR_PRIVATE_ORIGINS: list,
  TOLLGATE_TRUST_PROXY: flag,
  /** Which servers are asked for the records that prove domains; those of the system unless told. */
  TOLLGATE_DNS_SERVERS: list.refine(
    (servers) => servers.every(isDnsServer),
    'must be addresses, with a port where it is not 53: 10.0.0.2, 127.0.0.1:5353, [::1]:5353',
  ),
  SMTP_URL: url(['smtp:', 'smtps:']).optional(),
  /** Set by `npm start`: mail goes to the mailbox in the browser. */
  TOLLGATE_MAILBOX_URL: url(['http:', 'https:']).optional(),
  AUTH_GOOGLE_ID: z.string().optional(),
  AUTH_GOOGLE_SECRET: z.string().optional(),
  AUTH_GITHUB_ID: z.string().optional(),
  AUTH_GITHUB_SECRET: z.string().optional(),
  AUTH_MICROSOFT_ID: z.string().optional(),
  AUTH_MICROSOFT_SECRET: z.string().optional(),
  /** Any other OpenID Connect issuer; the name is what its button says. */
  AUTH_OIDC_ISSUER: url(['https:', 'http:'])
    .refine(isHttpsOrLocal, 'must be a URL with https: (http: on this machine only)')
    .optional(),
  AUTH_OIDC_ID: z.string().optional(),
  AUTH_OIDC_SECRET: z.string().optional(),
  AUTH_OIDC_NAME: z.string().max(40).default('SSO'),
});

export const CONSOLE_VARIABLES: readonly string[] = Object.keys(shape.shape);

const schema = shape
  .refine(
    ({ AUTH_OIDC_ISSUER, AUTH_OIDC_ID, AUTH_OIDC_SECRET }) =>
      new Set([AUTH_OIDC_ISSUER, AUTH_OIDC_ID, AUTH_OIDC_SECRET].map((value) => value === undefined)).size ===
      1,
    { path: ['AUTH_OIDC_ISSUER'], message: 'needs AUTH_OIDC_ID and AUTH_OIDC_SECRET, and they need it' },
  )
  .refine((value) => value.TOLLGATE_SIGN_UP !== 'domains' || (value.SMTP_URL ?? value.TOLLGATE_MAILBOX_URL), {
    path: ['SMTP_URL'],
    message: 'required with TOLLGATE_SIGN_UP=domains: without mail nobody can show which domain is theirs',
  })
  .refine(
    ({ STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRETS }) =>
      STRIPE_SECRET_KEY === undefined || STRIPE_WEBHOOK_SECRETS.length > 0,
    {
      path: ['STRIPE_WEBHOOK_SECRETS'],
      message: 'required with STRIPE_SECRET_KEY: without it no payment is ever heard of',
    },
  )
  .transform((value) => ({
    databaseUrl: value.DATABASE_URL,
    redisUrl: value.REDIS_URL,
    logLevel: value.TOLLGATE_LOG_LEVEL,
    stateDirectory: value.TOLLGATE_STATE_DIR,
    clockOffsetFile: value.TOLLGATE_CLOCK_OFFSET_FILE,
    keyPeppers: value.TOLLGATE_KEY_PEPPERS,
    encryptionKeys: value.TOLLGATE_ENCRYPTION_KEYS,
    sessionSecret: value.TOLLGATE_SESSION_SECRET,
    consoleUrl: value.TOLLGATE_CONSOLE_URL,
    gatewayUrl: value.TOLLGATE_GATEWAY_URL,
    operatorEmails: value.TOLLGATE_OPERATOR_EMAILS,
    firstUserIsOperator: value.TOLLGATE_FIRST_USER_IS_OPERATOR,
    signUp: value.TOLLGATE_SIGN_UP,
    signUpDomains: value.TOLLGATE_SIGN_UP_DOMAINS,
    allowedPrivateOrigins: value.TOLLGATE_ALLOWED_PRIVATE_ORIGINS,
    operatorPrivateOrigins: value.TOLLGATE_OPERATOR_PRIVATE_ORIGINS,
    trustProxy: value.TOLLGATE_TRUST_PROXY,
    dnsServers: value.TOLLGATE_DNS_SERVERS,
    smtpUrl: value.SMTP_URL,
    mailboxUrl: value.TOLLGATE_MAILBOX_URL,
    stripe: toStripeConfig(value),
    oauth: {
      google: oauthClient(value.AUTH_GOOGLE_ID, value.AUTH_GOOGLE_SECRET),
      github: oauthClient(value.AUTH_GITHUB_ID, value.AUTH_GITHUB_SECRET),
      microsoft: oauthClient(value.AUTH_MICROSOFT_ID, value.AUTH_MICROSOFT_SECRET),
      oidc: oidcClient(
        value.AUTH_OIDC_ISSUER,
        value.AUTH_OIDC_NAME,
        value.AUTH_OIDC_ID,
        value.AUTH_OIDC_SECRET,
      ),
    },
  }));

function oauthClient(
  id: string | undefined,
  secretValue: string | undefined,
): { id: string; secret: string } | undefined {
  return id === undefined || secretValue === undefined ? undefined : { id, secret: secretValue };
}

function oidcClient(
  issuer: string | undefined,
  name: string,
  id: string | undefined,
  secretValue: string | undefined,
): { id: string; secret: string; issuer: string; name: string } | undefined {
  const client = oauthClient(id, secretValue);
  return issuer === undefined || client === undefined ? undefined : { ...client, issuer, name };
}

/** As `Resolver.setServers` takes it: names would have to be looked up themselves. */
function isDnsServer(text: string): boolean {
  const [, bracketed, plain = text, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  return isIP(bracketed ?? plain) !== 0 && Number(port ?? 53) < 65_536;
}

/** Secrets and codes travel to the issuer. */
function isHttpsOrLocal(text: string): boolean {
  const parsed = URL.parse(text);
  return (
    parsed?.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(parsed?.hostname ?? '')
  );
}

export type ConsoleConfig = Readonly<z.output<typeof schema>>;

/** @throws {ConfigurationError} naming every variable that is missing or wrong. */
export function consoleConfig(environment: Environment): ConsoleConfig {
  return parseEnvironment('console', schema, environment);
}
