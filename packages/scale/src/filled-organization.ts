/** One organization of any size in a database of its own, with the API in front of it. */
import { randomBytes } from 'node:crypto';
import { createApi, localChangeFeed } from '@tollgate/api';
import { loadPriceBook } from '@tollgate/catalog';
import { fixedClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { type Bootstrapped, bootstrapOrganization, memoryAttemptCounter } from '@tollgate/identity';
import { createLogger } from '@tollgate/logging';
import { createTestDatabase, type TestDatabase, type TestServices } from '@tollgate/testing';
import { fillLedger, type LedgerOptions } from './fill-ledger.ts';
import type { Ask } from './measure.ts';
import { type Dimensions, fillTeamsAndKeys } from './people-and-keys.ts';
import { choosePrices, makePricedAttempt, type PricedAttempt } from './priced-usage.ts';
import { SeededRandom } from './random.ts';

export interface FillOptions {
  readonly seed: number;
  readonly teamCount: number;
  readonly keyCount: number;
  readonly usedKeyCount: number;
  readonly usedTeamCount: number;
  /** Between these, evenly. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  /** So many days of the request log are kept; all, unless told. */
  readonly logDays?: number;
  /** Where it does not run under vitest. */
  readonly services?: TestServices;
}

export interface FilledOrganization {
  readonly organizationId: string;
  readonly console: Database;
  readonly worker: Database;
  readonly dimensions: Dimensions;
  readonly models: readonly string[];
  readonly ask: Ask;
  /** Evenly over the whole time, unless told when. @returns How many there was time for. */
  addEntries(
    count: number,
    onProgress?: (writtenCount: number) => void,
    manner?: Partial<Pick<LedgerOptions, 'fromMs' | 'toMs' | 'order' | 'untilMs'>>,
  ): Promise<number>;
  /** What autovacuum does in the minutes after a large change: the figures are those of a database in use. */
  analyze(): Promise<void>;
  close(): Promise<void>;
}

const ATTEMPTS_PER_MODEL = 500;
const DAY_MS = 86_400_000;
const ORIGIN = 'http://localhost:3000';

export async function fillOrganization(options: FillOptions): Promise<FilledOrganization> {
  const { seed, nowMs, services, teamCount, keyCount, usedKeyCount, usedTeamCount, fromMs, toMs } = options;
  const random = new SeededRandom(seed);
  const testDatabase = await createTestDatabase(...(services === undefined ? [] : [services]));
  const open = (url: string): Database =>
    openDatabase({ url, applicationName: 'scale', maxConnections: 4, statementTimeoutMs: 600_000 });
  const console = open(testDatabase.urls.console);
  const worker = open(testDatabase.urls.worker);
  const owning = open(testDatabase.urls.migrator);
  const { ask, owner } = await openApi(console, nowMs);
  const { organizationId } = owner;
  const dimensions = await fillTeamsAndKeys({
    database: console,
    organizationId,
    createdById: owner.userId,
    teamCount,
    keyCount,
    usedKeyCount,
    usedTeamCount,
    nowMs,
    random,
  });
  const attemptsByModel = makeAttempts(random);
  const ledger = {
    database: worker,
    organizationId,
    credentialId: 'cred_scale',
    dimensions,
    attemptsByModel,
    logsFromMs: options.logDays === undefined ? 0 : toMs - options.logDays * DAY_MS,
    random,
  };
  return {
    organizationId,
    console,
    worker,
    dimensions,
    models: [...new Set(attemptsByModel.flatMap((attempts) => attempts.map(({ model }) => model)))],
    ask,
    addEntries: (entryCount, onProgress, manner) =>
      fillLedger({
        ...ledger,
        fromMs,
        toMs,
        ...manner,
        entryCount,
        ...(onProgress === undefined ? {} : { onProgress }),
      }),
    analyze: async () => {
      await owning.platform((tx) => tx.$executeRaw`ANALYZE`, { timeoutMs: 600_000 });
    },
    close: () => closeAll([console, worker, owning], testDatabase),
  };
}

function makeAttempts(random: SeededRandom): PricedAttempt[][] {
  return choosePrices(loadPriceBook().prices, random).map((price) =>
    Array.from({ length: ATTEMPTS_PER_MODEL }, () => makePricedAttempt(price, random)),
  );
}

async function openApi(database: Database, nowMs: number): Promise<{ ask: Ask; owner: Bootstrapped }> {
  const clock = fixedClock(nowMs);
  const options = {
    database,
    clock,
    logger: createLogger({ name: 'scale', level: 'warn' }),
    settings: {
      consoleUrl: ORIGIN,
      gatewayUrl: 'http://localhost:4000',
      allowedPrivateOrigins: [],
      limitsEnforced: true,
      signUp: 'open' as const,
      signUpDomains: [],
      operatorEmails: [],
      firstUserIsOperator: false,
      verificationRequired: false,
    },
    keyPeppers: randomRing(),
    encryptionKeys: randomRing(),
    changes: localChangeFeed(),
    attempts: memoryAttemptCounter(clock),
  };
  const api = createApi(options);
  const owner = await bootstrapOrganization(options, {
    organization: 'Scale',
    email: 'scale@example.com',
    password: randomBytes(12).toString('hex'),
  });
  const headers = { authorization: `Bearer ${owner.adminToken}` };
  return {
    owner,
    ask: async (path) => {
      const response = await api.request(new Request(`${ORIGIN}/api/v1${path}`, { headers }));
      return { status: response.status, text: await response.text() };
    },
  };
}

const randomRing = () => parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);

async function closeAll(databases: readonly Database[], testDatabase: TestDatabase): Promise<void> {
  for (const database of databases) await database.close();
  await testDatabase.drop();
}
