import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let owner: TestPerson;
beforeAll(async () => {
  test = await startTestApi({ allowedPrivateOrigins: ['http://127.0.0.1:9'] });
  owner = await test.signUp('owner@example.com', 'Acme');
});
afterAll(() => test.close());

const rows = (count: number, kind: Parameters<typeof newId>[0]) => {
  const now = new Date(test.clock.nowMs());
  const { organizationId } = owner;
  return Array.from({ length: count }, () => ({
    id: newId(kind, now.getTime()),
    organizationId,
    createdAt: now,
    updatedAt: now,
  }));
};

describe('an organization has no more of what everybody pays for than there is room', () => {
  it('webhook endpoints: each event would go to all of them', async () => {
    await test.database.tenant(owner.organizationId, (tx) =>
      tx.webhookEndpoint.createMany({
        data: rows(49, 'webhookEndpoint').map((row) => ({
          ...row,
          url: 'http://127.0.0.1:9/',
          events: ['*'],
          secretCiphertext: new Uint8Array(),
        })),
      }),
    );
    const create = () =>
      owner.call('POST', '/webhook-endpoints', { url: 'http://127.0.0.1:9/', events: ['*'] });
    expect((await create()).status).toBe(201);
    expect((await create()).status).toBe(409);
  });

  it('alert rules: each is evaluated with every change', async () => {
    await test.database.tenant(owner.organizationId, (tx) =>
      tx.alertRule.createMany({
        data: rows(200, 'alertRule').map((row) => ({ ...row, kind: 'budget-threshold' })),
      }),
    );
    expect((await owner.call('POST', '/alert-rules', { kind: 'budget-threshold' })).status).toBe(409);
  });

  it('prices of its own: gateways hold them in memory', async () => {
    const base = { provider: 'openai', components: { input: { usdPerMillion: '1' } } };
    const create = (model: string, more: object = {}) =>
      owner.call('POST', '/prices', { ...base, model, ...more });
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`unit:u${index}`, { usdPerUnit: '1' }]),
    );
    const tiers = Array.from({ length: 5 }, (_, index) => ({ aboveInputTokens: index, components: many }));
    const large = await create('large', { tiers });
    expect(large.status).toBe(400);
    expect(large.body.errors[0].path).toBe('body.tiers');
    expect((await create('first')).status).toBe(201);
    await test.database.tenant(
      owner.organizationId,
      (tx) => tx.$executeRaw`
        INSERT INTO price_versions (id, layer, organization_id, provider, model, region, service_tier, currency, valid_from, components, tiers,
          source, source_date, own_credentials_only)
        SELECT p.id || n, p.layer, p.organization_id, p.provider, p.model || n, p.region, p.service_tier, p.currency, p.valid_from, p.components,
          p.tiers, p.source, p.source_date, true
        FROM price_versions p CROSS JOIN generate_series(1, 1999) AS n WHERE p.organization_id = ${owner.organizationId}`,
    );
    const refused = await create('one-more');
    expect(refused.status, refused.text).toBe(409);
  });
});
