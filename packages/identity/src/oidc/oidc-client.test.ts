/** The client of organizations' issuers against a server that says whatever a test wants it to. */
import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fixedClock } from '@tollgate/clock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inspectIssuer } from './metadata.ts';
import { createOidcClient } from './oidc-client.ts';

const NOW_MS = Date.UTC(2026, 0, 15);
const NOW = NOW_MS / 1_000;
const clock = fixedClock(NOW_MS);
const own = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const asked: string[] = [];
let server: Server;
let origin = '';
let keys: object[] = [];
let metadata: Record<string, unknown> = {};
let idToken = '';
let userinfo: unknown = {};
let status = 200;
let tokenAnswer: unknown;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answers: Record<string, unknown> = {
      '/.well-known/openid-configuration': metadata,
      '/keys': { keys },
      '/token': tokenAnswer ?? { id_token: idToken, access_token: 'a' },
      '/userinfo': userinfo,
    };
    const failed = (tokenAnswer as { error?: string } | undefined)?.error !== undefined && path === '/token';
    response.writeHead(failed ? 400 : status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answers[path] ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

beforeEach(() => {
  clock.set(NOW_MS);
  status = 200;
  asked.length = 0;
  keys = [jwk(own.publicKey, 'one')];
  tokenAnswer = undefined;
  userinfo = {};
  metadata = {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/keys`,
    userinfo_endpoint: `${origin}/userinfo`,
  };
  idToken = sign({});
});

const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' });
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const CLAIMS = {
  aud: 'client',
  sub: 'ada',
  nonce: 'n',
  iat: NOW,
  exp: NOW + 300,
  email: 'ada@acme.example',
  auth_time: NOW - 5,
};

function sign(claims: object, header: object = {}, key: KeyObject = own.privateKey): string {
  const signed = `${part({ alg: 'RS256', kid: 'one', ...header })}.${part({ iss: origin, ...CLAIMS, ...claims })}`;
  return `${signed}.${createSign('sha256').update(signed).sign(key).toString('base64url')}`;
}

const client = () => createOidcClient({ allowedPrivateOrigins: [origin] }, clock);
const provider = () => ({ issuer: origin, clientId: 'client', clientSecret: 's' });
const EXCHANGE = { code: 'c', iss: null, redirectUri: 'https://x', codeVerifier: 'v', nonce: 'n' };
const exchange = (of = client(), more: object = {}) => of.exchange(provider(), { ...EXCHANGE, ...more });
const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'taken',
    (error: { code?: string }) => error.code,
  );

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
    ['another key', () => sign({}, {}, other.privateKey)],
    ['no signature', () => `${part({ alg: 'none', kid: 'one' })}.${part({ iss: origin, ...CLAIMS })}.AA`],
    ['an empty signature', () => `${sign({}).split('.').slice(0, 2).join('.')}.`],
    [
      'claims that were changed',
      () => {
        const [head, , signature] = sign({}).split('.');
        return `${head}.${part({ iss: origin, ...CLAIMS, sub: 'eve' })}.${signature}`;
      },
    ],
    [
      'the public key as a secret',
      () => {
        const signed = `${part({ alg: 'HS256', kid: 'one' })}.${part({ iss: origin, ...CLAIMS })}`;
        const pem = own.publicKey.export({ type: 'spki', format: 'pem' });
        return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
      },
    ],
    ['an algorithm that does not fit the key', () => sign({}, { alg: 'ES256' })],
    ['a header that must be understood', () => sign({}, { crit: ['x'] })],
    ['another issuer', () => sign({ iss: 'https://evil.example' })],
    ['another client', () => sign({ aud: 'other' })],
    ['several clients, and not by us', () => sign({ aud: ['client', 'other'], azp: 'other' })],
    ['another nonce', () => sign({ nonce: 'm' })],
    ['no nonce', () => sign({ nonce: undefined })],
    ['the past', () => sign({ exp: NOW - 60 })],
    ['the future', () => sign({ iat: NOW + 61 })],
    ['a time that has not come', () => sign({ nbf: NOW + 61 })],
    ['no end', () => sign({ exp: undefined })],
    ['nobody', () => sign({ sub: '' })],
    ['no token', () => 'x.y'],
  ])('is refused: %s', async (_, make) => {
    idToken = make();
    expect(await codeOf(exchange())).toBe('sign_in_expired');
  });

  it('is given a minute for clocks that differ', async () => {
    for (const claims of [{ exp: NOW - 59 }, { iat: NOW + 60 }, { nbf: NOW + 60 }]) {
      idToken = sign(claims);
      expect(await codeOf(exchange())).toBe('taken');
    }
  });

  it('may leave the address to the other endpoint, about the same person alone', async () => {
    idToken = sign({ email: undefined });
    userinfo = { sub: 'ada', email: 'ada@acme.example', email_verified: false };
    expect(await exchange()).toMatchObject({ email: 'ada@acme.example', emailVerified: false });
    userinfo = { sub: 'eve', email: 'ada@acme.example' };
    expect(await codeOf(exchange())).toBe('sign_in_expired');
  });

  it.each([
    [undefined, true],
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
    [0, false],
  ])('says by email_verified %j whether the address is shown: %j', async (said, emailVerified) => {
    idToken = sign({ email_verified: said });
    expect(await exchange()).toMatchObject({ emailVerified });
  });

  it('is of the issuer that was asked, where the answer names one', async () => {
    expect(await codeOf(exchange(client(), { iss: origin }))).toBe('taken');
    expect(await codeOf(exchange(client(), { iss: 'https://evil.example' }))).toBe('sign_in_expired');
    metadata = { ...metadata, authorization_response_iss_parameter_supported: true };
    expect(await codeOf(exchange())).toBe('sign_in_expired');
  });
});

describe('an issuer', () => {
  it('rolls its keys: they are read again for one that is not known, once a minute', async () => {
    const of = client();
    await exchange(of);
    idToken = sign({}, { kid: 'two' }, other.privateKey);
    for (let n = 0; n < 3; n += 1) expect(await codeOf(exchange(of))).toBe('sign_in_expired');
    const reads = () => asked.filter((path) => path === '/keys').length;
    expect(reads()).toBe(1);
    keys = [jwk(own.publicKey, 'one'), jwk(other.publicKey, 'two')];
    clock.advance(60_000);
    expect(await codeOf(exchange(of))).toBe('taken');
    expect(reads()).toBe(2);
    idToken = sign({});
    expect(await codeOf(exchange(of))).toBe('taken');
    expect(reads()).toBe(2);
  });

  it('that does not answer is told apart, and what it said counts for a day', async () => {
    const of = client();
    const request = {
      redirectUri: 'https://x',
      state: 's',
      nonce: 'n',
      codeChallenge: 'c',
      askAgain: false,
    };
    const url = () => of.authorizationUrl(provider(), request);
    await url();
    status = 500;
    clock.advance(86_399_000);
    expect(await codeOf(url())).toBe('taken');
    clock.advance(2_000);
    expect(await codeOf(url())).toBe('provider_unreachable');
    const nobody = { ...provider(), issuer: 'http://127.0.0.1:1' };
    const open = createOidcClient({ allowedPrivateOrigins: ['http://127.0.0.1:1'] }, clock);
    expect(await codeOf(open.authorizationUrl(nobody, request))).toBe('provider_unreachable');
  });

  it('whose client or secret is wrong is misconfigured; a code that was used is not its fault', async () => {
    tokenAnswer = { error: 'invalid_client' };
    expect(await codeOf(exchange())).toBe('provider_misconfigured');
    tokenAnswer = { error: 'invalid_grant' };
    expect(await codeOf(exchange())).toBe('sign_in_expired');
    tokenAnswer = { access_token: 'x' };
    expect(await codeOf(exchange())).toBe('provider_misconfigured');
  });

  it('leads to no private address, itself or by what it names', async () => {
    const guarded = createOidcClient({ allowedPrivateOrigins: [] }, clock);
    expect(await codeOf(exchange(guarded))).toBe('provider_misconfigured');
    expect(asked).toEqual([]);
    for (const field of ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint']) {
      for (const address of [
        'http://127.0.0.1:9/',
        'https://10.0.0.1/',
        'https://localhost/',
        'javascript:alert(1)',
      ]) {
        const before = metadata;
        metadata = { ...metadata, [field]: address };
        expect(await codeOf(exchange()), `${field} ${address}`).toBe('provider_misconfigured');
        metadata = before;
      }
    }
    expect(asked.filter((path) => path !== '/.well-known/openid-configuration')).toEqual([]);
  });
});

describe('a test of an issuer', () => {
  const inspect = async (allowed = [origin]) => inspectIssuer({ allowedPrivateOrigins: allowed }, origin);

  it('finds nothing where all is there', async () => {
    expect(await inspect()).toMatchObject({ ok: true, problems: [] });
  });

  it('says what is wrong by field', async () => {
    metadata = {
      ...metadata,
      issuer: `${origin}/`,
      token_endpoint: undefined,
      jwks_uri: 'http://keys.example/',
      userinfo_endpoint: 'https://192.168.0.1/',
      response_types_supported: ['id_token'],
      code_challenge_methods_supported: ['plain'],
      id_token_signing_alg_values_supported: ['HS256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    };
    const { ok, problems } = await inspect();
    expect(ok).toBe(false);
    expect(problems.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'issuer other_issuer',
      'token_endpoint missing',
      'jwks_uri not_https',
      'userinfo_endpoint private_address',
      'response_types_supported no_code_flow',
      'code_challenge_methods_supported no_s256',
      'id_token_signing_alg_values_supported no_signatures',
      'token_endpoint_auth_methods_supported no_client_authentication',
    ]);
  });

  it('looks at its keys, and at whether it answers at all', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    keys = [
      jwk(weak.publicKey, 'one'),
      { kty: 'oct', k: 'AAAA' },
      { ...jwk(own.publicKey, 'x'), use: 'enc' },
    ];
    expect((await inspect()).problems).toMatchObject([{ field: 'jwks_uri', code: 'no_signatures' }]);
    status = 404;
    expect((await inspect()).problems).toMatchObject([{ field: 'issuer', code: 'not_found' }]);
    expect((await inspect([])).problems).toMatchObject([{ field: 'issuer', code: 'unreachable' }]);
  });
});
