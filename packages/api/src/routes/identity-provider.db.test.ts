/** Who may say whom the identity provider brings, and two who say it at once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { IDENTITY_PROVIDER } from '../test-changes/single-sign-on.ts';

let test: TestApi;
let owner: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Directory');
});
afterAll(() => test.close());

const { clientSecret, ...WITHOUT_SECRET } = IDENTITY_PROVIDER;

it('whoever may not give the role brings nobody by it: neither anew, nor by another issuer', async () => {
  const before = { ...WITHOUT_SECRET, defaultRole: 'admin', provisioning: false };
  expect((await owner.call('PUT', '/identity-provider', { ...before, clientSecret })).status).toBe(200);
  const permissions = ['sso:read', 'sso:write'];
  const role = (await owner.call('POST', '/roles', { name: 'Directory', permissions })).body.id;
  const person = await test.join(owner, 'directory@example.com', 'viewer');
  const { membershipId } = (await person.call('GET', '/me')).body;
  expect((await owner.call('PATCH', `/members/${membershipId}`, { role })).status).toBe(200);
  const put = (change: object) => person.call('PUT', '/identity-provider', { ...before, ...change });
  expect((await put({ name: 'Renamed' })).status).toBe(200);
  for (const change of [
    { provisioning: true },
    { issuer: 'https://mine.example.com', clientSecret },
    { clientId: 'mine', clientSecret },
    { defaultRole: 'owner' },
  ]) {
    expect((await put(change)).body.code, JSON.stringify(change)).toBe('exceeds_own_permissions');
  }
  expect((await put({ defaultRole: role, provisioning: true })).status).toBe(200);
});

it('of two who connect one at once, one does, and the other is told', async () => {
  const other = await test.signUp('other@example.com', 'Two at once');
  const put = (name: string) => other.call('PUT', '/identity-provider', { ...IDENTITY_PROVIDER, name });
  const answers = await Promise.all([put('One'), put('Two')]);
  const statuses = answers.map(({ status }) => status).toSorted();
  // The later one may also find what the first has made, and change it.
  expect([
    [200, 200],
    [200, 409],
  ]).toContainEqual(statuses);
  const listed = await test.database.tenant(other.organizationId, (tx) => tx.identityProvider.count());
  expect(listed).toBe(1);
});

it('is deleted once, and only as it was seen', async () => {
  const { version } = (await owner.call('GET', '/identity-provider')).body.identityProvider;
  const remove = (match: string) =>
    owner.call('DELETE', '/identity-provider', undefined, { 'if-match': match });
  expect((await remove('"999"')).status).toBe(412);
  expect((await remove(`"${version}"`)).status).toBe(204);
  expect((await remove(`"${version}"`)).status).toBe(404);
  expect((await owner.call('GET', '/identity-provider')).body).toMatchObject({
    identityProvider: null,
    redirectUri: 'http://localhost:3000/api/auth/callback/sso',
    enforcement: {
      affectedCount: 0,
      exemptOwnerCount: 0,
      blockers: ['no_verified_domain', 'never_signed_in'],
    },
  });
});
