import { randomBytes } from 'node:crypto';
import { NO_ORIGIN } from '@tollgate/audit';
import { fixedClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountSignInInput,
  authenticateSession,
  beginTotp,
  confirmTotp,
  createInvitation,
  enterOrganization,
  type IdentityContext,
  type IdentitySettings,
  memoryAttemptCounter,
  reauthenticateWithAccount,
  resetPassword,
  signIn,
  signInWithAccount,
  signUp,
  updateOrganization,
} from './index.ts';
import { hashToken, mintToken } from './opaque-token.ts';
import { RECENT_MS, type SecondFactorPolicy } from './second-factor.ts';
import { totpCode, totpStepOf } from './totp.ts';
import { openTotpSecret } from './totp-code.ts';

const PASSWORD = 'four words and a comma';
let test: TestDatabase;
let database: Database;

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase({ url: test.urls.console, applicationName: 'identity-test' });
});
afterAll(async () => {
  await database?.close();
  await test?.drop();
});

const clock = fixedClock(Date.parse('2026-11-21T00:00:00Z'));
const encryptionKeys = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);

function contextWith(settings: Partial<IdentitySettings> = {}): IdentityContext {
  return {
    database,
    clock,
    encryptionKeys,
    attempts: memoryAttemptCounter(clock),
    settings: {
      consoleUrl: 'http://localhost:3000',
      signUp: 'open',
      signUpDomains: [],
      operatorEmails: [],
      firstUserIsOperator: false,
      verificationRequired: true,
      ...settings,
    },
  };
}

let serial = 0;
const account = (input: Partial<AccountSignInInput> = {}): AccountSignInInput => {
  serial += 1;
  return {
    provider: 'google',
    providerAccountId: `g-${serial}`,
    email: `person-${serial}@example.com`,
    emailVerified: true,
    ...input,
  };
};
const enter = async (input: AccountSignInInput, context = contextWith()) => {
  const entered = await signInWithAccount(context, input, NO_ORIGIN);
  if (entered.kind !== 'signed-in') throw new Error('Cannot go on: the account must open a session');
  return entered;
};
const getUser = (userId: string) =>
  database.person({ userId }, (tx) =>
    tx.user.findUniqueOrThrow({ where: { id: userId }, include: { accounts: true, password: true } }),
  );
const signUpByPassword = async (email: string, verified: boolean) => {
  const made = await signUp(contextWith(), { email, password: PASSWORD }, NO_ORIGIN);
  if (verified) {
    await database.person({ userId: made.userId }, (tx) =>
      tx.user.updateMany({ where: { id: made.userId }, data: { emailVerifiedAt: clock.now() } }),
    );
  }
  return made;
};
const actionsOf = (organizationId: string) =>
  database.tenant(organizationId, async (tx) =>
    (await tx.auditEvent.findMany({ orderBy: { id: 'asc' } })).map(({ action, after }) => ({
      action,
      after,
    })),
  );

describe('an account nobody knows', () => {
  it('makes a person without a password, with an organization of their own and a session', async () => {
    const input = account({ name: 'Ada \u0000 Lovelace' });
    const { userId, session, outcome } = await enter(input);
    expect(outcome).toBe('signed-up');
    const user = await getUser(userId);
    expect(user).toMatchObject({ email: input.email, name: 'Ada   Lovelace', password: null });
    expect(user.emailVerifiedAt).not.toBeNull();
    const person = await authenticateSession(contextWith(), session.token);
    expect(person?.memberships.map(({ role }) => role)).toEqual(['owner']);
    const actions = await actionsOf(person!.memberships[0]!.organizationId);
    expect(actions).toContainEqual({
      action: 'session-created',
      after: { provider: 'google', linked: true },
    });
  });

  it('makes nobody verified whose address the provider does not vouch for', async () => {
    const { userId, session } = await enter(account({ emailVerified: false }));
    expect((await getUser(userId)).emailVerifiedAt).toBeNull();
    expect((await authenticateSession(contextWith(), session.token))?.actor.emailVerified).toBe(false);
    const tokens = await database.platform((tx) =>
      tx.verificationToken.count({ where: { identifier: userId, purpose: 'verify-email' } }),
    );
    expect(tokens).toBe(1);
  });

  it.each([
    ['without an address', undefined],
    ['with a look-alike of @', 'ada＠example.com'],
    ['with a list', 'ada@example.com,eve@example.com'],
    ['with a quoted local part', '"ada@example.com"@evil.example'],
  ])('is refused %s', async (_, email) => {
    await expect(enter(account({ email }))).rejects.toMatchObject({ code: 'invalid_email' });
  });

  it('becomes one person when two tabs bring it at once', async () => {
    const input = account();
    const people = await Promise.all([enter(input), enter(input), enter(input)]);
    expect(new Set(people.map(({ userId }) => userId)).size).toBe(1);
    expect(people.filter(({ outcome }) => outcome === 'signed-up')).toHaveLength(1);
  });
});

describe('sign-up policy', () => {
  it('holds for accounts too: invitation only', async () => {
    const closed = contextWith({ signUp: 'invitation' });
    await expect(enter(account(), closed)).rejects.toMatchObject({ code: 'sign_up_closed' });
  });

  it('holds for accounts too: domains', async () => {
    const some = contextWith({ signUp: 'domains', signUpDomains: ['allowed.example'] });
    await expect(enter(account(), some)).rejects.toMatchObject({ code: 'sign_up_closed' });
    const { outcome } = await enter(account({ email: `x${serial}@allowed.example` }), some);
    expect(outcome).toBe('signed-up');
  });

  it('lets an invited person in, to the organization that invited, by the invited address only', async () => {
    const owner = await signUpByPassword('owner@example.com', true);
    const closed = contextWith({ signUp: 'invitation' });
    const invitationToken = await invite(owner, 'invited@example.com');
    await expect(enter(account({ invitationToken }), closed)).rejects.toMatchObject({
      code: 'invitation_for_other_address',
    });
    const { session } = await enter(account({ email: 'invited@example.com', invitationToken }), closed);
    const person = await authenticateSession(closed, session.token);
    expect(person?.memberships.map(({ organizationId }) => organizationId)).toEqual([owner.organizationId]);
  });

  it('makes the first person the operator where that is set, and not the second', async () => {
    const other = await createTestDatabase();
    const own = openDatabase({ url: other.urls.console, applicationName: 'identity-test' });
    try {
      const first = { ...contextWith({ firstUserIsOperator: true }), database: own };
      const people = [await enter(account(), first), await enter(account(), first)];
      const operators = await Promise.all(
        people.map(
          async ({ session }) => (await authenticateSession(first, session.token))?.actor.isOperator,
        ),
      );
      expect(operators).toEqual([true, false]);
    } finally {
      await own.close();
      await other.drop();
    }
  });
});

describe('an account that is known', () => {
  it('is matched by provider and id alone, whatever address it brings now', async () => {
    const input = account();
    const { userId } = await enter(input);
    const victim = await signUpByPassword('victim@example.com', true);
    const again = await enter({ ...input, email: 'victim@example.com' });
    expect(again).toMatchObject({ userId, outcome: 'signed-in' });
    expect(again.userId).not.toBe(victim.userId);
    expect((await getUser(userId)).email).toBe(input.email);
  });

  it('is another person where another provider has the same id', async () => {
    const one = account({ provider: 'oidc:https://one.example', providerAccountId: 'same' });
    const two = account({ provider: 'oidc:https://two.example', providerAccountId: 'same' });
    expect((await enter(one)).userId).not.toBe((await enter(two)).userId);
  });

  it('ends the session that the browser brought along', async () => {
    const context = contextWith();
    const input = account();
    const first = await enter(input);
    const previousSession = { userId: first.userId, sessionId: first.session.sessionId };
    const second = await enter({ ...input, previousSession });
    expect(await authenticateSession(context, first.session.token)).toBeUndefined();
    expect((await authenticateSession(context, second.session.token))?.actor.userId).toBe(first.userId);
  });

  it('opens nothing for a disabled person', async () => {
    const input = account();
    const { userId } = await enter(input);
    await database.person({ userId }, (tx) =>
      tx.user.updateMany({ where: { id: userId }, data: { disabledAt: clock.now() } }),
    );
    await expect(enter(input)).rejects.toMatchObject({ code: 'account_disabled' });
  });
});

describe('an address that somebody has', () => {
  it('links the account when the provider and we know the address to be verified', async () => {
    const { userId, organizationId } = await signUpByPassword('both@example.com', true);
    const linked = await enter(account({ email: 'Both@Example.com' }));
    expect(linked).toMatchObject({ userId, outcome: 'linked' });
    const user = await getUser(userId);
    expect(user.accounts).toHaveLength(1);
    expect(user.password).not.toBeNull();
    const expected = { action: 'session-created', after: { provider: 'google', linked: true } };
    expect(await actionsOf(organizationId)).toContainEqual(expected);
  });

  it.each([
    ['the provider does not vouch for it', false, true],
    ['it is not verified here', true, false],
    ['neither knows it to be verified', false, false],
  ])('is not taken over when %s', async (_, emailVerified, verifiedHere) => {
    const email = `kept-${serial}@example.com`;
    const { userId } = await signUpByPassword(email, verifiedHere);
    await expect(enter(account({ email, emailVerified }))).rejects.toMatchObject({
      code: 'account_not_linked',
    });
    expect((await getUser(userId)).accounts).toHaveLength(0);
    const known = await signIn(contextWith(), { email, password: PASSWORD }, NO_ORIGIN);
    expect(known).toMatchObject({ kind: 'signed-in', userId });
  });

  it('belongs to who resets its password: accounts linked before it was verified open nothing', async () => {
    const squatter = account({ email: 'squatted@example.com', emailVerified: false });
    const { userId, session } = await enter(squatter);
    await resetPassword(contextWith(), { token: await mailedToken(userId), password: PASSWORD }, NO_ORIGIN);
    expect(await authenticateSession(contextWith(), session.token)).toBeUndefined();
    await expect(enter(squatter)).rejects.toMatchObject({ code: 'account_not_linked' });
  });
});

describe('a second factor', () => {
  const actorOf = async (token: string) => (await authenticateSession(contextWith(), token))!.actor;
  const addTotp = async (token: string) => {
    const actor = await actorOf(token);
    await beginTotp(contextWith(), actor);
    const { secretCiphertext } = await database.person({ userId: actor.userId }, (tx) =>
      tx.totpFactor.findUniqueOrThrow({ where: { userId: actor.userId } }),
    );
    const secret = openTotpSecret(contextWith(), actor.userId, secretCiphertext);
    await confirmTotp(contextWith(), actor, totpCode(secret, totpStepOf(clock.nowMs())), NO_ORIGIN);
  };

  it('of one’s own is asked for after an identity provider as well', async () => {
    const input = account();
    const { session } = await enter(input);
    await addTotp(session.token);
    expect(await signInWithAccount(contextWith(), input, NO_ORIGIN)).toMatchObject({
      kind: 'second-step',
      outcome: 'signed-in',
      secondStep: { methods: ['totp', 'recovery-code'] },
    });
  });

  it('is the provider’s own only for who has none, and only where the organization says so', async () => {
    const { session, userId } = await enter(account());
    const { organizationId } = (await authenticateSession(contextWith(), session.token))!.memberships[0]!;
    const missing = async (policy: SecondFactorPolicy) => {
      const person = (await authenticateSession(contextWith(), session.token))!;
      return database.person({ userId, organizationId }, async (tx) => {
        const change = { secondFactorPolicy: policy };
        await updateOrganization(tx, organizationId, change, person.actor, NO_ORIGIN, clock.nowMs());
        return (await enterOrganization(tx, person, organizationId, Date.now()))?.secondFactorMissing;
      });
    };
    expect(await missing('optional')).toBe(false);
    expect(await missing('required')).toBe(true);
    expect(await missing('required-or-provider')).toBe(false);
  });

  it('is not shown again by the account at the provider, and nobody by another’s', async () => {
    const [input, other] = [account(), account()];
    const { session } = await enter(input);
    await enter(other);
    const actor = await actorOf(session.token);
    const confirm = (by: AccountSignInInput, authenticatedAtMs: number = clock.nowMs()) =>
      reauthenticateWithAccount(contextWith(), actor, { ...by, authenticatedAtMs }, NO_ORIGIN);
    await confirm(input);
    await confirm(input, clock.nowMs() - RECENT_MS + 1);
    for (const askedAtMs of [clock.nowMs() - RECENT_MS, clock.nowMs() + 60_001]) {
      await expect(confirm(input, askedAtMs)).rejects.toMatchObject({ code: 'reauthentication_not_shown' });
    }
    const refused = { code: 'account_not_linked' };
    await expect(confirm(other)).rejects.toMatchObject(refused);
    await addTotp(session.token);
    await expect(confirm(input)).rejects.toMatchObject(refused);
  });
});

async function invite(
  owner: { readonly organizationId: string; readonly session: { readonly token: string } },
  email: string,
): Promise<string> {
  const context = contextWith();
  const person = await authenticateSession(context, owner.session.token);
  const { organizationId } = owner;
  const token = mintToken();
  await database.person({ userId: person!.actor.userId, organizationId }, async (tx) => {
    const actor = await enterOrganization(tx, person!, organizationId, Date.now());
    const row = await createInvitation(tx, context, actor!, { email, role: 'developer' }, NO_ORIGIN);
    // The link went out by mail; this one is for us.
    await tx.invitation.updateMany({ where: { id: row.id }, data: { tokenHash: hashToken(token) } });
  });
  return token;
}

/** A reset link as the mail has it. */
async function mailedToken(userId: string): Promise<string> {
  const token = mintToken();
  const nowMs = clock.nowMs();
  await database.platform((tx) =>
    tx.verificationToken.create({
      data: {
        identifier: userId,
        tokenHash: hashToken(token),
        purpose: 'reset-password',
        createdAt: new Date(nowMs),
        expiresAt: new Date(nowMs + 60_000),
      },
      select: { identifier: true },
    }),
  );
  return token;
}
