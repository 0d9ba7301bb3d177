import { cursorOf, sql } from '@tollgate/db';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anyEntries,
  type BillingFixture,
  createBillingFixture,
  insertEntries,
} from '../fixtures/ledger-fixture.ts';
import { USAGE_CURSOR } from './ledger-window.ts';

let fixture: BillingFixture;
beforeAll(async () => {
  fixture = await createBillingFixture();
});
afterAll(() => fixture?.close());

describe('what a reader of the ledger has not read', () => {
  it('[S6] is found by the index behind row security, however much lies before it', async () => {
    const organizationId = await fixture.createOrganization();
    const [entries = []] = fc.sample(anyEntries({ size: 40 }), { numRuns: 1, seed: 7 });
    await insertEntries(fixture.worker, organizationId, entries);
    for (const database of [fixture.worker, fixture.console]) {
      const plan = await database.tenant(organizationId, async (tx) => {
        // Of a small table everything is read at once.
        await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
        const lines = await tx.$queryRaw<{ 'QUERY PLAN': string }[]>(sql`
          EXPLAIN SELECT recorded_xid FROM usage_entries WHERE organization_id = ${organizationId}
            AND recorded_xid >= ${cursorOf(organizationId, USAGE_CURSOR)} ORDER BY recorded_xid LIMIT 1`);
        return lines.map((line) => line['QUERY PLAN'].trim());
      });
      expect(plan.filter((line) => line.startsWith('Filter:') && line.includes('recorded_xid'))).toEqual([]);
      expect(
        plan.find((line) => line.startsWith('Index Cond:') && line.includes('recorded_xid >=')),
      ).toBeDefined();
    }
  });
});
