import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cookieOf, startTestApi, TEST_ORIGIN, TEST_PASSWORD, type TestApi } from './test-api.ts';

let test: TestApi;
beforeAll(async () => {
  test = await startTestApi();
});
afterAll(() => test.close());

/** What the worker would send, and the link's token of the last one. */
async function collectMail(): Promise<OutgoingMail[]> {
  const worker = test.openAs('worker', 'mail-test');
  const sent: OutgoingMail[] = [];
  try {
    await deliverPendingMail(
      worker,
      { send: async (mail) => void sent.push(mail) },
      { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs(), limit: 100 },
    );
  } finally {
    await worker.close();
  }
  return sent;
}

const tokenOf = (mail: OutgoingMail | undefined) => /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';

describe('sign-up', () => {
  it('makes the person, their organization and a session in one go', async () => {
    const person = await test.signUp('Ada@Example.com', 'Analytical Engines');
    const me = await person.call('GET', '/me');
    expect(me.status).toBe(200);
    expect(me.body).toMatchObject({ kind: 'user', email: 'ada@example.com', role: 'owner', timeZone: 'UTC' });
    expect(me.body.organizations).toEqual([
      expect.objectContaining({ name: 'Analytical Engines', slug: 'analytical-engines', role: 'owner' }),
    ]);
    expect(me.body.permissions).toContain('keys:write');
  });

  it('refuses a second account for the same address, however it is written', async () => {
    await test.signUp('twice@example.com');
    const again = await test.anonymous('POST', '/auth/sign-up', {
      email: 'TWICE@example.com',
      password: TEST_PASSWORD,
    });
    expect(again.status).toBe(409);
    expect(again.body.code).toBe('email_taken');
  });

  it.each([
    'a@b@example.com',
    '"a b"@example.com',
    'a,b@example.com',
    'a\uff20example.com',
    'a@example\u3002com',
    'a@example.com,b@example.com',
    'a@localhost',
    'a@-example.com',
    'a b@example.com',
    '<a@example.com>',
    'a@example.com\r\nBcc: b@example.com',
  ])('refuses the address %j', async (email) => {
    const answer = await test.anonymous('POST', '/auth/sign-up', { email, password: TEST_PASSWORD });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].path).toBe('body.email');
  });

  it('refuses a weak password by field', async () => {
    const answer = await test.anonymous('POST', '/auth/sign-up', {
      email: 'weak@example.com',
      password: 'aaaa',
    });
    expect(answer.body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'body.password' }] });
  });
});

describe('sessions', () => {
  it('[X2] keep no token in the database and no password hash in any answer', async () => {
    const person = await test.signUp('hash@example.com');
    const token = person.call.cookie.split('=')[1]!;
    const rows = await test.database.person({ userId: person.userId }, (tx) => tx.session.findMany());
    expect(JSON.stringify(rows)).not.toContain(token);
    const seen = (await person.call('GET', '/me')).text + (await person.call('GET', '/me/sessions')).text;
    expect(seen).not.toMatch(/argon2|tokenHash|passwordHash/);
    expect(seen).not.toContain(token);
  });

  it('rotate at sign-in, can be listed, and end one by one or all at once', async () => {
    const person = await test.signUp('sessions@example.com');
    const signIn = (headers = {}) =>
      test.anonymous(
        'POST',
        '/auth/sign-in',
        { email: 'sessions@example.com', password: TEST_PASSWORD },
        headers,
      );
    const rotated = test.withCookie(cookieOf(await signIn({ cookie: person.call.cookie })));
    expect((await person.call('GET', '/me')).status).toBe(401);
    const other = test.withCookie(cookieOf(await signIn()));
    const third = test.withCookie(cookieOf(await signIn()));
    const list = await rotated('GET', '/me/sessions');
    expect(list.body.data).toHaveLength(3);
    const current = list.body.data.filter((session: { current: boolean }) => session.current);
    expect(current).toHaveLength(1);
    const otherId = (await other('GET', '/me/sessions')).body.data.find(
      (session: { current: boolean }) => session.current,
    ).id;
    expect((await rotated('DELETE', `/me/sessions/${otherId}`)).status).toBe(204);
    expect((await other('GET', '/me')).status).toBe(401);
    expect((await rotated('POST', '/me/sessions/revoke-others')).body).toEqual({ revoked: 1 });
    expect((await third('GET', '/me')).status).toBe(401);
    expect((await rotated('POST', '/auth/sign-out')).status).toBe(204);
    expect((await rotated('GET', '/me')).status).toBe(401);
  });

  it('are HttpOnly, SameSite=Lax, and __Host- where the console has HTTPS', async () => {
    const answer = await test.anonymous('POST', '/auth/sign-in', {
      email: 'sessions@example.com',
      password: TEST_PASSWORD,
    });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^tollgate_session=[\w-]{43}; Path=\/; .*HttpOnly; SameSite=Lax$/,
    );
    const secure = await startTestApi({ consoleUrl: 'https://console.example.com' });
    try {
      const signedUp = await secure.anonymous('POST', '/auth/sign-up', {
        email: 'a@example.com',
        password: TEST_PASSWORD,
      });
      expect(signedUp.headers.get('set-cookie')).toMatch(/^__Host-tollgate_session=.*; Secure$/);
    } finally {
      await secure.close();
    }
  });

  it('end after seven idle days and after thirty days in any case', async () => {
    const person = await test.signUp('idle@example.com');
    const start = test.clock.nowMs();
    try {
      for (let day = 6; day < 30; day += 6) {
        test.clock.set(start + day * 86_400_000);
        expect((await person.call('GET', '/me')).status).toBe(200);
      }
      test.clock.set(start + 30 * 86_400_000);
      expect((await person.call('GET', '/me')).status).toBe(401);
    } finally {
      test.clock.set(start);
    }
    const other = await test.signUp('idle2@example.com');
    test.clock.set(start + 8 * 86_400_000);
    expect((await other.call('GET', '/me')).status).toBe(401);
    test.clock.set(start);
  });
});

describe('cross-site requests', () => {
  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['the null origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }],
  ])('from %s change nothing', async (_, headers) => {
    const person = await test.signUp(`csrf-${Math.random().toString(36).slice(2)}@example.com`);
    const answer = await person.call('PATCH', '/me', { name: 'Mallory' }, headers);
    expect(answer.status).toBe(403);
    expect(answer.body.code).toBe('csrf_refused');
    const signIn = await test.anonymous(
      'POST',
      '/auth/sign-in',
      { email: 'sessions@example.com', password: TEST_PASSWORD },
      headers,
    );
    expect(signIn.status).toBe(403);
  });

  it('without the console’s header change nothing, with it and the right origin they do', async () => {
    const person = await test.signUp('csrf@example.com');
    const bare = await test.anonymous('PATCH', '/me', { name: 'X' }, { cookie: person.call.cookie });
    expect(bare.status).toBe(403);
    const good = await person.call('PATCH', '/me', { name: 'Good' }, { origin: TEST_ORIGIN });
    expect(good.body.name).toBe('Good');
  });
});

describe('sign-in', () => {
  it('says the same of a wrong password and of nobody', async () => {
    await test.signUp('known@example.com');
    const wrong = await test.anonymous('POST', '/auth/sign-in', {
      email: 'known@example.com',
      password: 'x',
    });
    const nobody = await test.anonymous('POST', '/auth/sign-in', {
      email: 'nobody@example.com',
      password: 'x',
    });
    expect(wrong.status).toBe(401);
    expect({ ...nobody.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
  });

  it('is throttled per account, with Retry-After, and free again after the window', async () => {
    await test.signUp('guessed@example.com');
    const guess = (password: string) =>
      test.anonymous('POST', '/auth/sign-in', { email: 'guessed@example.com', password });
    for (let attempt = 1; attempt <= 10; attempt += 1) expect((await guess('wrong')).status).toBe(401);
    const refused = await guess(TEST_PASSWORD);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    test.clock.advance(16 * 60_000);
    expect((await guess(TEST_PASSWORD)).status).toBe(200);
  });

  it('is throttled per address over many accounts', async () => {
    const from = { 'x-test-address': '198.51.100.9' };
    for (let attempt = 1; attempt <= 100; attempt += 1) {
      await test.anonymous('POST', '/auth/sign-in', { email: `n${attempt}@invalid`, password: 'x' }, from);
    }
    const next = await test.anonymous(
      'POST',
      '/auth/sign-in',
      { email: 'other@example.com', password: 'x' },
      from,
    );
    expect(next.status).toBe(429);
  });
});

describe('mail links', () => {
  it('verify an address once', async () => {
    await collectMail();
    const person = await test.signUp('verify@example.com');
    const mail = (await collectMail()).find(({ recipient }) => recipient === 'verify@example.com');
    const verify = () => person.call('POST', '/auth/verify-email', { token: tokenOf(mail) });
    expect((await verify()).status).toBe(204);
    expect((await verify()).body).toMatchObject({
      code: 'invalid_request',
      errors: [{ path: 'body.token' }],
    });
    const user = await test.database.person({ userId: person.userId }, (tx) =>
      tx.user.findUnique({ where: { id: person.userId } }),
    );
    expect(user?.emailVerifiedAt).toBeInstanceOf(Date);
  });

  it('[X2] are sealed while they wait and erased once sent', async () => {
    await test.signUp('sealed@example.com');
    const rows = () =>
      test.database.platform((tx) => tx.mailMessage.findMany({ where: { recipient: 'sealed@example.com' } }));
    expect(JSON.stringify(await rows())).not.toContain('token=');
    await collectMail();
    expect((await rows())[0]).toMatchObject({ state: 'sent', payload: {} });
  });

  it('reset a password once, end every session, and tell the owner', async () => {
    const person = await test.signUp('reset@example.com');
    await collectMail();
    const known = await test.anonymous('POST', '/auth/forgot-password', { email: 'reset@example.com' });
    const unknown = await test.anonymous('POST', '/auth/forgot-password', { email: 'nobody@example.com' });
    expect(unknown.status).toBe(202);
    expect(unknown.text).toBe(known.text);
    const [mail, ...others] = await collectMail();
    expect(others).toEqual([]);
    const password = 'another good password';
    const reset = () => test.anonymous('POST', '/auth/reset-password', { token: tokenOf(mail), password });
    expect((await reset()).status).toBe(204);
    expect((await reset()).status).toBe(400);
    expect((await person.call('GET', '/me')).status).toBe(401);
    const signIn = (text: string) =>
      test.anonymous('POST', '/auth/sign-in', { email: 'reset@example.com', password: text });
    expect((await signIn(TEST_PASSWORD)).status).toBe(401);
    expect((await signIn(password)).status).toBe(200);
    expect((await collectMail()).map(({ subject }) => subject)).toEqual(['Your password was changed']);
  });

  it('expire', async () => {
    await test.signUp('late@example.com');
    await test.anonymous('POST', '/auth/forgot-password', { email: 'late@example.com' });
    const mail = (await collectMail()).find(({ subject }) => subject === 'Reset your password');
    test.clock.advance(61 * 60_000);
    const answer = await test.anonymous('POST', '/auth/reset-password', {
      token: tokenOf(mail),
      password: 'another good password',
    });
    expect(answer.status).toBe(400);
  });
});

describe('sign-up settings', () => {
  it('close the door to strangers, or open it to a domain', async () => {
    const closed = await startTestApi({ signUp: 'invitation' });
    const domains = await startTestApi({ signUp: 'domains', signUpDomains: ['example.com'] });
    try {
      const refused = await closed.anonymous('POST', '/auth/sign-up', {
        email: 'a@example.com',
        password: TEST_PASSWORD,
      });
      expect(refused.body.code).toBe('sign_up_closed');
      await domains.signUp('a@example.com');
      const outside = await domains.anonymous('POST', '/auth/sign-up', {
        email: 'a@example.org',
        password: TEST_PASSWORD,
      });
      expect(outside.status).toBe(403);
    } finally {
      await closed.close();
      await domains.close();
    }
  });

  it('make an operator of the very first person where that is set, and of nobody else', async () => {
    const first = await startTestApi({ firstUserIsOperator: true });
    try {
      const people = await Promise.all(['a', 'b', 'c'].map((name) => first.signUp(`${name}@example.com`)));
      const answers = await Promise.all(people.map(({ call }) => call('GET', '/me')));
      const operators = answers.map(({ body }) => body.isOperator);
      expect(operators.filter(Boolean)).toHaveLength(1);
    } finally {
      await first.close();
    }
  });
});
