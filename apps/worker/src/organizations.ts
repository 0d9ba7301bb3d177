/** Going through all organizations, a few at a time; one that fails does not stop the others. */
import type { Database } from '@tollgate/db';

const PARALLEL = 4;

/** @throws {AggregateError} After all had their turn, when some failed. */
export async function forEachOrganization(
  database: Database,
  signal: AbortSignal,
  run: (organizationId: string) => Promise<void>,
): Promise<void> {
  const waiting = (
    await database.platform((tx) => tx.$queryRaw<{ id: string }[]>`SELECT id FROM list_organization_ids()`)
  ).map((row) => row.id);
  const faults: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined && !signal.aborted; id = waiting.shift()) {
      try {
        await run(id);
      } catch (error) {
        faults.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  if (faults.length > 0)
    throw new AggregateError(faults, `Cannot finish the round: ${faults.length} organizations failed`);
}
