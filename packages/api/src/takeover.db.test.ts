/** Ways in which somebody else's address, place or time could be taken over; each test is one of them. */
import { NO_ORIGIN } from '@tollgate/audit';
import type { Database } from '@tollgate/db';
import { requestPasswordReset } from '@tollgate/identity';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from './test-api.ts';

let test: TestApi;
beforeAll(async () => {
  test = await startTestApi({ verificationRequired: true });
});
afterAll(() => test.close());

/** Opens the newest verification link that was sent to the address, where the person is signed in. */
async function verify(of: TestApi, email: string, person: TestPerson): Promise<void> {
  const token = await mailedToken(of, email);
  expect((await person.call('POST', '/auth/verify-email', { token })).status).toBe(204);
}

/** The texts that have been waiting for the address; whatever waits goes out. */
async function mailsTo(of: TestApi, email: string): Promise<string[]> {
  const worker = of.openAs('worker', 'mail-test');
  const sent: OutgoingMail[] = [];
  const options = { ring: of.options.encryptionKeys, nowMs: of.clock.nowMs(), limit: 100 };
  await deliverPendingMail(worker, { send: async (mail) => void sent.push(mail) }, options);
  await worker.close();
  return sent.filter(({ recipient }) => recipient === email).map(({ text }) => text);
}

async function mailedToken(of: TestApi, email: string, purpose = 'verify-email'): Promise<string> {
  const text = (await mailsTo(of, email)).findLast((one) => one.includes(`/${purpose}#`));
  return /#token=([\w-]+)/.exec(text ?? '')?.[1] ?? '';
}

const isOperator = async (person: TestPerson) => (await person.call('GET', '/me')).body.isOperator;

describe('an address that nobody has shown to be theirs', () => {
  it('[X3] makes nobody an operator, whoever signs up with it first', async () => {
    const person = await test.signUp('operator@example.com');
    expect(await isOperator(person)).toBe(false);
    await verify(test, 'operator@example.com', person);
    expect(await isOperator(person)).toBe(true);
  });

  it('[X3] makes nobody an operator where no mailer could ever prove it', async () => {
    const withoutMail = await startTestApi({ verificationRequired: false });
    try {
      expect(await isOperator(await withoutMail.signUp('operator@example.com'))).toBe(false);
    } finally {
      await withoutMail.close();
    }
  });

  it('[X3] opens nothing of an installation that is for one domain', async () => {
    const domains = await startTestApi({
      signUp: 'domains',
      signUpDomains: ['example.com'],
      verificationRequired: true,
    });
    try {
      const person = await domains.signUp('made-up@example.com');
      expect((await person.call('POST', '/keys', { name: 'free ride' })).body.code).toBe(
        'email_not_verified',
      );
      expect((await person.call('GET', '/me')).status).toBe(200);
      await verify(domains, 'made-up@example.com', person);
      expect((await person.call('POST', '/keys', { name: 'mine' })).status).toBe(201);
    } finally {
      await domains.close();
    }
  });

  it('[X3] gets no admin token, which would outlive the reset by the address’s real owner', async () => {
    const person = await test.signUp('squatter@example.com');
    const token = { name: 't', permissions: ['members:write'] };
    expect((await person.call('POST', '/admin-tokens', token)).body.code).toBe('email_not_verified');
    await verify(test, 'squatter@example.com', person);
    expect((await person.call('POST', '/admin-tokens', token)).status).toBe(201);
  });
});

describe('an account that somebody else made with my address', () => {
  it('[X3] is not verified by me opening the link that came: that needs the account’s own session', async () => {
    const squatter = await test.signUp('victim@example.com');
    const victim = await test.signUp('victim-elsewhere@example.com');
    const token = await mailedToken(test, 'victim@example.com');
    expect((await test.anonymous('POST', '/auth/verify-email', { token })).status).toBe(401);
    const other = await victim.call('POST', '/auth/verify-email', { token });
    expect([other.status, other.body.code]).toEqual([403, 'link_for_other_account']);
    expect((await squatter.call('GET', '/me')).body.emailVerified).toBe(false);

    // The way that is left takes the account over, from whoever made it.
    await test.anonymous('POST', '/auth/forgot-password', { email: 'victim@example.com' });
    const reset = await mailedToken(test, 'victim@example.com', 'reset-password');
    const password = 'now it is mine alone';
    expect((await test.anonymous('POST', '/auth/reset-password', { token: reset, password })).status).toBe(
      204,
    );
    expect((await squatter.call('GET', '/me')).status).toBe(401);
    const mine = await test.anonymous('POST', '/auth/sign-in', { email: 'victim@example.com', password });
    expect(mine.status).toBe(200);
  });

  it('leaves the link unspent for its own session', async () => {
    const person = await test.signUp('patient@example.com');
    const token = await mailedToken(test, 'patient@example.com');
    await test.anonymous('POST', '/auth/verify-email', { token });
    expect((await person.call('POST', '/auth/verify-email', { token })).status).toBe(204);
    expect((await person.call('POST', '/auth/verify-email', { token })).body.errors).toMatchObject([
      { path: 'body.token', code: 'invalid_token' },
    ]);
  });
});

describe('the audit log of a person’s organizations', () => {
  const eventsOf = async (person: TestPerson, action: string) =>
    (await person.call('GET', `/audit-events?action=${action}`)).body.data;

  it('tells of a changed and of a reset password, and how many sessions ended', async () => {
    const api = await startTestApi();
    try {
      const person = await api.signUp('audited@example.com', 'Audited');
      const password = 'correct horse battery';
      await api.anonymous('POST', '/auth/sign-in', { email: 'audited@example.com', password });
      const changed = await person.call('POST', '/me/password', {
        currentPassword: password,
        newPassword: 'another good password',
      });
      expect(changed.status, changed.text).toBe(204);
      expect(await eventsOf(person, 'user-password-changed')).toMatchObject([
        { actor: { id: person.userId }, after: { endedSessionCount: 1 }, ipAddress: '192.0.2.1' },
      ]);
      const told = async () => (await mailsTo(api, 'audited@example.com')).join();
      expect(await told()).toContain('every other session was signed out');
      api.clock.advance(1_000);
      await api.anonymous('POST', '/auth/forgot-password', { email: 'audited@example.com' });
      const token = await mailedToken(api, 'audited@example.com', 'reset-password');
      await api.anonymous('POST', '/auth/reset-password', { token, password: 'a third good password' });
      const again = await api.anonymous('POST', '/auth/sign-in', {
        email: 'audited@example.com',
        password: 'a third good password',
      });
      expect(await told()).toContain('and every session was signed out');
      const back = api.withCookie(again.headers.getSetCookie()[0]?.split(';')[0] ?? '');
      expect(await eventsOf({ ...person, call: back }, 'user-password-reset')).toMatchObject([
        { target: { kind: 'user', name: 'audited@example.com' }, after: { endedSessionCount: 1 } },
      ]);
    } finally {
      await api.close();
    }
  });

  it('tells of sessions that were ended: one, all others, and by signing out', async () => {
    const api = await startTestApi();
    try {
      const person = await api.signUp('sessions@example.com', 'Sessions');
      const signIn = async () => {
        const answer = await api.anonymous('POST', '/auth/sign-in', {
          email: 'sessions@example.com',
          password: 'correct horse battery',
        });
        return api.withCookie(answer.headers.getSetCookie()[0]?.split(';')[0] ?? '');
      };
      await signIn();
      const { data } = (await person.call('GET', '/me/sessions')).body;
      const other = data.find(({ current }: { current: boolean }) => !current).id;
      await person.call('DELETE', `/me/sessions/${other}`);
      await signIn();
      await person.call('POST', '/me/sessions/revoke-others');
      expect(await eventsOf(person, 'session-revoked')).toMatchObject([{ target: { id: other } }]);
      expect(await eventsOf(person, 'sessions-revoked')).toMatchObject([{ after: { endedSessionCount: 1 } }]);
      const leaving = await signIn();
      await leaving('POST', '/auth/sign-out');
      expect(await eventsOf(person, 'session-revoked')).toHaveLength(2);
    } finally {
      await api.close();
    }
  });

  it('tells of a failed sign-in; of one without an account only the operator learns, for the same work', async () => {
    const api = await startTestApi();
    try {
      const person = await api.signUp('guessed@example.com', 'Guessed');
      const guess = (email: string) =>
        api.anonymous('POST', '/auth/sign-in', { email, password: 'a wrong password' });
      const failures = () =>
        api.database.tenant('org_operator', (tx) =>
          tx.auditEvent.findMany({ where: { organizationId: 'org_operator', action: 'sign-in-failed' } }),
        );
      const [known, unknown] = [await guess('guessed@example.com'), await guess('nobody@example.com')];
      expect(unknown.body.code).toBe('invalid_credentials');
      expect(unknown.body.detail).toBe(known.body.detail);
      expect(await eventsOf(person, 'sign-in-failed')).toMatchObject([
        { actor: { kind: 'system' }, target: { id: person.userId }, ipAddress: '192.0.2.1' },
      ]);
      expect(await failures()).toMatchObject([{ targetId: 'unknown', targetName: '' }]);
    } finally {
      await api.close();
    }
  });
});

describe('an admin token', () => {
  it('[X3] makes none that lives longer than itself', async () => {
    const owner = await test.bootstrap('Lifetimes');
    const inAnHour = new Date(test.clock.nowMs() + 3_600_000).toISOString();
    const make = (call: TestPerson['call'], expiresAt: string | null) =>
      call('POST', '/admin-tokens', { name: 't', permissions: ['admin-tokens:write'], expiresAt });
    const parent = test.withToken((await make(owner.call, inAnHour)).body.secret);
    const later = new Date(test.clock.nowMs() + 3_600_001).toISOString();
    expect((await make(parent, null)).body.code).toBe('exceeds_own_permissions');
    expect((await make(parent, later)).body.code).toBe('exceeds_own_permissions');
    expect((await make(parent, inAnHour)).status).toBe(201);
  });
});

describe('a member who is removed', () => {
  let api: TestApi;
  let owner: TestPerson;
  beforeAll(async () => {
    api = await startTestApi();
    owner = await api.signUp('owner@example.com', 'Leaving');
  });
  afterAll(() => api.close());

  async function remove(person: TestPerson): Promise<void> {
    const { membershipId } = (await person.call('GET', '/me')).body;
    expect((await owner.call('DELETE', `/members/${membershipId}`)).status).toBe(204);
  }

  it('[G3] takes no working key along, and gateways are told of each', async () => {
    const person = await api.join(owner, 'leaver@example.com', 'developer');
    const own = (await person.call('POST', '/keys', { name: 'own' })).body.key;
    const { membershipId } = (await person.call('GET', '/me')).body;
    expect((await owner.call('GET', `/members/${membershipId}`)).body.activeKeyCount).toBe(1);
    const other = (await owner.call('POST', '/keys', { name: 'of nobody' })).body.key;
    const pushed: string[] = [];
    const stop = api.changes.subscribe(({ kind, targetId }) => pushed.push(`${kind} ${targetId}`));
    await remove(person);
    stop();
    expect((await owner.call('GET', `/keys/${own.id}`)).body.state).toBe('revoked');
    expect((await owner.call('GET', `/keys/${other.id}`)).body.state).toBe('active');
    expect(pushed).toEqual([`key-changed ${own.id}`]);
  });

  it('finds no old token alive after coming back', async () => {
    const person = await api.join(owner, 'returner@example.com', 'admin');
    const { secret } = (
      await person.call('POST', '/admin-tokens', { name: 't', permissions: ['teams:read'] })
    ).body;
    await remove(person);
    await api.database.person({ userId: person.userId, organizationId: owner.organizationId }, (tx) =>
      tx.membership.create({
        data: {
          id: 'mem_back',
          organizationId: owner.organizationId,
          userId: person.userId,
          role: 'admin',
        },
      }),
    );
    expect((await person.call('GET', '/teams')).status).toBe(200);
    expect((await api.withToken(secret)('GET', '/teams')).status).toBe(401);
  });
});

describe('guessing', () => {
  it('learns nothing from how long a reset takes: nobody costs the same work, and leaves nothing behind', async () => {
    await test.signUp('somebody@example.com');
    const { options, database } = test;
    const rows = () =>
      database.platform(async (tx) => ({
        mails: await tx.mailMessage.count(),
        links: await tx.verificationToken.count(),
      }));
    const statements: string[] = [];
    const counting: Database = {
      ...database,
      person: (person, run, transaction) =>
        database.person(
          person,
          (tx, use) => {
            statements.push('person');
            return run(tx, use);
          },
          transaction,
        ),
    };
    const ask = async (email: string) => {
      statements.length = 0;
      await requestPasswordReset({ ...options, database: counting }, email, NO_ORIGIN);
      return [...statements];
    };
    const work = await ask('somebody@example.com');
    const before = await rows();
    expect(await ask('nobody@example.com')).toEqual(work);
    expect(work).toEqual(['person']);
    expect(await rows()).toEqual(before);
  });

  it('learns over https alone: browsers are told never to come without it, and elsewhere nothing', async () => {
    const secure = await startTestApi({ consoleUrl: 'https://console.example.com' });
    try {
      const header = 'strict-transport-security';
      expect((await secure.anonymous('GET', '/health')).headers.get(header)).toBe('max-age=63072000');
      expect((await test.anonymous('GET', '/health')).headers.get(header)).toBeNull();
    } finally {
      await secure.close();
    }
  });

  it('is slowed down per network: an IPv6 client has 2^64 addresses', async () => {
    const api = await startTestApi();
    try {
      let status = 0;
      const guess = { token: 'guessed', password: 'a good enough password' };
      for (let index = 0; index < 101 && status !== 429; index += 1) {
        const from = { 'x-test-address': `2001:db8:1:2::${index.toString(16)}` };
        ({ status } = await api.anonymous('POST', '/auth/reset-password', { ...guess }, from));
      }
      expect(status).toBe(429);
    } finally {
      await api.close();
    }
  });
});
