/** What an organization’s own provider must not open, become or take away: whoever holds it says what they like by it. */
import {
  dnsLookUp,
  type ProvedIdentity,
  reauthenticateWithProvider,
  signInWithProvider,
} from '@tollgate/identity';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { startTestDns, type TestDns, waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  cookieOf,
  countLockWaiters,
  startTestApi,
  TEST_PASSWORD,
  type TestApi,
  type TestCaller,
  type TestPerson,
} from './test-api.ts';

const ORIGIN = { ipAddress: '192.0.2.7', userAgent: 'test', requestId: '' };
const PROVIDER = {
  name: 'Acme',
  issuer: 'https://login.acme.example',
  clientId: 'tollgate',
  clientSecret: 'a-secret-of-theirs',
  enforced: false,
  provisioning: true,
  defaultRole: 'developer',
};

let dns: TestDns;
let test: TestApi;
let serial = 0;

beforeAll(async () => {
  dns = await startTestDns();
  test = await startTestApi({}, { lookUpTxt: dnsLookUp([dns.server]) });
});
afterAll(async () => {
  await test?.close();
  await dns?.close();
});
beforeEach(() => test.clock.advance(3_600_000 * 3));

type Proof = Partial<Pick<ProvedIdentity, 'email' | 'emailVerified' | 'authenticatedAtMs'>> & {
  readonly hostedDomain?: string;
  readonly previousSession?: { readonly userId: string; readonly sessionId: string };
};

/** An organization with a verified domain and a provider that says whatever a test has it say. */
async function ready(change: Partial<typeof PROVIDER> = {}) {
  serial += 1;
  const domain = `acme-${serial}.example`;
  const owner = await test.signUp(`owner@${domain}`, `Acme ${serial}`);
  await changeUser(owner.userId, { emailVerifiedAt: new Date(test.clock.nowMs()) });
  const { organizationId } = owner;
  const prove = async (name: string) => {
    const claimed = (await owner.call('POST', '/domains', { name })).body;
    dns.set(claimed.record.name, [claimed.record.value]);
    expect((await owner.call('POST', `/domains/${claimed.id}/verify`)).status).toBe(200);
    return claimed.id as string;
  };
  const domainId = await prove(domain);
  const connected = await owner.call('PUT', '/identity-provider', { ...PROVIDER, ...change });
  expect(connected.status, connected.text).toBe(200);
  const providerId = connected.body.identityProvider.id as string;
  const email = (name: string) => `${name}@${domain}`;
  const proof = (subject: string, more: Proof = {}) => ({
    identityProviderId: providerId,
    organizationId,
    subject,
    email: email(subject),
    emailVerified: true,
    ...more,
  });
  const come = async (subject: string, more: Proof = {}): Promise<TestCaller> => {
    const signedIn = await signInWithProvider(test.api.identity, proof(subject, more), ORIGIN);
    if (signedIn.kind !== 'signed-in') throw new Error('Cannot go on: a second step is wanted');
    return test.withCookie(`tollgate_session=${signedIn.session.token}`);
  };
  const set = (enforced: boolean) => {
    const { clientSecret: _, ...rest } = { ...PROVIDER, ...change, enforced };
    return owner.call('PUT', '/identity-provider', rest);
  };
  return { owner, domain, domainId, organizationId, providerId, email, proof, come, prove, set };
}
type World = Awaited<ReturnType<typeof ready>>;

function changeUser(
  userId: string,
  data: { email?: string; emailVerifiedAt?: Date | null; isOperator?: boolean },
) {
  return test.database.person({ userId }, (tx) => tx.user.update({ where: { id: userId }, data }));
}

/** A member of the world with an account of their own before. */
async function member(world: World, name: string): Promise<TestPerson> {
  const person = await test.join(world.owner, world.email(name), 'developer');
  await changeUser(person.userId, { emailVerifiedAt: new Date(test.clock.nowMs()) });
  return person;
}

const codeOf = (outcome: Promise<unknown>) =>
  outcome.then(
    () => 'let in',
    (caught: { code?: string }) => caught.code ?? String(caught),
  );
const inside = (call: TestCaller, { organizationId }: { readonly organizationId: string }) =>
  call('GET', '/teams', undefined, { 'x-tollgate-organization': organizationId });
const eventsOf = async ({ owner }: World) =>
  (await owner.call('GET', '/audit-events?limit=100')).body.data as {
    action: string;
    target: { id: string };
    after: Record<string, unknown> | null;
  }[];
const links = (world: World, userId: string) =>
  test.database.tenant(world.organizationId, (tx) => tx.externalIdentity.count({ where: { userId } }));
const currentSession = async (userId: string) => {
  const row = await test.database.person({ userId }, (tx) =>
    tx.session.findFirstOrThrow({ where: { userId, revokedAt: null }, orderBy: { createdAt: 'desc' } }),
  );
  return { userId, sessionId: row.id };
};
const removeMember = async ({ owner }: World, userId: string) => {
  const { id } = (await owner.call('GET', `/members?ids=${userId}`)).body.data[0];
  expect((await owner.call('DELETE', `/members/${id}`)).status).toBe(204);
};
/** That they have had since they signed up. */
async function ownOf({ call }: TestPerson, { organizationId }: World) {
  const { organizations } = (await call('GET', '/me')).body as { organizations: { id: string }[] };
  return { organizationId: organizations.find(({ id }) => id !== organizationId)?.id ?? '' };
}
const canSignIn = async (email: string) =>
  (await test.anonymous('POST', '/auth/sign-in', { email, password: TEST_PASSWORD })).status === 200;

async function mails(...recipients: readonly string[]): Promise<readonly OutgoingMail[]> {
  const worker = test.openAs('worker', 'mail-test');
  const sent: OutgoingMail[] = [];
  const options = { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs(), limit: 500 };
  await deliverPendingMail(worker, { send: async (mail) => void sent.push(mail) }, options);
  await worker.close();
  return sent.filter((mail) => recipients.includes(mail.recipient));
}
const linkIn = (sent: readonly OutgoingMail[], page: string) =>
  new RegExp(`/${page}#token=([\\w-]+)`).exec(
    sent.findLast((mail) => mail.text.includes(page))?.text ?? '',
  )?.[1];

describe('somebody who has left the domain', () => {
  it('[X3] is opened by its provider no longer, whatever address that tells, nor by an invitation elsewhere', async () => {
    const world = await ready();
    const person = await member(world, 'ada');
    await world.come('ada');
    const home = `ada-${serial}@home.example`;
    await changeUser(person.userId, { email: home });
    for (const email of [world.email('ada'), world.email('anybody')]) {
      expect(await codeOf(world.come('ada', { email }))).toBe('email_not_of_domain');
    }
    await removeMember(world, person.userId);
    await world.owner.call('POST', '/invitations', { email: home, role: 'viewer' });
    expect(await codeOf(world.come('ada'))).toBe('email_not_of_domain');
    expect(await canSignIn(home)).toBe(true);
  });

  it('[X3] has their session confirmed by it neither after another address, nor after removal, nor by a foreign one', async () => {
    const world = await ready();
    const person = await member(world, 'ada');
    await world.come('ada');
    const actor = { ...(await currentSession(person.userId)), email: world.email('ada') };
    const confirm = (more: Proof = {}) =>
      codeOf(
        reauthenticateWithProvider(
          test.api.identity,
          actor as never,
          world.proof('ada', { authenticatedAtMs: test.clock.nowMs(), ...more }),
          ORIGIN,
        ),
      );
    expect(await confirm()).toBe('let in');
    expect(await confirm({ email: 'ada@elsewhere.example' })).toBe('email_not_of_domain');
    expect(await confirm({ emailVerified: false })).toBe('email_not_of_domain');
    await changeUser(person.userId, { email: `ada-${serial}@home.example` });
    expect(await confirm()).toBe('email_not_of_domain');
    await changeUser(person.userId, { email: world.email('ada') });
    await removeMember(world, person.userId);
    expect(await confirm()).toBe('account_not_linked');
  });
});

describe('an operator of the installation', () => {
  it('is nobody’s whom an organization may speak for, neither by the column nor by a named address, new or not', async () => {
    const world = await ready();
    await world.prove('example.com');
    const named = { email: 'operator@example.com' };
    expect(await codeOf(world.come('sub', named))).toBe('operators_account');
    const found = await test.database.platform(
      (tx) => tx.$queryRaw<unknown[]>`SELECT * FROM find_user_by_email(${named.email})`,
    );
    expect(found).toEqual([]);
    const person = await member(world, 'root');
    await changeUser(person.userId, { isOperator: true });
    expect(await codeOf(world.come('root'))).toBe('operators_account');
    expect(await links(world, person.userId)).toBe(0);
  });

  it('who became one after they were linked has nothing of it in a session of the provider', async () => {
    const world = await ready();
    const call = await world.come('ada');
    const { id } = (await call('GET', '/me')).body;
    await changeUser(id, { isOperator: true });
    expect((await call('GET', '/me')).body.isOperator).toBe(false);
    expect(await codeOf(world.come('ada'))).toBe('operators_account');
  });

  it('enters an organization that enforces its provider by their own ways in', async () => {
    const world = await ready();
    await world.come('somebody');
    const root = await member(world, 'root');
    await changeUser(root.userId, { isOperator: true });
    expect((await world.set(true)).status).toBe(200);
    expect((await inside(root.call, world)).status).toBe(200);
    const me = await root.call('GET', '/me', undefined, { 'x-tollgate-organization': world.organizationId });
    expect(me.body.singleSignOnMissing).toBe(false);
  });

  it('enters it so by a named address as well, before that is verified, because the provider opens nothing to it', async () => {
    const world = await ready();
    await world.prove(`operators-${world.domain}`);
    await world.come('somebody');
    const email = `root@operators-${world.domain}`;
    (test.api.identity.settings.operatorEmails as string[]).push(email);
    const root = await test.join(world.owner, email, 'developer');
    await changeUser(root.userId, { emailVerifiedAt: null });
    expect((await world.set(true)).status).toBe(200);
    expect(await codeOf(world.come('root', { email }))).toBe('operators_account');
    expect((await inside(root.call, world)).body.code).not.toBe('single_sign_on_required');
    const me = await root.call('GET', '/me', undefined, { 'x-tollgate-organization': world.organizationId });
    expect(me.body).toMatchObject({ singleSignOnMissing: false, isOperator: false });
  });
});

describe('an account whose address was never verified', () => {
  it('[X3] of an owner elsewhere is refused and keeps everything', async () => {
    const world = await ready();
    const victim = await test.signUp(world.email('ada'), 'Elsewhere');
    expect(await codeOf(world.come('ada'))).toBe('account_not_linked');
    expect((await inside(victim.call, victim)).status).toBe(200);
    expect(await canSignIn(world.email('ada'))).toBe(true);
    expect(await links(world, victim.userId)).toBe(0);
  });

  it('of a stranger who was first is its owner’s after a reset by mail, and linked then', async () => {
    const world = await ready();
    const stranger = await test.signUp(world.email('bob'), 'Of a stranger');
    expect(await codeOf(world.come('bob'))).toBe('account_not_linked');
    await changePassword(world.email('bob'));
    expect((await stranger.call('GET', '/me')).status).toBe(401);
    expect(await codeOf(world.come('bob'))).toBe('let in');
  });

  it('with a second factor, or owning the organization itself, is refused', async () => {
    const world = await ready();
    const guarded = await alone(world, 'ada');
    await test.database.person({ userId: guarded.userId }, (tx) =>
      tx.totpFactor.create({
        data: {
          userId: guarded.userId,
          secretCiphertext: Buffer.from('sealed'),
          confirmedAt: new Date(test.clock.nowMs()),
          createdAt: new Date(test.clock.nowMs()),
        } as never,
      }),
    );
    expect(await codeOf(world.come('ada'))).toBe('account_not_linked');
    await changeUser(world.owner.userId, { emailVerifiedAt: null });
    expect(await codeOf(world.come('owner'))).toBe('account_not_linked');
    expect((await inside(world.owner.call, world)).status).toBe(200);
  });

  it('is linked, and loses nothing, where this browser has a session of that very person', async () => {
    const world = await ready();
    const person = await test.signUp(world.email('ada'), 'Of Ada');
    const previousSession = await currentSession(person.userId);
    const stranger = await test.signUp(`eve-${serial}@evil.example`);
    const ofStranger = await currentSession(stranger.userId);
    expect(await codeOf(world.come('ada', { previousSession: ofStranger }))).toBe('account_not_linked');
    const stolen = { ...ofStranger, userId: person.userId };
    expect(await codeOf(world.come('ada', { previousSession: stolen }))).toBe('account_not_linked');
    const call = await world.come('ada', { previousSession });
    expect((await call('GET', '/me')).body).toMatchObject({ id: person.userId, emailVerified: true });
    expect(await canSignIn(world.email('ada'))).toBe(true);
    // Verified by now: they come without that session, too.
    expect(await codeOf(world.come('ada'))).toBe('let in');
  });

  it('of nobody else’s concern is taken over, which its organization and its owner are told', async () => {
    const world = await ready();
    const stranger = await alone(world, 'ada');
    await world.come('ada');
    expect(await canSignIn(world.email('ada'))).toBe(false);
    const events = await eventsOf(world);
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'user-taken-over',
        target: expect.objectContaining({ id: stranger.userId }),
      }),
    );
    expect(await mails(world.email('ada'))).toContainEqual(
      expect.objectContaining({ text: expect.stringContaining(world.domain) }),
    );
  });
});

/** Whoever signs up has an organization; this one has left theirs. */
async function alone(world: World, name: string): Promise<TestPerson> {
  const person = await test.signUp(world.email(name), 'Left');
  await test.database.tenant(person.organizationId, (tx) =>
    tx.membership.deleteMany({ where: { userId: person.userId } }),
  );
  return person;
}

/** @returns What takes the change back, from the mailbox of the old address. */
async function moveTo({ userId, call }: TestPerson, email: string): Promise<string | undefined> {
  const verified = { emailVerifiedAt: new Date(test.clock.nowMs()) };
  const { email: old } = await changeUser(userId, verified);
  const asked = await call('POST', '/me/email', { email });
  expect(asked.status, asked.text).toBe(202);
  const sent = await mails(email);
  const confirmed = await call('POST', '/me/email/confirm', { token: linkIn(sent, 'confirm-email') });
  expect(confirmed.status, confirmed.text).toBe(200);
  return linkIn(await mails(old), 'undo-email-change');
}

async function changePassword(email: string): Promise<void> {
  await test.anonymous('POST', '/auth/forgot-password', { email });
  const body = { token: linkIn(await mails(email), 'reset-password'), password: TEST_PASSWORD };
  expect((await test.anonymous('POST', '/auth/reset-password', body)).status).toBe(204);
}

const enter = async (email: string) =>
  test.withCookie(
    cookieOf(await test.anonymous('POST', '/auth/sign-in', { email, password: TEST_PASSWORD })),
  );

describe('a change of address', () => {
  it('taken back leaves its provider nothing to open, whoever enforces it', async () => {
    const old = `victim-${++serial}@home.example`;
    const victim = await test.signUp(old, 'Home');
    const world = await ready();
    const undo = await moveTo(victim, world.email('mallory'));
    const call = await world.come('mallory');
    expect((await world.set(true)).status).toBe(200);
    const undone = await test.anonymous('POST', '/auth/undo-email-change', { token: undo });
    expect(undone.status, undone.text).toBe(200);
    expect((await call('GET', '/me')).status).toBe(401);
    expect(await codeOf(world.come('mallory'))).toBe('email_not_of_domain');
    expect(await codeOf(world.come('mallory', { email: old }))).toBe('email_not_of_domain');
  });

  it('taken back makes no guest of whoever is held to the provider, linked or by the address', async () => {
    const linked = await ready();
    const email = `ada-${++serial}@gmail.example`;
    const guest = await test.join(linked.owner, email, 'developer');
    const undo = await moveTo(guest, linked.email('ada'));
    await linked.come('ada');
    // Not enforced yet: it is taken back, and they stay somebody who has come by it.
    expect((await test.anonymous('POST', '/auth/undo-email-change', { token: undo })).status).toBe(200);
    expect((await linked.set(true)).status).toBe(200);
    await changePassword(email);
    expect((await inside(await enter(email), linked)).body.code).toBe('single_sign_on_required');

    const world = await ready();
    await world.come('somebody');
    const other = await test.join(world.owner, `bob-${++serial}@gmail.example`, 'developer');
    const back = await moveTo(other, world.email('bob'));
    expect((await world.set(true)).status).toBe(200);
    const refused = await test.anonymous('POST', '/auth/undo-email-change', { token: back });
    expect(refused.body).toMatchObject({ status: 409, reason: 'address_managed' });
    expect((await world.set(false)).status).toBe(200);
    expect((await test.anonymous('POST', '/auth/undo-email-change', { token: back })).status).toBe(200);
  });

  it('back to the domain is open to whoever left it before the provider was enforced, and not away from it', async () => {
    const world = await ready();
    const ada = await member(world, 'ada');
    await world.come('ada');
    const home = `ada-${serial}@home.example`;
    await moveTo(ada, home);
    expect((await world.set(true)).status).toBe(200);
    expect((await inside(ada.call, world)).body.code).toBe('single_sign_on_required');
    expect(await codeOf(world.come('ada'))).toBe('email_not_of_domain');
    await moveTo(ada, world.email('ada'));
    expect((await inside(await world.come('ada'), world)).status).toBe(200);
    const away = await ada.call('POST', '/me/email', { email: home });
    expect(away.body).toMatchObject({ status: 409, reason: 'address_managed' });
  });

  it('does not make a guest of whoever is linked at the enforced provider', async () => {
    const world = await ready();
    const ada = await member(world, 'ada');
    await world.come('ada');
    expect((await world.set(true)).status).toBe(200);
    await changeUser(ada.userId, { email: `ada-${serial}@home.example` });
    expect((await inside(ada.call, world)).body.code).toBe('single_sign_on_required');
  });
});

describe('an id that the provider never told before', () => {
  it('is not linked to somebody who has one there, unless they were removed and invited again', async () => {
    const world = await ready();
    const ada = await member(world, 'ada');
    await world.come('ada');
    const evil = { email: world.email('ada') };
    expect(await codeOf(world.come('evil', evil))).toBe('linked_otherwise');
    await removeMember(world, ada.userId);
    await world.owner.call('POST', '/invitations', { email: world.email('ada'), role: 'viewer' });
    expect(await codeOf(world.come('anew', evil))).toBe('let in');
    expect(await codeOf(world.come('ada'))).toBe('linked_otherwise');
    expect(await links(world, ada.userId)).toBe(1);
  });

  it('is nobody new where the address was removed, though its person has another one by now', async () => {
    const world = await ready();
    const ada = await member(world, 'ada');
    await removeMember(world, ada.userId);
    await changeUser(ada.userId, { email: `ada-${serial}@home.example` });
    expect(await codeOf(world.come('ada'))).toBe('removed_from_organization');
    await world.owner.call('POST', '/invitations', { email: world.email('ada'), role: 'viewer' });
    expect(await codeOf(world.come('ada'))).toBe('let in');
  });
});

describe('an issuer that anybody has an account at', () => {
  it('speaks for an organization at Google only with a hosted domain of it', async () => {
    const world = await ready({ issuer: 'https://accounts.google.com' });
    expect(await codeOf(world.come('ada'))).toBe('email_not_of_domain');
    expect(await codeOf(world.come('ada', { hostedDomain: 'evil.example' }))).toBe('email_not_of_domain');
    expect(await codeOf(world.come('ada', { hostedDomain: world.domain.toUpperCase() }))).toBe('let in');
    // Known by now: not without it either.
    expect(await codeOf(world.come('ada'))).toBe('email_not_of_domain');
  });

  it.each([
    'https://login.microsoftonline.com/common/v2.0',
    'https://login.microsoftonline.com/Organizations/v2.0/',
    'https://login.microsoftonline.com/consumers/v2.0',
    'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
    'https://login.microsoftonline.com/%63ommon/v2.0',
    'https://login.live.com',
  ])('is not taken: %s', async (issuer) => {
    const world = await ready();
    const put = await world.owner.call('PUT', '/identity-provider', { ...PROVIDER, issuer });
    expect(put.body).toMatchObject({ status: 400, errors: [{ path: 'body.issuer' }] });
    const own = 'https://login.microsoftonline.com/5d1c9a0e-6c67-4c5b-b112-36a304b66dad/v2.0';
    expect((await world.owner.call('PUT', '/identity-provider', { ...PROVIDER, issuer: own })).status).toBe(
      200,
    );
  });
});

describe('enforcement', () => {
  it('is turned on by nobody whom it would keep out because they are linked, whatever their address is now', async () => {
    const world = await ready();
    const ada = await member(world, 'ada');
    await world.come('ada');
    const permissions = ['sso:read', 'sso:write', 'keys:read', 'keys:write'];
    const role = (await world.owner.call('POST', '/roles', { name: 'Directory', permissions })).body.id;
    const { id } = (await world.owner.call('GET', `/members?ids=${ada.userId}`)).body.data[0];
    expect((await world.owner.call('PATCH', `/members/${id}`, { role })).status).toBe(200);
    await changeUser(ada.userId, { email: `ada-${serial}@home.example` });
    const { clientSecret: _, ...rest } = { ...PROVIDER, enforced: true };
    const headers = { 'x-tollgate-organization': world.organizationId };
    const answer = await ada.call('PUT', '/identity-provider', rest, headers);
    expect(answer.body).toMatchObject({ status: 409, reason: 'sso_locks_out' });
  });

  it('does not go with the domain: it is not given up while members’ addresses are in it', async () => {
    const world = await ready();
    await world.come('ada');
    expect((await world.set(true)).status).toBe(200);
    const remove = () => world.owner.call('DELETE', `/domains/${world.domainId}`);
    expect((await remove()).body).toMatchObject({ status: 409, reason: 'sso_domain_enforced' });
    const other = await world.prove(`other-${world.domain}`);
    expect((await world.owner.call('DELETE', `/domains/${other}`)).status).toBe(204);
    expect((await world.set(false)).status).toBe(200);
    expect((await remove()).status).toBe(204);
  });

  it('stays for whoever is linked when another organization proves the domain, and the owners get a mail', async () => {
    const world = await ready();
    const ada = await member(world, 'ada');
    await world.come('ada');
    expect((await world.set(true)).status).toBe(200);
    const other = await ready();
    const claimed = (await other.owner.call('POST', '/domains', { name: world.domain })).body;
    dns.set(claimed.record.name, [claimed.record.value]);
    expect((await other.owner.call('POST', `/domains/${claimed.id}/verify`)).status).toBe(200);
    expect((await inside(ada.call, world)).body.code).toBe('single_sign_on_required');
    const told = await mails(world.email('owner'));
    expect(told.map(({ text }) => text).join()).toContain(world.domain);
  });
});

describe('whoever is linked', () => {
  it('hears of it by mail, and their organizations in the log, once', async () => {
    const world = await ready();
    const ada = await member(world, 'ada');
    await world.come('ada');
    await world.come('ada');
    await world.come('new');
    const linked = (await eventsOf(world)).filter(({ action }) => action === 'user-linked');
    expect(linked).toHaveLength(2);
    expect(linked).toContainEqual(
      expect.objectContaining({
        target: expect.objectContaining({ id: ada.userId }),
        after: { identityProviderId: world.providerId },
      }),
    );
    const own = { 'x-tollgate-organization': (await ownOf(ada, world)).organizationId };
    const log = await ada.call('GET', '/audit-events?limit=100', undefined, own);
    const elsewhere = log.body.data as { action: string }[];
    expect(elsewhere.map(({ action }) => action)).toContain('user-linked');
    const sent = await mails(world.email('ada'), world.email('new'));
    const told = sent.filter(({ text }) => text.includes(world.domain)).map(({ recipient }) => recipient);
    expect(told.toSorted()).toEqual([world.email('ada'), world.email('new')]);
  });
});

describe('two changes at once', () => {
  const held = async (
    world: World,
    table: 'organizations' | 'identity_providers',
    work: () => Promise<void>,
  ) => {
    const { organizationId, providerId } = world;
    await test.database.tenant(organizationId, async (tx) => {
      if (table === 'organizations') {
        await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId} FOR UPDATE`;
      } else {
        await tx.$queryRaw`SELECT 1 FROM identity_providers WHERE id = ${providerId} FOR UPDATE`;
      }
      await work();
    });
  };
  const waiters = (count: number) => waitFor(async () => (await countLockWaiters(test)) >= count);

  it('of which one closes the organization, and one provisions a member, do not wait for each other', async () => {
    const world = await ready();
    const { name } = (await world.owner.call('GET', `/organizations/${world.organizationId}`)).body;
    let closed: ReturnType<TestCaller> | undefined;
    let came: Promise<string> | undefined;
    await held(world, 'organizations', async () => {
      closed = world.owner.call('POST', `/organizations/${world.organizationId}/close`, { name });
      await waiters(1);
      came = codeOf(world.come('new'));
      await waiters(2);
    });
    expect((await closed)?.status, (await closed)?.text).toBe(200);
    expect(await came).toBe('provider_misconfigured');
  });

  it('of which one deletes a role, and one gives it to whom the provider brings, do not wait for each other', async () => {
    const world = await ready();
    const role = async (title: string) =>
      (await world.owner.call('POST', '/roles', { name: title, permissions: ['keys:read'] })).body.id;
    const [old, other] = [await role('Old'), await role('Other')];
    const { clientSecret: _, ...rest } = { ...PROVIDER, defaultRole: old };
    let put: ReturnType<TestCaller> | undefined;
    let deleted: ReturnType<TestCaller> | undefined;
    const off = { ...rest, provisioning: false };
    expect((await world.owner.call('PUT', '/identity-provider', off)).status).toBe(200);
    await held(world, 'identity_providers', async () => {
      put = world.owner.call('PUT', '/identity-provider', rest);
      await waiters(1);
      deleted = world.owner.call('DELETE', `/roles/${old}?replacement=${other}`);
      await waiters(2);
    });
    expect([(await put)?.status, (await deleted)?.status]).toEqual([200, 204]);
    const after = await world.owner.call('GET', '/identity-provider');
    expect(after.body.identityProvider.defaultRole).toBe(other);
  });
});
