import { type Database, OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Seed } from '../testing/seed.ts';
import { readReadablePrices } from './price-rows.ts';

let testDatabase: TestDatabase;
let seed: Seed;
let migrator: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  seed = new Seed(testDatabase);
  await seed.platform('http://127.0.0.1:9/v1');
  migrator = openDatabase({ url: testDatabase.urls.migrator, applicationName: 'prices-test' });
});
afterAll(async () => {
  await migrator?.close();
  await seed?.close();
  await testDatabase?.drop();
});

it('[G1] a price of a newer release leaves its model without one, and all others as they are', async () => {
  const read = () =>
    migrator.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
      readReadablePrices(tx, { layer: { in: ['catalogue', 'operator'] } }),
    );
  const before = await read();
  expect(before.unreadable).toEqual([]);
  const models = new Set(before.prices.map(({ model }) => model));
  expect(models.has('sim-small') && models.size > 1).toBe(true);
  const [known] = await migrator.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
    tx.priceVersion.findMany({ where: { model: 'sim-small' } }),
  );
  await migrator.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
    tx.priceVersion.create({
      data: {
        ...known!,
        id: 'price_of_tomorrow',
        validFrom: new Date(),
        components: { input: '1', thoughts_of_tomorrow: { per: 'thought' } },
        tiers: [],
      },
      select: { id: true },
    }),
  );
  const after = await read();
  expect(after.unreadable.map(({ id }) => id)).toEqual(['price_of_tomorrow']);
  expect(after.prices).toEqual(before.prices.filter(({ model }) => model !== 'sim-small'));
});
