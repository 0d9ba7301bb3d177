/** A revoked key is refused within a second, by push or by polling; its open streams end, and nothing more is sent. */
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { openDatabase } from '@tollgate/db';
import { shortestMs, waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Harness, startHarness } from './testing/harness.ts';
import type { SeededKey } from './testing/seed.ts';

let harness: Harness;
let push: (message: string) => void = () => undefined;
/** A provider that fails, when it is told to. */
let failing: FailingProvider;

interface FailingProvider {
  readonly server: Server;
  readonly origin: string;
  readonly answer: PromiseWithResolvers<void>;
  asked: number;
}

async function startFailingProvider(): Promise<FailingProvider> {
  const server = createServer(async (_request, response) => {
    failing.asked += 1;
    await failing.answer.promise;
    response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{"message":"down"}}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, origin, answer: Promise.withResolvers<void>(), asked: 0 };
}

beforeAll(async () => {
  failing = await startFailingProvider();
  harness = await startHarness({
    allowedOrigins: [failing.origin],
    gateway: {
      pollIntervalMs: 2_000,
      subscriber: {
        on: (_event, listener) => {
          push = (message) => listener('tollgate:changes', message);
        },
        subscribe: () => Promise.resolve(),
      },
    },
  });
});
afterAll(async () => {
  await harness?.close();
  failing?.server.close().closeAllConnections();
});

/** Two polls and as much again as a busy machine needs; a key that is unknown is asked for again after 30 s anyway. */
const POLLED = { timeoutMs: 20_000 };

function call(key: SeededKey): Promise<Response> {
  return fetch(`${harness.gateway.baseUrl}/models`, { headers: { authorization: `Bearer ${key.secret}` } });
}

const pushed = (key: SeededKey): void =>
  push(
    JSON.stringify({
      organizationId: key.organizationId,
      kind: 'key-changed',
      targetId: key.keyId,
      eventId: 'evt_1',
    }),
  );

describe('a revoked key', () => {
  it('[G3] is refused within one second while a loop is calling', async () => {
    const refusedAfterMs = async (): Promise<number> => {
      const key = await harness.seed.key({ organizationId: harness.key.organizationId });
      expect((await call(key)).status).toBe(200);
      let refusedAtMs = 0;
      const loop = (async () => {
        while (refusedAtMs === 0) {
          const response = await call(key);
          if (response.status === 200) continue;
          refusedAtMs = performance.now();
          const { error } = (await response.json()) as { error: { code: string } };
          expect(response.status).toBe(401);
          expect(error.code).toBe('key_revoked');
        }
      })();
      await harness.seed.revoke(key);
      const revokedAtMs = performance.now();
      pushed(key);
      await loop;
      expect((await call(key)).status).toBe(401);
      return refusedAtMs - revokedAtMs;
    };
    expect(await shortestMs(1_000, refusedAfterMs)).toBeLessThan(1_000);
  });

  it('[G3] is refused by polling alone when the push is lost', async () => {
    const key = await harness.seed.key({ organizationId: harness.key.organizationId });
    expect((await call(key)).status).toBe(200);
    await harness.seed.revoke(key);
    await waitFor(async () => (await call(key)).status === 401, POLLED);
  });

  it('[G3] is refused by polling alone while an older transaction still runs', async () => {
    const key = await harness.seed.key({ organizationId: harness.key.organizationId });
    expect((await call(key)).status).toBe(200);
    const other = openDatabase({ url: harness.database.urls.worker, applicationName: 'test-slow' });
    onTestFinished(() => other.close());
    const begun = Promise.withResolvers<void>();
    const { promise: end, resolve } = Promise.withResolvers<void>();
    const slow = other.platform(
      async (tx) => {
        await tx.$queryRaw`SELECT pg_current_xact_id()::text`;
        begun.resolve();
        await end;
      },
      { timeoutMs: 60_000 },
    );
    await begun.promise;
    await harness.seed.revoke(key);
    await waitFor(async () => (await call(key)).status === 401, POLLED).finally(resolve);
    await slow;
  });

  it('[G3] [G4] loses its open streams within two seconds, with the dialect’s error event', async () => {
    const endedAfterMs = async (turn: number): Promise<number> => {
      const key = await harness.seed.key({ organizationId: harness.key.organizationId });
      const ref = `revoked-${turn}`;
      const response = await fetch(`${harness.gateway.baseUrl}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key.secret}` },
        body: JSON.stringify({
          model: 'sim-small',
          stream: true,
          messages: [{ role: 'user', content: `[[sim tokens=5000 interval=20 ref=${ref}]] Hello` }],
        }),
      });
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      await reader.read();
      await harness.seed.revoke(key);
      const revokedAtMs = performance.now();
      pushed(key);
      let last = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        last = value;
      }
      const endedMs = performance.now() - revokedAtMs;
      const lastEvent = last.trimEnd().split('\n\n').at(-1)!;
      expect(JSON.parse(lastEvent.slice('data: '.length))).toMatchObject({ error: { code: 'key_revoked' } });
      const settle = harness.gateway.log.settles().at(-1)!;
      expect(settle).toMatchObject({
        status: 'aborted',
        errorCode: 'key_revoked',
        usageSource: 'counted',
        estimated: true,
      });
      expect(settle.usage.outputTokens).toBeGreaterThan(0);
      await waitFor(async () =>
        (await harness.simulator.truth!.read()).some(
          (record) => record.ref === ref && record.outcome === 'client_abort',
        ),
      );
      return endedMs;
    };
    expect(await shortestMs(2_000, endedAfterMs)).toBeLessThan(2_000);
  });

  it.each([true, false])(
    '[G3] sends nothing to a provider for a body that was still on its way (stream: %s)',
    async (stream) => {
      const key = await harness.seed.key({ organizationId: harness.key.organizationId });
      expect((await call(key)).status).toBe(200);
      const ref = `parked-${stream}`;
      const body = JSON.stringify({
        model: 'sim-small',
        stream,
        messages: [{ role: 'user', content: `[[sim tokens=5 ref=${ref}]] Hello` }],
      });
      const answered = Promise.withResolvers<IncomingMessage>();
      const parked = httpRequest(`${harness.gateway.baseUrl}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key.secret}`, 'content-length': Buffer.byteLength(body) },
      });
      parked.once('response', answered.resolve).once('error', answered.reject);
      parked.write(body.slice(0, -1));
      // What came so far is being read: the key has been looked at.
      const metrics = () => harness.gateway.gateway.metrics.registry.metrics();
      await waitFor(async () =>
        (await metrics()).includes(`buffered_bytes ${Buffer.byteLength(body) - 1}\n`),
      );
      await harness.seed.revoke(key);
      pushed(key);
      await waitFor(async () => (await call(key)).status === 401);
      parked.end(body.slice(-1));
      const answer = await answered.promise;
      expect(answer.statusCode).toBe(401);
      expect(await json(answer)).toMatchObject({ error: { code: 'key_revoked' } });
      expect((await harness.simulator.truth!.read()).filter((record) => record.ref === ref)).toEqual([]);
    },
  );

  it('[G3] is not used for another try, whatever became of the first', async () => {
    const organizationId = await harness.seed.organization();
    await harness.seed.credential({ organizationId, baseUrl: `${failing.origin}/v1`, models: ['own-model'] });
    const key = await harness.seed.key({ organizationId });
    const answer = fetch(`${harness.gateway.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.secret}` },
      body: JSON.stringify({ model: 'own-model', messages: [{ role: 'user', content: 'Hello' }] }),
    });
    await waitFor(() => failing.asked === 1);
    await harness.seed.revoke(key);
    pushed(key);
    await waitFor(async () => (await call(key)).status === 401);
    failing.answer.resolve();
    const response = await answer;
    expect(await response.json()).toMatchObject({ error: { code: 'key_revoked' } });
    expect(response.status).toBe(401);
    expect(failing.asked).toBe(1);
  });

  it('leaves the streams of other keys alone', async () => {
    const key = await harness.seed.key({ organizationId: harness.key.organizationId });
    await call(key);
    const streaming = harness.ask('[[sim tokens=30 interval=20]] Hello', { stream: true });
    await harness.seed.revoke(key);
    pushed(key);
    expect(await (await streaming).text()).toMatch(/data: \[DONE\]\n\n$/);
  });
});
