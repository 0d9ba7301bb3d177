/**
 * Sign-in at an issuer that an organization named: authorization code with PKCE (S256), by OpenID Connect Core.
 *
 * The protocol is `oauth4webapi`'s, with three things of ours around it. Every address here comes from a tenant, so each
 * request goes through the guard. The signature of the token is always checked, which the library leaves to its callers
 * for tokens that come from the issuer itself. And what fails is told apart: an issuer that does not answer from one that
 * answers wrongly, and both from an answer that is not to be trusted.
 */
import type { Clock } from '@tollgate/clock';
import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  type ClientAuth,
  ClientSecretPost,
  clockSkew,
  clockTolerance,
  customFetch,
  getValidatedIdTokenClaims,
  type IDToken,
  type JsonValue,
  processAuthorizationCodeResponse,
  processUserInfoResponse,
  skipStateCheck,
  type TokenEndpointResponse,
  userInfoRequest,
  validateApplicationLevelSignature,
  validateAuthResponse,
} from 'oauth4webapi';
import { createKnownIssuers, type KnownIssuer } from './known-issuers.ts';
import { askOrExplain, misconfigured, type OidcFetch, type OidcNetwork, toResponse } from './network.ts';
import { assertStrictClaims, CLOCK_TOLERANCE_S, explainRefusal } from './token-fault.ts';

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
  /** The domain that an account is run by, where Google says so: of the token, which is signed. */
  readonly hostedDomain?: string;
  readonly authenticatedAtMs: number | undefined;
}

export interface OidcClient {
  /** @throws {IdentityError} `provider_unreachable`, `provider_misconfigured`. */
  authorizationUrl(provider: OidcProvider, request: AuthorizationRequest): Promise<string>;
  /**
   * @param exchange Of an answer whose `state` was compared: it is what tells which provider was asked.
   * @throws {IdentityError} Those, and `sign_in_expired` for an answer that is not to be trusted.
   */
  exchange(provider: OidcProvider, exchange: CodeExchange): Promise<ProvedClaims>;
}

export function createOidcClient(network: OidcNetwork, clock: Clock): OidcClient {
  const knownIssuer = createKnownIssuers(network, clock);
  const fetch: OidcFetch = async (url, request) => toResponse(await askOrExplain(network, url, request));
  return {
    authorizationUrl: async (provider, request) => {
      const { server } = await knownIssuer(provider.issuer);
      return buildAuthorizationUrl(server, provider.clientId, request);
    },
    exchange: async (provider, exchange) => {
      const issuer = await knownIssuer(provider.issuer);
      try {
        return await proveClaims({ issuer, provider, exchange, fetch, nowMs: clock.nowMs() });
      } catch (error) {
        throw explainRefusal(error);
      }
    },
  };
}

function buildAuthorizationUrl(
  { authorization_endpoint: endpoint = '' }: AuthorizationServer,
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

interface Proof {
  readonly issuer: KnownIssuer;
  readonly provider: OidcProvider;
  readonly exchange: CodeExchange;
  readonly fetch: OidcFetch;
  readonly nowMs: number;
}

async function proveClaims({ issuer, provider, exchange, fetch, nowMs }: Proof): Promise<ProvedClaims> {
  const { server, fetchKeys } = issuer;
  const { code, iss, redirectUri, codeVerifier, nonce } = exchange;
  const client: Client = {
    client_id: provider.clientId,
    [clockSkew]: Math.round((nowMs - Date.now()) / 1_000),
    [clockTolerance]: CLOCK_TOLERANCE_S,
  };
  const said = new URLSearchParams({ code, ...(iss === null ? {} : { iss }) });
  const answer = validateAuthResponse(server, client, said, skipStateCheck);
  const authenticate = authenticationOf(server, provider);
  const response = await authorizationCodeGrantRequest(
    server,
    client,
    authenticate,
    answer,
    redirectUri,
    codeVerifier,
    through(fetch),
  );
  const tokens = await processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await validateApplicationLevelSignature(server, response, through(fetchKeys));
  const claims = getValidatedIdTokenClaims(tokens);
  if (claims === undefined) throw misconfigured('it gives no id token');
  assertStrictClaims(claims, provider.clientId, nowMs);
  return toProved(claims, await withAddress(server, client, claims, tokens, fetch));
}

/** Which addresses may do without TLS is for the guard, by origin. */
function through(fetch: OidcFetch) {
  return { [customFetch]: fetch, [allowInsecureRequests]: true };
}

function authenticationOf(
  { token_endpoint_auth_methods_supported: methods }: AuthorizationServer,
  { clientSecret }: OidcProvider,
): ClientAuth {
  return methods === undefined || methods.includes('client_secret_basic')
    ? basicOf(clientSecret)
    : ClientSecretPost(clientSecret);
}

/**
 * RFC 6749, section 2.3.1: both parts are encoded as in forms. The library's own also encodes what need not be, `-` and `_`
 * for example, which fails at servers that do not decode; the ids of most have some.
 */
function basicOf(clientSecret: string): ClientAuth {
  const encode = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');
  return (_, { client_id: clientId }, __, headers) => {
    const pair = `${encode(clientId)}:${encode(clientSecret)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  };
}

/** Issuers may leave addresses out of the token; then they answer here, about the very same person. */
async function withAddress(
  server: AuthorizationServer,
  client: Client,
  claims: IDToken,
  { access_token: accessToken }: TokenEndpointResponse,
  fetch: OidcFetch,
): Promise<Claims> {
  if (typeof claims.email === 'string' || server.userinfo_endpoint === undefined) return claims;
  const response = await userInfoRequest(server, client, accessToken, through(fetch));
  return processUserInfoResponse(server, client, claims.sub, response);
}

type Claims = Readonly<Record<string, JsonValue | undefined>>;

function toProved(
  { sub, auth_time: authTime, hd: hostedDomain }: IDToken,
  { email, email_verified: verified, name }: Claims,
): ProvedClaims {
  return {
    subject: sub,
    email: typeof email === 'string' ? email : undefined,
    // Many directories leave it out: their addresses are given, not claimed.
    emailVerified: verified === undefined || verified === null || verified === true || verified === 'true',
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof hostedDomain === 'string' ? { hostedDomain } : {}),
    authenticatedAtMs: typeof authTime === 'number' && authTime > 0 ? authTime * 1_000 : undefined,
  };
}
