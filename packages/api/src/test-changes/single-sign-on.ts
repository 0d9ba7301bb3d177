/** For tests: changes of domains and of the identity provider, each in an organization of its own: there is one provider. */
import type { LookUpTxt } from '@tollgate/identity';
import type { TestPerson } from '../test-api.ts';
import { type Changes, make, newPerson, unique, type World } from './change.ts';

const published = new Map<string, string>();

/** The DNS of these tests. */
export const testLookUp: LookUpTxt = async (name) => {
  const text = published.get(name);
  return text === undefined ? [] : [text];
};

export const IDENTITY_PROVIDER = {
  name: 'Directory',
  issuer: 'https://login.example.com',
  clientId: 'tollgate',
  clientSecret: 'a-secret-of-a-test',
  enforced: false,
  provisioning: true,
  defaultRole: 'viewer',
};

async function withProvider(world: World): Promise<TestPerson> {
  const person = await newPerson(world);
  await person.call('PUT', '/identity-provider', IDENTITY_PROVIDER);
  return person;
}

const newDomain = (by: TestPerson) => make(by, '/domains', { name: `${unique()}.example` });

export const SINGLE_SIGN_ON_CHANGES: Changes = {
  'post /domains': ({ owner }) => ({ by: owner, body: { name: `${unique()}.example` } }),
  'post /domains/{id}/verify': async (world) => {
    const by = await newPerson(world);
    const id = await newDomain(by);
    const [{ record }] = (await by.call('GET', '/domains')).body.data;
    published.set(record.name, record.value);
    return { by, path: `/domains/${id}/verify` };
  },
  'delete /domains/{id}': async ({ owner }) => ({ by: owner, path: `/domains/${await newDomain(owner)}` }),
  'put /identity-provider': async (world) => {
    const { clientSecret: _, ...rest } = IDENTITY_PROVIDER;
    return { by: await withProvider(world), body: { ...rest, name: unique() } };
  },
  'put /identity-provider (another issuer)': async (world) => ({
    by: await withProvider(world),
    body: { ...IDENTITY_PROVIDER, issuer: 'https://other.example.com' },
  }),
  'delete /identity-provider': async (world) => ({ by: await withProvider(world) }),
};
