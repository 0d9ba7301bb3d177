/**
 * Rating a million entries again: rate, memory, and what ten million would take.
 *
 *     node apps/worker/src/rerating.bench.ts [--entries 1000000] [--chunk 20000]
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { settleCorrections } from '@tollgate/limits';
import { applyRerating, createRerating, findRerating, runRerating } from '@tollgate/metering/rerating';
import { createTestDatabase, startTestServices } from '@tollgate/testing';

const { values } = parseArgs({
  options: { entries: { type: 'string', default: '1000000' }, chunk: { type: 'string' } },
});
const entries = Number(values.entries);
const services = await startTestServices();
const testDatabase = await createTestDatabase(services);
const console_ = openDatabase({ url: testDatabase.urls.console, applicationName: 'bench' });
const worker = openDatabase({ url: testDatabase.urls.worker, applicationName: 'bench' });
const nowMs = Date.now();
const from = new Date(nowMs - 20 * 86_400_000);
const organizationId = newId('organization', nowMs);
await console_.tenant(organizationId, (tx) =>
  tx.organization.create({ data: { id: organizationId, name: 'B', slug: organizationId.toLowerCase() } }),
);
for (const [scopeType, scopeId, period] of [
  ['organization', organizationId, 'month'],
  ['team', '*', 'day'],
  ['key', '*', 'month'],
] as const) {
  await console_.tenant(organizationId, (tx) =>
    tx.budget.create({
      data: {
        id: newId('budget', nowMs),
        organizationId,
        scopeType,
        scopeId,
        limitPicoUsd: '1000000000000000',
        period,
        kind: 'hard',
        thresholds: [],
      },
    }),
  );
}
await console_.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
  tx.priceVersion.createMany({
    data: Array.from({ length: 40 }, (_, i) => ({
      id: newId('priceVersion', nowMs),
      layer: 'operator',
      organizationId: OPERATOR_ORGANIZATION_ID,
      provider: 'p',
      model: `m-${i}`,
      validFrom: new Date('2026-01-01'),
      components: { input: '1250000', cachedInput: '125000', output: '10000000' },
      tiers: [{ aboveInputTokens: 2_000, components: { input: '2500000', output: '15000000' } }],
    })),
  }),
);
const load = performance.now();
for (let done = 0; done < entries; done += 100_000) {
  await worker.tenant(
    organizationId,
    (tx) => tx.$executeRaw`
    INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, team_id, team_path, key_id, requested_model, model, provider,
      credential_id, credential_owner, endpoint, streamed, livemode, input_tokens, cached_input_tokens, output_tokens, price_version_id,
      markup_basis_points, components, cost_pico_usd, charge_pico_usd, status, usage_source)
    SELECT ${organizationId}, ${from}::timestamptz + (i::float8 / ${entries}::float8) * interval '19 days', 'req_' || lpad(i::text, 12, '0'), 1, 'team_' || i % 50, 'team_' || i % 50,
      'key_' || i % 500, 'm', 'm-' || i % 40, 'p', 'c', 'operator', 'chat', false, true, 1000 + i % 3000, 500, 200, 'prc_wrong', 1500,
      jsonb_build_array(jsonb_build_object('component', 'input', 'quantity', 1000 + i % 3000, 'unitPricePicoUsd', '1000000', 'costPicoUsd', ((1000 + i % 3000) * 1000000::bigint)::text, 'chargePicoUsd', ((1000 + i % 3000) * 1150000::bigint)::text),
        jsonb_build_object('component', 'cachedInput', 'quantity', 500, 'unitPricePicoUsd', '100000', 'costPicoUsd', '50000000', 'chargePicoUsd', '57500000'),
        jsonb_build_object('component', 'output', 'quantity', 200, 'unitPricePicoUsd', '9000000', 'costPicoUsd', '1800000000', 'chargePicoUsd', '2070000000')),
      (1000 + i % 3000) * 1000000::bigint + 1850000000, (1000 + i % 3000) * 1150000::bigint + 2127500000, 'succeeded', 'provider'
    FROM generate_series(${done}::int, ${Math.min(done + 100_000, entries) - 1}::int) AS i`,
    { timeoutMs: 300_000 },
  );
}
console.log(`${entries} entries loaded in ${((performance.now() - load) / 1000).toFixed(1)} s`);
const id = (await console_.tenant(organizationId, (tx) =>
  createRerating(tx, {
    organizationId,
    from,
    to: new Date(nowMs),
    provider: '',
    model: '',
    reason: 'bench',
    ownCredentialsOnly: false,
    requestedByName: '',
    nowMs,
  }),
))!.id;
for (const phase of ['preview', 'apply']) {
  if (phase === 'apply')
    await console_.tenant(organizationId, (tx) => applyRerating(tx, { organizationId, id, now: new Date() }));
  const start = performance.now();
  const cpuBefore = await backendCpuMs();
  let peak = 0;
  const progress = await runRerating(worker, {
    organizationId,
    now: () => new Date(),
    ...(values.chunk === undefined ? {} : { maxAttempts: Number(values.chunk) }),
    onCorrections: async (tx, range) => {
      peak = Math.max(peak, process.memoryUsage().rss);
      return settleCorrections(tx, organizationId, nowMs, range);
    },
  });
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `CPU of Postgres: ${((((await backendCpuMs()) - cpuBefore) * 1000) / entries).toFixed(1)} us per entry`,
  );
  console.log(
    `${phase}: ${seconds.toFixed(1)} s, ${Math.round(entries / seconds)} entries/s, ten million in ${((seconds * 10_000_000) / entries / 60).toFixed(1)} min; rss ${Math.round(Math.max(peak, process.memoryUsage().rss) / 1e6)} MB`,
    progress,
  );
}
/** Of the backends that serve this process: stable where wall-clock is not. */
async function backendCpuMs(): Promise<number> {
  const rows = await worker.tenant(
    organizationId,
    (tx) =>
      tx.$queryRaw<{ pid: number }[]>`SELECT pid FROM pg_stat_activity WHERE application_name = 'bench'`,
  );
  let ticks = 0;
  for (const { pid } of rows) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * 10;
}
const record = await console_.tenant(organizationId, (tx) => findRerating(tx, organizationId, id));
console.log(
  record?.state,
  record?.lines
    .filter((line) => line.phase === 'applied')
    .reduce((sum, line) => sum + Number(line.entries), 0),
);
await Promise.all([console_.close(), worker.close()]);
await testDatabase.drop();
await services.stop();
