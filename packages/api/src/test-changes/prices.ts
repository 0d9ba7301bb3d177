/** For tests: changes of prices, of what was rated by them and of markups. */
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { type Changes, lifeOf, make, newPerson, unique, type World } from './change.ts';

const PRICE = {
  provider: 'openai',
  validFrom: '2199-01-01T00:00:00Z',
  components: { input: { usdPerMillion: '1' } },
};

const rerating = ({ test }: World) => {
  const agoDays = (days: number) => new Date(test.clock.nowMs() - days * 86_400_000).toISOString();
  return { from: agoDays(2), to: agoDays(1), reason: 'Change' };
};

const RESOLD = 'cred_resold';

async function resoldCredential({ test }: World): Promise<string> {
  await test.database.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
    tx.providerCredential.upsert({
      where: { id: RESOLD },
      update: {},
      create: {
        id: RESOLD,
        organizationId: OPERATOR_ORGANIZATION_ID,
        provider: 'acme-ai',
        name: 'Resold',
        baseUrl: 'http://127.0.0.1:9/v1',
        secretCiphertext: Buffer.alloc(40),
        secretHint: 'sk-1…',
        livemode: true,
        models: [],
      },
      select: { id: true },
    }),
  );
  return RESOLD;
}

export const PRICE_CHANGES: Changes = {
  ...lifeOf('/prices', () => ({ ...PRICE, model: unique() }), undefined),
  ...lifeOf('/operator/prices', () => ({ ...PRICE, model: unique() }), undefined),
  'post /reratings': async (world) => ({ by: await newPerson(world), body: rerating(world) }),
  'post /reratings/{id}/cancel': async (world) => {
    const by = await newPerson(world);
    return { by, path: `/reratings/${await make(by, '/reratings', rerating(world))}/cancel` };
  },
  'post /operator/reratings': async (world) => {
    const { organizationId } = await newPerson(world);
    return { by: world.owner, body: { ...rerating(world), organizationId } };
  },
  'post /operator/reratings/{id}/cancel': async (world) => {
    const { organizationId } = await newPerson(world);
    const id = await make(world.owner, '/operator/reratings', { ...rerating(world), organizationId });
    return { by: world.owner, path: `/operator/reratings/${id}/cancel`, body: { organizationId } };
  },
  'post /operator/markup-rules': async (world) => ({
    by: world.owner,
    body: { credentialId: await resoldCredential(world), basisPoints: 100 },
  }),
  'delete /operator/markup-rules/{id}': async (world) => {
    const body = { credentialId: await resoldCredential(world), validFrom: '2199-01-01T00:00:00Z' };
    return {
      by: world.owner,
      path: `/operator/markup-rules/${await make(world.owner, '/operator/markup-rules', body)}`,
    };
  },
};
