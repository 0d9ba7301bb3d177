/** A batch through a gateway, a worker and a provider, each a process; the worker is killed before it has written. */
import { OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { auditBudgets } from '@tollgate/limits';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSettled } from './budget-watch.ts';
import type { StormKind } from './storm-kinds.ts';
import { createStormTenant } from './storm-tenant.ts';
import { type System, startSystem } from './system.ts';
import type { Tenant } from './tenant.ts';

const MINUTE_MS = 60_000;
const ENDPOINT = '/v1/chat/completions';
const PRICES = {
  'sim-small': { input: 250_000n, output: 2_000_000n },
  'sim-large': { input: 2_500_000n, output: 20_000_000n },
} as const;
type Model = keyof typeof PRICES;
const CAP = 40;

const OWN: StormKind = {
  name: 'batches of two models',
  provider: 'openai',
  basePath: '/v1',
  model: 'sim-small',
  components: { input: '250000', output: '2000000' },
  ask: () => ({ path: '/v1/batches', body: {} }),
};

/** The fourth is refused by the provider. */
const LINES = (['sim-small', 'sim-large', 'sim-small', 'sim-large', 'sim-small'] as const).map(
  (model, index) => ({
    custom_id: `${model}/${index}`,
    method: 'POST',
    url: ENDPOINT,
    body: {
      model,
      max_completion_tokens: CAP,
      messages: [{ role: 'user', content: `[[sim tokens=${10 + index}]] Tell me more` }],
      ...(index === 3 ? { no_such_parameter: 1 } : {}),
    },
  }),
);
const BOUND = LINES.reduce((sum, { body }) => {
  const { input, output } = PRICES[body.model];
  return sum + BigInt(Buffer.byteLength(JSON.stringify(body))) * input + BigInt(CAP) * output;
}, 0n);

let system: System;
beforeAll(async () => {
  system = await startSystem({ gatewayCount: 1, workerCount: 1, grantTtlMs: 4_000 });
}, 120_000);
afterAll(() => system?.stop());

/** Room for one batch, and not for two before the first is over. */
async function createTenant(): Promise<Tenant> {
  const limitPicoUsd = BOUND + BOUND / 2n;
  const tenant = await createStormTenant(system, OWN, [
    { scope: { type: 'organization', id: '' }, period: 'lifetime', limitPicoUsd },
  ]);
  const { organizationId } = tenant;
  const database = openDatabase({ url: system.testDatabase.urls.console, applicationName: 'batches' });
  await database.tenant(organizationId, async (tx) => {
    await tx.providerCredential.updateMany({
      where: { organizationId },
      data: { models: Object.keys(PRICES) },
    });
    await tx.priceVersion.create({
      data: {
        ...{
          id: newId('priceVersion', Date.now()),
          layer: 'organization',
          organizationId,
          provider: 'openai',
        },
        ...{ model: 'sim-large', validFrom: new Date(86_400_000), tiers: [] },
        components: { input: '2500000', output: '20000000' },
      },
    });
  });
  await database.close();
  return tenant;
}

const urlOf = (): string => new URL(system.gateways[0]!.plan.healthUrl).origin;

async function ask({ secret }: Tenant, path: string, body?: FormData | object): Promise<Response> {
  return fetch(`${urlOf()}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${secret}`,
      ...(body instanceof FormData || body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
  });
}

async function upload(tenant: Tenant): Promise<string> {
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob([LINES.map((line) => `${JSON.stringify(line)}\n`).join('')]), 'lines.jsonl');
  const { id } = (await (await ask(tenant, '/v1/files', form)).json()) as { id: string };
  return id;
}

/** As the client itself reads it in the end, priced by hand. */
async function costOf(tenant: Tenant, batchId: string): Promise<bigint> {
  const batch = (await (await ask(tenant, `/v1/batches/${batchId}`)).json()) as { output_file_id: string };
  const file = await ask(tenant, `/v1/files/${batch.output_file_id}/content`);
  const lines = (await file.text()).trim().split('\n');
  expect(lines).toHaveLength(LINES.length - 1);
  return lines.reduce((sum, text) => {
    const { custom_id, response } = JSON.parse(text) as {
      custom_id: string;
      response: { body: { usage: { prompt_tokens: number; completion_tokens: number } } };
    };
    const { input, output } = PRICES[custom_id.split('/')[0] as Model];
    const { prompt_tokens, completion_tokens } = response.body.usage;
    return sum + BigInt(prompt_tokens) * input + BigInt(completion_tokens) * output;
  }, 0n);
}

it('[M1] [M2] [M3] is held at its bound, then costs what its lines cost, once, and the rest is free again', async () => {
  const tenant = await createTenant();
  const { organizationId } = tenant;
  const create = { input_file_id: await upload(tenant), endpoint: ENDPOINT, completion_window: '24h' };
  const made = await ask(tenant, '/v1/batches', create);
  const { id: batchId } = (await made.json()) as { id: string };
  expect(made.status).toBe(200);
  const settled = async () => (await readSettled(system.database, organizationId))[0]?.settledPicoUsd;
  await waitFor(async () => (await settled()) === BOUND, {
    timeoutMs: 20_000,
    description: 'the bound is settled',
  });
  expect((await ask(tenant, '/v1/batches', create)).status).toBe(402);

  const batches = () => system.database.tenant(organizationId, (tx) => tx.providerBatch.findMany());
  const follows = async () => {
    const truth = await system.readTruth();
    return truth.filter(({ headers }) => headers['x-client-request-id']?.endsWith('-follow') === true).length;
  };
  system.setWorkerClockOffset(2 * MINUTE_MS);
  await waitFor(async () => (await batches())[0]?.answeredAt != null, {
    timeoutMs: 20_000,
    description: 'a first look',
  });

  // The worker reads everything, and cannot write: then it is gone.
  const owner = openDatabase({ url: system.testDatabase.urls.migrator, applicationName: 'batches' });
  const seen = await follows();
  await owner.tenant(
    OPERATOR_ORGANIZATION_ID,
    async (tx) => {
      await tx.$executeRaw`LOCK TABLE usage_entries IN SHARE MODE`;
      system.setWorkerClockOffset(10 * MINUTE_MS);
      // The batch, its input file, its answers and its errors.
      await waitFor(async () => (await follows()) >= seen + 4, {
        timeoutMs: 20_000,
        description: 'all was read',
      });
      await system.workers[0]!.kill();
    },
    { timeoutMs: 60_000 },
  );
  await owner.close();
  expect((await batches()).map(({ state }) => state)).toEqual(['following']);
  expect(await settled()).toBe(BOUND);

  await system.workers[0]!.start();
  system.setWorkerClockOffset(60 * MINUTE_MS);
  await waitFor(async () => (await batches())[0]?.state === 'settled', {
    timeoutMs: 30_000,
    description: 'the end',
  });
  const cost = await costOf(tenant, batchId);
  const entries = await system.database.tenant(organizationId, (tx) =>
    tx.usageEntry.findMany({
      where: { endpoint: 'batches', adjustmentId: { not: '' } },
      orderBy: { entry: 'asc' },
    }),
  );
  expect(entries.map(({ entry, model }) => [entry, model])).toEqual([
    [1, ''],
    [2, 'sim-small'],
    [3, 'sim-large'],
  ]);
  expect(entries.reduce((sum, { costPicoUsd }) => sum + (costPicoUsd ?? 0n), 0n)).toBe(cost);
  expect(cost).toBeLessThan(BOUND / 2n);
  expect(await settled()).toBe(cost);
  expect(await auditBudgets(system.database, organizationId)).toEqual([]);

  await waitFor(async () => (await ask(tenant, '/v1/batches', create)).status === 200, {
    timeoutMs: 20_000,
    intervalMs: 250,
    description: 'room for another',
  });
  await waitFor(async () => (await settled()) === cost + BOUND, {
    timeoutMs: 40_000,
    description: 'the second at its bound',
  });
  expect(await auditBudgets(system.database, organizationId)).toEqual([]);
}, 120_000);
