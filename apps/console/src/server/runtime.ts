/**
 * What this process works with, opened once, on first use: configuration, database, Redis, the API.
 *
 * Lazy, because `next build` loads every module without an environment. Kept on `globalThis`, because
 * development reloads modules and would open another pool each time.
 */
import { join } from 'node:path';
import { type Api, createApi } from '@tollgate/api';
import { openPaymentProcessor } from '@tollgate/billing';
import { type Clock, createClock } from '@tollgate/clock';
import { type ConsoleConfig, consoleConfig, readEnvironment } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { dnsLookUp, memoryAttemptCounter, redisAttemptCounter } from '@tollgate/identity';
import { createOidcClient } from '@tollgate/identity/oidc';
import { readRateUse } from '@tollgate/limits';
import { createLogger, type Logger } from '@tollgate/logging';
import { openQueueMonitor, openRedis } from '@tollgate/queues';
import { redisChangeFeed } from './change-feed.ts';
import { createOAuthHandler } from './oauth/oauth-handler.ts';
import { clientAddress } from './peer-address.ts';

export interface Runtime {
  readonly config: ConsoleConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly database: Database;
  readonly api: Api;
  /** Answers `/api/auth`: sign-in with a provider. */
  readonly oauth: (request: Request) => Promise<Response>;
}

const RUNTIME = Symbol.for('tollgate.console-runtime');

/** @throws {ConfigurationError} The environment lacks something or holds an example secret. */
export function getRuntime(): Runtime {
  const state = globalThis as { [RUNTIME]?: Runtime };
  state[RUNTIME] ??= openRuntime();
  return state[RUNTIME];
}

function openRuntime(): Runtime {
  const config = consoleConfig(readEnvironment());
  const logger = createLogger({ name: 'console', level: config.logLevel });
  const clock = createClock(config.clockOffsetFile);
  const database = openDatabase({
    url: config.databaseUrl,
    applicationName: 'tollgate-console',
    onError: (err) => logger.warn({ err }, 'database connection lost'),
  });
  const redis = (manner: 'producer' | 'worker', name: string) =>
    openRedis({
      url: config.redisUrl,
      manner,
      name,
      onError: (err) => logger.debug({ err }, 'Redis connection lost'),
    });
  const publisher = redis('producer', 'tollgate-console');
  const { gatewayUrl, allowedPrivateOrigins, operatorPrivateOrigins } = config;
  const settings = identitySettings(config);
  const addressOf = (request: Request) => clientAddress(request, config.trustProxy);
  const api = createApi({
    database,
    clock,
    encryptionKeys: config.encryptionKeys,
    attempts: redisAttemptCounter(publisher, memoryAttemptCounter(clock)),
    logger,
    settings: {
      ...settings,
      gatewayUrl,
      allowedPrivateOrigins,
      operatorPrivateOrigins,
      limitsEnforced: true,
    },
    keyPeppers: config.keyPeppers,
    changes: redisChangeFeed(publisher, redis('worker', 'tollgate-console-subscriber')),
    ...(config.stripe === undefined ? {} : { payments: openPaymentProcessor(config.stripe) }),
    clientAddress: addressOf,
    exportsFolder: join(config.stateDirectory, 'exports'),
    queues: openQueueMonitor(publisher),
    lookUpTxt: dnsLookUp(config.dnsServers),
    readRateUse: (questions) => readRateUse(publisher, questions),
  });
  const oauth = createOAuthHandler({
    clients: config.oauth,
    identity: api.identity,
    secret: config.sessionSecret,
    logger,
    clientAddress: addressOf,
    oidc: createOidcClient({ allowedPrivateOrigins }, clock),
  });
  return { config, logger, clock, database, api, oauth };
}

function identitySettings(config: ConsoleConfig) {
  const { signUp, signUpDomains, operatorEmails, firstUserIsOperator } = config;
  return {
    consoleUrl: new URL(config.consoleUrl).origin,
    signUp,
    signUpDomains,
    operatorEmails,
    firstUserIsOperator,
    // The mailbox of `npm start` reaches nobody but this machine.
    verificationRequired: config.smtpUrl !== undefined && config.mailboxUrl === undefined,
  };
}
