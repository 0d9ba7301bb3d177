/** Where issuers are looked for, how long what they say counts, and what is never asked. */
import { systemClock } from '@tollgate/clock';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOidcClient } from './oidc-client.ts';
import {
  type Answer,
  CONFIGURATION,
  codeOf,
  foreignKey,
  jwk,
  metadataOf,
  ownKey,
  redirectTo,
  type ScriptedIssuer,
  signToken,
  startScriptedIssuer,
  status,
} from './scripted-issuer.ts';

const NOW_MS = Date.UTC(2026, 0, 15);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const REQUEST = {
  redirectUri: 'https://x',
  state: 's',
  nonce: 'n',
  codeChallenge: 'c',
  askAgain: false,
};
const EXCHANGE = { code: 'c', iss: null, redirectUri: 'https://x', codeVerifier: 'v', nonce: 'n' };
let server: ScriptedIssuer;
let inside: ScriptedIssuer;
let origin = '';

beforeAll(async () => {
  [server, inside] = await Promise.all([startScriptedIssuer(), startScriptedIssuer()]);
  ({ origin } = server);
});
afterAll(async () => {
  vi.useRealTimers();
  await Promise.all([server.close(), inside.close()]);
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS });
  server.asked.length = 0;
  inside.asked.length = 0;
  server.answers = {
    [CONFIGURATION]: metadataOf(origin),
    '/keys': { keys: [jwk(ownKey.publicKey, 'one')] },
    '/userinfo': { sub: 'ada' },
    '/token': (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id_token: token(), access_token: 'a', token_type: 'Bearer' }));
    },
  };
  token = () => sign();
});

let token: () => string;
function sign(header: object = {}, key = ownKey.privateKey): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: origin, aud: 'client', sub: 'ada', nonce: 'n', iat: now, exp: now + 300 };
  return signToken(claims, header, key);
}

const client = (allowed = [origin]) => createOidcClient({ allowedPrivateOrigins: allowed }, systemClock);
const provider = (issuer = origin) => ({ issuer, clientId: 'client', clientSecret: 's' });
const begin = (of = client(), issuer = origin) => of.authorizationUrl(provider(issuer), REQUEST);
const exchange = (of = client()) => of.exchange(provider(), EXCHANGE);
const advance = (ms: number) => vi.setSystemTime(Date.now() + ms);
const reads = (path: string) => server.asked.filter((asked) => asked.path === path).length;

describe('what an issuer says of itself', () => {
  it('leads the browser there, with PKCE, state and nonce', async () => {
    const url = new URL(
      await client().authorizationUrl(provider(), {
        ...REQUEST,
        loginHint: 'ada@acme.example',
        askAgain: true,
      }),
    );
    expect(`${url.origin}${url.pathname}`).toBe(`${origin}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'client',
      redirect_uri: 'https://x',
      scope: 'openid email profile',
      state: 's',
      nonce: 'n',
      code_challenge: 'c',
      code_challenge_method: 'S256',
      login_hint: 'ada@acme.example',
      prompt: 'login',
      max_age: '0',
    });
  });

  it('is read once in ten minutes, and once for all who come at the same time', async () => {
    const of = client();
    await Promise.all([begin(of), begin(of), begin(of)]);
    advance(10 * MINUTE_MS - 1);
    await begin(of);
    expect(reads(CONFIGURATION)).toBe(1);
    advance(1);
    await begin(of);
    expect(reads(CONFIGURATION)).toBe(2);
  });

  it('counts for a day where it does not answer, which is asked for once a minute', async () => {
    const of = client();
    await begin(of);
    server.answers[CONFIGURATION] = status(503);
    advance(DAY_MS - 1_000);
    expect(await codeOf(begin(of))).toBe('taken');
    expect(await codeOf(begin(of))).toBe('taken');
    expect(reads(CONFIGURATION)).toBe(2);
    advance(1_000);
    expect(await codeOf(begin(of))).toBe('provider_unreachable');
  });

  it('counts no more once it says something else', async () => {
    const of = client();
    await begin(of);
    server.answers[CONFIGURATION] = { ...metadataOf(origin), issuer: 'https://evil.example' };
    advance(10 * MINUTE_MS);
    expect(await codeOf(begin(of))).toBe('provider_misconfigured');
  });

  it.each<[string, Answer]>([
    ['of another issuer', { issuer: 'https://evil.example' }],
    ['of one that is called alike', { issuer: 'HTTP://127.0.0.1' }],
    ['of no issuer', { issuer: 'no address' }],
    ['that is no object', []],
    ['that is not there', status(404)],
    ['that is elsewhere', status(301, {}, { location: '/other' })],
  ])('is not taken %s', async (_, answer) => {
    const said = 'issuer' in answer ? { ...metadataOf(origin), ...answer } : answer;
    server.answers[CONFIGURATION] = said as Answer;
    expect(await codeOf(begin())).toBe('provider_misconfigured');
  });

  it('is its issuer to the letter', async () => {
    server.answers[CONFIGURATION] = { ...metadataOf(origin), issuer: `${origin}/` };
    expect(await codeOf(begin())).toBe('provider_misconfigured');
    expect(await codeOf(begin(client(), `${origin}/`))).toBe('taken');
  });

  it('of one that nobody answers for is told apart', async () => {
    const nobody = 'http://127.0.0.1:1';
    expect(await codeOf(begin(client([nobody]), nobody))).toBe('provider_unreachable');
  });

  it('is forgotten of whoever was asked for longest ago, at more than 500', async () => {
    const of = client();
    for (let n = 0; n <= 500; n += 1) {
      const issuer = `${origin}/${n}`;
      server.answers[`/${n}${CONFIGURATION}`] = { ...metadataOf(origin), issuer };
      await begin(of, issuer);
    }
    await begin(of, `${origin}/500`);
    await begin(of, `${origin}/1`);
    expect([reads(`/500${CONFIGURATION}`), reads(`/1${CONFIGURATION}`)]).toEqual([1, 1]);
    await begin(of, `${origin}/0`);
    expect(reads(`/0${CONFIGURATION}`)).toBe(2);
  });
});

describe('keys', () => {
  it('are read again for one that is not known, once a minute', async () => {
    const of = client();
    await exchange(of);
    token = () => sign({ kid: 'two' }, foreignKey.privateKey);
    for (let n = 0; n < 3; n += 1) expect(await codeOf(exchange(of))).toBe('sign_in_expired');
    expect(reads('/keys')).toBe(1);
    server.answers['/keys'] = { keys: [jwk(ownKey.publicKey, 'one'), jwk(foreignKey.publicKey, 'two')] };
    advance(MINUTE_MS);
    expect(await codeOf(exchange(of))).toBe('taken');
    token = () => sign();
    expect(await codeOf(exchange(of))).toBe('taken');
    expect(reads('/keys')).toBe(2);
  });

  it('count no more once they are gone, however often it is asked with them', async () => {
    const of = client();
    await exchange(of);
    server.answers['/keys'] = { keys: [jwk(foreignKey.publicKey, 'two')] };
    advance(5 * MINUTE_MS);
    expect(await codeOf(exchange(of))).toBe('sign_in_expired');
  });

  it('count for a day where nobody answers for them', async () => {
    const of = client();
    await exchange(of);
    server.answers['/keys'] = status(500);
    advance(5 * MINUTE_MS);
    expect(await codeOf(exchange(of))).toBe('taken');
    advance(DAY_MS - 6 * MINUTE_MS);
    expect(await codeOf(exchange(of))).toBe('taken');
    advance(6 * MINUTE_MS);
    expect(await codeOf(exchange(of))).toBe('provider_unreachable');
  });

  it.each<[string, Answer]>([
    ['none', {}],
    ['no list', { keys: 'none' }],
    ['no objects', { keys: [1] }],
    ['no answer', status(404)],
  ])('have to be some: %s', async (_, answer) => {
    server.answers['/keys'] = answer;
    expect(await codeOf(exchange())).toBe('provider_misconfigured');
  });
});

const FIELDS = ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint'];

describe('the guard', () => {
  it('asks no issuer that is private or without TLS', async () => {
    expect(await codeOf(begin(client([])))).toBe('provider_misconfigured');
    for (const issuer of ['https://10.0.0.1', 'https://127.0.0.1:9', 'https://[::1]', 'http://idp.example']) {
      expect(await codeOf(begin(client([]), issuer)), issuer).toBe('provider_misconfigured');
    }
    expect(server.asked).toEqual([]);
  });

  it.each(FIELDS)('[X4] takes no %s that is private or without TLS', async (field) => {
    const addresses = [
      `${inside.origin}/`,
      'https://10.0.0.1/',
      'https://169.254.169.254/latest',
      'https://[::ffff:127.0.0.1]/',
      'https://localhost/',
      'http://idp.example/',
      'javascript:alert(1)',
      `blob:${origin}/x`,
      'x',
    ];
    for (const address of addresses) {
      server.answers[CONFIGURATION] = { ...metadataOf(origin), [field]: address };
      expect(await codeOf(begin()), address).toBe('provider_misconfigured');
      expect(await codeOf(exchange()), address).toBe('provider_misconfigured');
    }
    expect(inside.asked).toEqual([]);
    expect(server.asked.filter(({ path }) => path !== CONFIGURATION)).toEqual([]);
  });

  it.each([CONFIGURATION, '/keys', '/token', '/userinfo'])(
    '[X4] follows %s nowhere, though where it leads may be asked',
    async (path) => {
      server.answers[path] = redirectTo(`${inside.origin}${path}`);
      inside.answers = server.answers;
      expect(await codeOf(exchange(client([origin, inside.origin])))).toBe('provider_misconfigured');
      expect(inside.asked).toEqual([]);
    },
  );

  it.each([CONFIGURATION, '/keys', '/token', '/userinfo'])(
    'reads no more than it must of %s',
    async (path) => {
      let written = 0;
      server.answers[path] = (_, response) => {
        const more = () => {
          if (response.destroyed || written > 64 * 1024 * 1024) return;
          written += 65_536;
          response.write(' '.repeat(65_536), more);
        };
        more();
      };
      expect(await codeOf(exchange())).toBe('provider_misconfigured');
      expect(written).toBeLessThan(16 * 1024 * 1024);
    },
  );

  it('waits five seconds, also for who goes on answering', async () => {
    server.answers[CONFIGURATION] = (_, response) => {
      const drip = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(drip));
    };
    const startedMs = performance.now();
    expect(await codeOf(begin())).toBe('provider_unreachable');
    expect(performance.now() - startedMs).toBeGreaterThan(4_900);
  });
});
