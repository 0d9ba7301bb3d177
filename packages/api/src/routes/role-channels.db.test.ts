/** Alert channels that mail whoever has a role: what becomes of them when the role goes. */
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countLockWaiters, startTestApi, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let owner: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Roles');
});
afterAll(() => test.close());

const SEES = ['organization:read', 'members:read', 'roles:read', 'alerts:read', 'usage:read'];
let made = 0;

async function makeRole(permissions: readonly string[] = ['usage:read']): Promise<string> {
  made += 1;
  const answer = await owner.call('POST', '/roles', { name: `Role ${made}`, permissions });
  expect(answer.status, answer.text).toBe(201);
  return answer.body.id;
}

const recipientsOf = (...roles: string[]) => ({ roles, memberIds: [], addresses: [] });

async function makeChannel(...roles: string[]): Promise<string> {
  const body = { kind: 'email', name: 'Ops', recipients: recipientsOf(...roles) };
  const answer = await owner.call('POST', '/notification-channels', body);
  expect(answer.status, answer.text).toBe(201);
  return answer.body.id;
}

/** Somebody who has just these permissions. */
async function joinWith(permissions: readonly string[]): Promise<TestPerson> {
  const role = await makeRole(permissions);
  const person = await test.join(owner, `person-${made}@example.com`, 'viewer');
  const { membershipId } = (await person.call('GET', '/me')).body;
  const changed = await owner.call('PATCH', `/members/${membershipId}`, { role });
  expect(changed.status, changed.text).toBe(200);
  return person;
}

const channelOf = async (id: string) => (await owner.call('GET', `/notification-channels/${id}`)).body;

describe('deleting a role that alert channels mail', () => {
  it('[X3] leads no mail to a role of somebody who may not see what its rules tell', async () => {
    const role = await makeRole();
    const channelId = await makeChannel(role);
    const rule = { kind: 'budget-threshold', channelIds: [channelId] };
    expect((await owner.call('POST', '/alert-rules', rule)).status).toBe(201);
    const own = await makeRole(['usage:read']);
    const path = `/roles/${role}?replacement=${own}`;
    const blind = await joinWith([...SEES, 'roles:write']);
    const refused = await blind.call('DELETE', path);
    expect([refused.status, refused.body.code], refused.text).toEqual([403, 'permission_denied']);
    expect(refused.body.detail).toContain('budgets:read');
    expect((await channelOf(channelId)).recipients).toEqual(recipientsOf(role));
    expect((await owner.call('GET', `/roles/${role}`)).status).toBe(200);
    const seeing = await joinWith([...SEES, 'roles:write', 'budgets:read']);
    expect((await seeing.call('DELETE', path)).status).toBe(204);
    expect((await channelOf(channelId)).recipients).toEqual(recipientsOf(own));
  });

  it('is a change of each channel: a new version and date, and in the audit log where it led', async () => {
    const role = await makeRole();
    const [channelId, other] = [await makeChannel('admin', role, 'developer'), await makeChannel('admin')];
    const [seen, untouched] = [await channelOf(channelId), await channelOf(other)];
    test.clock.advance(1_000);
    const deleted = await owner.call('DELETE', `/roles/${role}?replacement=developer`);
    expect(deleted.status, deleted.text).toBe(204);
    const channel = await channelOf(channelId);
    const recipients = recipientsOf('admin', 'developer');
    expect(channel).toMatchObject({ recipients, version: seen.version + 1 });
    expect(Date.parse(channel.updatedAt)).toBe(test.clock.nowMs());
    expect(await channelOf(other)).toEqual(untouched);
    const { data } = (await owner.call('GET', `/audit-events?targetId=${channelId}`)).body;
    expect(data[0]).toMatchObject({
      action: 'notification-channel-updated',
      actor: { id: owner.userId },
      before: { recipients: seen.recipients },
      after: { recipients },
    });
    const stale = { 'if-match': `"${seen.version}"` };
    const late = await owner.call('PATCH', `/notification-channels/${channelId}`, { name: 'x' }, stale);
    expect(late.status).toBe(412);
  });

  it('tells before how many there are, also to who sees no channels but may delete it, and to nobody else', async () => {
    const role = await makeRole();
    await makeChannel(role, 'admin');
    await makeChannel(role);
    const one = await owner.call('GET', `/roles/${role}`);
    expect(one.body).toMatchObject({ memberCount: 0, openInvitationCount: 0, channelCount: 2 });
    expect((await owner.call('GET', '/roles')).body.data).toContainEqual(one.body);
    const refused = await owner.call('DELETE', `/roles/${role}`);
    expect(refused.body).toMatchObject({ reason: 'role_in_use', counts: { channels: 2 } });
    const countFor = async (permissions: readonly string[]) =>
      (await (await joinWith(['roles:read', ...permissions])).call('GET', `/roles/${role}`)).body
        .channelCount;
    expect(await countFor(['members:read'])).toBe(null);
    expect(await countFor(['alerts:read'])).toBe(2);
    expect(await countFor(['roles:write'])).toBe(2);
  });

  it.each(['POST', 'PATCH'])('at the same moment leaves none that names it (%s)', async (method) => {
    const role = await makeRole();
    const path = method === 'POST' ? '' : `/${await makeChannel('admin')}`;
    const body = { kind: 'email', name: 'Late', recipients: recipientsOf(role) };
    const { kind: _, ...change } = body;
    const led: ReturnType<TestPerson['call']>[] = [];
    await test.database.tenant(owner.organizationId, async (tx) => {
      await tx.$executeRaw`DELETE FROM roles WHERE id = ${role}`;
      led.push(owner.call(method, `/notification-channels${path}`, method === 'POST' ? body : change));
      await Promise.race([led[0], waitFor(async () => (await countLockWaiters(test)) === 1)]);
    });
    const answer = (await led[0])!;
    expect(answer.status, answer.text).toBe(400);
    expect(answer.body.errors).toMatchObject([{ path: 'body.recipients.roles', code: 'unknown_reference' }]);
  });
});
