/** The whole dance with an issuer that was certified. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@tollgate/clock';
import { Provider } from 'oidc-provider';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inspectIssuer } from './metadata.ts';
import { createOidcClient } from './oidc-client.ts';
import { codeOf } from './scripted-issuer.ts';

const REDIRECT_URI = 'https://console.example/api/auth/callback/sso';
const CLIENT = { clientId: 'toll-gate_1', clientSecret: 's+e:c/r~e-t%' };
const PERSON = { sub: 'ada', email: 'ada@acme.example', email_verified: true, name: 'Ada' };
let server: Server;
let issuer = '';

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = createProvider();
  const callback = provider.callback();
  const answer: typeof callback = (request, response) => {
    if (!(request.url ?? '').startsWith('/interaction/')) return callback(request, response);
    void provider.interactionFinished(request, response, { login: { accountId: PERSON.sub } });
  };
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function createProvider(): Provider {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const provider: Provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [REDIRECT_URI],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'one' }] },
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => PERSON }),
    // Nobody is asked for consent.
    loadExistingGrant: async () => {
      const grant = new provider.Grant({ accountId: PERSON.sub, clientId: CLIENT.clientId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  return provider;
}

/** As a browser goes there and back. @returns What it comes back with. */
async function walk(start: string): Promise<URLSearchParams> {
  const jar = new Map<string, string>();
  let url = start;
  for (let hops = 0; hops < 10 && !url.startsWith(REDIRECT_URI); hops += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    url = new URL(response.headers.get('location') ?? REDIRECT_URI, url).href;
  }
  return new URL(url).searchParams;
}

it('signs somebody in, once for each code, and for who began', async () => {
  const network = { allowedPrivateOrigins: [issuer] };
  const client = createOidcClient(network, systemClock);
  const provider = { issuer, ...CLIENT };
  const codeVerifier = randomBytes(32).toString('base64url');
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
  const request = {
    redirectUri: REDIRECT_URI,
    state: 'state',
    nonce: 'nonce',
    codeChallenge,
    askAgain: true,
  };
  const come = async () => {
    const answer = await walk(await client.authorizationUrl(provider, request));
    expect(answer.get('state')).toBe('state');
    expect(answer.get('iss')).toBe(issuer);
    const code = answer.get('code') ?? '';
    return { code, iss: answer.get('iss'), redirectUri: REDIRECT_URI, codeVerifier, nonce: 'nonce' };
  };
  const exchange = await come();
  const proved = await client.exchange(provider, exchange);
  expect(proved).toEqual({
    subject: 'ada',
    email: 'ada@acme.example',
    emailVerified: true,
    name: 'Ada',
    authenticatedAtMs: expect.any(Number),
  });
  expect(Math.abs(Date.now() - (proved.authenticatedAtMs ?? 0))).toBeLessThan(60_000);
  expect(await codeOf(client.exchange(provider, exchange))).toBe('sign_in_expired');
  const other = randomBytes(32).toString('base64url');
  expect(await codeOf(client.exchange(provider, { ...(await come()), codeVerifier: other }))).toBe(
    'sign_in_expired',
  );
  expect(await codeOf(client.exchange(provider, { ...(await come()), nonce: 'other' }))).toBe(
    'sign_in_expired',
  );
  const wrong = { ...provider, clientSecret: 'wrong' };
  expect(await codeOf(client.exchange(wrong, await come()))).toBe('provider_misconfigured');
});

it('is found without problems', async () => {
  expect((await inspectIssuer({ allowedPrivateOrigins: [issuer] }, issuer)).problems).toEqual([]);
});
