import { fixedClock } from '@tollgate/clock';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createLogger } from '@tollgate/logging';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WorkerContext } from '../worker-context.ts';
import { WorkerMetrics } from '../worker-metrics.ts';
import { forgetNotices, tellEverybody } from './tell-people.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.now();
const organizationId = newId('organization', NOW_MS);
const clock = fixedClock(NOW_MS);
let testDatabase: TestDatabase;
let console: Database;
let worker: Database;
let context: WorkerContext;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  console = openDatabase({ url: testDatabase.urls.console, applicationName: 'notices' });
  worker = openDatabase({ url: testDatabase.urls.worker, applicationName: 'notices' });
  const logger = createLogger({ name: 'test', level: 'silent' });
  context = { database: worker, clock, logger, metrics: new WorkerMetrics() };
  await console.tenant(organizationId, async (tx) => {
    await tx.organization.create({ data: { id: organizationId, name: 'Acme', slug: 'acme' } });
  });
  await console.person({ userId: 'usr_boss', organizationId }, async (tx) => {
    await tx.user.create({ data: { id: 'usr_boss', email: 'boss@example.com', name: 'Boss' } });
    await tx.membership.create({
      data: { id: 'mem_boss', organizationId, userId: 'usr_boss', role: 'owner' },
    });
  });
}, 60_000);
afterAll(async () => {
  await console?.close();
  await worker?.close();
  await testDatabase?.drop();
});

const notice = (id: string, daysAgo: number) => ({
  id,
  organizationId,
  membershipId: 'mem_boss',
  kind: 'alert',
  event: 'unknown-price',
  cause: id,
  occurredAt: new Date(NOW_MS - daysAgo * DAY_MS),
});

it('a round goes through all organizations, also where mail is not set up', async () => {
  await worker.tenant(organizationId, (tx) =>
    tx.alert.create({
      data: {
        id: newId('alert', NOW_MS),
        organizationId,
        ruleId: 'none',
        kind: 'unknown-price',
        causeKey: 'x',
        periodKey: '',
        severity: 'warning',
        state: 'firing',
        firedAt: clock.now(),
      },
      select: { id: true },
    }),
  );
  await tellEverybody(context, new AbortController().signal);
  const rows = await console.tenant(organizationId, (tx) => tx.notification.findMany());
  expect(rows).toMatchObject([
    { membershipId: 'mem_boss', event: 'unknown-price', permission: 'usage:read' },
  ]);
});

it('what is long past is forgotten, and secrets of playground sessions that are over', async () => {
  await worker.tenant(organizationId, (tx) =>
    tx.notification.createMany({ data: [notice('ntf_old', 91), notice('ntf_young', 89)] }),
  );
  const key = (teamId: string, endsInMs: number) => ({
    organizationId,
    membershipId: 'mem_boss',
    teamId,
    keyId: `key_${teamId}`,
    secretCiphertext: Buffer.from('sealed'),
    endsAt: new Date(NOW_MS + endsInMs),
  });
  await console.tenant(organizationId, (tx) =>
    tx.playgroundKey.createMany({ data: [key('over', -1_000), key('running', 60_000)] }),
  );
  await forgetNotices(context, organizationId);
  const left = await console.tenant(organizationId, async (tx) => ({
    ids: (await tx.notification.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id),
    keys: await tx.playgroundKey.findMany({ orderBy: { teamId: 'asc' } }),
  }));
  expect(left.ids).not.toContain('ntf_old');
  expect(left.ids).toContain('ntf_young');
  expect(left.keys.map(({ secretCiphertext }) => secretCiphertext !== null)).toEqual([false, true]);
});
