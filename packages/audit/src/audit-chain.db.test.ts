import { randomBytes } from 'node:crypto';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ChainReport,
  createCheckpointSigner,
  NO_ORIGIN,
  recordAudit,
  sealAuditEvents,
  verifyAuditChain,
} from './index.ts';

let testDatabase: TestDatabase;
let console_: Database;
let worker: Database;
let vandal: pg.Client;
let organizationId: string;
let eventIds: string[];
const signer = createCheckpointSigner(parseKeyRing(`1:${randomBytes(32).toString('base64url')}`));

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  console_ = openDatabase({ url: testDatabase.urls.console, applicationName: 'audit-test' });
  worker = openDatabase({ url: testDatabase.urls.worker, applicationName: 'audit-test' });
  // Whoever owns the tables: row security is no wall for somebody who can switch it off.
  vandal = new pg.Client({ connectionString: testDatabase.urls.migrator });
  vandal.on('error', () => undefined);
  await vandal.connect();
  for (const table of ['audit_events', 'audit_seals', 'audit_checkpoints', 'ledger_cursors']) {
    await vandal.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
  }
});
afterAll(async () => {
  await vandal.end();
  await console_.close();
  await worker.close();
  await testDatabase.drop();
});

beforeEach(async () => {
  organizationId = `org_${randomBytes(6).toString('hex')}`;
  await console_.tenant(organizationId, (tx) =>
    tx.organization.create({
      data: { id: organizationId, name: 'A', slug: organizationId },
      select: { id: true },
    }),
  );
  eventIds = [];
  for (let index = 1; index <= 5; index += 1) eventIds.push(await record(index));
});

const record = (index: number) =>
  console_.tenant(organizationId, (tx) =>
    recordAudit(tx, {
      organizationId,
      actor: { kind: 'user', id: 'usr_1', name: 'ada@example.com' },
      origin: NO_ORIGIN,
      action: 'budget-updated',
      target: { kind: 'budget', id: `bud_${index}` },
      before: { limitUsd: '10.00' },
      after: { limitUsd: `${index}000000000000000000.00`, apiKey: 'sk-secret' },
      nowMs: Date.now() + index,
    }),
  );

const seal = (limit?: number) =>
  sealAuditEvents(worker, organizationId, {
    nowMs: Date.now(),
    signer,
    ...(limit === undefined ? {} : { limit }),
  });
const verify = () => worker.tenant(organizationId, (tx) => verifyAuditChain(tx, organizationId, signer));
const kinds = (report: ChainReport) => report.problems.map(({ kind }) => kind);
const change = (text: string, values: unknown[] = []) => vandal.query(text, [organizationId, ...values]);

describe('recordAudit()', () => {
  it('[X2] drops what is named like a secret', async () => {
    const row = await console_.tenant(organizationId, (tx) => tx.auditEvent.findFirstOrThrow());
    expect(JSON.stringify(row.after)).not.toContain('sk-secret');
    expect(row.after).toHaveProperty('limitUsd');
  });
});

describe('sealAuditEvents()', () => {
  it('chains everything once, in batches of any size, by several sealers at once', async () => {
    expect((await verify()).waitingEvents).toBe(5);
    await Promise.all([seal(2), seal(2), seal(2)]);
    await seal();
    expect(await seal()).toEqual({ sealed: 0, full: false });
    expect(await verify()).toMatchObject({ ok: true, verifiedEvents: 5n, waitingEvents: 0 });
    await record(6);
    await seal();
    expect(await verify()).toMatchObject({ ok: true, verifiedEvents: 6n });
  });

  it('seals late what commits late, and passes nothing over', async () => {
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let written = (): void => undefined;
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const slow = console_.tenant(organizationId, async (tx) => {
      await recordAudit(tx, {
        organizationId,
        actor: { kind: 'system', id: '', name: '' },
        origin: NO_ORIGIN,
        action: 'slow',
        target: { kind: 'x', id: 'x' },
        nowMs: Date.now(),
      });
      written();
      await held;
    });
    await isWritten;
    await record(7);
    await seal();
    commit();
    await slow;
    await seal();
    expect(await verify()).toMatchObject({ ok: true, verifiedEvents: 7n, waitingEvents: 0 });
  });
});

describe('[X5] verifyAuditChain() names', () => {
  beforeEach(async () => {
    await seal();
    expect((await verify()).ok).toBe(true);
  });

  it.each([
    ["action = 'budget-deleted'", 'a flipped word'],
    ["actor_name = 'mallory@example.com'", 'another actor'],
    ['after = \'{"limitUsd": "3000000000000000001.00"}\'', 'a digit that a double would lose'],
    ['before = NULL', 'a removed detail'],
    ["ip_address = '192.0.2.1'", 'another address'],
  ])('an event after SET %s (%s)', async (set) => {
    await change(`UPDATE audit_events SET ${set} WHERE organization_id = $1 AND id = $2`, [eventIds[2]]);
    const report = await verify();
    expect(report.problems).toEqual([{ kind: 'event-changed', sequence: 3n, eventId: eventIds[2] }]);
  });

  it('a dropped event', async () => {
    await change('DELETE FROM audit_events WHERE organization_id = $1 AND id = $2', [eventIds[1]]);
    expect((await verify()).problems).toEqual([
      { kind: 'event-missing', sequence: 2n, eventId: eventIds[1] },
    ]);
  });

  it('an event that was dropped with its seal', async () => {
    await change('DELETE FROM audit_events WHERE organization_id = $1 AND id = $2', [eventIds[1]]);
    await change('DELETE FROM audit_seals WHERE organization_id = $1 AND sequence = 2');
    expect((await verify()).problems[0]).toEqual({ kind: 'seal-missing', sequence: 2n, eventId: null });
  });

  it('seals that were renumbered to close the gap', async () => {
    await change('DELETE FROM audit_events WHERE organization_id = $1 AND id = $2', [eventIds[1]]);
    await change('DELETE FROM audit_seals WHERE organization_id = $1 AND sequence = 2');
    for (const sequence of [3, 4, 5]) {
      await change('UPDATE audit_seals SET sequence = $2 - 1 WHERE organization_id = $1 AND sequence = $2', [
        sequence,
      ]);
    }
    const report = await verify();
    expect(report.problems[0]).toMatchObject({ kind: 'seal-reordered', sequence: 2n, eventId: eventIds[2] });
  });

  it('two events that changed places', async () => {
    await change('UPDATE audit_seals SET sequence = -1 WHERE organization_id = $1 AND sequence = 2');
    await change('UPDATE audit_seals SET sequence = 2 WHERE organization_id = $1 AND sequence = 3');
    await change('UPDATE audit_seals SET sequence = 3 WHERE organization_id = $1 AND sequence = -1');
    expect(kinds(await verify())).toContain('seal-reordered');
  });

  it('a tail that was cut off with its seals, because a checkpoint has signed it', async () => {
    await change('DELETE FROM audit_events WHERE organization_id = $1 AND id = ANY($2)', [eventIds.slice(3)]);
    await change('DELETE FROM audit_seals WHERE organization_id = $1 AND sequence > 3');
    expect((await verify()).problems).toEqual([{ kind: 'tail-missing', sequence: 4n, eventId: null }]);
  });

  it('a chain that was computed anew over a forged event, and a forged checkpoint', async () => {
    await change("UPDATE audit_events SET action = 'x' WHERE organization_id = $1 AND id = $2", [
      eventIds[0],
    ]);
    await change('DELETE FROM audit_seals WHERE organization_id = $1');
    await change('DELETE FROM ledger_cursors WHERE organization_id = $1');
    // The forger knows the algorithm, not the key.
    await sealAuditEvents(worker, organizationId, { nowMs: Date.now() });
    expect(kinds(await verify())).toEqual(['checkpoint-invalid']);
    await change(`UPDATE audit_checkpoints c SET hash = s.hash FROM audit_seals s
      WHERE c.organization_id = $1 AND s.organization_id = $1 AND s.sequence = c.sequence`);
    expect(kinds(await verify())).toEqual(['checkpoint-invalid']);
  });

  it('an event that was slipped in behind the sealer', async () => {
    await change(
      `INSERT INTO audit_events (organization_id, occurred_at, id, actor_kind, actor_id, action, target_kind, target_id, recorded_xid)
      SELECT organization_id, occurred_at, 'evt_forged', actor_kind, actor_id, action, target_kind, target_id, recorded_xid
      FROM audit_events WHERE organization_id = $1 AND id = $2`,
      [eventIds[0]],
    );
    expect((await verify()).problems).toEqual([
      { kind: 'event-unsealed', sequence: null, eventId: 'evt_forged' },
    ]);
  });

  it('nothing, for the roles of the product: they can neither change nor delete an event', async () => {
    for (const role of ['console', 'worker', 'gateway'] as const) {
      const client = new pg.Client({ connectionString: testDatabase.urls[role] });
      await client.connect();
      await client.query("SELECT set_config('app.org_id', $1, false)", [organizationId]);
      for (const text of [
        "UPDATE audit_events SET action = 'x'",
        'DELETE FROM audit_events',
        'DELETE FROM audit_seals',
        "UPDATE audit_seals SET hash = ''",
      ]) {
        await expect(client.query(text)).rejects.toMatchObject({ code: '42501' });
      }
      await client.end();
    }
  });
});
