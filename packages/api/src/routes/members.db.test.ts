import { openDatabase } from '@tollgate/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { memberOfNoOther } from '../test-changes/factors.ts';

let test: TestApi;
let owner: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Sessions');
});
afterAll(() => test.close());

const memberIdOf = async ({ userId }: TestPerson): Promise<string> =>
  (await owner.call('GET', `/members?ids=${userId}`)).body.data[0].id;
const endSessionsOf = async (person: TestPerson, by: TestPerson) =>
  by.call('DELETE', `/members/${await memberIdOf(person)}/sessions`);

describe('DELETE /members/{id}/sessions', () => {
  it('signs a member out everywhere, once, and the log says who did it', async () => {
    const worker = openDatabase({ url: test.testDatabase.urls.worker, applicationName: 'mail' });
    const person = await memberOfNoOther({ test, owner, worker });
    await worker.close();
    const { id: userId } = (await person.call('GET', '/me')).body;
    const path = `/members/${person.membershipId}/sessions`;
    const ended = await owner.call('DELETE', path);
    expect([ended.status, ended.body]).toEqual([200, { endedSessionCount: 1 }]);
    expect((await person.call('GET', '/me')).status).toBe(401);
    expect((await owner.call('DELETE', path)).body).toEqual({ endedSessionCount: 0 });
    const { data } = (await owner.call('GET', `/audit-events?action=sessions-revoked`)).body;
    expect(data).toMatchObject([
      { target: { id: userId }, actor: { id: owner.userId }, after: { endedSessionCount: 1 } },
    ]);
  });

  it('is refused for oneself, for who may do more, and for who belongs to other organizations', async () => {
    const admin = await test.join(owner, 'admin@example.com', 'admin');
    expect((await endSessionsOf(owner, owner)).body.code).toBe('exceeds_own_permissions');
    expect((await endSessionsOf(owner, admin)).body.code).toBe('exceeds_own_permissions');
    await admin.call('POST', '/organizations', { name: 'Another' });
    expect((await endSessionsOf(admin, owner)).body.code).toBe('member_of_others');
    expect((await owner.call('GET', '/me')).status).toBe(200);
  });

  it('is refused to a token, whatever it may do', async () => {
    const person = await test.join(owner, 'safe@example.com', 'viewer');
    const { body } = await owner.call('POST', '/admin-tokens', {
      name: 'Members',
      permissions: ['members:read', 'members:write'],
    });
    const path = `/members/${await memberIdOf(person)}/sessions`;
    const refused = await test.withToken(body.secret)('DELETE', path);
    expect([refused.status, refused.body.code]).toEqual([403, 'permission_denied']);
  });
});
