/**
 * The identity providers that people may sign in with, as `@auth/core` wants them, and what each says of a
 * person. A provider that does not vouch for an address says `emailVerified: false`; silence counts as that.
 */
import { customFetch } from '@auth/core';
import type { Provider } from '@auth/core/providers';
import GitHub from '@auth/core/providers/github';
import Google from '@auth/core/providers/google';
import MicrosoftEntraId from '@auth/core/providers/microsoft-entra-id';
import type { Profile } from '@auth/core/types';
import type { ConsoleConfig } from '@tollgate/config';
import { z } from 'zod';

export type OAuthClients = ConsoleConfig['oauth'];

/** What a provider has proved and what it claims. */
export interface ProviderIdentity {
  readonly provider: string;
  readonly providerAccountId: string;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly name?: string;
  /** When it last asked its person who they are; undefined where it does not say. */
  readonly authenticatedAtMs: number | undefined;
}

export interface ProviderClient {
  /** In our addresses, the callback that is registered at the provider among them. */
  readonly id: string;
  /** On its button. */
  readonly name: string;
  readonly provider: Provider;
  /**
   * What makes it ask who somebody is, though it knows them already, and say when it did. Undefined: it has no such
   * thing, and nobody shows by it again who they are.
   */
  readonly askAgain: Readonly<Record<string, string>> | undefined;
  /** @throws {ZodError} The profile names nobody. */
  readonly toIdentity: (profile: Profile) => Omit<ProviderIdentity, 'authenticatedAtMs'>;
}

const REQUEST_TIMEOUT_MS = 10_000;
/** OpenID Connect Core, section 3.1.2.1: with `max_age` the token must say when the person was asked. */
const ASK_AGAIN = { prompt: 'login', max_age: '0' } as const;
const OIDC_CHECKS: ('pkce' | 'state' | 'nonce')[] = ['pkce', 'state', 'nonce'];

const Claims = z.object({
  sub: z.string().min(1),
  email: z.string().optional().catch(undefined),
  email_verified: z.unknown().optional(),
  xms_edov: z.unknown().optional(),
  name: z.string().optional().catch(undefined),
});

const GitHubProfile = z.object({
  id: z.number().int().positive(),
  login: z.string(),
  name: z.string().nullish(),
  verifiedEmail: z.string().optional(),
});

/** @param fetch For what providers are asked directly; each request has its time. */
export function createProviderClients(
  clients: OAuthClients,
  fetch: typeof globalThis.fetch,
): readonly ProviderClient[] {
  const limited: typeof fetch = (input, init) =>
    fetch(input, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  const { google, github, microsoft, oidc } = clients;
  return [
    ...(google === undefined ? [] : [googleClient(google, limited)]),
    ...(microsoft === undefined ? [] : [microsoftClient(microsoft)]),
    ...(github === undefined ? [] : [githubClient(github, limited)]),
    ...(oidc === undefined ? [] : [oidcClient(oidc, limited)]),
  ];
}

/** What their buttons need; crosses to the browser. */
export interface OAuthButton {
  readonly id: string;
  readonly name: string;
}

export function listOAuthButtons(clients: OAuthClients): readonly OAuthButton[] {
  return createProviderClients(clients, globalThis.fetch).map(({ id, name }) => ({ id, name }));
}

interface Client {
  readonly id: string;
  readonly secret: string;
}

function googleClient({ id, secret }: Client, fetch: typeof globalThis.fetch): ProviderClient {
  return {
    id: 'google',
    name: 'Google',
    provider: Google({ clientId: id, clientSecret: secret, checks: OIDC_CHECKS, [customFetch]: fetch }),
    // It asks which account, never who somebody is, and tells no time.
    askAgain: undefined,
    toIdentity: (profile) => fromClaims('google', profile),
  };
}

function microsoftClient({ id, secret }: Client): ProviderClient {
  const provider = MicrosoftEntraId({
    clientId: id,
    clientSecret: secret,
    checks: OIDC_CHECKS,
    // The library's own would fetch the person's photo.
    profile: ({ sub, name, email }) => ({ id: sub, name, email }),
    authorization: { params: { scope: 'openid profile email' } },
  });
  return {
    id: provider.id,
    name: 'Microsoft',
    provider,
    // `auth_time` is an optional claim there, which the application's registration must ask for.
    askAgain: ASK_AGAIN,
    // Any directory can put any address there. Microsoft vouches for it only in this claim, which is optional.
    toIdentity: (profile) => {
      const { xms_edov: domainOwned } = Claims.parse(profile);
      const emailVerified = domainOwned === true || ['1', 'true'].includes(String(domainOwned));
      return { ...fromClaims('microsoft', profile), emailVerified };
    },
  };
}

function oidcClient(
  { id, secret, issuer, name }: NonNullable<OAuthClients['oidc']>,
  fetch: typeof globalThis.fetch,
): ProviderClient {
  return {
    id: 'oidc',
    name,
    provider: {
      id: 'oidc',
      name,
      type: 'oidc',
      issuer,
      clientId: id,
      clientSecret: secret,
      checks: OIDC_CHECKS,
      // Issuers may leave addresses out of the token; all of them answer here, about the same person.
      idToken: false,
      [customFetch]: fetch,
    },
    askAgain: ASK_AGAIN,
    // With the issuer: should the setting name another one some day, its ids are other people's.
    toIdentity: (profile) => fromClaims(`oidc:${issuer}`, profile),
  };
}

const AuthTime = z.object({ auth_time: z.number().positive() });

/**
 * When the provider last asked its person who they are.
 *
 * @param idToken Checked before; @returns undefined where it does not say.
 */
export function readAuthTimeMs(idToken: string | undefined): number | undefined {
  const [, payload = ''] = (idToken ?? '').split('.');
  try {
    const claims = AuthTime.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    return claims.data === undefined ? undefined : claims.data.auth_time * 1_000;
  } catch {
    return undefined;
  }
}

function fromClaims(provider: string, profile: Profile): Omit<ProviderIdentity, 'authenticatedAtMs'> {
  const { sub, email, email_verified: verified, name } = Claims.parse(profile);
  return {
    provider,
    providerAccountId: sub,
    email,
    emailVerified: verified === true || verified === 'true',
    ...(name === undefined ? {} : { name }),
  };
}

function githubClient({ id, secret }: Client, fetch: typeof globalThis.fetch): ProviderClient {
  const base = GitHub({
    clientId: id,
    clientSecret: secret,
    checks: ['pkce', 'state'],
    [customFetch]: fetch,
  });
  return {
    id: 'github',
    name: 'GitHub',
    provider: {
      ...base,
      userinfo: {
        url: 'https://api.github.com/user',
        request: ({ tokens }: { tokens: { access_token?: string } }) =>
          readGitHubProfile(tokens.access_token ?? '', fetch),
      },
    },
    askAgain: undefined,
    toIdentity: (profile) => {
      const { id: accountId, login, name, verifiedEmail } = GitHubProfile.parse(profile);
      return {
        provider: 'github',
        providerAccountId: String(accountId),
        email: verifiedEmail,
        emailVerified: verifiedEmail !== undefined,
        name: name || login,
      };
    },
  };
}

const GitHubEmails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

/** The address on a profile is no proof; the list of addresses says which one was verified. */
export async function readGitHubProfile(
  accessToken: string,
  fetch: typeof globalThis.fetch,
): Promise<Profile> {
  const read = async (path: string): Promise<unknown> => {
    const response = await fetch(`https://api.github.com${path}`, {
      headers: {
        authorization: `Bearer ${accessToken}`,
        accept: 'application/vnd.github+json',
        'user-agent': 'tollgate',
      },
    });
    if (!response.ok) throw new Error(`Cannot read ${path} at GitHub: it answered ${response.status}`);
    return response.json();
  };
  const [profile, emails] = await Promise.all([read('/user'), read('/user/emails?per_page=100')]);
  const primary = GitHubEmails.parse(emails).find((email) => email.primary && email.verified);
  return { ...GitHubProfile.parse(profile), verifiedEmail: primary?.email } as unknown as Profile;
}
