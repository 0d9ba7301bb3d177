/** Rounds that wait for servers which organizations have named, and some of these never answer. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_ORIGIN } from '@tollgate/audit';
import { createDestination } from '@tollgate/billing';
import { fixedClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { sealSecret } from '@tollgate/keys';
import { createLogger } from '@tollgate/logging';
import { createTestDatabase, createTestRedis, type TestDatabase, waitFor } from '@tollgate/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createWorkerApp, type WorkerApp } from './worker-app.ts';
import { WorkerMetrics } from './worker-metrics.ts';

/** More than the organizations that a round looks at at once. */
const SILENT = 9;
const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
const clock = fixedClock(Date.now());
const FILE = Buffer.from('a,b\n1,2\n');
const sha256 = createHash('sha256').update(FILE).digest('hex');

let testDatabase: TestDatabase;
let console: Database;
let worker: Database;
let folder: string;
let silent: Server;
let silentUrl: string;
let good: HttpServer;
let goodUrl: string;
let app: WorkerApp;
/** Connections to the server that takes everything and answers nothing. */
const waiting: Socket[] = [];
let isGone = false;
/** What the server that answers waits for. */
let mayAnswer = Promise.withResolvers<void>();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const open = (url: string) => openDatabase({ url, applicationName: 'slow-test', maxConnections: 16 });
  [console, worker] = [open(testDatabase.urls.console), open(testDatabase.urls.worker)];
  folder = mkdtempSync(join(tmpdir(), 'tollgate-slow-'));
  silent = createServer((socket) => {
    socket.on('error', () => undefined);
    if (isGone) socket.destroy();
    else waiting.push(socket.resume());
  });
  good = createHttpServer((request, response) => {
    request.resume();
    const body = JSON.stringify({ id: 'batch_1', status: 'in_progress' });
    request.on('end', async () => {
      await mayAnswer.promise;
      response.writeHead(200, { etag: '"1"' }).end(body);
    });
  });
  [silentUrl, goodUrl] = await Promise.all([listen(silent), listen(good)]);
});
afterAll(async () => {
  silent?.close();
  good?.close();
  await Promise.all([console?.close(), worker?.close()]);
  await testDatabase?.drop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  waiting.length = 0;
  isGone = false;
  mayAnswer.resolve();
  const allowedPrivateOrigins = [silentUrl, goodUrl];
  app = await createWorkerApp({
    database: worker,
    redisUrl: (await createTestRedis()).url,
    clock,
    logger: createLogger({ name: 'test', level: 'silent' }),
    metrics: new WorkerMetrics(),
    notify: { ring, consoleUrl: 'https://console.example', allowedPrivateOrigins },
    accounts: { ring, allowedPrivateOrigins },
    exportsFolder: folder,
    turnMs: 20,
    onFatal: (error) => {
      throw error;
    },
  });
});
afterEach(async () => {
  isGone = true;
  mayAnswer.resolve();
  hangUp();
  await app.stop();
});

function hangUp(): void {
  for (const socket of waiting) socket.destroy();
}

async function listen(server: Server | HttpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Others before and after the one whose server answers. @returns That one, and the others. */
async function makeOrganizations(prepare: (organizationId: string, url: string) => Promise<void>) {
  const others: string[] = [];
  let answered = '';
  for (let index = 0; index <= SILENT; index++) {
    clock.advance(1);
    const id = newId('organization', clock.nowMs());
    await console.tenant(id, (tx) =>
      tx.organization.create({ data: { id, name: 'Acme', slug: id.toLowerCase() }, select: { id: true } }),
    );
    const isGood = index === SILENT - 1;
    if (isGood) answered = id;
    else others.push(id);
    await prepare(id, isGood ? goodUrl : silentUrl);
  }
  return { answered, others };
}

/** Two files that wait to be brought to a bucket there. */
async function prepareExports(organizationId: string, url: string): Promise<void> {
  const now = clock.now();
  const destination = await console.tenant(organizationId, (tx) => {
    const actor = { kind: 'user' as const, id: 'usr_1', name: 'Finance' };
    return createDestination({ tx, organizationId, actor, origin: NO_ORIGIN, now }, ring, {
      ...{ name: 'Lake', prefix: '', endpoint: url, region: 'eu-central-1', bucket: 'lake', pathStyle: true },
      ...{ accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    });
  });
  const path = `${organizationId}/usage.csv`;
  mkdirSync(join(folder, organizationId));
  writeFileSync(join(folder, path), FILE);
  await worker.tenant(organizationId, async (tx) => {
    for (const name of ['first', 'second']) {
      const id = `${name}_${organizationId}`;
      await tx.$executeRaw`
        INSERT INTO data_exports (id, organization_id, kind, format, state, bytes, sha256, path, actor_kind, actor_id)
        VALUES (${id}, ${organizationId}, 'usage', 'csv', 'done', ${FILE.length}, ${sha256}, ${path}, 'system', 'test')`;
      await tx.$executeRaw`
        INSERT INTO export_deliveries (id, organization_id, export_id, schedule_id, destination_id, object_key, next_try_at)
        VALUES (${id}, ${organizationId}, ${id}, 'exs_1', ${destination.id}, ${name}, ${now})`;
    }
  });
}

/** Two batches that were made there. */
async function prepareBatches(organizationId: string, url: string): Promise<void> {
  const now = clock.now();
  const credentialId = newId('providerCredential', clock.nowMs());
  const baseUrl = `${url}/v1`;
  await console.tenant(organizationId, (tx) =>
    tx.providerCredential.create({
      data: {
        ...{
          id: credentialId,
          organizationId,
          provider: 'openai',
          name: 'own',
          baseUrl,
          livemode: true,
          models: [],
        },
        secretCiphertext: sealSecret(
          ring,
          { organizationId, recordId: credentialId, field: 'secret', baseUrl },
          'sk',
        ),
      },
      select: { id: true },
    }),
  );
  await worker.tenant(organizationId, async (tx) => {
    for (const name of ['first', 'second']) {
      await tx.$executeRaw`
        INSERT INTO provider_batches (id, organization_id, request_id, started_at, attempt, provider, credential_id, provider_batch_id,
          input_file_id, endpoint, state, next_look_at)
        VALUES (${`${name}_${organizationId}`}, ${organizationId}, ${name}, ${now}, 1, 'openai', ${credentialId}, ${name},
          'file_1', '/v1/chat/completions', 'following', ${now})`;
    }
  });
}

it('buckets that never answer keep no other organization’s exports waiting', async () => {
  const { answered, others } = await makeOrganizations(prepareExports);
  const list = async (...ids: string[]) => {
    const read = (id: string) => worker.tenant(id, (tx) => tx.exportDelivery.findMany());
    return (await Promise.all(ids.map(read))).flat();
  };
  await app.runTask('export-deliveries');
  await waitFor(async () => (await list(answered)).every(({ state }) => state === 'delivered'), {
    description: 'both files in the bucket that answers',
  });
  // Whose turn goes on has no second one beside it.
  await app.runTask('export-deliveries');
  await waitFor(() => waiting.length === SILENT);
  expect((await list(...others)).filter(({ tries }) => tries > 0)).toHaveLength(SILENT);
  hangUp();
  await waitFor(async () => (await list(...others)).every(({ tries }) => tries > 0), {
    description: 'a try of what was left',
  });
});

it('providers that never answer keep no other organization’s batches from being settled', async () => {
  const { answered, others } = await makeOrganizations(prepareBatches);
  const list = async (...ids: string[]) => {
    const read = (id: string) => worker.tenant(id, (tx) => tx.providerBatch.findMany());
    return (await Promise.all(ids.map(read))).flat();
  };
  await waitFor(
    async () => {
      await app.runTask('batches');
      return (await list(answered)).every(({ answeredAt }) => answeredAt !== null);
    },
    { description: 'an answer to both batches' },
  );
  await waitFor(() => waiting.length >= SILENT, { description: 'a question to each that is silent' });
  hangUp();
  await waitFor(() => waiting.length >= 2 * SILENT, { description: 'each of them is asked for the other' });
  hangUp();
  await waitFor(async () => (await list(...others)).every(({ failures }) => failures === 1), {
    description: 'each of them paused once',
  });
});

it('a provider that answers slowly is asked for all batches that are due, whether the round waits or not', async () => {
  // Before there is anything to ask: the app has rounds of its own.
  mayAnswer = Promise.withResolvers();
  const { answered } = await makeOrganizations(prepareBatches);
  const list = () => worker.tenant(answered, (tx) => tx.providerBatch.findMany());
  await app.runTask('batches');
  expect((await list()).filter(({ answeredAt }) => answeredAt !== null)).toEqual([]);
  mayAnswer.resolve();
  await waitFor(async () => (await list()).every(({ answeredAt }) => answeredAt !== null), {
    description: 'an answer to both batches, of one round',
    timeoutMs: 20_000,
  });
});
