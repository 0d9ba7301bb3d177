import { describe, expect, it } from 'vitest';
import { createProviderClients, readGitHubProfile } from './provider-client.ts';

const client = { id: 'id', secret: 'secret' };
const clients = createProviderClients(
  {
    google: client,
    github: client,
    microsoft: client,
    oidc: { ...client, issuer: 'https://idp.example', name: 'Example' },
  },
  fetch,
);
const identityOf = (id: string, profile: Record<string, unknown>) =>
  clients.find((candidate) => candidate.id === id)!.toIdentity(profile as never);

describe('what a provider says of a person', () => {
  it('counts an address as verified only where it says so', () => {
    const claims = { sub: '1', email: 'ada@example.com' };
    expect(identityOf('google', claims).emailVerified).toBe(false);
    expect(identityOf('google', { ...claims, email_verified: true }).emailVerified).toBe(true);
    expect(identityOf('oidc', { ...claims, email_verified: 'yes' }).emailVerified).toBe(false);
    expect(identityOf('oidc', { ...claims, email_verified: 'true' }).emailVerified).toBe(true);
  });

  it('takes no address from a Microsoft directory as verified unless its domain is shown to be theirs', () => {
    const claims = { sub: '1', email: 'ada@example.com', email_verified: true };
    expect(identityOf('microsoft-entra-id', claims).emailVerified).toBe(false);
    expect(identityOf('microsoft-entra-id', { ...claims, xms_edov: false }).emailVerified).toBe(false);
    expect(identityOf('microsoft-entra-id', { ...claims, xms_edov: true }).emailVerified).toBe(true);
  });

  it('keeps ids of one issuer apart from those of another', () => {
    expect(identityOf('oidc', { sub: '1' }).provider).toBe('oidc:https://idp.example');
  });

  it('names nobody without an id', () => {
    expect(() => identityOf('google', { email: 'ada@example.com' })).toThrow();
    expect(() => identityOf('github', { id: 'root', login: 'x' })).toThrow();
  });
});

describe('readGitHubProfile()', () => {
  const answer =
    (emails: unknown): typeof fetch =>
    async (input) =>
      Response.json(
        String(input).includes('/user/emails')
          ? emails
          : { id: 7, login: 'ada', name: null, email: 'victim@example.com' },
      );

  it('tells the primary address if it is verified, never the one on the profile', async () => {
    const emails = [
      { email: 'second@example.com', primary: false, verified: true },
      { email: 'first@example.com', primary: true, verified: true },
    ];
    const profile = await readGitHubProfile('token', answer(emails));
    expect(identityOf('github', profile as never)).toEqual({
      provider: 'github',
      providerAccountId: '7',
      email: 'first@example.com',
      emailVerified: true,
      name: 'ada',
    });
    const unverified = await readGitHubProfile(
      'token',
      answer([{ email: 'victim@example.com', primary: true, verified: false }]),
    );
    expect(identityOf('github', unverified as never)).toMatchObject({
      email: undefined,
      emailVerified: false,
    });
  });
});
