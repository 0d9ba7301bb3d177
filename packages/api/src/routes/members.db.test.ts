import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, TEST_PASSWORD, type TestApi, type TestCaller, type TestPerson } from '../test-api.ts';
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

async function newMember(email?: string) {
  const worker = test.openAs('worker', 'mail');
  const member = await memberOfNoOther({ test, owner, worker }, email);
  await worker.close();
  return member;
}
const userIdOf = async (call: TestCaller): Promise<string> => (await call('GET', '/me')).body.id;
const setOperator = (userId: string, isOperator: boolean) =>
  test.database.person({ userId }, (tx) =>
    tx.user.update({ where: { id: userId }, data: { isOperator }, select: { id: true } }),
  );

describe('DELETE /members/{id}/sessions', () => {
  it('signs a member out everywhere, once, and the log says who did it', async () => {
    const person = await newMember();
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

  it('tells only of sessions that would still have opened something', async () => {
    const person = await newMember();
    const startMs = test.clock.nowMs();
    test.clock.advance(31 * 86_400_000);
    const signedIn = await test.anonymous('POST', '/auth/sign-in', {
      email: 'owner@example.com',
      password: TEST_PASSWORD,
    });
    const again = test.withCookie(signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '');
    const ended = await again('DELETE', `/members/${person.membershipId}/sessions`);
    test.clock.set(startMs);
    expect([ended.status, ended.body]).toEqual([200, { endedSessionCount: 0 }]);
    // It is ended all the same: what was read of it before may still be written.
    expect((await person.call('GET', '/me')).status).toBe(401);
  });

  it.each([
    { how: 'stored', email: 'first@example.com' },
    { how: 'named', email: 'operator@example.com' },
  ])(
    '[X3] and their second factor are an operator’s own ($how), but for another operator',
    async ({ how, email }) => {
      const person = await newMember(email);
      if (how === 'stored') await setOperator(await userIdOf(person.call), true);
      expect((await person.call('GET', '/me')).body.isOperator).toBe(true);
      const take = (what: string) => owner.call('DELETE', `/members/${person.membershipId}/${what}`);
      for (const what of ['sessions', 'second-factor']) {
        const refused = await take(what);
        expect([refused.status, refused.body.code], what).toEqual([403, 'exceeds_own_permissions']);
        expect(refused.body.reason).toBe('operators_account');
      }
      expect((await person.call('GET', '/me')).status).toBe(200);
      await setOperator(owner.userId, true);
      expect((await take('second-factor')).status).toBe(404);
      expect((await take('sessions')).body).toEqual({ endedSessionCount: 1 });
      await setOperator(owner.userId, false);
    },
  );

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
