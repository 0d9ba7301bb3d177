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

/** What another process needs to ask the same organization. Holds passwords of a database that lives for a run. */
export interface KeptOrganization {
  readonly urls: TestDatabase['urls'];
  readonly keyPeppers: string;
  readonly encryptionKeys: string;
  readonly adminToken: string;
  readonly organizationId: string;
  readonly dimensions: Dimensions;
  readonly models: readonly string[];
  readonly entryCount: number;
}

export interface FilledOrganization {
  readonly kept: Omit<KeptOrganization, 'entryCount'>;
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
  const { urls } = testDatabase;
  const console = open(urls.console);
  const worker = open(urls.worker);
  const owning = open(urls.migrator);
  const rings = { keyPeppers: randomRing(), encryptionKeys: randomRing() };
  const access = openApi(console, nowMs, rings);
  const { organizationId, userId, adminToken } = await access.signUp();
  const dimensions = await fillTeamsAndKeys({
    database: console,
    organizationId,
    createdById: userId,
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
  const models = [...new Set(attemptsByModel.flatMap((attempts) => attempts.map(({ model }) => model)))];
  return {
    kept: { urls, ...rings, adminToken, organizationId, dimensions, models },
    organizationId,
    console,
    worker,
    dimensions,
    models,
    ask: access.askAs(adminToken),
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

/** The same organization from another process, to be asked again. */
export function openKept(
  kept: KeptOrganization,
  nowMs: number,
): Omit<FilledOrganization, 'addEntries' | 'analyze' | 'kept'> {
  const [console, worker] = [open(kept.urls.console), open(kept.urls.worker)];
  const { organizationId, dimensions, models } = kept;
  return {
    organizationId,
    console,
    worker,
    dimensions,
    models,
    ask: openApi(console, nowMs, kept).askAs(kept.adminToken),
    close: async () => {
      for (const database of [console, worker]) await database.close();
    },
  };
}

function open(url: string): Database {
  return openDatabase({ url, applicationName: 'scale', maxConnections: 4, statementTimeoutMs: 600_000 });
}

function makeAttempts(random: SeededRandom): PricedAttempt[][] {
  return choosePrices(loadPriceBook().prices, random).map((price) =>
    Array.from({ length: ATTEMPTS_PER_MODEL }, () => makePricedAttempt(price, random)),
  );
}

interface Access {
  signUp(): Promise<Bootstrapped>;
  askAs(adminToken: string): Ask;
}

function openApi(
  database: Database,
  nowMs: number,
  rings: { readonly keyPeppers: string; readonly encryptionKeys: string },
): Access {
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
    keyPeppers: parseKeyRing(rings.keyPeppers),
    encryptionKeys: parseKeyRing(rings.encryptionKeys),
    changes: localChangeFeed(),
    attempts: memoryAttemptCounter(clock),
  };
  const api = createApi(options);
  return {
    signUp: () =>
      bootstrapOrganization(options, {
        organization: 'Scale',
        email: 'scale@example.com',
        password: randomBytes(12).toString('hex'),
      }),
    askAs: (adminToken) => async (path) => {
      const headers = { authorization: `Bearer ${adminToken}` };
      const response = await api.request(new Request(`${ORIGIN}/api/v1${path}`, { headers }));
      return { status: response.status, text: await response.text() };
    },
  };
}

const randomRing = () => `1:${randomBytes(32).toString('base64url')}`;

async function closeAll(databases: readonly Database[], testDatabase: TestDatabase): Promise<void> {
  for (const database of databases) await database.close();
  await testDatabase.drop();
}
