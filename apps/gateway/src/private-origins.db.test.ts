/** Addresses that are not public are reached by what the operator allows, and no further. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './testing/harness.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let harness: Harness;
let gateway: TestGateway;

beforeAll(async () => {
  harness = await startHarness();
  gateway = await startTestGateway({
    databaseUrl: harness.database.urls.gateway,
    allowedPrivateOrigins: [],
    operatorPrivateOrigins: [harness.simulator.url],
  });
});
afterAll(async () => {
  await gateway?.close();
  await harness?.close();
});

const ask = (secret: string) =>
  fetch(`${gateway.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content: 'Hello' }] }),
  });

describe('an origin that is open to the operator’s credentials alone', () => {
  it('[X4] answers what is resold, and is not reached with a credential of an organization', async () => {
    expect((await ask(harness.key.secret)).status).toBe(200);
    const organizationId = await harness.seed.organization();
    await harness.seed.credential({ organizationId, baseUrl: `${harness.simulator.url}/v1` });
    const key = await harness.seed.key({ organizationId });
    const before = (await harness.simulator.truth!.read()).length;
    const refused = await ask(key.secret);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({
      error: { code: 'upstream_unavailable', message: expect.stringContaining('private addresses') },
    });
    expect(await harness.simulator.truth!.read()).toHaveLength(before);
  });
});
