import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from './test-database.ts';

describe('createTestDatabase()', () => {
  const clients: pg.Client[] = [];
  afterAll(() => Promise.all(clients.map((client) => client.end())));

  async function connect(url: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  }

  it('gives databases that are migrated and apart', async () => {
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const [one, two] = await Promise.all([connect(first.urls.migrator), connect(second.urls.migrator)]);
    await one.query('CREATE TABLE only_in_the_first (id int)');
    const seen = `SELECT to_regclass('only_in_the_first') AS stray,
      (SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public') AS tables`;
    const { rows } = await two.query(seen);
    expect(rows[0].stray).toBeNull();
    expect(rows[0].tables).toBeGreaterThan(10);
  });

  it.each(['console', 'gateway', 'worker', 'migrator'] as const)(
    '[X1] connects as %s without power over row security',
    async (role) => {
      const database = await createTestDatabase();
      const client = await connect(database.urls[role]);
      const { rows } = await client.query(
        'SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user',
      );
      expect(rows).toEqual([{ rolname: `tollgate_${role}`, rolsuper: false, rolbypassrls: false }]);
    },
  );

  it('is on a server that gathers no statistics by itself: that would hide what was just committed', async () => {
    const { urls } = await createTestDatabase();
    const client = await connect(urls.worker);
    const { rows } = await client.query('SHOW autovacuum_analyze_threshold');
    expect(rows).toEqual([{ autovacuum_analyze_threshold: '2147483647' }]);
    const settings = await client.query(
      "SELECT relname FROM pg_class WHERE array_to_string(reloptions, ' ') LIKE '%autovacuum_analyze%'",
    );
    expect(settings.rows).toEqual([]);
  });

  it('deletes the database under open sessions on drop', async () => {
    const database = await createTestDatabase();
    await connect(database.urls.console);
    await database.drop();
    await expect(connect(database.urls.console)).rejects.toMatchObject({ code: '3D000' });
  });
});
