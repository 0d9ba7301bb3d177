/**
 * Carries out what people decided about lines that were set aside: a released one becomes the entry that its gateway
 * meant, counted as it was rated there; a rejected one stays where it is, for good.
 *
 * A line that no ledger row can be made of (no schema, another entry under its key, refused by a constraint) says so
 * and waits for another decision.
 */
import type { Database, Transaction } from '@tollgate/db';
import { followStartedBatches } from '../batches/started-batches.ts';
import type { EntryLine } from './line-schema.ts';
import { entryLineSchema } from './line-schema.ts';
import { insertEntries } from './rows.ts';
import { isRowError } from './sql-state.ts';

/** Runs in the transaction that wrote the entries: budgets count them. */
export type AfterRelease = (
  tx: Transaction,
  organizationId: string,
  entries: readonly EntryLine[],
) => Promise<void>;

const AT_ONCE = 100;

interface DecidedLine {
  readonly id: string;
  readonly payload: unknown;
}

/** Safe to run twice and at once. @returns How many entries were released. */
export async function releaseQuarantined(
  database: Database,
  { organizationId, now }: { readonly organizationId: string; readonly now: Date },
  afterRelease: AfterRelease,
): Promise<number> {
  const ids = await database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM quarantined_entries
      WHERE organization_id = ${organizationId} AND decision = 'release' AND resolved_at IS NULL ORDER BY id LIMIT ${AT_ONCE}`,
  );
  let released = 0;
  for (const { id } of ids) {
    const refusal = await releaseOne(database, organizationId, id, now, afterRelease);
    if (refusal === undefined) released++;
    else await refuse(database, organizationId, id, refusal);
  }
  return released;
}

/** @returns Why not; undefined when it was released, here or elsewhere. */
async function releaseOne(
  database: Database,
  organizationId: string,
  id: string,
  now: Date,
  afterRelease: AfterRelease,
): Promise<string | undefined> {
  try {
    return await database.tenant(organizationId, async (tx) => {
      const [line] = await tx.$queryRaw<DecidedLine[]>`
        SELECT id, payload FROM quarantined_entries
        WHERE organization_id = ${organizationId} AND id = ${id} AND decision = 'release' AND resolved_at IS NULL FOR UPDATE`;
      if (line === undefined) return undefined;
      const parsed = entryLineSchema.safeParse(line.payload);
      if (!parsed.success) return 'malformed';
      if (parsed.data.subject.organizationId !== organizationId) return 'foreign';
      const keys = await insertEntries(tx, [parsed.data], { epochId: '', now });
      if (keys.length === 0) return 'conflicting-entry';
      await tx.$executeRaw`
        UPDATE quarantined_entries SET resolved_at = ${now}, refusal = '' WHERE organization_id = ${organizationId} AND id = ${id}`;
      await followStartedBatches(tx, [parsed.data], now);
      await afterRelease(tx, organizationId, [parsed.data]);
      return undefined;
    });
  } catch (error) {
    if (isRowError(error)) return 'refused-by-constraint';
    throw error;
  }
}

/** The decision is taken back, so that somebody looks at it again. */
function refuse(database: Database, organizationId: string, id: string, refusal: string): Promise<unknown> {
  return database.tenant(
    organizationId,
    (tx) => tx.$executeRaw`
      UPDATE quarantined_entries SET decision = '', refusal = ${refusal}
      WHERE organization_id = ${organizationId} AND id = ${id} AND resolved_at IS NULL`,
  );
}
