/** What an operator does on the machine, for which the console has no page: selling the simulator as a real provider. */
import { randomUUID } from 'node:crypto';
import { findPostgres } from '@tollgate/local-services';
import { Client } from 'pg';
import type { System } from './system.ts';

/**
 * Usage of the simulator is live, thus billed and collected, until it is told otherwise: put it back to false.
 * Gateways learn of it as of any change of a credential, within seconds.
 */
export async function sellSimulator(system: System, livemode: boolean): Promise<void> {
  const postgres = await findPostgres({ stateDir: system.stateDirectory });
  if (postgres === undefined) throw new Error('Cannot reach the database: it must run in the state folder');
  const url = new URL(postgres.superuserUrl);
  url.pathname = '/tollgate';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      `UPDATE provider_credentials SET livemode = $1, version = version + 1 WHERE id = 'cred_simulator'`,
      [livemode],
    );
    await client.query(
      `INSERT INTO outbox_events (id, organization_id, kind, target_id)
       VALUES ($1, 'org_operator', 'credential-changed', 'cred_simulator')`,
      [`evt_${randomUUID()}`],
    );
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
