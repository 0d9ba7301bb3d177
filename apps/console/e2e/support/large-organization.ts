/**
 * An organization of the size that [S7] names but for its requests: 2,000 teams in a tree, a budget each, 5,000 keys, 500 people,
 * limits and service accounts. Written in sets by the superuser: through the API it would take a quarter of an hour.
 */
import { inDatabase } from './operator.ts';
import type { System } from './system.ts';
import type { Person } from './test.ts';

export const LARGE = { teams: 2_000, keys: 5_000, members: 500, limits: 500, serviceAccounts: 300 } as const;

/** Teams of the first level; all others are below one of them. */
const TOP_TEAMS = 40;

/** Names are `Team 0001`, `key 00001`, `Person 001`, `account 001`. */
export async function fillOrganization(
  system: System,
  { organizationId, email }: Pick<Person, 'organizationId' | 'email'>,
): Promise<void> {
  await inDatabase(system, async (client) => {
    const org = client.escapeLiteral(organizationId);
    // Ids are unique in the installation: each ends with a part of the organization's, and a number.
    const own = client.escapeLiteral(organizationId.slice(-8).toLowerCase());
    const id = (prefix: string, number = 'n') => `'${prefix}_' || ${own} || '_' || (${number})`;
    const padded = (name: string, digits: number) => `'${name} ' || lpad(n::text, ${digits}, '0')`;
    const upTo = (count: number) => `generate_series(1, ${count}) AS n`;
    await client.query(`
      INSERT INTO teams (id, organization_id, name, slug, parent_id, path, cost_center)
      SELECT id, ${org}, ${padded('Team', 4)}, 'team-' || n, parent, concat_ws('/', parent, id), 'cc-' || n % 60
      FROM (SELECT n, ${id('team')} AS id, CASE WHEN n > ${TOP_TEAMS} THEN ${id('team', `n % ${TOP_TEAMS} + 1`)} END AS parent
            FROM ${upTo(LARGE.teams)}) AS t ORDER BY n`);
    await client.query(`
      INSERT INTO users (id, email, name)
      SELECT ${id('usr')}, ${id('person')} || '@example.com', ${padded('Person', 3)} FROM ${upTo(LARGE.members)}`);
    await client.query(`
      INSERT INTO memberships (id, organization_id, user_id, role)
      SELECT ${id('mem')}, ${org}, ${id('usr')}, (ARRAY['developer', 'viewer', 'admin'])[n % 3 + 1] FROM ${upTo(LARGE.members)}`);
    await client.query(`
      INSERT INTO team_memberships (organization_id, team_id, membership_id, is_lead)
      SELECT ${org}, ${id('team')}, ${id('mem', `n % ${LARGE.members} + 1`)}, n % 5 = 0 FROM ${upTo(LARGE.teams)}`);
    await client.query(`
      INSERT INTO service_accounts (id, organization_id, team_id, name)
      SELECT ${id('sa')}, ${org}, ${id('team')}, ${padded('account', 3)} FROM ${upTo(LARGE.serviceAccounts)}`);
    await client.query(
      `INSERT INTO virtual_keys (id, organization_id, team_id, member_id, name, created_by_id, created_at, expires_at, last_used_at, tags)
       SELECT ${id('key')}, ${org}, ${id('team', `n % ${LARGE.teams} + 1`)}, ${id('mem', `n % ${LARGE.members} + 1`)}, ${padded('key', 5)},
         u.id, now() - n * interval '1 hour', CASE WHEN n % 3 = 0 THEN now() + n * interval '1 hour' END,
         CASE WHEN n % 4 > 0 THEN now() - n % 200 * interval '1 day' END, jsonb_build_object('env', 'env-' || n % 7)
       FROM ${upTo(LARGE.keys)}, users AS u WHERE u.email = $1`,
      [email],
    );
    await client.query(`
      INSERT INTO virtual_key_secrets (id, organization_id, key_id, pepper_version, hash, hint)
      SELECT ${id('sec')}, ${org}, ${id('key')}, 1, md5(${id('a')}) || md5(${id('b')}), 'tgk_…' || lpad((n % 10000)::text, 4, '0')
      FROM ${upTo(LARGE.keys)}`);
    await client.query(`
      INSERT INTO budgets (id, organization_id, scope_type, scope_id, limit_pico_usd, period, kind, thresholds, counted_from)
      SELECT ${id('bud')}, ${org}, 'team', ${id('team')}, n * 1000000000000, 'month', 'hard', '{80}', now()
      FROM ${upTo(LARGE.teams)}`);
    await client.query(`
      INSERT INTO rate_limits (id, organization_id, scope_type, scope_id, metric, limit_value, window_seconds)
      SELECT ${id('lim')}, ${org}, 'team', ${id('team')}, 'requests', n * 10, 60 FROM ${upTo(LARGE.limits)}`);
    // As autovacuum has done in a database that was not filled a second ago.
    await client.query('ANALYZE');
  });
}
