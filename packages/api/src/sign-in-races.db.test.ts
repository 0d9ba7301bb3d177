/** Two things at once of which one takes a right away: whichever comes first, the right is gone in the end. */
import { sql } from '@tollgate/db';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  cookieOf,
  countLockWaiters,
  startTestApi,
  TEST_PASSWORD,
  type TestAnswer,
  type TestApi,
  type TestPerson,
} from './test-api.ts';

let test: TestApi;
let owner: TestPerson;
const mailbox: OutgoingMail[] = [];
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
});
afterAll(() => test.close());

type Step = () => Promise<TestAnswer>;
type Hold = (work: () => Promise<void>) => Promise<void>;

/**
 * Begins the steps one by one while the lock is held: each has come to where it waits, or is done, before the next one
 * begins. Those that wait go on in the order in which they came.
 */
async function whileHeld(hold: Hold, steps: readonly Step[]): Promise<TestAnswer[]> {
  const begun: Promise<TestAnswer>[] = [];
  await hold(async () => {
    for (const step of steps) {
      const before = await countLockWaiters(test);
      const answer = step();
      begun.push(answer);
      await Promise.race([answer, waitFor(async () => (await countLockWaiters(test)) > before)]);
    }
  });
  return Promise.all(begun);
}

function holdUser(userId: string): Hold {
  return (work) =>
    test.database.person({ userId }, async (tx) => {
      const rows = await tx.$queryRaw<unknown[]>`SELECT 1 FROM users WHERE id = ${userId} FOR NO KEY UPDATE`;
      expect(rows).toHaveLength(1);
      await work();
    });
}

/** Nobody writes to the table meanwhile. */
const LOCK_TABLE = {
  virtual_key_secrets: sql`LOCK TABLE virtual_key_secrets IN SHARE MODE`,
  audit_events: sql`LOCK TABLE audit_events IN SHARE MODE`,
};
function holdTable(name: keyof typeof LOCK_TABLE): Hold {
  return async (work) => {
    const owned = test.openAs('migrator', 'hold');
    await owned.platform(async (tx) => {
      await tx.$executeRaw(LOCK_TABLE[name]);
      await work();
    });
    await owned.close();
  };
}

const LOCK_ROW = {
  virtual_keys: (id: string) => sql`SELECT 1 FROM virtual_keys WHERE id = ${id} FOR UPDATE`,
  invitations: (id: string) => sql`SELECT 1 FROM invitations WHERE id = ${id} FOR UPDATE`,
};
function holdRow(table: keyof typeof LOCK_ROW, id: string): Hold {
  return (work) =>
    test.database.tenant(owner.organizationId, async (tx) => {
      const rows = await tx.$queryRaw<unknown[]>(LOCK_ROW[table](id));
      expect(rows).toHaveLength(1);
      await work();
    });
}

function holdMember(id: string): Hold {
  return (work) =>
    test.database.tenant(owner.organizationId, async (tx) => {
      const rows = await tx.$queryRaw<unknown[]>`SELECT 1 FROM memberships WHERE id = ${id} FOR KEY SHARE`;
      expect(rows).toHaveLength(1);
      await work();
    });
}

async function linkTo(recipient: string, page: string): Promise<string> {
  const worker = test.openAs('worker', 'mail-test');
  const options = { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs(), limit: 200 };
  await deliverPendingMail(worker, { send: async (mail) => void mailbox.push(mail) }, options);
  await worker.close();
  const mail = mailbox.findLast((one) => one.recipient === recipient && one.text.includes(`/${page}#token=`));
  return /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
}

async function verified(email: string): Promise<TestPerson> {
  const person = await test.signUp(email);
  const token = await linkTo(email, 'verify-email');
  expect((await person.call('POST', '/auth/verify-email', { token })).status).toBe(204);
  return person;
}

const signIn = (email: string, password = TEST_PASSWORD) =>
  test.anonymous('POST', '/auth/sign-in', { email, password });

/** What an answer's cookie opens. */
const statusOf = async (answer: TestAnswer | undefined) =>
  answer === undefined || cookieOf(answer) === ''
    ? 401
    : (await test.withCookie(cookieOf(answer))('GET', '/me')).status;

async function resetOf(email: string): Promise<Step> {
  await test.anonymous('POST', '/auth/forgot-password', { email });
  const body = { token: await linkTo(email, 'reset-password'), password: 'mine alone from now on' };
  return () => test.anonymous('POST', '/auth/reset-password', body);
}

describe('a sign-in with the old password while it is reset', () => {
  it('[X3] is over when it came first', async () => {
    const { userId } = await verified('first@example.com');
    const reset = await resetOf('first@example.com');
    const [entered, done] = await whileHeld(holdUser(userId), [() => signIn('first@example.com'), reset]);
    expect(done?.status, done?.text).toBe(204);
    expect(await statusOf(entered)).toBe(401);
  });

  it('[X3] opens nothing when it came second', async () => {
    const { userId } = await verified('second@example.com');
    const reset = await resetOf('second@example.com');
    const [done, entered] = await whileHeld(holdUser(userId), [reset, () => signIn('second@example.com')]);
    expect(done?.status, done?.text).toBe(204);
    expect(entered?.body.code).toBe('invalid_credentials');
  });

  it('[X3] sets no other password either, from a session that ends', async () => {
    const thief = await verified('taken@example.com');
    const reset = await resetOf('taken@example.com');
    const change = { currentPassword: TEST_PASSWORD, newPassword: 'the thief’s own again' };
    const [done, changed] = await whileHeld(holdUser(thief.userId), [
      reset,
      () => thief.call('POST', '/me/password', change),
    ]);
    expect(done?.status, done?.text).toBe(204);
    expect(changed?.status).not.toBe(204);
    expect((await signIn('taken@example.com', 'mine alone from now on')).status).toBe(200);
  });
});

describe('a change of the address that is taken back', () => {
  it('[X3] lets nobody in with the password that was known before', async () => {
    const email = 'grace@example.com';
    const thief = await verified(email);
    expect((await thief.call('POST', '/me/email', { email: 'thief@evil.example' })).status).toBe(202);
    const confirm = { token: await linkTo('thief@evil.example', 'confirm-email') };
    expect((await thief.call('POST', '/me/email/confirm', confirm)).status).toBe(200);
    const undo = { token: await linkTo(email, 'undo-email-change') };
    await test.anonymous('POST', '/auth/forgot-password', { email: 'thief@evil.example' });
    const password = 'the thief’s own again';
    const reset = { token: await linkTo('thief@evil.example', 'reset-password'), password };
    const [undone, entered, set] = await whileHeld(holdUser(thief.userId), [
      () => test.anonymous('POST', '/auth/undo-email-change', undo),
      () => signIn('thief@evil.example'),
      () => test.anonymous('POST', '/auth/reset-password', reset),
    ]);
    expect(undone?.body, undone?.text).toEqual({ email });
    expect(await statusOf(entered)).toBe(401);
    expect(set?.status).toBe(400);
    expect((await signIn(email, password)).status).toBe(401);
  });
});

describe('a member who is removed while they make something', () => {
  const memberIdOf = async ({ userId }: TestPerson): Promise<string> =>
    (await owner.call('GET', `/members?ids=${userId}`)).body.data[0].id;

  it('[G3] has no working key left, though it was made at the same moment', async () => {
    const leaving = await test.join(owner, 'leaving@example.com', 'developer');
    const memberId = await memberIdOf(leaving);
    // The key's row is there, its secret is not, nothing is committed.
    const [made, removed] = await whileHeld(holdTable('virtual_key_secrets'), [
      () => leaving.call('POST', '/keys', { name: 'parting gift' }),
      () => owner.call('DELETE', `/members/${memberId}`),
    ]);
    expect([made?.status, removed?.status], made?.text).toEqual([201, 204]);
    const key = await owner.call('GET', `/keys/${made?.body.key.id}`);
    expect(key.body.revokedAt).not.toBeNull();
  });

  it('[X3] has no admin token left that would wake up with them', async () => {
    const leaving = await test.join(owner, 'token-maker@example.com', 'admin');
    const memberId = await memberIdOf(leaving);
    const [made, removed] = await whileHeld(holdTable('audit_events'), [
      () => leaving.call('POST', '/admin-tokens', { name: 't', permissions: ['keys:read'] }),
      () => owner.call('DELETE', `/members/${memberId}`),
    ]);
    expect(removed?.status, removed?.text).toBe(204);
    const rows = await test.database.tenant(owner.organizationId, (tx) =>
      tx.adminToken.findMany({ where: { createdById: leaving.userId, revokedAt: null } }),
    );
    expect(rows, made?.text).toEqual([]);
  });

  it('[G3] keeps no key that they are given then', async () => {
    const leaving = await test.join(owner, 'heir@example.com', 'developer');
    const memberId = await memberIdOf(leaving);
    const { key } = (await owner.call('POST', '/keys', { name: 'inheritance' })).body;
    const [removed, given] = await whileHeld(holdMember(memberId), [
      () => owner.call('DELETE', `/members/${memberId}`),
      () => owner.call('PATCH', `/keys/${key.id}`, { ownerId: memberId }),
    ]);
    expect(removed?.status, removed?.text).toBe(204);
    expect(given?.status, given?.text).toBe(200);
    expect((await owner.call('GET', `/keys/${key.id}`)).body.revokedAt).not.toBeNull();
    const later = await owner.call('POST', '/keys', { name: 'too late', ownerId: memberId });
    expect(later.body.errors).toMatchObject([{ path: 'body.ownerId' }]);
  });

  it.each([
    [
      'changed',
      (id: string, ownerId: string) => owner.call('PATCH', `/keys/${id}`, { name: 'renamed', ownerId }),
    ],
    [
      'given to somebody in bulk',
      (id: string, ownerId: string) =>
        owner.call('POST', '/keys/bulk', { ids: [id], change: { kind: 'owner', ownerId } }),
    ],
  ])('goes, and a key of theirs is %s: neither waits for the other for ever', async (what, change) => {
    const leaving = await test.join(owner, `crosswise-${what.length}@example.com`, 'developer');
    const memberId = await memberIdOf(leaving);
    const made = await owner.call('POST', '/keys', { name: 'crosswise', ownerId: memberId });
    const keyId = made.body.key.id as string;
    const [changed, removed] = await whileHeld(holdRow('virtual_keys', keyId), [
      () => change(keyId, memberId),
      () => owner.call('DELETE', `/members/${memberId}`),
    ]);
    expect([changed?.status, removed?.status], changed?.text).toEqual([200, 204]);
    expect((await owner.call('GET', `/keys/${keyId}`)).body.revokedAt).not.toBeNull();
  });

  it('goes, and an invitation of theirs is accepted: neither waits for the other for ever', async () => {
    const leaving = await test.join(owner, 'inviter@example.com', 'admin');
    const memberId = await memberIdOf(leaving);
    const email = 'invited-by-who-leaves@example.com';
    const invited = await leaving.call('POST', '/invitations', { email, role: 'viewer' });
    const invitationToken = await linkTo(email, 'invitation');
    const [accepted, removed] = await whileHeld(holdRow('invitations', invited.body.id), [
      () => test.anonymous('POST', '/auth/sign-up', { email, password: TEST_PASSWORD, invitationToken }),
      () => owner.call('DELETE', `/members/${memberId}`),
    ]);
    expect([accepted?.status, removed?.status], accepted?.text).toEqual([201, 204]);
  });
});
