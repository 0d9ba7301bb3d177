/** Postgres is gone: keys in use are served up to the staleness cap, unknown keys get 503, nobody gets 401. */
import { type FaultProxy, startFaultProxy, waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './testing/harness.ts';
import type { SeededKey } from './testing/seed.ts';

let harness: Harness;
let proxy: FaultProxy;
let shortLived: SeededKey;

beforeAll(async () => {
  harness = await startHarness({
    gateway: { connectTimeoutMs: 2_000 },
    databaseUrl: async (url) => {
      proxy = await startFaultProxy({ target: url });
      return proxy.url;
    },
  });
  const organizationId = await harness.seed.organization({ stalenessCapSeconds: 2 });
  shortLived = await harness.seed.key({ organizationId });
});
afterAll(async () => {
  await harness?.close();
  await proxy?.stop();
});

/** The staleness cap of two seconds, and what a busy machine adds. */
const SOON = { timeoutMs: 10_000 };

const models = (key: SeededKey): Promise<Response> =>
  fetch(`${harness.gateway.baseUrl}/models`, { headers: { authorization: `Bearer ${key.secret}` } });

describe('without Postgres', () => {
  it.each([{ kind: 'reset' }, { kind: 'blackhole' }] as const)(
    '[G1] [G2] a used key is served and an unknown one gets 503 ($kind)',
    async (mode) => {
      const unknown = await harness.seed.key({ organizationId: harness.key.organizationId });
      await waitFor(async () => (await models(shortLived)).status === 200, SOON);
      await waitFor(async () => (await harness.ask('before')).status === 200, SOON);
      proxy.setMode(mode);

      const answer = await harness.ask('during');
      expect(answer.status).toBe(200);
      expect(harness.gateway.log.settles().at(-1)?.costPicoUsd).toMatch(/^[1-9]/);
      const refused = await models(unknown);
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(await refused.json()).toMatchObject({
        error: { type: 'server_error', code: 'service_unavailable' },
      });

      // The cap of that organization is two seconds, the other's an hour.
      await waitFor(async () => (await models(shortLived)).status === 503, SOON);
      expect((await harness.ask('still')).status).toBe(200);

      proxy.setMode({ kind: 'pass' });
      await waitFor(async () => (await models(unknown)).status === 200, SOON);
      await waitFor(async () => (await models(shortLived)).status === 200, SOON);
    },
  );

  it('[G3] a key that is known to have changed is not served from memory', async () => {
    const key = await harness.seed.key({ organizationId: harness.key.organizationId });
    await waitFor(async () => (await models(key)).status === 200);
    await harness.seed.revoke(key);
    await waitFor(async () => (await models(key)).status === 401);
    proxy.setMode({ kind: 'reset' });
    expect((await models(key)).status).toBe(401);
    proxy.setMode({ kind: 'pass' });
  });
});
