/**
 * Sign-in at an issuer that an organization named: authorization code with PKCE (S256), by OpenID Connect Core.
 *
 * Our own and not a library's, because every address here comes from a tenant: each goes through the guard, the signature
 * of the token is checked though it came from the issuer itself, and what fails is told apart: an issuer that does not
 * answer from one that answers wrongly.
 *
 * What an issuer says of itself is kept for ten minutes, and up to a day where it does not answer; its keys are read again
 * for a key that is not known, once a minute at most.
 */
import type { Clock } from '@tollgate/clock';
import { IdentityError } from '../identity-error.ts';
import { findTokenFault, keysFor, parseIdToken } from './id-token.ts';
import { judgeMetadata, metadataUrlOf, type ProviderMetadata, readMetadata } from './metadata.ts';
import { askIssuer, explainConnection, misconfigured, type OidcNetwork, parseObject } from './network.ts';
import { RecentMap } from './recent-map.ts';
import { readKey, type SigningKey } from './signing-keys.ts';

export interface OidcProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeChallenge: string;
  readonly loginHint?: string | undefined;
  /** Asked anew, though it knows the browser. */
  readonly askAgain: boolean;
}

export interface CodeExchange {
  readonly code: string;
  /** What the answer says who gave it (RFC 9207). */
  readonly iss: string | null;
  readonly redirectUri: string;
  readonly codeVerifier: string;
  readonly nonce: string;
}

export interface ProvedClaims {
  readonly subject: string;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly name?: string;
  readonly authenticatedAtMs: number | undefined;
}

export interface OidcClient {
  /** @throws {IdentityError} `provider_unreachable`, `provider_misconfigured`. */
  authorizationUrl(provider: OidcProvider, request: AuthorizationRequest): Promise<string>;
  /** @throws {IdentityError} Those, and `sign_in_expired` for an answer that is not to be trusted. */
  exchange(provider: OidcProvider, exchange: CodeExchange): Promise<ProvedClaims>;
}

const FRESH_MS = 10 * 60_000;
const KEPT_MS = 86_400_000;
const KEYS_AGAIN_MS = 60_000;
const MAX_ISSUERS = 500;

interface KeySet {
  readonly keys: readonly SigningKey[];
  readonly readAtMs: number;
}

export function createOidcClient(network: OidcNetwork, clock: Clock): OidcClient {
  const metadata = new RecentMap<{ readonly value: ProviderMetadata; readonly readAtMs: number }>(
    MAX_ISSUERS,
  );
  const keySets = new RecentMap<KeySet>(MAX_ISSUERS);

  async function metadataOf(issuer: string): Promise<ProviderMetadata> {
    const kept = metadata.get(issuer);
    const nowMs = clock.nowMs();
    if (kept !== undefined && nowMs - kept.readAtMs < FRESH_MS) return kept.value;
    try {
      const value = await fetchMetadata(network, issuer);
      metadata.set(issuer, { value, readAtMs: nowMs });
      return value;
    } catch (error) {
      const known = explainConnection(error, issuer);
      if (known.code === 'provider_unreachable' && kept !== undefined && nowMs - kept.readAtMs < KEPT_MS) {
        return kept.value;
      }
      throw known;
    }
  }

  async function keysOf(jwksUri: string, kid: string | undefined): Promise<readonly SigningKey[]> {
    const kept = keySets.get(jwksUri);
    const nowMs = clock.nowMs();
    const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : nowMs - kept.readAtMs;
    const knows = kept !== undefined && keysFor({ algorithm: '', kid }, kept.keys).length > 0;
    if (kept !== undefined && (knows ? ageMs < FRESH_MS : ageMs < KEYS_AGAIN_MS)) return kept.keys;
    try {
      const keys = await fetchKeys(network, jwksUri);
      keySets.set(jwksUri, { keys, readAtMs: nowMs });
      return keys;
    } catch (error) {
      if (knows && ageMs < KEPT_MS) return kept.keys;
      throw explainConnection(error, jwksUri);
    }
  }

  return {
    authorizationUrl: async (provider, request) => {
      const { authorizationEndpoint } = await metadataOf(provider.issuer);
      return buildAuthorizationUrl(authorizationEndpoint, provider.clientId, request);
    },
    exchange: async (provider, exchange) => {
      const found = await metadataOf(provider.issuer);
      if (exchange.iss === null ? found.namesIssuer : exchange.iss !== found.issuer) throw untrusted('iss');
      const { idToken, accessToken } = await redeemCode(network, found, provider, exchange);
      const token = parseIdToken(idToken);
      if (token === undefined) throw untrusted('form');
      const keys = await keysOf(found.jwksUri, token.header.kid);
      const { issuer, clientId } = provider;
      const expected = { issuer, clientId, nonce: exchange.nonce, nowMs: clock.nowMs() };
      const fault = findTokenFault(token, keys, expected);
      if (fault !== undefined) throw untrusted(fault);
      const claims = await withAddress(network, found, token.claims, accessToken);
      return toProved(token.claims, claims);
    },
  };
}

async function fetchMetadata(network: OidcNetwork, issuer: string): Promise<ProviderMetadata> {
  const url = metadataUrlOf(issuer);
  const { status, text } = await askIssuer(network, { url });
  assertAnswered(status, url);
  const found = status === 200 ? parseObject(text) : undefined;
  if (found === undefined) throw misconfigured(`there is no metadata at ${url}`);
  const [problem] = judgeMetadata(issuer, found, network);
  if (problem !== undefined) throw misconfigured(`${problem.field} ${problem.message}`);
  return readMetadata(found);
}

async function fetchKeys(network: OidcNetwork, url: string): Promise<readonly SigningKey[]> {
  const { status, text } = await askIssuer(network, { url });
  assertAnswered(status, url);
  const keys = status === 200 ? parseObject(text)?.keys : undefined;
  if (!Array.isArray(keys)) throw misconfigured(`there are no keys at ${url}`);
  return keys.slice(0, 100).flatMap((jwk) => readKey(jwk) ?? []);
}

/** A server that fails may work in a minute. */
function assertAnswered(status: number, url: string): void {
  if (status < 500 && status !== 429) return;
  throw new IdentityError('provider_unreachable', `Cannot sign in: the provider answered ${status} (${url})`);
}

function buildAuthorizationUrl(
  endpoint: string,
  clientId: string,
  { redirectUri, state, nonce, codeChallenge, loginHint, askAgain }: AuthorizationRequest,
): string {
  const url = new URL(endpoint);
  const query = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid email profile',
    state,
    nonce,
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
    // OpenID Connect Core, section 3.1.2.1: with `max_age` the token must say when the person was asked.
    ...(askAgain ? { prompt: 'login', max_age: '0' } : {}),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

async function redeemCode(
  network: OidcNetwork,
  { tokenEndpoint, secretInForm }: ProviderMetadata,
  { clientId, clientSecret }: OidcProvider,
  { code, redirectUri, codeVerifier }: CodeExchange,
): Promise<{ readonly idToken: string; readonly accessToken: string | undefined }> {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
    ...(secretInForm ? { client_id: clientId, client_secret: clientSecret } : {}),
  });
  const headers = secretInForm ? {} : { authorization: basicOf(clientId, clientSecret) };
  const answer = await askIssuer(network, { url: tokenEndpoint, headers, form }).catch((error: unknown) => {
    throw explainConnection(error, tokenEndpoint);
  });
  assertAnswered(answer.status, tokenEndpoint);
  const body = parseObject(answer.text);
  if (answer.status !== 200 || body === undefined) throw refused(answer.status, body?.error);
  if (typeof body.id_token !== 'string') throw misconfigured('it gives no id token');
  const { access_token: accessToken } = body;
  return { idToken: body.id_token, accessToken: typeof accessToken === 'string' ? accessToken : undefined };
}

/** RFC 6749, section 2.3.1: both parts are encoded as in forms. */
function basicOf(clientId: string, clientSecret: string): string {
  const encode = (text: string) => new URLSearchParams({ x: text }).toString().slice(2);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}

function refused(status: number, error: unknown): IdentityError {
  // A code that was used or is too old says nothing of the provider.
  if (error === 'invalid_grant') return untrusted('code');
  const known = ['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_request'];
  const said = known.find((code) => code === error) ?? String(status);
  return misconfigured(`its token endpoint refused the client (${said})`);
}

/** Issuers may leave addresses out of the token; then they answer here, about the very same person. */
async function withAddress(
  network: OidcNetwork,
  { userinfoEndpoint }: ProviderMetadata,
  claims: Readonly<Record<string, unknown>>,
  accessToken: string | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  if (typeof claims.email === 'string' || userinfoEndpoint === undefined || accessToken === undefined)
    return claims;
  const headers = { authorization: `Bearer ${accessToken}` };
  const answer = await askIssuer(network, { url: userinfoEndpoint, headers }).catch((error: unknown) => {
    throw explainConnection(error, userinfoEndpoint);
  });
  assertAnswered(answer.status, userinfoEndpoint);
  const found = answer.status === 200 ? parseObject(answer.text) : undefined;
  if (found === undefined) throw misconfigured('its userinfo endpoint does not answer with JSON');
  if (found.sub !== claims.sub) throw untrusted('userinfo');
  return found;
}

function toProved(
  token: Readonly<Record<string, unknown>>,
  { email, email_verified: verified, name }: Readonly<Record<string, unknown>>,
): ProvedClaims {
  const { auth_time: authTime } = token;
  return {
    subject: String(token.sub),
    email: typeof email === 'string' ? email : undefined,
    // Many directories leave it out: their addresses are given, not claimed.
    emailVerified: verified === undefined || verified === null || verified === true || verified === 'true',
    ...(typeof name === 'string' ? { name } : {}),
    authenticatedAtMs: typeof authTime === 'number' && authTime > 0 ? authTime * 1_000 : undefined,
  };
}

/** @param check For the log: which one it failed. */
function untrusted(check: string): IdentityError {
  return new IdentityError(
    'sign_in_expired',
    `Cannot trust the answer of the provider (${check}); begin the sign-in anew`,
  );
}
