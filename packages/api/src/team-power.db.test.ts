/** Whoever is in a team manages its keys: who puts people in, or moves teams, gives no more power than they have. */

import { ROLE_PERMISSIONS } from '@tollgate/identity';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, TEST_PASSWORD, type TestApi, type TestPerson } from './test-api.ts';

let test: TestApi;
let owner: TestPerson;
let people = 0;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
});
afterAll(() => test.close());

interface Member extends TestPerson {
  readonly memberId: string;
}

const ROLE_OF_DEVELOPERS = ROLE_PERMISSIONS.developer;

/** Somebody with a role of its own: a developer's permissions and these. */
async function withRole(...more: string[]): Promise<Member> {
  const number = ++people;
  const person = await test.join(owner, `person-${number}@example.com`, 'developer');
  const { membershipId } = (await person.call('GET', '/me')).body;
  const permissions = [...ROLE_OF_DEVELOPERS, ...more];
  const role = await owner.call('POST', '/roles', { name: `Role ${number}`, description: '', permissions });
  expect(role.status, role.text).toBe(201);
  await give(membershipId, role.body.id);
  return { ...person, memberId: membershipId };
}

async function give(memberId: string, role: string) {
  const given = await owner.call('PATCH', `/members/${memberId}`, { role });
  expect(given.status, given.text).toBe(200);
}

async function makeTeam(name: string, of: { parentId?: string; keys?: boolean; member?: Member } = {}) {
  const { parentId, keys = false, member } = of;
  const { id } = (await owner.call('POST', '/teams', { name, ...(parentId && { parentId }) })).body;
  if (keys) expect((await owner.call('POST', '/keys', { name, teamId: id })).status).toBe(201);
  if (member)
    expect((await owner.call('PUT', `/teams/${id}/members/${member.memberId}`, {})).status).toBe(204);
  return id as string;
}

const refused = { code: 'exceeds_own_permissions', reason: 'team_keys' };

describe('an invitation to a team', () => {
  const invite = (by: TestPerson, email: string, teamId?: string) =>
    by.call('POST', '/invitations', { email, role: 'developer', ...(teamId && { teamId }) });

  it('[X3] takes the permission to put people in teams', async () => {
    const by = await withRole('members:write');
    const own = await makeTeam('Own of who invites', { keys: true, member: by });
    const answer = await invite(by, 'second-self@example.com', own);
    expect([answer.status, answer.body.code]).toEqual([403, 'exceeds_own_permissions']);
    expect((await invite(by, 'colleague@example.com')).status).toBe(201);
  });

  it('[X3] is for teams whose keys whoever invites may manage', async () => {
    const by = await withRole('members:write', 'teams:write');
    const others = await makeTeam('Others', { keys: true });
    expect((await invite(by, 'second-self@example.com', others)).body).toMatchObject(refused);
    const own = await makeTeam('Own', { keys: true, member: by });
    expect((await invite(by, 'own@example.com', own)).status).toBe(201);
    expect((await invite(by, 'new@example.com', await makeTeam('New'))).status).toBe(201);
    expect((await invite(owner, 'any@example.com', others)).status).toBe(201);
  });

  it('[X3] is worth what whoever invited may give when it is accepted', async () => {
    const by = await withRole('members:write', 'teams:write');
    const own = await makeTeam('Own for a while', { keys: true, member: by });
    expect((await invite(by, 'late@example.com', own)).status).toBe(201);
    expect((await owner.call('DELETE', `/teams/${own}/members/${by.memberId}`)).status).toBe(204);
    const accepted = await test.anonymous('POST', '/auth/sign-up', {
      email: 'late@example.com',
      password: TEST_PASSWORD,
      invitationToken: await invitationOf('late@example.com'),
    });
    expect([accepted.status, accepted.body.code]).toEqual([409, 'invitation_outgrown']);

    expect((await owner.call('PUT', `/teams/${own}/members/${by.memberId}`, {})).status).toBe(204);
    expect((await invite(by, 'open@example.com', own)).status).toBe(201);
    expect((await invite(by, 'no-team@example.com')).status).toBe(201);
    const less = [...ROLE_OF_DEVELOPERS, 'members:write'];
    const role = await owner.call('POST', '/roles', { name: 'Less', description: '', permissions: less });
    await give(by.memberId, role.body.id);
    const { data } = (await owner.call('GET', '/invitations?limit=200')).body;
    const states = Object.fromEntries(
      data.map(({ email, state }: Record<'email' | 'state', string>) => [email, state]),
    );
    expect([states['open@example.com'], states['no-team@example.com']]).toEqual(['revoked', 'open']);
  });
});

describe('who may change teams, but not every key', () => {
  it('[X3] puts nobody in a team with keys that are not theirs to manage, nor in one above', async () => {
    const lead = await withRole('teams:write');
    const others = await makeTeam('Others of leads', { keys: true });
    const put = (team: string, body: object = {}) =>
      lead.call('PUT', `/teams/${team}/members/${lead.memberId}`, body);
    expect((await put(others)).body).toMatchObject(refused);
    const above = await makeTeam('Above');
    const below = await makeTeam('Below', { keys: true, parentId: above });
    expect((await put(above)).body).toMatchObject(refused);

    const { data } = (await owner.call('GET', `/keys?teamId=${below}`)).body;
    expect((await owner.call('POST', `/keys/${data[0].id}/revoke`)).status).toBe(200);
    expect((await put(above)).status).toBe(204);
    const own = await makeTeam('Own of leads', { keys: true, member: lead });
    expect((await put(own, { lead: true })).status).toBe(204);
    const friend = await withRole();
    expect((await lead.call('PUT', `/teams/${own}/members/${friend.memberId}`, {})).status).toBe(204);
  });

  it('makes teams and puts people in them', async () => {
    const lead = await withRole('teams:write');
    const { id } = (await lead.call('POST', '/teams', { name: 'Brand new' })).body;
    expect((await lead.call('PUT', `/teams/${id}/members/${lead.memberId}`, {})).status).toBe(204);
    expect((await lead.call('POST', '/keys', { name: 'First', teamId: id })).status).toBe(201);
  });

  it('[X3] moves no team whose keys are not theirs to manage, nor under such a one', async () => {
    const lead = await withRole('teams:write');
    const own = await makeTeam('Own above', { keys: true, member: lead });
    const others = await makeTeam('Others to move', { keys: true });
    const move = (by: TestPerson, team: string, parentId: string | null) =>
      by.call('PATCH', `/teams/${team}`, { parentId });
    expect((await move(lead, others, own)).body).toMatchObject(refused);
    expect((await move(lead, own, others)).body).toMatchObject(refused);
    expect((await lead.call('PATCH', `/teams/${others}`, { name: 'Others, named' })).status).toBe(200);
    const budgeted = await makeTeam('Budgeted', { keys: true });
    const held = await makeTeam('Held', { keys: true, parentId: budgeted });
    expect((await move(lead, held, null)).body).toMatchObject(refused);
    const below = await makeTeam('Own below', { keys: true, member: lead });
    expect((await move(lead, below, own)).status).toBe(200);
    expect((await move(lead, below, null)).status).toBe(200);
    expect((await move(owner, held, own)).status).toBe(200);
  });

  it('[X3] brings no service account into their team with keys that were not theirs', async () => {
    const by = await withRole('service-accounts:write');
    const own = await makeTeam('Own of accounts', { member: by });
    const { id } = (await owner.call('POST', '/service-accounts', { name: 'Robot' })).body;
    const bring = () => by.call('PATCH', `/service-accounts/${id}`, { teamId: own });
    expect((await bring()).status).toBe(200);
    expect((await by.call('PATCH', `/service-accounts/${id}`, { teamId: null })).status).toBe(200);
    expect((await owner.call('POST', '/keys', { name: 'r', ownerId: id, teamId: own })).status).toBe(201);
    expect((await bring()).body).toMatchObject(refused);
    expect((await by.call('PATCH', `/service-accounts/${id}`, { name: 'Robot 2' })).status).toBe(200);
    expect((await owner.call('PATCH', `/service-accounts/${id}`, { teamId: own })).status).toBe(200);
  });

  it('[X3] counts the keys of a team’s service accounts, whose power comes from both teams', async () => {
    const [account, key] = [await makeTeam('Of the account'), await makeTeam('Of its key')];
    const robot = (await owner.call('POST', '/service-accounts', { name: 'Between', teamId: account })).body
      .id;
    const made = await owner.call('POST', '/keys', { name: 'between', ownerId: robot, teamId: key });
    expect(made.status, made.text).toBe(201);
    const inKey = await withRole('teams:write');
    await owner.call('PUT', `/teams/${key}/members/${inKey.memberId}`, {});
    const rotate = () => inKey.call('POST', `/keys/${made.body.key.id}/rotate`, { overlapSeconds: 0 });
    expect((await rotate()).status).toBe(403);
    const enter = () => inKey.call('PUT', `/teams/${account}/members/${inKey.memberId}`, {});
    expect((await enter()).body).toMatchObject(refused);
    // Moved below a team of theirs, it would be as if they were in it.
    const own = await makeTeam('Above', { member: inKey });
    const move = inKey.call('PATCH', `/teams/${account}`, { parentId: own });
    expect((await move).body).toMatchObject(refused);
    const inAccount = await withRole('service-accounts:write');
    await owner.call('PUT', `/teams/${account}/members/${inAccount.memberId}`, {});
    const bring = { teamId: await makeTeam('Of friends', { member: inAccount }) };
    expect((await inAccount.call('PATCH', `/service-accounts/${robot}`, bring)).body).toMatchObject(refused);
    await owner.call('PUT', `/teams/${key}/members/${inAccount.memberId}`, {});
    expect((await inAccount.call('PATCH', `/service-accounts/${robot}`, bring)).status).toBe(200);
  });

  it('puts people in a team whose only keys belong to members: the team gives no power over these', async () => {
    const lead = await withRole('teams:write');
    const friend = await withRole();
    const team = await makeTeam('Of somebody’s own', { member: friend });
    const own = { name: 'own', teamId: team, ownerId: friend.memberId };
    expect((await friend.call('POST', '/keys', own)).status).toBe(201);
    expect((await lead.call('PUT', `/teams/${team}/members/${lead.memberId}`, {})).status).toBe(204);
    expect((await owner.call('POST', '/keys', { name: 'of the team', teamId: team })).status).toBe(201);
    const third = await withRole();
    expect((await lead.call('PUT', `/teams/${team}/members/${third.memberId}`, {})).status).toBe(204);
  });
});

async function invitationOf(email: string): Promise<string> {
  const worker = test.openAs('worker', 'mail-test');
  const sent: OutgoingMail[] = [];
  const options = { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs(), limit: 200 };
  await deliverPendingMail(worker, { send: async (mail) => void sent.push(mail) }, options);
  await worker.close();
  const mail = sent.findLast((one) => one.recipient === email && one.text.includes('/invitation#token='));
  return /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
}
