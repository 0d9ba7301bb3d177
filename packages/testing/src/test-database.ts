/**
 * A migrated Postgres database for one test file, in some tens of milliseconds.
 *
 * The first caller of a run migrates a template; everybody clones it. Tests get the four roles of the product and
 * never the superuser, so that row security holds for them as it does in production.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { getProvidedServices } from './provided-services.ts';
import type { RolePasswords, TestServices } from './test-services.ts';

export type TestDatabase = {
  readonly name: string;
  /** One connection URL per role of the product. */
  readonly urls: Readonly<Record<keyof RolePasswords, string>>;
  /** Ends its sessions and deletes it. */
  drop(): Promise<void>;
};

const TEMPLATE = 'tollgate_template';
const TEMPLATE_LOCK = 7_401_001;
const OBJECT_IN_USE = '55006';
const CLONE_ATTEMPTS = 50;

/** @param services Where the test does not run under vitest; otherwise the run's own are used. */
export async function createTestDatabase(services?: TestServices): Promise<TestDatabase> {
  const run = services ?? (await getProvidedServices());
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withSuperuser(run.superuserUrl, async (client) => {
    await openTemplate(client, run);
    await cloneTemplate(client, name);
  });
  return { name, urls: urlsOf(run, name), drop: () => dropDatabase(run.superuserUrl, name) };
}

/** An empty database owned by the migrator, for tests of the migrations themselves. */
export async function createEmptyTestDatabase(services?: TestServices): Promise<TestDatabase> {
  const run = services ?? (await getProvidedServices());
  const name = `test_${randomBytes(8).toString('hex')}`;
  const { createDatabase } = await import('@tollgate/db/admin');
  await withSuperuser(run.superuserUrl, (client) => withTemplateLock(client, () => createRoles(run)));
  await createDatabase({ superuserUrl: run.superuserUrl, name });
  return { name, urls: urlsOf(run, name), drop: () => dropDatabase(run.superuserUrl, name) };
}

/**
 * Takes the wall away from one test's database: what an application still keeps apart is kept by its own filters.
 *
 * For tests of exactly that; a database without its wall serves nothing else.
 */
export async function disableRowSecurity(database: TestDatabase, services?: TestServices): Promise<void> {
  const run = services ?? (await getProvidedServices());
  await withSuperuser(superuserUrlOf(run, database.name), async (client) => {
    await client.query(`DO $$ DECLARE name text; BEGIN
      FOR name IN SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity
      LOOP EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', name); END LOOP; END $$`);
  });
}

async function openTemplate(client: pg.Client, run: TestServices): Promise<void> {
  if (await templateIsReady(client)) return;
  await withTemplateLock(client, async () => {
    if (await templateIsReady(client)) return;
    const { applyMigrations, createDatabase } = await import('@tollgate/db/admin');
    // A template without its mark is what a failed attempt left.
    await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
    await createRoles(run);
    await createDatabase({ superuserUrl: run.superuserUrl, name: TEMPLATE });
    await applyMigrations({ url: urlsOf(run, TEMPLATE).migrator });
    await openMonths(run);
    await client.query(`ALTER DATABASE ${TEMPLATE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
  });
}

/** Migrations open the months around today; tests name dates of their own, whatever today is. */
async function openMonths(run: TestServices): Promise<void> {
  await withSuperuser(superuserUrlOf(run, TEMPLATE), async (client) => {
    await client.query(
      `SELECT ensure_month_partitions(month::date)
       FROM generate_series(date '2026-09-01', greatest(date '2027-03-01', current_date + interval '3 months'), interval '1 month') AS month`,
    );
  });
}

async function createRoles(run: TestServices): Promise<void> {
  const { ensureRoles } = await import('@tollgate/db/admin');
  await ensureRoles({ superuserUrl: run.superuserUrl, passwords: run.rolePasswords });
}

async function templateIsReady(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query('SELECT datistemplate FROM pg_database WHERE datname = $1', [TEMPLATE]);
  return rows[0]?.datistemplate === true;
}

async function withTemplateLock(client: pg.Client, run: () => Promise<void>): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    await run();
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

async function cloneTemplate(client: pg.Client, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(
        `CREATE DATABASE ${name} OWNER tollgate_migrator TEMPLATE ${TEMPLATE} STRATEGY FILE_COPY`,
      );
      return;
    } catch (error) {
      // A session that migrated the template may take a moment to be gone.
      const inUse = (error as { code?: string }).code === OBJECT_IN_USE;
      if (!inUse || attempt === CLONE_ATTEMPTS) throw error;
      await delay(50);
    }
  }
}

function dropDatabase(superuserUrl: string, name: string): Promise<void> {
  return withSuperuser(superuserUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
}

function superuserUrlOf(run: TestServices, database: string): string {
  const url = new URL(run.superuserUrl);
  url.pathname = `/${database}`;
  return url.href;
}

function urlsOf(run: TestServices, database: string): TestDatabase['urls'] {
  const { host } = new URL(run.superuserUrl);
  const url = (role: keyof RolePasswords) =>
    `postgresql://tollgate_${role}:${run.rolePasswords[role]}@${host}/${database}`;
  return {
    console: url('console'),
    gateway: url('gateway'),
    worker: url('worker'),
    migrator: url('migrator'),
  };
}

async function withSuperuser<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
