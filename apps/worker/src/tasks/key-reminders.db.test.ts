import { randomBytes } from 'node:crypto';
import { fixedClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createLogger } from '@tollgate/logging';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WorkerContext } from '../worker-context.ts';
import { WorkerMetrics } from '../worker-metrics.ts';
import { remindOfRotations } from './key-reminders.ts';

const DAY_MS = 86_400_000;
const MADE_MS = Date.UTC(2026, 10, 1, 12);
const organizationId = newId('organization', MADE_MS);
const clock = fixedClock(MADE_MS);
let testDatabase: TestDatabase;
let console: Database;
let worker: Database;
let context: WorkerContext;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  console = openDatabase({ url: testDatabase.urls.console, applicationName: 'reminders' });
  worker = openDatabase({ url: testDatabase.urls.worker, applicationName: 'reminders' });
  const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
  context = {
    database: worker,
    clock,
    logger: createLogger({ name: 'test', level: 'silent' }),
    metrics: new WorkerMetrics(),
    mail: { ring, transport: { send: () => Promise.resolve() } as never },
    notify: { ring, consoleUrl: 'https://console.example', allowedPrivateOrigins: [] },
  };
  await console.tenant(organizationId, async (tx) => {
    await tx.organization.create({ data: { id: organizationId, name: 'Acme', slug: 'acme' } });
  });
  for (const [id, role] of [
    ['boss', 'owner'],
    ['lead', 'developer'],
    ['holder', 'developer'],
  ] as const) {
    await console.person({ userId: `usr_${id}`, organizationId }, async (tx) => {
      await tx.user.create({ data: { id: `usr_${id}`, email: `${id}@example.com`, name: id } });
      await tx.membership.create({ data: { id: `mem_${id}`, organizationId, userId: `usr_${id}`, role } });
    });
  }
  await console.tenant(organizationId, async (tx) => {
    await tx.team.create({ data: { id: 'team_a', organizationId, name: 'A', slug: 'a', path: 'team_a' } });
    await tx.teamMembership.create({
      data: { organizationId, teamId: 'team_a', membershipId: 'mem_lead', isLead: true },
    });
    const made = { organizationId, createdById: 'usr_boss', createdAt: clock.now(), rotatedAt: clock.now() };
    const key = (id: string, more: object) =>
      tx.virtualKey.create({ data: { id, name: id, ...made, ...more }, select: { id: true } });
    await key('key_a', { teamId: 'team_a', memberId: 'mem_holder' });
    await key('key_nobody', {});
    await key('key_revoked', { revokedAt: clock.now() });
    await tx.keyPolicy.create({
      data: { organizationId, rotateEveryDays: 30, remindDays: [7, 1], defaultModels: [] },
    });
    await tx.keyPolicy.create({
      data: { organizationId, teamId: 'team_a', rotateEveryDays: 20, remindDays: [], defaultModels: [] },
    });
  });
}, 60_000);
afterAll(async () => {
  await console?.close();
  await worker?.close();
  await testDatabase?.drop();
});

const mailed = async (): Promise<string[]> =>
  (
    await worker.platform(
      (tx) =>
        tx.$queryRaw<
          { recipient: string }[]
        >`SELECT recipient FROM mail_messages ORDER BY created_at, recipient`,
    )
  ).map(({ recipient }) => recipient);

const roundOn = (day: number, extraMs = 0): Promise<number> => {
  clock.set(MADE_MS + day * DAY_MS + extraMs);
  return remindOfRotations(context, organizationId);
};

it('tells owner and leads once, at each lead time of the rule that binds the key, and who runs it where there is neither', async () => {
  // The team's rule is stricter: due on day 20, told on day 13 and 19.
  expect(await roundOn(13, -1)).toBe(0);
  const both = await Promise.all([roundOn(13), roundOn(13)]);
  expect(both[0]! + both[1]!).toBe(1);
  expect(await mailed()).toEqual(['holder@example.com', 'lead@example.com']);
  expect(await roundOn(18)).toBe(0);
  expect(await roundOn(19)).toBe(1);
  // The key of no team and nobody: due on day 30.
  expect(await roundOn(23, -1)).toBe(0);
  expect(await roundOn(23)).toBe(1);
  expect((await mailed()).at(-1)).toBe('boss@example.com');
  // What was slept through is told once, not once per lead time; a rotation begins anew.
  await console.tenant(organizationId, (tx) =>
    tx.virtualKey.updateMany({ where: { id: 'key_a' }, data: { rotatedAt: clock.now() } }),
  );
  const before = (await mailed()).length;
  expect(await roundOn(60)).toBe(2);
  expect(await roundOn(61)).toBe(0);
  expect((await mailed()).length - before).toBe(3);
});

it('tells nobody whose role would not show them the key, but who runs it', async () => {
  await console.tenant(organizationId, async (tx) => {
    const role = { id: 'role_blind', organizationId, name: 'Blind', permissions: ['teams:read'] };
    await tx.role.create({ data: role, select: { id: true } });
    await tx.membership.updateMany({
      where: { organizationId, id: { in: ['mem_lead', 'mem_holder'] } },
      data: { role: 'custom', customRoleId: 'role_blind' },
    });
    await tx.virtualKey.updateMany({ where: { id: 'key_nobody' }, data: { revokedAt: clock.now() } });
    await tx.virtualKey.updateMany({ where: { id: 'key_a' }, data: { rotatedAt: clock.now() } });
  });
  const before = await mailed();
  expect(await roundOn(80)).toBe(1);
  const added = (await mailed()).filter((_, index) => index >= before.length);
  expect(added).toEqual(['boss@example.com']);
});
