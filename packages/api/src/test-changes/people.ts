/** For tests: changes of people, of their organizations and of who may do what there. */
import { expect } from 'vitest';
import { TEST_PASSWORD, type TestPerson } from '../test-api.ts';
import {
  type Changes,
  lifeOf,
  mailedToken,
  make,
  newMember,
  newPerson,
  newTeam,
  unique,
  type World,
} from './change.ts';
import { memberOfNoOther } from './factors.ts';

/** Signed in twice. */
async function inTwoSessions(world: World): Promise<{ person: TestPerson; otherSessionId: string }> {
  const email = `${unique()}@example.com`;
  const person = await world.test.signUp(email, 'Two sessions');
  await world.test.anonymous('POST', '/auth/sign-in', { email, password: TEST_PASSWORD });
  const { data } = (await person.call('GET', '/me/sessions')).body;
  return { person, otherSessionId: data.find(({ current }: { current: boolean }) => !current).id };
}

export const PEOPLE_CHANGES: Changes = {
  'patch /me': async (world) => ({ by: await newPerson(world), body: { name: 'Changed' } }),
  'post /me/password': async (world) => ({
    by: await newPerson(world),
    body: { currentPassword: TEST_PASSWORD, newPassword: 'another battery of horses' },
  }),
  'delete /me/sessions/{id}': async (world) => {
    const { person, otherSessionId } = await inTwoSessions(world);
    return { by: person, path: `/me/sessions/${otherSessionId}` };
  },
  'post /me/sessions/revoke-others': async (world) => ({ by: (await inTwoSessions(world)).person }),
  'post /me/reauthenticate': async (world) => ({
    by: await newPerson(world),
    body: { password: TEST_PASSWORD },
  }),
  'post /me/email': async (world) => ({
    by: await newPerson(world),
    body: { email: `${unique()}@example.com` },
  }),
  'delete /me/email': async (world) => {
    const by = await newPerson(world);
    expect((await by.call('POST', '/me/email', { email: `${unique()}@example.com` })).status).toBeLessThan(
      300,
    );
    return { by };
  },

  'post /organizations': async (world) => ({ by: await newPerson(world), body: { name: unique() } }),
  'patch /organizations/{id}': ({ owner }) => ({
    by: owner,
    path: `/organizations/${owner.organizationId}`,
    body: { name: unique() },
  }),
  'patch /organizations/{id} (payloads kept)': ({ owner }) => ({
    by: owner,
    path: `/organizations/${owner.organizationId}`,
    body: { payloadRetentionDays: 7 },
  }),
  'post /organizations/{id}/leave': async (world) => {
    const { person } = await newMember(world);
    return { by: person, path: `/organizations/${world.owner.organizationId}/leave` };
  },
  'post /organizations/{id}/close': async ({ test }) => {
    const name = unique();
    const by = await test.signUp(`${unique()}@example.com`, name);
    return { by, path: `/organizations/${by.organizationId}/close`, body: { name } };
  },
  ...lifeOf('/teams', () => ({ name: unique() }), { costCenter: 'CC-1' }),
  'put /teams/{id}/members/{memberId}': async (world) => {
    const { membershipId } = await newMember(world);
    return {
      by: world.owner,
      path: `/teams/${await newTeam(world)}/members/${membershipId}`,
      body: { lead: true },
    };
  },
  'delete /teams/{id}/members/{memberId}': async (world) => {
    const { membershipId } = await newMember(world);
    const path = `/teams/${await newTeam(world)}/members/${membershipId}`;
    expect((await world.owner.call('PUT', path, {})).status).toBeLessThan(300);
    return { by: world.owner, path };
  },
  'patch /members/{id}': async (world) => ({
    by: world.owner,
    path: `/members/${(await newMember(world)).membershipId}`,
    body: { role: 'developer' },
  }),
  'delete /members/{id}/sessions': async (world) => ({
    by: world.owner,
    path: `/members/${(await memberOfNoOther(world)).membershipId}/sessions`,
  }),
  'delete /members/{id}': async (world) => ({
    by: world.owner,
    path: `/members/${(await newMember(world)).membershipId}`,
  }),
  ...lifeOf('/invitations', () => ({ email: `${unique()}@example.com` }), undefined),
  'post /invitations/accept': async (world) => {
    const email = `${unique()}@example.com`;
    await make(world.owner, '/invitations', { email });
    const body = { token: await mailedToken(world, email) };
    return { by: await world.test.signUp(email, `Of ${unique()}`), body };
  },
  ...lifeOf('/roles', () => ({ name: unique(), permissions: ['teams:read'] }), { description: 'Changed' }),
  ...lifeOf('/service-accounts', () => ({ name: unique() }), { name: 'Changed' }, { deleted: false }),
  'post /admin-tokens': ({ owner }) => ({
    by: owner,
    body: { name: unique(), permissions: ['teams:read'] },
  }),
  'post /admin-tokens/{id}/revoke': async ({ owner }) => {
    const id = await make(owner, '/admin-tokens', { name: unique(), permissions: ['teams:read'] });
    return { by: owner, path: `/admin-tokens/${id}/revoke` };
  },
};
