/**
 * Brings a Postgres server to the state the applications need: roles, database, migrations.
 *
 * The administrator's URL is used here and nowhere else; each application gets the URL of its own role.
 */
import type { Environment } from '@tollgate/config';
import { startPostgres } from '@tollgate/local-services';
import type { Secrets } from './secrets.ts';
import { UserError } from './user-error.ts';

export type RoleUrls = Readonly<Record<'migrator' | 'console' | 'gateway' | 'worker', string>>;

export type DatabaseServer = {
  /** Of a role that may create roles and databases. */
  readonly administratorUrl: string;
  readonly databaseName: string;
  /** Our own server, on this machine; undefined where `DATABASE_URL` names another. */
  readonly logPath: string | undefined;
  readonly origin: string;
  stop(): Promise<void>;
};

const DEFAULT_DATABASE = 'tollgate';
const MAINTENANCE_DATABASE = 'postgres';

/** The server that `DATABASE_URL` names, with its administrator's credentials; otherwise our own. */
export async function openDatabaseServer(
  environment: Environment,
  stateDir: string,
): Promise<DatabaseServer> {
  if (environment.DATABASE_URL) return describeNamedServer(environment.DATABASE_URL);
  const postgres = await startPostgres({ stateDir });
  return {
    administratorUrl: postgres.superuserUrl,
    databaseName: DEFAULT_DATABASE,
    logPath: postgres.logPath,
    origin: `${postgres.reused ? 'found running' : 'started'} on port ${postgres.port}`,
    stop: postgres.stop,
  };
}

function describeNamedServer(databaseUrl: string): DatabaseServer {
  if (!URL.canParse(databaseUrl) || !/^postgres(ql)?:$/.test(new URL(databaseUrl).protocol)) {
    throw new UserError(
      'Cannot use DATABASE_URL: it must be a URL with postgres: or postgresql:, got something else.',
    );
  }
  const url = new URL(databaseUrl);
  const named = decodeURIComponent(url.pathname.slice(1));
  url.pathname = `/${MAINTENANCE_DATABASE}`;
  return {
    administratorUrl: url.href,
    databaseName: named === '' || named === MAINTENANCE_DATABASE ? DEFAULT_DATABASE : named,
    logPath: undefined,
    origin: `${url.host}, from DATABASE_URL`,
    stop: async () => undefined,
  };
}

/** Safe to repeat. @returns One URL per role, and how many migrations were applied now. */
export async function prepareDatabase(
  server: DatabaseServer,
  secrets: Pick<Secrets, 'migratorPassword' | 'consolePassword' | 'gatewayPassword' | 'workerPassword'>,
): Promise<{ urls: RoleUrls; applied: number }> {
  // Loaded late: a fresh clone has no generated client before `start` has made it.
  const { applyMigrations, createDatabase, ensureRoles, roleUrl } = await import('@tollgate/db/admin');
  const passwords = {
    migrator: secrets.migratorPassword,
    console: secrets.consolePassword,
    gateway: secrets.gatewayPassword,
    worker: secrets.workerPassword,
  };
  const superuserUrl = server.administratorUrl;
  await ensureRoles({ superuserUrl, passwords });
  await createDatabase({ superuserUrl, name: server.databaseName });
  const url = new URL(superuserUrl);
  url.pathname = `/${encodeURIComponent(server.databaseName)}`;
  const urls = {
    migrator: roleUrl(url.href, 'migrator', passwords),
    console: roleUrl(url.href, 'console', passwords),
    gateway: roleUrl(url.href, 'gateway', passwords),
    worker: roleUrl(url.href, 'worker', passwords),
  };
  const applied = await applyMigrations({ url: urls.migrator });
  return { urls, applied: applied.length };
}
