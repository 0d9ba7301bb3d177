/** One's own account when something goes wrong with it: another address, a lost factor, guessed codes. */
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { totpCodeAt } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  cookieOf,
  startTestApi,
  TEST_PASSWORD,
  type TestAnswer,
  type TestApi,
  type TestPerson,
} from './test-api.ts';
import { TestAuthenticator } from './test-authenticator.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
let test: TestApi;
let startMs: number;
const mailbox: OutgoingMail[] = [];

beforeAll(async () => {
  test = await startTestApi({ verificationRequired: true, firstUserIsOperator: true });
  startMs = test.clock.nowMs();
  await test.signUp('operator@example.com', 'Operators');
});
beforeEach(() => test.clock.set(startMs));
afterAll(() => test.close());

async function collectMail(): Promise<readonly OutgoingMail[]> {
  const worker = test.openAs('worker', 'mail-test');
  const options = { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs(), limit: 200 };
  await deliverPendingMail(worker, { send: async (mail) => void mailbox.push(mail) }, options);
  await worker.close();
  return mailbox;
}

/** The newest link to this page that this address got. */
async function linkTo(recipient: string, page: string): Promise<string> {
  const mail = (await collectMail()).findLast(
    (one) => one.recipient === recipient && one.text.includes(`/${page}#token=`),
  );
  return /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
}

async function verified(email: string, organization: string): Promise<TestPerson> {
  const person = await test.signUp(email, organization);
  const token = await linkTo(email, 'verify-email');
  expect((await person.call('POST', '/auth/verify-email', { token })).status).toBe(204);
  return person;
}

const signIn = (email: string, password = TEST_PASSWORD) =>
  test.anonymous('POST', '/auth/sign-in', { email, password });
const callerOf = (answer: TestAnswer) => test.withCookie(cookieOf(answer));

async function changeTo(call: TestPerson['call'], email: string): Promise<void> {
  expect((await call('POST', '/me/email', { email })).status).toBe(202);
  const token = await linkTo(email, 'confirm-email');
  const confirmed = await call('POST', '/me/email/confirm', { token });
  expect(confirmed.body, confirmed.text).toEqual({ email });
}

async function turnOnTotp(person: Pick<TestPerson, 'call'>): Promise<string> {
  const { secret } = (await person.call('POST', '/me/totp')).body as { secret: string };
  const code = totpCodeAt(secret, test.clock.nowMs());
  const answer = await person.call('POST', '/me/totp/confirm', { code });
  expect(answer.status, answer.text).toBe(200);
  return secret;
}

describe('another address', () => {
  it('needs a recent sign-in, the link of the new mailbox and the account’s own session; then every other ends', async () => {
    const ada = await verified('ada@example.com', 'Ada');
    const elsewhere = callerOf(await signIn('ada@example.com'));
    const mallory = await verified('mallory@example.com', 'Mallory');
    test.clock.advance(16 * MINUTE_MS);
    const stale = await ada.call('POST', '/me/email', { email: 'ada@new.example' });
    expect(stale.body.code).toBe('reauthentication_required');
    await ada.call('POST', '/me/reauthenticate', { password: TEST_PASSWORD });
    for (const [email, code] of [
      ['ada@example.com', 'unchanged'],
      ['mallory@example.com', 'address_taken'],
      ['ada@new.example, x@y.example', 'invalid_email'],
    ]) {
      const refused = await ada.call('POST', '/me/email', { email });
      expect(refused.body.errors?.[0]?.code, refused.text).toBe(code);
    }
    expect((await ada.call('POST', '/me/email', { email: 'ada@new.example' })).status).toBe(202);
    const replaced = await linkTo('ada@new.example', 'confirm-email');
    expect((await ada.call('POST', '/me/email', { email: 'Ada@New.Example' })).status).toBe(202);
    const token = await linkTo('ada@new.example', 'confirm-email');
    expect((await ada.call('GET', '/me/security')).body.waitingEmail.email).toBe('ada@new.example');
    expect((await ada.call('GET', '/me')).body.email).toBe('ada@example.com');
    for (const [call, tried] of [
      [mallory.call, token],
      [ada.call, replaced],
      [ada.call, 'x'.repeat(43)],
    ] as const) {
      expect((await call('POST', '/me/email/confirm', { token: tried })).status).toBe(400);
    }
    expect((await elsewhere('GET', '/me')).status).toBe(200);
    const confirm = () => ada.call('POST', '/me/email/confirm', { token });
    const answers = await Promise.all([confirm(), confirm()]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    expect((await elsewhere('GET', '/me')).status).toBe(401);
    expect((await ada.call('GET', '/me')).body).toMatchObject({
      email: 'ada@new.example',
      emailVerified: true,
    });
    expect((await ada.call('GET', '/me/security')).body.waitingEmail).toBeNull();
    expect((await signIn('ada@example.com')).status).toBe(401);
    expect((await signIn('ada@new.example')).status).toBe(200);
    const events = (await ada.call('GET', '/audit-events?limit=20')).body.data;
    expect(events.find(({ action }: { action: string }) => action === 'user-email-changed')).toMatchObject({
      before: { email: 'ada@example.com' },
      after: { email: 'ada@new.example', endedSessionCount: 1 },
    });
  });

  it('is taken back by the old one for a week, whatever the thief did since, and is nobody else’s meanwhile', async () => {
    const grace = await verified('grace@example.com', 'Grace');
    const thief = callerOf(await signIn('grace@example.com'));
    await changeTo(thief, 'thief@evil.example');
    await changeTo(thief, 'thief@second.example');
    const secret = await turnOnTotp({ call: thief });
    const [undo, thiefsUndo] = [
      await linkTo('grace@example.com', 'undo-email-change'),
      await linkTo('thief@evil.example', 'undo-email-change'),
    ];
    const signUp = { email: 'grace@example.com', password: TEST_PASSWORD };
    expect((await test.anonymous('POST', '/auth/sign-up', signUp)).body.code).toBe('email_taken');
    const other = await verified('other@example.com', 'Other');
    expect((await other.call('POST', '/me/email', { email: 'grace@example.com' })).status).toBe(202);
    const held = await linkTo('grace@example.com', 'confirm-email');
    const taken = await other.call('POST', '/me/email/confirm', { token: held });
    expect(taken.body.code, taken.text).toBe('email_taken');

    const undone = await test.anonymous('POST', '/auth/undo-email-change', { token: undo });
    expect(undone.body, undone.text).toEqual({ email: 'grace@example.com' });
    for (const token of [undo, thiefsUndo, secret]) {
      expect((await test.anonymous('POST', '/auth/undo-email-change', { token })).status).toBe(400);
    }
    for (const call of [grace.call, thief]) expect((await call('GET', '/me')).status).toBe(401);
    expect((await signIn('grace@example.com')).status).toBe(401);
    const reset = {
      token: await linkTo('grace@example.com', 'reset-password'),
      password: 'grace’s own again',
    };
    expect((await test.anonymous('POST', '/auth/reset-password', reset)).status).toBe(204);
    // No second step: the thief's authenticator app is gone.
    const back = await signIn('grace@example.com', reset.password);
    expect(back.body, back.text).toMatchObject({ userId: grace.userId, secondStep: null });
    const events = (await callerOf(back)('GET', '/audit-events?limit=20')).body.data;
    expect(
      events.find(({ action }: { action: string }) => action === 'user-email-restored')?.after,
    ).toMatchObject({ email: 'grace@example.com', removedFactorCount: 1 });
  });

  it('is nobody’s to take back after a week, nor where the old one was never shown to be theirs', async () => {
    const late = await verified('late@example.com', 'Late');
    await changeTo(late.call, 'late@new.example');
    const token = await linkTo('late@example.com', 'undo-email-change');
    test.clock.advance(7 * DAY_MS);
    expect((await test.anonymous('POST', '/auth/undo-email-change', { token })).status).toBe(400);
    const signUp = { email: 'late@example.com', password: TEST_PASSWORD };
    expect((await test.anonymous('POST', '/auth/sign-up', signUp)).status).toBe(201);

    const typo = await test.signUp('stranger@example.com', 'Typo');
    await changeTo(typo.call, 'typo@example.com');
    expect(await linkTo('stranger@example.com', 'undo-email-change')).toBe('');
    const stranger = { email: 'stranger@example.com', password: TEST_PASSWORD };
    expect((await test.anonymous('POST', '/auth/sign-up', stranger)).status).toBe(201);
  });

  it('is no longer waited for after a new password, when dropped, or after a day', async () => {
    const person = await verified('waits@example.com', 'Waits');
    const confirm = async () => {
      const token = await linkTo('waits@new.example', 'confirm-email');
      return (await person.call('POST', '/me/email/confirm', { token })).status;
    };
    const ask = async () =>
      expect((await person.call('POST', '/me/email', { email: 'waits@new.example' })).status).toBe(202);
    await ask();
    const password = { currentPassword: TEST_PASSWORD, newPassword: 'another long password' };
    expect((await person.call('POST', '/me/password', password)).status).toBe(204);
    expect(await confirm()).toBe(400);
    await ask();
    expect((await person.call('DELETE', '/me/email')).status).toBe(204);
    expect((await person.call('DELETE', '/me/email')).status).toBe(404);
    expect(await confirm()).toBe(400);
    await ask();
    test.clock.advance(DAY_MS);
    expect(await confirm()).toBe(400);
    expect((await person.call('GET', '/me')).body.email).toBe('waits@example.com');
  });
});

describe('guesses of codes', () => {
  it('are taken 49 and 50 times a day and not once more, the right code included; a passkey still works', async () => {
    const person = await verified('codes@example.com', 'Codes');
    const authenticator = new TestAuthenticator();
    const asked = await person.call('POST', '/me/passkeys/options');
    const cookie = `${person.call.cookie}; ${cookieOf(asked)}`;
    const passkey = authenticator.create(asked.body.options);
    await person.call('POST', '/me/passkeys', { name: 'Key', passkey }, { cookie });
    const secret = await turnOnTotp(person);
    const attempt = (code: string) =>
      person.call('POST', '/me/reauthenticate', { password: TEST_PASSWORD, code });
    const guess = async (count: number) => {
      for (let index = 0; index < count; index += 1) {
        // Ten in a quarter of an hour are the other bound.
        test.clock.advance(2 * MINUTE_MS);
        const answer = await attempt('not-a-code');
        expect(answer.body.errors?.[0]?.code, answer.text).toBe('wrong_code');
      }
    };
    const right = () => {
      test.clock.advance(2 * MINUTE_MS);
      return attempt(totpCodeAt(secret, test.clock.nowMs()));
    };
    await guess(49);
    expect((await right()).status).toBe(204);
    await guess(1);
    const refused = await right();
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_codes']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(20 * 3_600);
    const told = (await collectMail()).filter(
      ({ recipient, subject }) => recipient === 'codes@example.com' && subject.includes('Wrong codes'),
    );
    expect(told).toHaveLength(1);
    const challenge = await test.anonymous('POST', '/auth/passkey/options');
    const byPasskey = await test.anonymous(
      'POST',
      '/auth/passkey/sign-in',
      { passkey: authenticator.get(challenge.body.options) },
      { cookie: cookieOf(challenge) },
    );
    expect(byPasskey.body.userId, byPasskey.text).toBe(person.userId);
    test.clock.advance(DAY_MS);
    expect((await right()).status).toBe(204);
  });
});

describe('a lost second factor', () => {
  it('is taken off by who administers, for members of no other organization and no greater role; they are told', async () => {
    const owner = await verified('boss@example.com', 'Factory');
    const invited = async (email: string, role: string) => {
      expect((await owner.call('POST', '/invitations', { email, role })).status).toBe(201);
      const invitationToken = await linkTo(email, 'invitation');
      const answer = await test.anonymous('POST', '/auth/sign-up', {
        email,
        password: TEST_PASSWORD,
        invitationToken,
      });
      return { ...answer.body, call: callerOf(answer) } as TestPerson;
    };
    const admin = await invited('admin@example.com', 'admin');
    const developer = await invited('dev@example.com', 'developer');
    const members = async () =>
      (await owner.call('GET', '/members')).body.data as {
        id: string;
        email: string;
        hasSecondFactor: boolean;
      }[];
    const idOf = async (email: string) => (await members()).find((one) => one.email === email)?.id ?? '';
    const take = async (call: TestPerson['call'], email: string) =>
      call('DELETE', `/members/${await idOf(email)}/second-factor`);
    expect((await take(admin.call, 'dev@example.com')).status).toBe(404);
    for (const person of [owner, admin, developer]) await turnOnTotp(person);
    expect((await members()).map(({ hasSecondFactor }) => hasSecondFactor)).toEqual([true, true, true]);

    expect((await take(developer.call, 'admin@example.com')).body.code).toBe('permission_denied');
    expect((await take(admin.call, 'boss@example.com')).body.code).toBe('exceeds_own_permissions');
    expect((await take(admin.call, 'admin@example.com')).body.code).toBe('exceeds_own_permissions');
    const token = await owner.call('POST', '/admin-tokens', { name: 'x', permissions: ['members:write'] });
    expect((await take(test.withToken(token.body.secret), 'dev@example.com')).body.code).toBe(
      'permission_denied',
    );
    test.clock.advance(16 * MINUTE_MS);
    expect((await take(owner.call, 'dev@example.com')).body.code).toBe('reauthentication_required');
    test.clock.set(startMs);
    const taken = await take(admin.call, 'dev@example.com');
    expect(taken.body, taken.text).toEqual({ passkeyCount: 0, totp: true, endedSessionCount: 1 });
    expect((await developer.call('GET', '/me')).status).toBe(401);
    expect((await signIn('dev@example.com')).body.secondStep).toBeNull();
    expect((await members()).filter(({ hasSecondFactor }) => hasSecondFactor)).toHaveLength(2);
    const events = (await owner.call('GET', '/audit-events?limit=50')).body.data;
    expect(events.find(({ action }: { action: string }) => action === 'second-factor-removed')).toMatchObject(
      {
        actor: { name: 'admin@example.com' },
        target: { name: 'dev@example.com' },
      },
    );
    // Mails of one instant have no order.
    const mails = (await collectMail()).filter(({ recipient }) => recipient === 'dev@example.com');
    expect(mails.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('admin@example.com took your passkeys'),
    );
  });

  it('of somebody in several organizations is the operator’s to take off', async () => {
    const owner = await verified('owner-two@example.com', 'Two');
    const guest = await test.join(owner, 'guest@example.com', 'viewer');
    // Their own organization is the other one.
    const own = callerOf(await signIn('guest@example.com'));
    const address = await linkTo('guest@example.com', 'verify-email');
    await own('POST', '/auth/verify-email', { token: address });
    await turnOnTotp({ call: own });
    const members = (await owner.call('GET', '/members')).body.data as { id: string; userId: string }[];
    const id = members.find(({ userId }) => userId === guest.userId)?.id;
    const refused = await owner.call('DELETE', `/members/${id}/second-factor`);
    expect([refused.status, refused.body.code]).toEqual([409, 'member_of_others']);
    const path = '/operator/remove-second-factor';
    expect((await owner.call('POST', path, { email: 'guest@example.com' })).status).toBe(403);
    const operator = callerOf(await signIn('operator@example.com'));
    const taken = await operator('POST', path, { email: 'guest@example.com' });
    expect(taken.body, taken.text).toMatchObject({ totp: true });
    expect((await operator('POST', path, { email: 'guest@example.com' })).status).toBe(404);
    const events = (await owner.call('GET', '/audit-events?limit=20')).body.data;
    // All of it happened in one instant, and has no order.
    expect(events.find(({ action }: { action: string }) => action === 'second-factor-removed')).toMatchObject(
      {
        actor: { name: 'operator@example.com' },
      },
    );
  });
});

describe('an invitation', () => {
  it('gives no more than whoever sent it may give when it is accepted', async () => {
    const owner = await verified('inviting@example.com', 'Inviting');
    const admin = await test.join(owner, 'demoted@example.com', 'admin');
    await admin.call('POST', '/auth/verify-email', {
      token: await linkTo('demoted@example.com', 'verify-email'),
    });
    const invite = async (email: string, role: string) => {
      const answer = await admin.call('POST', '/invitations', { email, role });
      expect(answer.status, answer.text).toBe(201);
      return { id: answer.body.id as string, token: await linkTo(email, 'invitation') };
    };
    const role = async (permissions: string[]) =>
      (await owner.call('POST', '/roles', { name: permissions.join(), permissions })).body.id as string;
    const inviter = await role(['members:read', 'members:write', 'keys:read', 'keys:write']);
    const maker = await role(['keys:read', 'keys:write']);
    const asAdmin = await invite('one@example.com', 'admin');
    const asMaker = await invite('two@example.com', maker);
    const members = (await owner.call('GET', '/members')).body.data as { id: string; userId: string }[];
    const id = members.find(({ userId }) => userId === admin.userId)?.id;
    expect((await owner.call('PATCH', `/members/${id}`, { role: inviter })).status).toBe(200);
    const invitations = (await owner.call('GET', '/invitations')).body.data as {
      id: string;
      state: string;
    }[];
    expect(Object.fromEntries(invitations.map((one) => [one.id, one.state]))).toEqual({
      [asAdmin.id]: 'revoked',
      [asMaker.id]: 'open',
    });
    // The role of whoever invited is made smaller: nobody touches the invitation, and it counts no longer.
    const permissions = ['members:read', 'members:write', 'keys:read'];
    const changed = await owner.call('PATCH', `/roles/${inviter}`, { permissions });
    expect(changed.status, changed.text).toBe(200);
    const signUp = { email: 'two@example.com', password: TEST_PASSWORD, invitationToken: asMaker.token };
    const refused = await test.anonymous('POST', '/auth/sign-up', signUp);
    expect([refused.status, refused.body.code]).toEqual([409, 'invitation_outgrown']);
  });
});
