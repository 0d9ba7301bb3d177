import { tellPeople } from '@tollgate/alerts';
import type { Database } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { whenCursorsReach } from '../test-cursors.ts';

let test: TestApi;
let worker: Database;
let owner: TestPerson;
let viewer: TestPerson;
let admin: TestPerson;

beforeAll(async () => {
  test = await startTestApi();
  worker = test.openAs('worker', 'worker');
  owner = await test.signUp('owner@example.com', 'Acme');
  viewer = await test.join(owner, 'viewer@example.com', 'viewer');
  admin = await test.join(owner, 'admin@example.com', 'admin');
});
afterAll(async () => {
  await worker.close();
  await test.close();
});

const tellNow = () =>
  tellPeople(worker, {
    organizationId: owner.organizationId,
    nowMs: test.clock.nowMs(),
    mail: { ring: test.options.encryptionKeys, consoleUrl: 'http://localhost:3000' },
  });

/** Of all that has happened. */
const tell = async (): Promise<number> => {
  await whenCursorsReach(worker);
  return tellNow();
};

const eventsOf = async ({ call }: TestPerson): Promise<string[]> =>
  (await call('GET', '/notifications')).body.data.map((row: { event: string }) => row.event);

async function plantAlert(kind: string, teamId = ''): Promise<void> {
  const now = new Date(test.clock.nowMs());
  await worker.tenant(owner.organizationId, (tx) =>
    tx.alert.create({
      data: {
        id: newId('alert', now.getTime()),
        organizationId: owner.organizationId,
        ruleId: 'none',
        kind,
        causeKey: kind,
        periodKey: '',
        severity: 'critical',
        state: 'firing',
        targetName: 'Research',
        teamId,
        firedAt: now,
      },
      select: { id: true },
    }),
  );
}

const countMails = (recipient: string): Promise<number> =>
  worker.platform((tx) => tx.mailMessage.count({ where: { recipient, template: 'notice' } }));

describe('people are told', () => {
  it('what they may know, once, however many workers look at the same time', async () => {
    await owner.call('POST', '/admin-tokens', { name: 'deploy', permissions: ['keys:read'] });
    await plantAlert('budget-threshold');
    await whenCursorsReach(worker);
    const counts = await Promise.all([tellNow(), tellNow(), tellNow()]);
    expect(counts.toSorted()).toEqual([0, 0, 3]);
    expect(await tell()).toBe(0);
    // Owners and admins answer for alerts; who made the token knows it.
    expect(await eventsOf(owner)).toEqual(['budget-threshold']);
    expect((await eventsOf(admin)).toSorted()).toEqual(['admin-token-created', 'budget-threshold']);
    expect(await eventsOf(viewer)).toEqual([]);
    expect(await countMails('admin@example.com')).toBe(1);
    expect(await countMails('owner@example.com')).toBe(0);
  });

  it('of alerts of their team, and of their own password, and of nobody else’s', async () => {
    const team = (await owner.call('POST', '/teams', { name: 'Research' })).body.id;
    const me = await viewer.call('GET', '/me');
    await owner.call('PUT', `/teams/${team}/members/${me.body.membershipId}`);
    await plantAlert('spend-anomaly', team);
    await viewer.call('POST', '/me/password', {
      currentPassword: 'correct horse battery',
      newPassword: 'a much longer staple 77',
    });
    await tell();
    const told = await eventsOf(viewer);
    expect(told).toContain('spend-anomaly');
    expect(told).toContain('user-password-changed');
    expect(await eventsOf(admin)).not.toContain('user-password-changed');
  });

  it('of an accepted invitation, and of a finished export that they asked for', async () => {
    await owner.call('POST', '/invitations', { email: 'new@example.com', role: 'viewer' });
    const asked = await owner.call('POST', '/exports', {
      from: '2026-11-01T00:00:00Z',
      to: '2026-11-02T00:00:00Z',
      format: 'csv',
    });
    await worker.tenant(owner.organizationId, async (tx) => {
      const finishedAt = new Date(test.clock.nowMs());
      await tx.dataExport.updateMany({
        where: { id: asked.body.id },
        data: { state: 'done', finishedAt, fileName: 'usage.csv' },
      });
    });
    await tell();
    expect(await eventsOf(owner)).toContain('export-ready');
    expect(await eventsOf(admin)).not.toContain('export-ready');
  });
});

it('what nobody is there to be told of keeps nobody from what came before or after it', async () => {
  const exported = (id: string, actorId: string, agoMs: number) => ({
    id,
    organizationId: owner.organizationId,
    kind: 'usage',
    format: 'csv',
    state: 'done',
    fileName: `${id}.csv`,
    actorKind: 'user',
    actorId,
    finishedAt: new Date(test.clock.nowMs() - agoMs),
  });
  const ofNobody = Array.from({ length: 205 }, (_, n) =>
    exported(`exp_gone_${n}`, 'usr_gone', 3_600_000 + n),
  );
  await worker.tenant(owner.organizationId, (tx) => tx.dataExport.createMany({ data: ofNobody }));
  await tell();
  const mine = [
    exported('exp_mine', owner.userId, 1_000),
    exported('exp_earlier', owner.userId, 2 * 3_600_000),
  ];
  await worker.tenant(owner.organizationId, (tx) => tx.dataExport.createMany({ data: mine }));
  expect(await tell()).toBe(2);
});

it('a role that goes to and fro fills no mailbox: ten mails an hour, and all of it in the console', async () => {
  const auditor = await test.join(owner, 'auditor@example.com', 'admin');
  const toggled = await test.join(owner, 'toggled@example.com', 'viewer');
  await tell();
  const members = (await owner.call('GET', '/members')).body.data as { id: string; userId: string }[];
  const id = members.find(({ userId }) => userId === toggled.userId)?.id;
  const before = await countMails('auditor@example.com');
  for (let index = 0; index < 12; index += 1) {
    const role = index % 2 === 0 ? 'developer' : 'viewer';
    expect((await owner.call('PATCH', `/members/${id}`, { role })).status).toBe(200);
  }
  await tell();
  expect((await countMails('auditor@example.com')) - before).toBe(10);
  const told = (await auditor.call('GET', '/notifications?limit=100')).body.data as { event: string }[];
  expect(told.filter(({ event }) => event === 'member-updated')).toHaveLength(12);
});

describe('a rotation that is due', () => {
  it('is told to the owner of the key, once for each reminder', async () => {
    const { body } = await owner.call('POST', '/keys', { name: 'billing job' });
    const key = body.key.id;
    const { body: me } = await viewer.call('GET', '/me');
    await owner.call('PATCH', `/keys/${key}`, { ownerId: me.membershipId });
    await worker.tenant(owner.organizationId, (tx) =>
      tx.keyReminder.createMany({
        data: [7, 14].map((daysBefore) => ({
          organizationId: owner.organizationId,
          keyId: key,
          rotatedAt: new Date(0),
          daysBefore,
          createdAt: new Date(test.clock.nowMs()),
        })),
      }),
    );
    await tell();
    await tell();
    expect((await eventsOf(viewer)).filter((event) => event === 'key-rotation-due')).toHaveLength(1);
    expect(await eventsOf(admin)).not.toContain('key-rotation-due');
  });
});

describe('a notification', () => {
  it('is read, unread and read with all others, by nobody but its reader', async () => {
    const { body } = await admin.call('GET', '/notifications');
    const [first] = body.data;
    const before = (await admin.call('GET', '/notifications/unread-count')).body.count;
    expect((await admin.call('GET', '/me')).body.unreadNotifications).toBe(before);
    expect((await admin.call('POST', `/notifications/${first.id}/read`)).body.readAt).not.toBeNull();
    expect((await admin.call('GET', '/notifications/unread-count')).body.count).toBe(before - 1);
    expect((await admin.call('GET', '/notifications?unread=true')).body.data).toHaveLength(before - 1);
    expect((await admin.call('POST', `/notifications/${first.id}/unread`)).body.readAt).toBeNull();
    const stranger = await test.signUp('stranger@example.com', 'Other');
    for (const other of [owner, stranger]) {
      expect((await other.call('POST', `/notifications/${first.id}/read`)).status).toBe(404);
    }
    const foreign = { 'x-tollgate-organization': owner.organizationId };
    expect((await stranger.call('GET', '/notifications', undefined, foreign)).status).toBe(404);
    const all = await admin.call('POST', '/notifications/read-all', {});
    expect(all.body.count).toBe(before);
    expect((await admin.call('GET', '/notifications/unread-count')).body.count).toBe(0);
    const token = await test.bootstrap('Tokens');
    expect((await token.call('GET', '/notifications')).body.code).toBe('permission_denied');
  });

  it('is hidden from somebody whose role does not show it any longer', async () => {
    expect(await eventsOf(admin)).toContain('admin-token-created');
    const { body } = await admin.call('GET', '/me');
    const changed = await owner.call('PATCH', `/members/${body.membershipId}`, { role: 'viewer' });
    expect(changed.status).toBe(200);
    expect(await eventsOf(admin)).not.toContain('admin-token-created');
    expect(await eventsOf(admin)).toContain('budget-threshold');
  });

  it('does not come where somebody has chosen otherwise', async () => {
    await owner.call('PUT', '/notification-preferences', {
      data: [{ kind: 'alert', inApp: false, mail: true }],
    });
    const { body } = await owner.call('GET', '/notification-preferences');
    expect(body.data).toContainEqual({ kind: 'alert', inApp: false, mail: true });
    expect(body.data).toContainEqual({ kind: 'security', inApp: true, mail: true });
    await plantAlert('unknown-price');
    await tell();
    await tell();
    expect(await eventsOf(owner)).not.toContain('unknown-price');
    expect(await countMails('owner@example.com')).toBe(1);
  });
});
