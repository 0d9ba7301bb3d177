/** A real OpenID Connect issuer for tests, at which everybody who comes is signed in as somebody set before. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface TestPerson {
  readonly sub: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly name: string;
}

export interface TestIssuer {
  readonly issuer: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** Who is at the keyboard; undefined refuses. */
  signedInAs: TestPerson | undefined;
  close(): Promise<void>;
}

/** @param port One that a system was told of before; else any that is free. */
export async function startTestIssuer(redirectUri: string, port = 0): Promise<TestIssuer> {
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { id: 'tollgate', secret: randomBytes(24).toString('base64url') };
  const people = new Map<string, TestPerson>();
  const provider = createProvider(issuer, client, redirectUri, people);
  const callback = provider.callback();
  const test: TestIssuer = {
    issuer,
    client,
    signedInAs: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  answer = (request, response) => {
    if (!(request.url ?? '').startsWith('/interaction/')) return callback(request, response);
    const person = test.signedInAs;
    if (person !== undefined) people.set(person.sub, person);
    const result = person === undefined ? { error: 'access_denied' } : { login: { accountId: person.sub } };
    provider.interactionFinished(request, response, result).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  };
  return test;
}

function createProvider(
  issuer: string,
  client: TestIssuer['client'],
  redirectUri: string,
  people: ReadonlyMap<string, TestPerson>,
): Provider {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  // Of its own for each: who has asked an issuer at this address before keeps what that one told.
  const kid = randomBytes(8).toString('hex');
  interface GrantContext {
    readonly oidc: {
      readonly client: { readonly clientId: string };
      readonly session: { readonly accountId: string };
    };
  }
  const provider: Provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri] }],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid }] },
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, id: string) => {
      const person = people.get(id);
      return person && { accountId: id, claims: () => person };
    },
    // Nobody is asked for consent.
    loadExistingGrant: async ({ oidc }: GrantContext) => {
      const grant = new provider.Grant({
        accountId: oidc.session.accountId,
        clientId: oidc.client.clientId,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  return provider;
}
