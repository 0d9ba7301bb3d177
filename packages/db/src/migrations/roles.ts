import pg from 'pg';

const ROLE_NAMES = {
  migrator: 'tollgate_migrator',
  console: 'tollgate_console',
  gateway: 'tollgate_gateway',
  worker: 'tollgate_worker',
} as const;

export type RoleKind = keyof typeof ROLE_NAMES;
export type RolePasswords = Readonly<Record<RoleKind, string>>;

async function withClient<T>(connectionString: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

/**
 * Makes the four login roles, or sets their passwords. None is a superuser, none bypasses row security.
 *
 * @param superuserUrl Of a role that may create roles.
 * @throws {Error} The administrator's role may not create roles; the message holds the SQL to run instead.
 */
export async function ensureRoles({
  superuserUrl,
  passwords,
}: {
  superuserUrl: string;
  passwords: RolePasswords;
}): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    for (const kind of Object.keys(ROLE_NAMES) as RoleKind[]) {
      const name = ROLE_NAMES[kind];
      const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
      const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
      const password = pg.escapeLiteral(passwords[kind]);
      try {
        await client.query(
          `${verb} ROLE ${name} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE PASSWORD ${password}`,
        );
      } catch (cause) {
        throw new Error(
          `Cannot set up role ${name}: ask the database's administrator to run: ${verb} ROLE ${name} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '…'`,
          { cause },
        );
      }
    }
    // So that an administrator who is no superuser can hand the database over.
    await client.query(`GRANT tollgate_migrator TO CURRENT_USER`);
  });
}

/** The same server and database as `url`, as one of the four roles. */
export function roleUrl(url: string, kind: RoleKind, passwords: RolePasswords): string {
  const result = new URL(url);
  result.username = ROLE_NAMES[kind];
  result.password = encodeURIComponent(passwords[kind]);
  return result.href;
}

/** Makes the database if it is missing, owned by the migrator. @returns Its URL for the administrator. */
export async function createDatabase({
  superuserUrl,
  name,
}: {
  superuserUrl: string;
  name: string;
}): Promise<string> {
  await withClient(superuserUrl, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) {
      await client.query(
        `CREATE DATABASE ${pg.escapeIdentifier(name)} OWNER ${ROLE_NAMES.migrator} ENCODING 'UTF8' TEMPLATE template0`,
      );
    }
  });
  const url = new URL(superuserUrl);
  url.pathname = `/${name}`;
  return url.href;
}
