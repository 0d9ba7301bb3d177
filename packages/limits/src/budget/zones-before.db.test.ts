/** What the migration makes of budgets that a change of zone had left behind. */
import { openDatabase } from '@tollgate/db';
import { applyMigrations } from '@tollgate/db/admin';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditBudgets } from './audit-budgets.ts';
import { isRefusal, World } from './testing-gateways.ts';

const MIGRATION = '20261122100300_zones_of_budgets';
const NOON_MS = Math.floor(Date.now() / 86_400_000) * 86_400_000 + 43_200_000;

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

async function migrateAgain(): Promise<void> {
  const { migrator } = world.database.urls;
  const database = openDatabase({ url: migrator, applicationName: 'limits-test' });
  try {
    await database.platform(async (tx) => {
      await tx.$executeRaw`DROP FUNCTION align_budgets(jsonb), lock_time_zones(), time_zone_lock(text)`;
      await tx.$executeRaw`DELETE FROM _prisma_migrations WHERE migration_name = ${MIGRATION}`;
    });
  } finally {
    await database.close();
  }
  expect(await applyMigrations({ url: migrator })).toEqual([MIGRATION]);
}

/** As if it had been made in a zone whose day begins later. */
async function leaveBehind(budgetId: string): Promise<void> {
  const { organizationId } = world;
  await world.console.tenant(organizationId, (tx) =>
    tx.budget.update({
      where: { organizationId_id: { organizationId, id: budgetId } },
      data: { countedFrom: new Date(NOON_MS) },
    }),
  );
}

it('[M3] one for which nothing was held since counts again, what was spent meanwhile included', async () => {
  const budgetId = await world.budget({ limit: 10n, period: 'day' });
  await leaveBehind(budgetId);
  const startedAtMs = NOON_MS - 1;
  const gateway = await world.gateway();
  const free = await gateway.hold({ cap: 100, startedAtMs });
  if (isRefusal(free)) throw new Error('must be held');
  expect(free.holds).toEqual([]);
  await world.ingest([gateway.line(free, 7n, { startedAtMs })]);
  await migrateAgain();
  const next = await world.gateway();
  expect(await next.hold({ cap: 4, startedAtMs })).toMatchObject({ code: 'request_exceeds_budget' });
  expect(isRefusal(await next.hold({ cap: 3, startedAtMs }))).toBe(false);
  expect(await world.standing(budgetId)).toMatchObject([{ settled: 7n, granted: 3n }]);
  expect(await auditBudgets(world.worker, world.organizationId)).toEqual([]);
});

it('one that has counted goes on, as does one whose unspent money is carried over', async () => {
  const [counted, carried] = [
    await world.budget({ limit: 10n, period: 'day' }),
    await world.budget({ limit: 20n, period: 'day', carryOver: true }),
  ];
  const gateway = await world.gateway();
  const hold = await gateway.hold({ cap: 2 });
  if (isRefusal(hold)) throw new Error('must be held');
  hold.release();
  await gateway.gate.close();
  await leaveBehind(carried);
  const before = await countedFrom();
  expect(Object.keys(before).toSorted()).toEqual([counted, carried].toSorted());
  await migrateAgain();
  expect(await countedFrom()).toEqual(before);
});

async function countedFrom(): Promise<Record<string, Date | null>> {
  const { organizationId } = world;
  const rows = await world.console.tenant(organizationId, (tx) =>
    tx.budget.findMany({ where: { organizationId } }),
  );
  return Object.fromEntries(rows.map((row) => [row.id, row.countedFrom]));
}
