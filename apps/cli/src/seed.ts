/**
 * What a database is filled with before the applications start. Every seed is safe to repeat on each start.
 *
 * To add one: append to SEEDS a name and a function that calls into the subject that owns the data. Nothing is
 * inserted from here.
 */
import { type Environment, parseKeyRing, portsConfig } from '@tollgate/config';
import type { RoleUrls } from './database.ts';
import type { Secrets } from './secrets.ts';

export type SeedContext = {
  readonly environment: Environment;
  readonly urls: RoleUrls;
  readonly secrets: Secrets;
};

type Seed = {
  /** As the progress line shows it. */
  readonly name: string;
  readonly run: (context: SeedContext) => Promise<void>;
};

// Imports wait until a seed runs: a fresh clone has no database client to load before `start` has made it.
const SEEDS: readonly Seed[] = [
  {
    name: 'price book',
    run: ({ urls }) => seedPrices(urls),
  },
  {
    name: 'simulator credential',
    run: async ({ environment, urls, secrets }) => {
      const { seedSimulatorCredential } = await import('./seeds/simulator-credential.ts');
      await withDatabase(urls.console, (database) =>
        seedSimulatorCredential({
          database,
          encryptionKeys: parseKeyRing(secrets.TOLLGATE_ENCRYPTION_KEYS),
          baseUrl: `http://127.0.0.1:${portsConfig(environment).simulator}/v1`,
          apiKey: secrets.TOLLGATE_SIMULATOR_API_KEY,
        }),
      );
    },
  },
];

/** The shipped price book: what every installation needs, a production one too. */
export async function seedPrices(urls: Pick<RoleUrls, 'migrator'>): Promise<void> {
  const { seedPriceBook } = await import('@tollgate/catalog/store');
  await withDatabase(urls.migrator, seedPriceBook);
}

export async function seedDatabase(context: SeedContext, report: (detail: string) => void): Promise<void> {
  for (const { name, run } of SEEDS) {
    report(name);
    await run(context);
  }
}

async function withDatabase<T>(
  url: string,
  run: (database: import('@tollgate/db').Database) => Promise<T>,
): Promise<T> {
  const { openDatabase } = await import('@tollgate/db');
  const database = openDatabase({ url, applicationName: 'tollgate-seed', maxConnections: 1 });
  try {
    return await run(database);
  } finally {
    await database.close();
  }
}
