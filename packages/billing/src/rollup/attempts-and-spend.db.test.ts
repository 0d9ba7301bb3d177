import { openDatabase } from '@tollgate/db';
import { applyMigrations } from '@tollgate/db/admin';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  anyEntries,
  type BillingFixture,
  createBillingFixture,
  insertEntries,
  NOVEMBER_MS,
  rollUpFully,
} from '../fixtures/ledger-fixture.ts';
import { compareSums, derived, expectEqualSums } from '../fixtures/ledger-sums.ts';
import { extendSummaries } from './usage-summaries.ts';

const MIGRATIONS = ['20261122060000_attempts_and_spend', '20261122070000_attempts_and_spend_before'];

let fixture: BillingFixture;
beforeAll(async () => {
  fixture = await createBillingFixture();
});
afterAll(() => fixture?.close());

/** Each entry of the fixture heard 60,000 tokens and spoke 700,000; of all others together it has less. */
async function forgetAudio(organizationId: string): Promise<void> {
  await fixture.worker.tenant(organizationId, async (tx) => {
    await tx.$executeRaw`
      UPDATE usage_rollups SET input_tokens = input_tokens % 60000, output_tokens = output_tokens % 700000`;
    await tx.$executeRaw`
      UPDATE end_user_rollups SET input_tokens = input_tokens % 60000, output_tokens = output_tokens % 700000`;
    await tx.$executeRaw`
      UPDATE tag_rollups SET input_tokens = input_tokens % 60000, output_tokens = output_tokens % 700000`;
  });
}

/** As it was before the migration; then the migration. */
async function migrateAgain(): Promise<void> {
  const migrator = openDatabase({ url: fixture.urls.migrator, applicationName: 'billing-test' });
  try {
    await migrator.platform(async (tx) => {
      await tx.$executeRaw`ALTER TABLE usage_rollups DROP COLUMN attempts`;
      await tx.$executeRaw`ALTER TABLE usage_summaries DROP COLUMN attempts`;
      await tx.$executeRaw`
        ALTER TABLE end_user_rollups DROP COLUMN attempts, DROP COLUMN saved_pico_usd, DROP COLUMN spent_pico_usd`;
      await tx.$executeRaw`
        ALTER TABLE tag_rollups DROP COLUMN attempts, DROP COLUMN saved_pico_usd, DROP COLUMN spent_pico_usd`;
      await tx.$executeRaw`DELETE FROM _prisma_migrations WHERE migration_name = ANY (${MIGRATIONS})`;
    });
  } finally {
    await migrator.close();
  }
  expect(await applyMigrations({ url: fixture.urls.migrator })).toEqual(MIGRATIONS);
}

it('the migration says the most that can be known of months whose ledger was dropped', async () => {
  const organizationId = await fixture.createOrganization();
  await fixture.worker.tenant(organizationId, async (tx) => {
    const bucket = { organizationId, bucketStart: new Date(NOVEMBER_MS), model: 'm', livemode: true };
    await tx.endUserRollup.create({
      data: { ...bucket, endUser: 'resold', requests: 2, costPicoUsd: 5, chargePicoUsd: 7 },
    });
    await tx.endUserRollup.create({ data: { ...bucket, endUser: 'own', requests: 3, costPicoUsd: 5 } });
    await tx.$executeRaw`INSERT INTO ledger_cursors (organization_id, name) VALUES (${organizationId}, 'usage-rollup')`;
  });
  await migrateAgain();
  const rows = await fixture.worker.tenant(organizationId, (tx) =>
    tx.endUserRollup.findMany({ orderBy: { endUser: 'asc' } }),
  );
  expect(
    rows.map((row) => [
      row.endUser,
      Number(row.attempts),
      row.spentPicoUsd.toFixed(0),
      row.savedPicoUsd.toFixed(0),
    ]),
  ).toEqual([
    ['own', 3, '5', '0'],
    ['resold', 2, '7', '0'],
  ]);
});

it('[M5] the migration gives cubes that were there before what roll-ups give new ones, of what was rolled up', async () => {
  const organizations = await Promise.all([fixture.createOrganization(), fixture.createOrganization()]);
  const [first, second, unseen] = fc.sample(anyEntries({ size: 40 }), { numRuns: 3, seed: 17 });
  await insertEntries(fixture.worker, organizations[0]!, first!);
  await insertEntries(fixture.worker, organizations[1]!, second!);
  for (const organizationId of organizations) await rollUpFully(fixture.worker, organizationId);
  const before = await Promise.all(organizations.map((id) => derived(fixture.worker, id)));
  await insertEntries(fixture.worker, organizations[1]!, unseen!);
  for (const organizationId of organizations) await forgetAudio(organizationId);

  await migrateAgain();
  for (const organizationId of organizations) {
    while (await extendSummaries(fixture.worker, organizationId));
  }

  expect(await Promise.all(organizations.map((id) => derived(fixture.worker, id)))).toEqual(before);
  await rollUpFully(fixture.worker, organizations[1]!);
  expectEqualSums(await compareSums(fixture.worker, organizations[1]!));
});

it('a worker that does not know of attempts rolls nothing up, rather than leave zeros for good', async () => {
  const organizationId = await fixture.createOrganization();
  await expect(
    fixture.worker.tenant(
      organizationId,
      (tx) => tx.$executeRaw`
        INSERT INTO usage_rollups (organization_id, bucket_start, team_id, cost_center, key_id, member_id, service_account_id,
          model, provider, credential_id, credential_owner, endpoint, status, livemode, requests)
        VALUES (${organizationId}, ${new Date(NOVEMBER_MS)}, '', '', 'k', '', '', 'm', 'p', 'c', 'operator', 'chat', 'succeeded', true, 1)`,
    ),
  ).rejects.toThrow(/attempts/);
});
