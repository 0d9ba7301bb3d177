import { type Database, OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aPrice } from './arbitraries.ts';
import { loadPriceBook } from './price-book.ts';
import { listModels, listPrices, priceToRow, seedPriceBook } from './price-book-store.ts';

const book = loadPriceBook();
const [organization, other] = [newId('organization', 1), newId('organization', 2)];
let testDatabase: TestDatabase;
let databases: Record<'migrator' | 'console' | 'worker' | 'gateway', Database>;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const open = (url: string) => openDatabase({ url, applicationName: 'test', maxConnections: 4 });
  const { migrator, console, worker, gateway } = testDatabase.urls;
  databases = {
    migrator: open(migrator),
    console: open(console),
    worker: open(worker),
    gateway: open(gateway),
  };
});

afterAll(async () => {
  await Promise.all(Object.values(databases ?? {}).map((db) => db.close()));
  await testDatabase?.drop();
});

describe('seedPriceBook()', () => {
  it('writes the whole book once, and nothing the second time', async () => {
    const first = await seedPriceBook(databases.migrator, book);
    expect(first).toEqual({ models: book.models.length, prices: book.prices.length, conflicts: [] });
    const second = await seedPriceBook(databases.migrator, book);
    expect(second).toEqual({ models: 0, prices: 0, conflicts: [] });
    // Gateways that run hear of the first alone.
    const told = await databases.migrator.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
      tx.outboxEvent.findMany({ select: { kind: true, targetId: true } }),
    );
    expect(told).toEqual([{ kind: 'policy-changed', targetId: 'price-book' }]);
  });

  it('[M7] never changes a stored version, and names it', async () => {
    const published = book.prices.find((price) => price.model === 'sim-small')!;
    const changed = { ...published, components: { input: 1n } };
    const result = await seedPriceBook(databases.migrator, { models: [], prices: [changed] });
    expect(result).toEqual({ models: 0, prices: 0, conflicts: [published.id] });
    const stored = await databases.migrator.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
      listPrices(tx, { provider: 'simulator', model: 'sim-small' }),
    );
    expect(stored).toEqual([published]);
  });

  it('updates a model that the book knows better', async () => {
    const model = book.models.find((candidate) => candidate.name === 'sim-small')!;
    const renewed = { ...model, contextWindow: 400_000 };
    expect(await seedPriceBook(databases.migrator, { models: [renewed], prices: [] })).toMatchObject({
      models: 1,
    });
    const models = await databases.console.platform((tx) => listModels(tx, { provider: 'simulator' }));
    expect(models).toContainEqual(renewed);
    await seedPriceBook(databases.migrator, book);
  });

  it('is refused to the roles of applications', async () => {
    await expect(seedPriceBook(databases.gateway, book)).rejects.toThrow(/permission denied/);
    await expect(seedPriceBook(databases.console, book)).rejects.toThrow(/permission denied/);
  });
});

describe('listPrices()', () => {
  it.each(['console', 'worker'] as const)(
    '[M7] gives %s the book exactly as it was shipped',
    async (role) => {
      const stored = await databases[role].tenant(organization, (tx) => listPrices(tx, { limit: 10_000 }));
      expect(stored).toHaveLength(book.prices.length);
      const byId = new Map(stored.map((price) => [price.id, price]));
      for (const price of book.prices) expect(byId.get(price.id)).toEqual(price);
    },
  );

  it('pages without gaps or repetition', async () => {
    const ids = await databases.gateway.platform(async (tx) => {
      const seen: string[] = [];
      for (
        let page = await listPrices(tx);
        page.length > 0;
        page = await listPrices(tx, { after: seen.at(-1)! })
      ) {
        seen.push(...page.map((price) => price.id));
      }
      return seen;
    });
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(book.prices.length);
  });

  it("[X1] adds an organization's contracts for it alone, to the gateway too, which may read them all", async () => {
    const contract = aPrice(
      { input: 5n },
      { id: newId('priceVersion', 1), layer: 'organization', organizationId: organization, region: 'eu' },
    );
    await databases.console.tenant(organization, async (tx) => {
      await tx.organization.create({ data: { id: organization, name: 'A', slug: 'a' } });
      await tx.priceVersion.create({ data: priceToRow(contract) });
    });
    const filter = { model: 'sim-small', layer: 'organization' } as const;
    const listFor = (organizationId: string) =>
      databases.gateway.platform((tx) => listPrices(tx, { ...filter, organizationId }));
    expect(await listFor(organization)).toEqual([contract]);
    expect(await listFor(other)).toEqual([]);
    const seenByOther = await databases.console.tenant(other, (tx) =>
      listPrices(tx, { ...filter, organizationId: organization }),
    );
    expect(seenByOther).toEqual([]);
  });
});
