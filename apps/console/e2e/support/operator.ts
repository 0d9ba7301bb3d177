/** What an operator does on the machine before any test: selling the simulator, naming an operator, bounding nobody. */
import { randomUUID } from 'node:crypto';
import { findPostgres } from '@tollgate/local-services';
import { Client } from 'pg';
import type { System } from './system.ts';

/**
 * Usage of the simulator is live, thus billed and collected, until it is told otherwise: put it back to false.
 * Gateways learn of it as of any change of a credential, within seconds.
 */
export async function sellSimulator(system: System, livemode: boolean): Promise<void> {
  await inDatabase(system, async (client) => {
    await client.query(
      `UPDATE provider_credentials SET livemode = $1, version = version + 1 WHERE id = 'cred_simulator'`,
      [livemode],
    );
    await client.query(
      `INSERT INTO outbox_events (id, organization_id, kind, target_id)
       VALUES ($1, 'org_operator', 'credential-changed', 'cred_simulator')`,
      [`evt_${randomUUID()}`],
    );
  });
}

/** As if the account had been the first of the installation; with `isOperator` false, as if another had been. */
export async function nameOperator(system: System, email: string, isOperator = true): Promise<void> {
  await inDatabase(system, async (client) => {
    const { rowCount } = await client.query('UPDATE users SET is_operator = $2 WHERE email = $1', [
      email,
      isOperator,
    ]);
    if (rowCount !== 1) throw new Error(`Cannot name an operator: the account must exist, got ${email}`);
  });
}

/** What organizations that are made from now on may spend a month on what is resold; null: as much as they want. */
export async function setNewResoldSpend(system: System, limitUsd: string | null): Promise<void> {
  await inDatabase(system, async (client) => {
    await client.query(
      `INSERT INTO platform_settings (key, value, updated_at) VALUES ('resold-spend', $1, now())
       ON CONFLICT (key) DO UPDATE SET value = $1, updated_at = now()`,
      [JSON.stringify({ limitUsd })],
    );
  });
}

/** As the superuser, in one transaction. */
export async function inDatabase(system: System, run: (client: Client) => Promise<void>): Promise<void> {
  const postgres = await findPostgres({ stateDir: system.stateDirectory });
  if (postgres === undefined) throw new Error('Cannot reach the database: it must run in the state folder');
  const url = new URL(postgres.superuserUrl);
  url.pathname = '/tollgate';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query('BEGIN');
    await run(client);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
