/** Clients decide when the last byte of a request arrives: what it may do is what it may do then. */
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from './create-api.ts';
import { cookieOf, startTestApi, TEST_PASSWORD, type TestApi, type TestPerson } from './test-api.ts';
import { TestAuthenticator } from './test-authenticator.ts';
import { holdRequest } from './test-held-request.ts';

let test: TestApi;
let owner: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
});
afterAll(() => test.close());

const headersOf = (person: TestPerson) => ({
  cookie: person.call.cookie,
  'x-tollgate-organization': person.organizationId,
});

async function memberIdOf({ userId }: TestPerson): Promise<string> {
  return (await owner.call('GET', `/members?ids=${userId}`)).body.data[0].id;
}

const keyNames = async () =>
  (await owner.call('GET', '/keys?limit=200')).body.data.map((key: { name: string }) => key.name);

describe('a request whose last byte is kept back', () => {
  it('[X3] makes no key for who was taken out of the organization meanwhile', async () => {
    const fired = await test.join(owner, 'fired@example.com', 'admin');
    const held = holdRequest(test, '/keys', { name: 'parting gift' }, headersOf(fired));
    await held.reached;
    expect((await owner.call('DELETE', `/members/${await memberIdOf(fired)}`)).status).toBe(204);
    expect((await held.finish()).status).toBe(404);
    expect(await keyNames()).not.toContain('parting gift');
  });

  it('[X3] does nothing that a smaller role may not, given meanwhile', async () => {
    const lowered = await test.join(owner, 'lowered@example.com', 'admin');
    const held = holdRequest(test, '/teams', { name: 'mine' }, headersOf(lowered));
    await held.reached;
    const viewer = { role: 'viewer' };
    expect((await owner.call('PATCH', `/members/${await memberIdOf(lowered)}`, viewer)).status).toBe(200);
    expect((await held.finish()).body.code).toBe('permission_denied');
  });

  it('[X3] does nothing for a session that ended meanwhile, or a token that was revoked', async () => {
    const person = await test.join(owner, 'leaving@example.com', 'admin');
    const bySession = holdRequest(test, '/keys', { name: 'by session' }, headersOf(person));
    await bySession.reached;
    expect((await person.call('POST', '/auth/sign-out')).status).toBe(204);
    expect((await bySession.finish()).status).toBe(401);

    const made = await owner.call('POST', '/admin-tokens', { name: 't', permissions: ['keys:write'] });
    const authorization = `Bearer ${made.body.secret}`;
    const byToken = holdRequest(test, '/keys', { name: 'by token' }, { authorization });
    await byToken.reached;
    expect((await owner.call('POST', `/admin-tokens/${made.body.token.id}/revoke`)).status).toBeLessThan(300);
    expect((await byToken.finish()).status).toBe(401);
    expect(await keyNames()).not.toEqual(expect.arrayContaining(['by session', 'by token']));
  });

  it('[X3] brings no file to an organization that its sender was taken out of', async () => {
    const fired = await test.join(owner, 'bookkeeper@example.com', 'finance');
    const path = '/reconciliations?provider=openai&fileName=bill.csv';
    const held = holdRequest(test, path, 'date,amount\n', headersOf(fired));
    await held.reached;
    expect((await owner.call('DELETE', `/members/${await memberIdOf(fired)}`)).status).toBe(204);
    expect((await held.finish()).status).toBe(404);
  });

  it('[X3] changes nothing in an organization that was closed meanwhile', async () => {
    const closing = await test.signUp('closing@example.com', 'Soon Gone');
    const held = holdRequest(test, '/keys', { name: 'too late' }, headersOf(closing));
    await held.reached;
    const closed = await closing.call('POST', `/organizations/${closing.organizationId}/close`, {
      name: 'Soon Gone',
    });
    expect(closed.status, closed.text).toBeLessThan(300);
    expect((await held.finish()).body.code).toBe('organization_closed');
  });

  it('[X3] adds no passkey to an account whose password its owner has reset meanwhile', async () => {
    const thief = await test.signUp('taken-over@example.com');
    const asked = await thief.call('POST', '/me/passkeys/options');
    const authenticator = new TestAuthenticator();
    const body = { name: 'Mine', passkey: authenticator.create(asked.body.options) };
    const cookie = `${thief.call.cookie}; ${cookieOf(asked)}`;
    const held = holdRequest(test, '/me/passkeys', body, { cookie });
    await held.reached;
    const password = 'mine alone from now on';
    const token = await resetLinkOf('taken-over@example.com');
    expect((await test.anonymous('POST', '/auth/reset-password', { token, password })).status).toBe(204);
    expect((await held.finish()).status).toBe(401);
    const again = await test.anonymous('POST', '/auth/sign-in', {
      email: 'taken-over@example.com',
      password,
    });
    const mine = test.withCookie(cookieOf(again));
    expect((await mine('GET', '/me/security')).body.passkeys).toEqual([]);
    // Nor later, from a session that the thief might get: the challenge is gone with the old password.
    const late = await test.withCookie(`${cookieOf(again)}; ${cookieOf(asked)}`)(
      'POST',
      '/me/passkeys',
      body,
    );
    expect(late.body.code).toBe('passkey_refused');
  });

  it('is given up after a while, and nobody unknown has it read at all', async () => {
    const api = createApi({ ...test.options, bodyWithinMs: 20 });
    const slow = holdRequest({ api }, '/keys', { name: 'slow' }, headersOf(owner));
    expect(await slow.answered).toMatchObject({ status: 408, body: { code: 'request_timeout' } });
    const unknown = holdRequest(test, '/keys', { name: 'unknown' }, {});
    expect((await unknown.answered).status).toBe(401);
    expect(unknown.pulls()).toBe(0);
    const signIn = holdRequest(
      { api },
      '/auth/sign-in',
      { email: 'a@example.com', password: TEST_PASSWORD },
      {},
    );
    expect((await signIn.answered).status).toBe(408);
  });
});

async function resetLinkOf(email: string): Promise<string> {
  await test.anonymous('POST', '/auth/forgot-password', { email });
  const worker = test.openAs('worker', 'mail-test');
  const sent: OutgoingMail[] = [];
  const options = { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs(), limit: 100 };
  await deliverPendingMail(worker, { send: async (mail) => void sent.push(mail) }, options);
  await worker.close();
  const text = sent.findLast(
    (mail) => mail.recipient === email && mail.text.includes('/reset-password#'),
  )?.text;
  return /#token=([\w-]+)/.exec(text ?? '')?.[1] ?? '';
}
