/** What an answer and its token are taken for, at a server that says whatever a test wants it to. */
import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { fixedClock, systemClock } from '@tollgate/clock';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOidcClient } from './oidc-client.ts';
import {
  CONFIGURATION,
  codeOf,
  foreignKey,
  jwk,
  metadataOf,
  ownKey,
  part,
  type ScriptedIssuer,
  signToken,
  startScriptedIssuer,
  status,
} from './scripted-issuer.ts';

const NOW_MS = Date.UTC(2026, 0, 15);
const NOW = NOW_MS / 1_000;
const EXCHANGE = { code: 'c', iss: null, redirectUri: 'https://x', codeVerifier: 'v', nonce: 'n' };
let server: ScriptedIssuer;
let origin = '';

beforeAll(async () => {
  server = await startScriptedIssuer();
  ({ origin } = server);
});
afterAll(() => {
  vi.useRealTimers();
  return server.close();
});

beforeEach(() => {
  // The library reads the time itself.
  vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS });
  server.asked.length = 0;
  server.answers = {
    [CONFIGURATION]: metadataOf(origin),
    '/keys': { keys: [jwk(ownKey.publicKey, 'one')] },
  };
  give(sign({}));
});

const claimsOf = (claims: object) => ({
  iss: origin,
  aud: 'client',
  sub: 'ada',
  nonce: 'n',
  iat: NOW,
  exp: NOW + 300,
  email: 'ada@acme.example',
  auth_time: NOW - 5,
  ...claims,
});
const sign = (claims: object, header: object = {}, key = ownKey.privateKey) =>
  signToken(claimsOf(claims), header, key);

function give(idToken: string | undefined): void {
  server.answers['/token'] = { id_token: idToken, access_token: 'a', token_type: 'Bearer' };
}

function say(more: object): void {
  server.answers[CONFIGURATION] = { ...metadataOf(origin), ...more };
}

const client = (clock = systemClock) => createOidcClient({ allowedPrivateOrigins: [origin] }, clock);
const provider = (more: object = {}) => ({
  issuer: origin,
  clientId: 'client',
  clientSecret: 's',
  ...more,
});
const exchange = (more: object = {}, of = client()) => of.exchange(provider(), { ...EXCHANGE, ...more });
const paths = () => server.asked.map(({ path }) => path);

describe('a token', () => {
  it('is taken where everything is as asked for', async () => {
    expect(await exchange()).toEqual({
      subject: 'ada',
      email: 'ada@acme.example',
      emailVerified: true,
      authenticatedAtMs: (NOW - 5) * 1_000,
    });
  });

  it.each<[string, () => string]>([
    ['another key', () => sign({}, {}, foreignKey.privateKey)],
    ['a key that nobody knows', () => sign({}, { kid: 'two' })],
    ['no algorithm', () => `${part({ alg: 'none', kid: 'one' })}.${part(claimsOf({}))}.`],
    ['no algorithm, but a signature', () => sign({}, { alg: 'none' })],
    ['an empty signature', () => `${sign({}).split('.').slice(0, 2).join('.')}.`],
    ['a truncated signature', () => sign({}).slice(0, -8)],
    ['a signature that is no base64', () => `${sign({}).split('.').slice(0, 2).join('.')}.!`],
    ['truncated claims', () => sign({}).replace(/^([^.]+\.[^.]+)....\./, '$1.')],
    ['two parts', () => sign({}).split('.').slice(0, 2).join('.')],
    ['five parts, which is encrypted', () => `${sign({})}.AA.AA`],
    ['claims that were changed', () => sign({}).replace(/\.[^.]+\./, `.${part(claimsOf({ sub: 'eve' }))}.`)],
    ['the public key as a secret', () => signByPublicKey('HS256')],
    ['the public key as a secret, which its header calls RS256', () => signByPublicKey('RS256')],
    ['an algorithm that does not fit the key', () => sign({}, { alg: 'ES256' })],
    ['another hash than its header says', () => sign({}, { alg: 'RS512' })],
    ['a header that must be understood', () => sign({}, { crit: ['x'] })],
    ['a key that it brings itself', () => bringKey()],
    ['another issuer', () => sign({ iss: 'https://evil.example' })],
    ['its issuer with a slash', () => sign({ iss: `${origin}/` })],
    ['no issuer', () => sign({ iss: undefined })],
    ['another client', () => sign({ aud: 'other' })],
    ['other clients', () => sign({ aud: ['other', 'another'] })],
    ['no client', () => sign({ aud: undefined })],
    ['several clients, and nobody for whom', () => sign({ aud: ['client', 'other'] })],
    ['several clients, and not for us', () => sign({ aud: ['client', 'other'], azp: 'other' })],
    ['us, but for another client', () => sign({ azp: 'other' })],
    ['another nonce', () => sign({ nonce: 'm' })],
    ['no nonce', () => sign({ nonce: undefined })],
    ['the past', () => sign({ exp: NOW - 60 })],
    ['no end', () => sign({ exp: undefined })],
    ['an end that is no time', () => sign({ exp: '2999' })],
    ['the future', () => sign({ iat: NOW + 61 })],
    ['no beginning', () => sign({ iat: undefined })],
    ['a time that has not come', () => sign({ nbf: NOW + 61 })],
    ['nobody', () => sign({ sub: '' })],
    ['no subject', () => sign({ sub: undefined })],
    ['a subject that is a number', () => sign({ sub: 5 })],
    ['no token', () => 'x.y'],
  ])('is refused: %s', async (_, make) => {
    give(make());
    expect(await codeOf(exchange())).toBe('sign_in_expired');
    expect(paths()).not.toContain('/userinfo');
  });

  function signByPublicKey(alg: string): string {
    const signed = `${part({ alg, kid: 'one' })}.${part(claimsOf({}))}`;
    const pem = ownKey.publicKey.export({ type: 'spki', format: 'pem' });
    return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
  }

  function bringKey(): string {
    const brought = { jwk: jwk(foreignKey.publicKey, 'one'), jku: `${origin}/elsewhere` };
    return sign({}, brought, foreignKey.privateKey);
  }

  it('is refused by secrets that both sides know, though the issuer says that it signs so', async () => {
    say({ id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'] });
    give(signByPublicKey('HS256'));
    expect(await codeOf(exchange())).toBe('sign_in_expired');
    give(`${part({ alg: 'none' })}.${part(claimsOf({}))}.`);
    expect(await codeOf(exchange())).toBe('sign_in_expired');
    give(sign({}));
    expect(await codeOf(exchange())).toBe('taken');
  });

  it('is given a minute for clocks that differ', async () => {
    for (const claims of [{ exp: NOW - 59 }, { iat: NOW + 60 }, { nbf: NOW + 60 }]) {
      give(sign(claims));
      expect(await codeOf(exchange())).toBe('taken');
    }
  });

  it('is judged by our clock, wherever the system’s stands', async () => {
    const tomorrow = fixedClock(NOW_MS + 86_400_000);
    expect(await codeOf(exchange({}, client(tomorrow)))).toBe('sign_in_expired');
    give(sign({ iat: NOW + 86_400, exp: NOW + 86_700 }));
    expect(await codeOf(exchange({}, client(tomorrow)))).toBe('taken');
  });

  it('may be for several clients, if we are who asked', async () => {
    give(sign({ aud: ['client', 'other'], azp: 'client' }));
    expect(await codeOf(exchange())).toBe('taken');
  });

  it('names its key where there are two', async () => {
    const keys = [jwk(ownKey.publicKey, 'one'), jwk(foreignKey.publicKey, 'two')];
    server.answers['/keys'] = { keys };
    expect(await codeOf(exchange())).toBe('taken');
    give(sign({}, { kid: 'two' }, foreignKey.privateKey));
    expect(await codeOf(exchange())).toBe('taken');
    give(sign({}, { kid: 'two' }));
    expect(await codeOf(exchange())).toBe('sign_in_expired');
    give(sign({}, { kid: undefined }));
    expect(await codeOf(exchange())).toBe('sign_in_expired');
    server.answers['/keys'] = { keys: keys.slice(0, 1) };
    expect(await codeOf(exchange())).toBe('taken');
  });

  it.each(['ES256', 'Ed25519', 'EdDSA'])(
    'may be signed by %s, without a list of what there is',
    async (alg) => {
      const pair =
        alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
      const signed = `${part({ alg, kid: 'x' })}.${part(claimsOf({}))}`;
      const key = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' as const };
      const signature = signBytes(alg === 'ES256' ? 'sha256' : null, Buffer.from(signed), key);
      server.answers['/keys'] = { keys: [jwk(pair.publicKey, 'x')] };
      give(`${signed}.${signature.toString('base64url')}`);
      expect(await codeOf(exchange())).toBe('taken');
    },
  );

  it.each<[string, object]>([
    ['too short', jwk(generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey, 'one')],
    ['for encryption', { ...jwk(ownKey.publicKey, 'one'), use: 'enc' }],
    ['for another algorithm', { ...jwk(ownKey.publicKey, 'one'), alg: 'PS256' }],
    ['that is none', { kty: 'RSA', kid: 'one', n: 5, key_ops: 7 }],
    ['without numbers', { kty: 'RSA', kid: 'one' }],
  ])('is not taken by a key %s', async (_, key) => {
    server.answers['/keys'] = { keys: [key] };
    expect(await codeOf(exchange())).toBe('sign_in_expired');
  });
});

describe('an address', () => {
  it('may be left to the other endpoint, about the same person alone', async () => {
    give(sign({ email: undefined }));
    server.answers['/userinfo'] = { sub: 'ada', email: 'ada@acme.example', email_verified: false };
    expect(await exchange()).toMatchObject({ email: 'ada@acme.example', emailVerified: false });
    expect(server.asked.at(-1)?.authorization).toBe('Bearer a');
    server.answers['/userinfo'] = { sub: 'eve', email: 'ada@acme.example' };
    expect(await codeOf(exchange())).toBe('sign_in_expired');
    for (const answer of [{ email: 'ada@acme.example' }, status(401), status(302)]) {
      server.answers['/userinfo'] = answer;
      expect(await codeOf(exchange())).toBe('provider_misconfigured');
    }
  });

  it('comes with the hosted domain of the signed token, never of the other endpoint', async () => {
    give(sign({ hd: 'acme.example' }));
    expect(await exchange()).toMatchObject({ hostedDomain: 'acme.example' });
    give(sign({ email: undefined, hd: ['acme.example'] }));
    server.answers['/userinfo'] = { sub: 'ada', email: 'ada@acme.example', hd: 'acme.example' };
    expect(await exchange()).not.toHaveProperty('hostedDomain');
  });

  it.each([
    [undefined, true],
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
    [0, false],
  ])('is shown by email_verified %j: %j', async (said, emailVerified) => {
    give(sign({ email_verified: said }));
    expect(await exchange()).toMatchObject({ emailVerified });
  });
});

describe('an answer', () => {
  it('is of the issuer that was asked, where it names one; nobody else learns the code', async () => {
    expect(await codeOf(exchange({ iss: origin }))).toBe('taken');
    server.asked.length = 0;
    expect(await codeOf(exchange({ iss: 'https://evil.example' }))).toBe('sign_in_expired');
    say({ authorization_response_iss_parameter_supported: true });
    expect(await codeOf(exchange())).toBe('sign_in_expired');
    expect(paths()).not.toContain('/token');
    expect(await codeOf(exchange({ iss: origin }))).toBe('taken');
  });

  it('without a code is none', async () => {
    expect(await codeOf(exchange({ code: '' }))).toBe('sign_in_expired');
  });

  it('is redeemed with the secret of PKCE and the client’s own', async () => {
    await client()
      .exchange(provider({ clientId: 'a-b_c', clientSecret: 'x:y+~%' }), EXCHANGE)
      .catch(() => {});
    const token = server.asked.find(({ path }) => path === '/token');
    expect(Object.fromEntries(token?.form ?? [])).toEqual({
      grant_type: 'authorization_code',
      code: 'c',
      redirect_uri: 'https://x',
      code_verifier: 'v',
    });
    const [, basic = ''] = token?.authorization?.split(' ') ?? [];
    expect(Buffer.from(basic, 'base64').toString()).toBe('a-b_c:x%3Ay%2B~%25');
  });

  it('is redeemed in the form where the issuer wants it there', async () => {
    say({ token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_post'] });
    expect(await codeOf(exchange())).toBe('taken');
    const token = server.asked.find(({ path }) => path === '/token');
    expect(token?.authorization).toBeUndefined();
    expect(Object.fromEntries(token?.form ?? [])).toMatchObject({ client_id: 'client', client_secret: 's' });
  });

  it.each<[string, object]>([
    ['provider_misconfigured', status(401, { error: 'invalid_client' })],
    ['provider_misconfigured', status(400, { error: 'something' })],
    ['provider_misconfigured', status(404)],
    ['provider_misconfigured', status(204)],
    ['provider_misconfigured', { access_token: 'x', token_type: 'Bearer' }],
    ['provider_misconfigured', { id_token: 'x' }],
    ['provider_misconfigured', []],
    // A code that was used is not the provider’s fault.
    ['sign_in_expired', status(400, { error: 'invalid_grant' })],
    ['provider_unreachable', status(500)],
    ['provider_unreachable', status(429)],
  ])('%s: it cannot be redeemed, %#', async (code, answer) => {
    server.answers['/token'] = answer;
    expect(await codeOf(exchange())).toBe(code);
  });

  it('is told of without the token', async () => {
    give(sign({ nonce: 'm' }));
    const error = await exchange().then(
      () => undefined,
      (caught: Error) => caught,
    );
    expect(error?.message).toContain('nonce');
    expect(error?.cause).toBeUndefined();
  });
});
