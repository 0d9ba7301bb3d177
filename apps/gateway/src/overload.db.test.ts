/** More than a gateway can do: what is too much is told so at once, what runs goes on, and nobody holds memory. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Harness, startHarness } from './testing/harness.ts';
import type { SeededKey } from './testing/seed.ts';
import { startTestGateway } from './testing/start-test-gateway.ts';

let harness: Harness;
/** Answers with twenty megabytes. */
let talker: Server;
let talkerOrigin: string;

beforeAll(async () => {
  const answer = JSON.stringify({
    choices: [
      { index: 0, message: { role: 'assistant', content: 'x'.repeat(20_000_000) }, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  });
  talker = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  });
  await new Promise<void>((resolve) => talker.listen(0, '127.0.0.1', resolve));
  talkerOrigin = `http://127.0.0.1:${(talker.address() as AddressInfo).port}`;
  harness = await startHarness({
    allowedOrigins: [talkerOrigin],
    gateway: { limits: { maxActive: 4, maxBufferedBytes: 1_000_000 } },
  });
  const { organizationId } = harness.key;
  await harness.seed.credential({ organizationId, baseUrl: `${talkerOrigin}/v1`, models: ['sim-large'] });
  await isKnown(harness.key);
});
afterAll(async () => {
  await harness?.close();
  talker?.close();
});

/** Of another organization, looked up already: on a busy machine a first look-up may take too long. */
async function otherKey(): Promise<SeededKey> {
  const key = await harness.seed.key({ organizationId: await harness.seed.organization() });
  await isKnown(key);
  return key;
}

function isKnown({ secret }: SeededKey): Promise<unknown> {
  const headers = { authorization: `Bearer ${secret}` };
  return waitFor(async () => (await fetch(`${harness.gateway.baseUrl}/models`, { headers })).status === 200, {
    description: 'a key that is known',
  });
}

function openStream(key: SeededKey, signal: AbortSignal): Promise<Response> {
  return fetch(`${harness.gateway.baseUrl}/chat/completions`, {
    method: 'POST',
    signal,
    headers: { authorization: `Bearer ${key.secret}` },
    body: JSON.stringify({
      model: 'sim-small',
      stream: true,
      messages: [{ role: 'user', content: '[[sim tokens=5000 interval=10]] Hello' }],
    }),
  });
}

describe('a gateway that is full', () => {
  it('[G1] sheds with 503 and a time to come back, stays healthy, and takes the next when there is room', async () => {
    const aborts = Array.from({ length: 4 }, () => new AbortController());
    const other = await otherKey();
    const running = await Promise.all(
      aborts.map(({ signal }, index) => openStream(index % 2 === 0 ? harness.key : other, signal)),
    );
    expect(running.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const shed = await harness.ask('Hello');
    expect(shed.status).toBe(503);
    expect(shed.headers.get('retry-after-ms')).toBe('1000');
    expect(await shed.json()).toMatchObject({ error: { code: 'service_unavailable' } });
    expect((await fetch(`${harness.gateway.origin}/healthz`)).status).toBe(200);
    aborts[0]!.abort();
    await waitFor(async () => (await harness.ask('Hello')).status === 200);
    for (const abort of aborts) abort.abort();
    await waitFor(async () => (await harness.ask('Hello')).status === 200);
  });

  it('refuses a key that floods it, and serves the others meanwhile', async () => {
    const abort = new AbortController();
    const running = [
      await openStream(harness.key, abort.signal),
      await openStream(harness.key, abort.signal),
    ];
    expect(running.map(({ status }) => status)).toEqual([200, 200]);
    const other = await otherKey();
    for (let turn = 0; turn < 5; turn += 1) {
      const [refused, served] = await Promise.all([
        harness.ask('Hello'),
        fetch(`${harness.gateway.baseUrl}/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${other.secret}` },
          body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content: 'Hello' }] }),
        }),
      ]);
      expect([refused.status, served.status]).toEqual([503, 200]);
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(await refused.json()).toMatchObject({
        error: {
          tollgate: {
            code: 'capacity_share_exceeded',
            scope: { type: 'key', id: harness.key.keyId },
            limit: '2',
            used: '2',
          },
        },
      });
      await served.text();
    }
    abort.abort();
    await waitFor(async () => (await harness.ask('Hello')).status === 200);
  });

  it('takes no more bytes of bodies than it may hold, and gives them back', async () => {
    const large = 'x'.repeat(600_000);
    const hang = '[[sim tokens=5000 interval=20]] ';
    const other = await otherKey();
    // Its body is held until its stream ends.
    const first = await harness.ask(hang + large, { stream: true });
    // One after the other: of two at once, the first may have taken the room by which the second is judged.
    const same = await harness.ask(large);
    const another = await harness.ask(large, {}, { authorization: `Bearer ${other.secret}` });
    expect([first.status, same.status, another.status]).toEqual([200, 503, 503]);
    expect(await Promise.all([same, another].map((each) => each.json()))).toMatchObject([
      { error: { code: 'capacity_share_exceeded' } },
      { error: { code: 'service_unavailable' } },
    ]);
    await first.body?.cancel();
    await waitFor(async () => (await harness.ask(large)).status === 200);
  });
});

describe('an answer that is larger than what may be held', () => {
  it('[G1] is given up with 503, whoever the provider is, and gives back what it took', async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      const response = await harness.ask('Hello', { model: 'sim-large' });
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ error: { code: 'service_unavailable' } });
    }
    expect((await harness.ask('x'.repeat(600_000))).status).toBe(200);
  });
});

describe('a client that does not read', () => {
  it('is cut after a while, so that its answer is not held', async () => {
    const gateway = await startTestGateway({
      databaseUrl: harness.database.urls.gateway,
      allowedPrivateOrigins: [talkerOrigin],
      limits: { idleTimeoutMs: 500, minReadBytesPerSecond: 100_000_000 },
    });
    onTestFinished(() => gateway.close());
    const { hostname, port } = new URL(gateway.origin);
    const body = JSON.stringify({ model: 'sim-large', messages: [{ role: 'user', content: 'Hello' }] });
    const accepted = new Promise<Socket>((resolve) => {
      gateway.gateway.server.once('connection', resolve);
    });
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.on('error', () => undefined);
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${harness.key.secret}\r\n` +
        `content-length: ${body.length}\r\n\r\n${body}`,
    );
    const held = await accepted;
    await waitFor(() => held.destroyed, { description: 'its connection cut' });
    socket.destroy();
  });
});
