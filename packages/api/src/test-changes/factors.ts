/** For tests: changes of how people show who they are, and of addresses; by themselves and by those who may take a factor away. */
import { totpCodeAt } from '@tollgate/testing';
import { expect } from 'vitest';
import { TEST_PASSWORD, type TestAnswer, type TestCaller, type TestPerson } from '../test-api.ts';
import { TestAuthenticator } from '../test-authenticator.ts';
import { type Change, type Changes, mailedToken, make, newPerson, unique, type World } from './change.ts';

async function turnOnTotp({ test }: World, { call }: Pick<TestPerson, 'call'>): Promise<void> {
  const { secret } = (await call('POST', '/me/totp')).body;
  const code = totpCodeAt(secret, test.clock.nowMs());
  expect((await call('POST', '/me/totp/confirm', { code })).status).toBe(200);
}

async function withTotp(world: World): Promise<TestPerson> {
  const person = await newPerson(world);
  await turnOnTotp(world, person);
  return person;
}

/** Of whose address it is known that it is theirs. */
async function verified(world: World): Promise<TestPerson> {
  const email = `${unique()}@example.com`;
  const person = await world.test.signUp(email, `Of ${unique()}`);
  const token = await mailedToken(world, email);
  expect((await person.call('POST', '/auth/verify-email', { token })).status).toBeLessThan(300);
  return person;
}

function cookieOf(answer: TestAnswer): string {
  return answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
}

async function withPasskey(world: World): Promise<Change> {
  const by = await verified(world);
  const asked = await by.call('POST', '/me/passkeys/options');
  const passkey = new TestAuthenticator().create(asked.body.options);
  // The browser keeps which challenge it was given.
  const cookie = `${by.call.cookie}; ${cookieOf(asked)}`;
  const made = await by.call('POST', '/me/passkeys', { name: unique(), passkey }, { cookie });
  expect(made.status, made.text).toBeLessThan(300);
  return { by, path: `/me/passkeys/${made.body.passkey.id}` };
}

/** Of the owner's organization and no other: there its owner may take a factor away, or end sessions. */
export async function memberOfNoOther(
  world: World,
  email = `${unique()}@example.com`,
): Promise<{ call: TestCaller; membershipId: string }> {
  const { test, owner } = world;
  await make(owner, '/invitations', { email });
  const invitationToken = await mailedToken(world, email);
  const answer = await test.anonymous('POST', '/auth/sign-up', {
    email,
    password: TEST_PASSWORD,
    invitationToken,
  });
  const call = test.withCookie(cookieOf(answer));
  return { call, membershipId: (await call('GET', '/me')).body.membershipId };
}

async function memberWithTotp(world: World): Promise<string> {
  const { call, membershipId } = await memberOfNoOther(world);
  await turnOnTotp(world, { call });
  return membershipId;
}

export const FACTOR_CHANGES: Changes = {
  'post /me/totp/confirm': async (world) => {
    const by = await newPerson(world);
    const { secret } = (await by.call('POST', '/me/totp')).body;
    return { by, body: { code: totpCodeAt(secret, world.test.clock.nowMs()) } };
  },
  'delete /me/totp': async (world) => ({ by: await withTotp(world) }),
  'post /me/recovery-codes': async (world) => ({ by: await withTotp(world) }),
  'patch /me/passkeys/{id}': async (world) => ({ ...(await withPasskey(world)), body: { name: 'Changed' } }),
  'delete /me/passkeys/{id}': withPasskey,
  'post /me/email/confirm': async (world) => {
    const by = await verified(world);
    const email = `${unique()}@example.com`;
    expect((await by.call('POST', '/me/email', { email })).status).toBe(202);
    return { by, body: { token: await mailedToken(world, email) } };
  },
  'delete /members/{id}/second-factor': async (world) => ({
    by: world.owner,
    path: `/members/${await memberWithTotp(world)}/second-factor`,
  }),
  'post /operator/remove-second-factor': async (world) => {
    const { email } = (await (await withTotp(world)).call('GET', '/me')).body;
    return { by: world.owner, body: { email } };
  },
};
