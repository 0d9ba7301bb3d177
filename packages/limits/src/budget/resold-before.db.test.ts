/** What the migration says of organizations that were served by the operator's credentials before these were bounded. */
import { openDatabase } from '@tollgate/db';
import { applyMigrations } from '@tollgate/db/admin';
import { parseId } from '@tollgate/ids';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { World } from './testing-gateways.ts';

const MIGRATION = '20261122100100_resold_before';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

async function migrateAgain(): Promise<void> {
  const { migrator } = world.database.urls;
  const database = openDatabase({ url: migrator, applicationName: 'limits-test' });
  try {
    await database.platform(
      (tx) => tx.$executeRaw`DELETE FROM _prisma_migrations WHERE migration_name = ${MIGRATION}`,
    );
  } finally {
    await database.close();
  }
  expect(await applyMigrations({ url: migrator })).toEqual([MIGRATION]);
}

interface Use {
  readonly credentialOwner: 'organization' | 'operator';
  readonly livemode?: boolean;
  readonly chargePicoUsd?: number;
}

function rollUp({ credentialOwner, livemode = true, chargePicoUsd = 1 }: Use): Promise<unknown> {
  const { organizationId } = world;
  return world.worker.tenant(organizationId, (tx) =>
    tx.usageRollup.create({
      data: {
        organizationId,
        bucketStart: new Date('2026-11-01T00:00:00Z'),
        teamId: 'team_1',
        costCenter: '',
        keyId: '',
        memberId: '',
        serviceAccountId: '',
        model: 'm',
        provider: 'openai',
        credentialId: 'cred_1',
        credentialOwner,
        endpoint: 'chat',
        status: 'ok',
        livemode,
        chargePicoUsd,
        requests: 1,
        attempts: 1,
      },
    }),
  );
}

const listResold = () =>
  world.console.tenant(world.organizationId, (tx) => tx.budget.findMany({ where: { counts: 'resold' } }));

it('an organization that used what is resold is not bounded by the upgrade: the operator finds it without a bound', async () => {
  await rollUp({ credentialOwner: 'operator' });
  await migrateAgain();
  await migrateAgain();
  const [budget, ...more] = await listResold();
  expect(more).toEqual([]);
  expect(budget).toMatchObject({ name: 'Resold models', scopeId: world.organizationId });
  expect(budget!.archivedAt).toBeInstanceOf(Date);
  const { timeMs = 0 } = parseId('budget', budget!.id) ?? {};
  expect(Math.abs(Date.now() - timeMs)).toBeLessThan(600_000);
});

it.each<[string, Use]>([
  ['its own credentials', { credentialOwner: 'organization' }],
  ['what is resold for tests', { credentialOwner: 'operator', livemode: false }],
  ['what is resold, for nothing', { credentialOwner: 'operator', chargePicoUsd: 0 }],
])('one that has used only %s is left to the worker, which bounds it as a new one', async (_name, use) => {
  await rollUp(use);
  await migrateAgain();
  expect(await listResold()).toEqual([]);
});
