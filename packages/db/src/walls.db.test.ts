/**
 * The tenant wall as the database's own catalogue shows it, not as a list made by hand.
 */
import { createTestDatabase, findMigrationDrift, type TestDatabase } from '@tollgate/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Tables without a tenant. Adding one here is a decision to be argued in review.
const PLATFORM_TABLES = [
  '_prisma_migrations',
  'auth_challenges',
  'gateway_epochs',
  'gateways',
  'invoice_series',
  'mail_messages',
  'models',
  'plans',
  'platform_settings',
  'stripe_events',
  'tax_rates',
  'verification_tokens',
];
const APPLICATION_ROLES = ['tollgate_console', 'tollgate_gateway', 'tollgate_worker'];

let testDatabase: TestDatabase;
let client: pg.Client;

async function query<T>(text: string, values: unknown[] = []): Promise<T[]> {
  return (await client.query(text, values)).rows as T[];
}

/** Tables of ours whose wall is missing or open. */
async function findOpenTables(): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL ($1)
       AND NOT (c.relrowsecurity AND c.relforcerowsecurity
         AND (c.relispartition OR EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)))
     ORDER BY 1`,
    [PLATFORM_TABLES],
  );
  return rows.map((row) => row.name);
}

/** Partitions that an application role could ask directly, outside the parent's policy. */
async function findGrantedPartitions(): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT DISTINCT c.relname || ' to ' || r.rolname AS name
     FROM pg_class c CROSS JOIN pg_roles r
     WHERE c.relispartition AND c.relkind IN ('r', 'p') AND r.rolname = ANY ($1)
       AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
     ORDER BY 1`,
    [APPLICATION_ROLES],
  );
  return rows.map((row) => row.name);
}

/** Functions that run as the owner: callable by everybody, or open to whoever puts a name before ours. */
async function findLooseFunctions(): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT p.proname || CASE WHEN p.proconfig IS NULL OR NOT 'search_path=public, pg_temp' = ANY (p.proconfig)
       THEN ' without its search path' ELSE ' for everybody' END AS name
     FROM pg_proc p
     WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
       AND (p.proconfig IS NULL OR NOT 'search_path=public, pg_temp' = ANY (p.proconfig)
         OR EXISTS (SELECT 1 FROM aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) a
           WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE'))
     ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

/** What looks at people or across tenants as the owner, and who may call it. A new one is argued in review. */
const CROSS_TENANT_FUNCTIONS = [
  'count_users: tollgate_console',
  'end_provider_sessions: tollgate_console',
  'find_account: tollgate_console',
  'find_admin_token: tollgate_console',
  'find_email_change: tollgate_console',
  'find_identity_provider: tollgate_console',
  'find_invitation: tollgate_console',
  'find_keys_by_terms: tollgate_console',
  'find_organization_by_stripe_customer: tollgate_worker',
  'find_passkey: tollgate_console',
  'find_session: tollgate_console',
  'find_user_by_email: tollgate_console',
  'find_verified_domain: tollgate_console',
  'list_backlogs: tollgate_console',
  'list_enforced_providers: tollgate_console',
  'list_organization_ids: tollgate_worker',
  'list_organizations: tollgate_console',
  'list_organizations_to_notify: tollgate_worker',
  'list_resale_to_bound: tollgate_worker',
  'list_resold_credentials: tollgate_console',
  'list_resold_traffic: tollgate_console',
  'list_second_factor_holders: tollgate_console',
  'list_shown_payment: tollgate_worker',
  'list_unbounded_resale: tollgate_worker',
  'resold_spend_figures: tollgate_console, tollgate_worker',
  'resold_spend_limit: tollgate_console, tollgate_worker',
];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  client = new pg.Client({ connectionString: testDatabase.urls.migrator });
  await client.connect();
});

afterAll(async () => {
  await client?.end();
  await testDatabase?.drop();
});

describe('the tenant wall', () => {
  it('[X1] stands around every table that is not declared a platform table', async () => {
    expect(await findOpenTables()).toEqual([]);
  });

  it('[X1] gives no role a grant on a partition', async () => {
    expect(await findGrantedPartitions()).toEqual([]);
  });

  it('[X1] finds a table without its wall, and a partition with a grant, when they are planted', async () => {
    await client.query('BEGIN');
    try {
      await client.query('CREATE TABLE planted_fault (organization_id text)');
      await client.query("SELECT ensure_month_partitions('2031-01-01')");
      await client.query('GRANT SELECT ON usage_entries_y2031m01 TO tollgate_worker');
      await client.query('ALTER TABLE teams NO FORCE ROW LEVEL SECURITY');
      expect(await findOpenTables()).toEqual(['planted_fault', 'teams']);
      expect(await findGrantedPartitions()).toEqual(['usage_entries_y2031m01 to tollgate_worker']);
    } finally {
      await client.query('ROLLBACK');
    }
  });

  it('[X1] never lets a policy of an application role read every tenant, but for the gateway', async () => {
    const rows = await query<{ name: string }>(
      `SELECT tablename || '.' || policyname AS name FROM pg_policies
       WHERE qual = 'true' AND (roles && ARRAY['tollgate_console', 'tollgate_worker', 'public']::name[])`,
    );
    expect(rows).toEqual([]);
  });

  it('[X1] lets the gateway read named tables only, and nothing of people', async () => {
    const rows = await query<{ name: string }>(
      `SELECT DISTINCT table_name AS name FROM information_schema.column_privileges
       WHERE grantee = 'tollgate_gateway' AND table_name = ANY (ARRAY['users', 'sessions', 'accounts', 'password_credentials',
         'memberships', 'invitations', 'admin_tokens', 'verification_tokens', 'invoices', 'audit_events'])`,
    );
    expect(rows).toEqual([]);
  });

  it('[X1] has no function that runs as the owner for everybody, or under a search path that can be changed', async () => {
    expect(await findLooseFunctions()).toEqual([]);
    await client.query('BEGIN');
    try {
      await client.query(
        'CREATE FUNCTION planted_a() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$',
      );
      await client.query(
        'CREATE FUNCTION planted_b() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$ SELECT 1 $$',
      );
      expect(await findLooseFunctions()).toEqual([
        'planted_a without its search path',
        'planted_b for everybody',
      ]);
    } finally {
      await client.query('ROLLBACK');
    }
  });

  it('[X1] lets only the console look people and tokens up, and only the worker list organizations', async () => {
    const names = CROSS_TENANT_FUNCTIONS.map((line) => line.split(':')[0]);
    const rows = await query<{ line: string }>(
      `SELECT p.proname || ': ' || string_agg(r.rolname, ', ' ORDER BY r.rolname) AS line
       FROM pg_proc p JOIN pg_roles r ON r.rolname = ANY ($2) AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
       WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND p.proname = ANY ($1)
       GROUP BY p.oid, p.proname ORDER BY 1`,
      [names, APPLICATION_ROLES],
    );
    expect(rows.map(({ line }) => line)).toEqual(CROSS_TENANT_FUNCTIONS);
  });

  it('gives applications roles that own nothing and bypass nothing', async () => {
    const rows = await query<{ rolname: string }>(
      `SELECT rolname FROM pg_roles r WHERE rolname = ANY ($1)
         AND (rolsuper OR rolbypassrls OR rolcreaterole OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid))`,
      [APPLICATION_ROLES],
    );
    expect(rows).toEqual([]);
  });

  it('keeps the ledger and the audit log append-only for every application role', async () => {
    const rows = await query<{ name: string }>(
      `SELECT t || ' by ' || r AS name FROM unnest(ARRAY['usage_entries', 'request_logs', 'audit_events', 'audit_seals']) t, unnest($1::text[]) r
       WHERE has_table_privilege(r, t, 'UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(r, t, 'UPDATE')`,
      [APPLICATION_ROLES],
    );
    expect(rows).toEqual([]);
  });
});

describe('the migrations', () => {
  it('make the database that the schema describes', async () => {
    expect(await findMigrationDrift()).toBeUndefined();
  });
});
