/** A gateway starts while Postgres is away: it serves what an earlier one of its slot knew. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FaultProxy, startFaultProxy, waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PolicyCache } from './policy/policy-cache.ts';
import { type Harness, startHarness } from './testing/harness.ts';
import { type SeededKey, TEST_ENCRYPTION_KEYS } from './testing/seed.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let directory: string;
let harness: Harness;
let proxy: FaultProxy;

const cache = () => new PolicyCache({ directory, encryptionKeys: TEST_ENCRYPTION_KEYS });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tg-policy-'));
  harness = await startHarness({ gateway: { policyCache: cache(), policySaveIntervalMs: 100 } });
  proxy = await startFaultProxy({ target: harness.database.urls.gateway });
});
afterAll(async () => {
  await harness?.close();
  await proxy?.stop();
  await rm(directory, { recursive: true, force: true });
});

const ask = (gateway: TestGateway, key: SeededKey): Promise<Response> =>
  fetch(`${gateway.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}` },
    body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content: 'Hello' }] }),
  });

describe('a gateway that starts without Postgres', () => {
  it('[G1, G2, G3] serves keys that were in use, at their price; others 503; revoked ones never', async () => {
    const { organizationId } = harness.key;
    const [revoked, unused] = [
      await harness.seed.key({ organizationId }),
      await harness.seed.key({ organizationId }),
    ];
    for (const key of [harness.key, revoked]) expect((await ask(harness.gateway, key)).status).toBe(200);
    await waitFor(() => (cache().load()?.keys.length ?? 0) === 2);
    await harness.seed.revoke(revoked);
    await waitFor(async () => (await ask(harness.gateway, revoked)).status === 401);
    await waitFor(() =>
      cache()
        .load()
        ?.keys.every(({ keyId, revoked: isRevoked }) => isRevoked || keyId !== revoked.keyId),
    );

    proxy.setMode({ kind: 'reset' });
    const gateway = await startTestGateway({
      databaseUrl: proxy.url,
      allowedPrivateOrigins: [harness.simulator.url],
      policyCache: cache(),
      policySaveIntervalMs: 100,
    });
    try {
      await gateway.gateway.whenReady(10_000);
      expect((await fetch(`${gateway.origin}/readyz`)).status).toBe(200);
      const served = await ask(gateway, harness.key);
      expect(served.status).toBe(200);
      expect(gateway.log.settles().at(-1)?.costPicoUsd).toMatch(/^[1-9]/);
      expect((await ask(gateway, unused)).status).toBe(503);
      expect([401, 503]).toContain((await ask(gateway, revoked)).status);

      await harness.seed.revoke(harness.key);
      proxy.setMode({ kind: 'pass' });
      await waitFor(async () => (await ask(gateway, unused)).status === 200, { timeoutMs: 10_000 });
      // Revoked while nobody could be asked: no change tells of it, so what came from disk is read anew.
      await waitFor(async () => (await ask(gateway, harness.key)).status === 401, { timeoutMs: 10_000 });
    } finally {
      await gateway.close();
    }
  });
});
