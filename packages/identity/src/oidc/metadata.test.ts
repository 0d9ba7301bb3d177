/** What the settings page is told of an issuer. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { inspectIssuer } from './metadata.ts';
import {
  CONFIGURATION,
  jwk,
  metadataOf,
  ownKey,
  type ScriptedIssuer,
  startScriptedIssuer,
  status,
} from './scripted-issuer.ts';

let server: ScriptedIssuer;
let origin = '';

beforeAll(async () => {
  server = await startScriptedIssuer();
  ({ origin } = server);
});
afterAll(() => server.close());
beforeEach(() => {
  server.answers = {
    [CONFIGURATION]: metadataOf(origin),
    '/keys': { keys: [jwk(ownKey.publicKey, 'one')] },
  };
});

const inspect = (allowed = [origin], issuer = origin) =>
  inspectIssuer({ allowedPrivateOrigins: allowed }, issuer);
const problemsOf = async (found = inspect()) =>
  (await found).problems.map(({ field, code }) => `${field} ${code}`);

it('finds nothing where all is there', async () => {
  expect(await inspect()).toEqual({ ok: true, problems: [], metadataUrl: `${origin}${CONFIGURATION}` });
});

it('says what is wrong by field', async () => {
  server.answers[CONFIGURATION] = {
    ...metadataOf(origin),
    issuer: `${origin}/`,
    token_endpoint: undefined,
    jwks_uri: 'http://keys.example/',
    userinfo_endpoint: 'https://192.168.0.1/',
    response_types_supported: ['id_token'],
    code_challenge_methods_supported: ['plain'],
    id_token_signing_alg_values_supported: ['HS256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
  };
  expect((await inspect()).ok).toBe(false);
  expect(await problemsOf()).toEqual([
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

it('looks for a key that a signature can be checked by', async () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const curve = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const keys: object[] = [
    jwk(weak.publicKey, 'one'),
    jwk(curve.publicKey, 'two'),
    { kty: 'oct', k: 'AAAA' },
    { ...jwk(ownKey.publicKey, 'x'), use: 'enc' },
  ];
  server.answers['/keys'] = { keys };
  expect(await problemsOf()).toEqual(['jwks_uri no_signatures']);
  keys.push(jwk(generateKeyPairSync('ed25519').publicKey, 'three'));
  expect(await problemsOf()).toEqual([]);
  server.answers['/keys'] = status(500);
  expect(await problemsOf()).toEqual(['jwks_uri unreachable']);
});

it('says why there is no metadata', async () => {
  server.answers[CONFIGURATION] = status(404);
  expect(await problemsOf()).toEqual(['issuer not_found']);
  server.answers[CONFIGURATION] = [];
  expect(await problemsOf()).toEqual(['issuer no_metadata']);
  server.answers[CONFIGURATION] = { ...metadataOf(origin), long: 'x'.repeat(200_000) };
  expect(await problemsOf()).toEqual(['issuer no_metadata']);
  server.answers[CONFIGURATION] = status(302, {}, { location: 'https://10.0.0.1' });
  expect(await problemsOf()).toEqual(['issuer unreachable']);
  expect(await problemsOf(inspect([]))).toEqual(['issuer not_https']);
  expect(await problemsOf(inspect([], 'https://10.0.0.1'))).toEqual(['issuer private_address']);
});
