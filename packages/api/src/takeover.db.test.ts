/** Ways in which somebody else's address, place or time could be taken over; each test is one of them. */
import { NO_ORIGIN } from '@tollgate/audit';
import { type Database, openDatabase } from '@tollgate/db';
import { requestPasswordReset } from '@tollgate/identity';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from './test-api.ts';

let test: TestApi;
beforeAll(async () => {
  test = await startTestApi({ verificationRequired: true });
});
afterAll(() => test.close());

/** Opens the newest verification link that was sent to the address. */
async function verify(of: TestApi, email: string): Promise<void> {
  const worker = openDatabase({ url: of.testDatabase.urls.worker, applicationName: 'mail-test' });
  const sent: OutgoingMail[] = [];
  const options = { ring: of.options.encryptionKeys, nowMs: of.clock.nowMs(), limit: 100 };
  await deliverPendingMail(worker, { send: async (mail) => void sent.push(mail) }, options);
  await worker.close();
  const mail = sent.findLast(({ recipient }) => recipient === email);
  const token = /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
  expect((await of.anonymous('POST', '/auth/verify-email', { token })).status).toBe(204);
}

const isOperator = async (person: TestPerson) => (await person.call('GET', '/me')).body.isOperator;

describe('an address that nobody has shown to be theirs', () => {
  it('[X3] makes nobody an operator, whoever signs up with it first', async () => {
    const person = await test.signUp('operator@example.com');
    expect(await isOperator(person)).toBe(false);
    await verify(test, 'operator@example.com');
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
      await verify(domains, 'made-up@example.com');
      expect((await person.call('POST', '/keys', { name: 'mine' })).status).toBe(201);
    } finally {
      await domains.close();
    }
  });

  it('[X3] gets no admin token, which would outlive the reset by the address’s real owner', async () => {
    const person = await test.signUp('squatter@example.com');
    const token = { name: 't', permissions: ['members:write'] };
    expect((await person.call('POST', '/admin-tokens', token)).body.code).toBe('email_not_verified');
    await verify(test, 'squatter@example.com');
    expect((await person.call('POST', '/admin-tokens', token)).status).toBe(201);
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
          (tx) => {
            statements.push('person');
            return run(tx);
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

  it('is slowed down per network: an IPv6 client has 2^64 addresses', async () => {
    const api = await startTestApi();
    try {
      let status = 0;
      for (let index = 0; index < 101 && status !== 429; index += 1) {
        const from = { 'x-test-address': `2001:db8:1:2::${index.toString(16)}` };
        ({ status } = await api.anonymous('POST', '/auth/verify-email', { token: 'guessed' }, from));
      }
      expect(status).toBe(429);
    } finally {
      await api.close();
    }
  });
});
