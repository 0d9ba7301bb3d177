import { randomBytes } from 'node:crypto';
import { fixedClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createLogger } from '@tollgate/logging';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WorkerContext } from '../worker-context.ts';
import { WorkerMetrics } from '../worker-metrics.ts';
import { getTask } from './index.ts';

const DAY_MS = 86_400_000;
const DUE_MS = Date.UTC(2026, 11, 1);
const clock = fixedClock(DUE_MS + 2 * DAY_MS);
const logLines: string[] = [];
let testDatabase: TestDatabase;
let console: Database;
let worker: Database;
let context: WorkerContext;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  console = openDatabase({ url: testDatabase.urls.console, applicationName: 'dunning' });
  worker = openDatabase({ url: testDatabase.urls.worker, applicationName: 'dunning' });
  const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
  context = {
    database: worker,
    clock,
    logger: createLogger({ name: 'worker', destination: { write: (line) => logLines.push(line) } }),
    metrics: new WorkerMetrics(),
    mail: { ring, transport: { send: () => Promise.resolve() } },
    notify: { ring, consoleUrl: 'https://console.example', allowedPrivateOrigins: [] },
  };
});
afterAll(async () => {
  await Promise.all([console?.close(), worker?.close()]);
  await testDatabase?.drop();
});
beforeEach(() => {
  logLines.length = 0;
});

/** Two days overdue, under a policy that stops after one. @param email What stands in its billing profile. */
async function makeDebtor(email: string) {
  const nowMs = clock.nowMs();
  const [organizationId, userId] = [newId('organization', nowMs), newId('user', nowMs)];
  const ownerEmail = `${randomBytes(6).toString('hex')}@example.com`;
  await console.person({ userId, organizationId }, async (tx) => {
    const organization = { id: organizationId, name: 'Acme', slug: organizationId.toLowerCase() };
    await tx.$executeRaw`INSERT INTO organizations (id, name, slug) VALUES (${organization.id}, ${organization.name}, ${organization.slug})`;
    await tx.user.create({ data: { id: userId, email: ownerEmail, name: 'Ada' }, select: { id: true } });
    const member = { id: newId('member', nowMs), organizationId, userId, role: 'owner' };
    await tx.membership.create({ data: member, select: { id: true } });
  });
  await worker.tenant(organizationId, async (tx) => {
    const dunningPolicy = { reminderDays: [], stop: { afterDays: 1 } };
    await tx.billingProfile.create({
      data: { organizationId, addressLines: [], email, dunningPolicy },
      select: { organizationId: true },
    });
    const id = newId('invoice', nowMs);
    await tx.$executeRaw`
      INSERT INTO invoices (id, organization_id, livemode, period_start, period_end, time_zone, state)
      VALUES (${id}, ${organizationId}, true, '2026-10-01Z', '2026-11-01Z', 'UTC', 'draft')`;
    await tx.$executeRaw`
      UPDATE invoices SET state = 'open', series = 'T', number = ${`T-${organizationId}`}, due_at = ${new Date(DUE_MS)},
        total_pico_usd = 5000000000000, frozen = '{}' WHERE id = ${id}`;
  });
  return {
    ownerEmail,
    isSuspended: async () => {
      const found = await worker.tenant(organizationId, (tx) =>
        tx.organization.findUniqueOrThrow({ where: { id: organizationId } }),
      );
      return found.suspendedAt !== null;
    },
  };
}

const remind = () => getTask('dunning').run(context, new AbortController().signal);

async function mailedTo(recipients: readonly string[]): Promise<string[]> {
  const rows = await worker.platform((tx) =>
    tx.mailMessage.findMany({ where: { template: 'invoice-overdue', recipient: { in: [...recipients] } } }),
  );
  return rows.map(({ recipient }) => recipient);
}

describe('the round of dunning', () => {
  it.each([
    `${'a'.repeat(70)}@example.com`,
    'Finance <finance@example.com>',
    'finance@example.com\r\nBcc: a@example.com',
  ])(
    'stops a debtor whose address is %j: owners are mailed instead, and the log has an alarm',
    async (email) => {
      const debtor = await makeDebtor(email);
      await remind();
      expect(await debtor.isSuspended()).toBe(true);
      expect(await mailedTo([email, debtor.ownerEmail])).toEqual([debtor.ownerEmail]);
      const alarms = logLines.filter((line) => line.includes('"alarm":true'));
      expect(alarms).toEqual([expect.stringContaining('"step":"stop"')]);
      expect(alarms.join()).not.toContain('@example.com');
      await remind();
      expect(logLines.filter((line) => line.includes('"alarm":true'))).toHaveLength(1);
    },
  );

  it('mails the address of the billing profile alone, without an alarm, where it can be used', async () => {
    const email = `${randomBytes(6).toString('hex')}@example.com`;
    const debtor = await makeDebtor(email);
    await remind();
    expect(await debtor.isSuspended()).toBe(true);
    expect(await mailedTo([email, debtor.ownerEmail])).toEqual([email]);
    expect(logLines.join()).not.toContain('"alarm"');
  });
});
