/**
 * The lines of one organization in a batch: rated again, inserted together, and one by one where Postgres
 * refuses one of them.
 */
import type { Transaction } from '@tollgate/db';
import { followStartedBatches } from '../batches/started-batches.ts';
import { attemptKey } from '../log/attempt-key.ts';
import type { IngestOptions, OrganizationLines } from './ingest-batch.ts';
import { noteKeyUse } from './key-usage.ts';
import type { EntryLine, RequestLine } from './line-schema.ts';
import { type QuarantinedLine, type QuarantineReason, quarantine } from './quarantine.ts';
import type { RatingRules } from './rating-check.ts';
import { insertEntries, insertRequests, type RecordedIn } from './rows.ts';
import { isRowError } from './sql-state.ts';

export interface RecordOptions extends IngestOptions, RecordedIn {
  readonly rules: RatingRules;
}

export interface Recorded {
  readonly newEntries: number;
  readonly newRequests: number;
  readonly quarantined: number;
  /** Keys that were answered for the first time. */
  readonly firstUsedKeys: readonly string[];
}

/** In the transaction of the organization. */
export async function recordOrganization(
  tx: Transaction,
  organizationId: string,
  lines: OrganizationLines,
  options: RecordOptions,
): Promise<Recorded> {
  const aside: QuarantinedLine[] = [...lines.quarantined];
  const setAside = (line: EntryLine | RequestLine, reason: QuarantineReason): void => {
    const attempt = 'target' in line ? line.target.attempt : 0;
    aside.push({ organizationId, requestId: line.subject.requestId, attempt, reason, line });
  };

  await options.rules.load(tx, lines.entries);
  const accepted = lines.entries.filter((line) => {
    const problem = options.rules.check(line);
    if (problem !== undefined) setAside(line, problem);
    return problem === undefined;
  });
  const newEntries = await insertEach(tx, accepted, setAside, async (some) => {
    const keys = await insertEntries(tx, some, options);
    const isNew = new Set(keys.map(({ requestId, attempt }) => attemptKey(requestId, attempt)));
    return some.filter((line) => isNew.delete(attemptKey(line.subject.requestId, line.target.attempt)));
  });
  if (newEntries.length < accepted.length) await findConflicts(tx, accepted, newEntries, setAside, options);
  const newRequests = await insertEach(tx, lines.requests, setAside, async (some) => {
    const count = await insertRequests(tx, some, options);
    return some.slice(0, count);
  });
  const firstUsedKeys = await noteKeyUse(tx, lines.requests);
  await quarantine(tx, aside, options.now);
  await followStartedBatches(tx, newEntries, options.now);
  if (newEntries.length > 0) await options.onNewEntries?.(tx, organizationId, newEntries);
  return {
    newEntries: newEntries.length,
    newRequests: newRequests.length,
    quarantined: aside.length,
    firstUsedKeys,
  };
}

/** All in one statement; when Postgres refuses one of the rows, each for itself. @returns What was new. */
async function insertEach<T extends EntryLine | RequestLine>(
  tx: Transaction,
  lines: readonly T[],
  setAside: (line: T, reason: QuarantineReason) => void,
  insert: (lines: readonly T[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  if (lines.length === 0) return [];
  const together = await attempt(tx, () => insert(lines));
  if (together !== undefined) return together;
  const inserted: T[] = [];
  for (const line of lines) {
    const alone = await attempt(tx, () => insert([line]));
    if (alone === undefined) setAside(line, 'refused-by-constraint');
    else inserted.push(...alone);
  }
  return inserted;
}

/** @returns Undefined when Postgres refused a row. @throws {Error} Anything else. */
async function attempt<T>(tx: Transaction, run: () => Promise<T>): Promise<T | undefined> {
  await tx.$executeRaw`SAVEPOINT lines`;
  try {
    const result = await run();
    await tx.$executeRaw`RELEASE SAVEPOINT lines`;
    return result;
  } catch (error) {
    if (!isRowError(error)) throw error;
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT lines`;
    return undefined;
  }
}

/** A row that was there already is the same frame come twice, or there is something wrong. */
async function findConflicts(
  tx: Transaction,
  accepted: readonly EntryLine[],
  inserted: readonly EntryLine[],
  setAside: (line: EntryLine, reason: QuarantineReason) => void,
  { epochId }: RecordOptions,
): Promise<void> {
  const isNew = new Set(inserted);
  const known = accepted.filter((line) => !isNew.has(line));
  const keys = known.map(({ subject, target }) => ({
    started_at: new Date(subject.startedAtMs).toISOString(),
    request_id: subject.requestId,
    attempt: target.attempt,
  }));
  const rows = await tx.$queryRaw<
    { requestId: string; attempt: number; epochId: string; sequence: string }[]
  >`
    SELECT e.request_id AS "requestId", e.attempt::integer AS attempt, e.gateway_epoch_id AS "epochId", e.sequence::text AS sequence
    FROM jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) AS key(started_at timestamptz, request_id text, attempt smallint)
    JOIN usage_entries e ON e.organization_id = current_organization() AND e.started_at = key.started_at
      AND e.request_id = key.request_id AND e.attempt = key.attempt AND e.entry = 0`;
  const standing = new Map(rows.map((row) => [attemptKey(row.requestId, row.attempt), row]));
  for (const line of known) {
    const row = standing.get(attemptKey(line.subject.requestId, line.target.attempt));
    if (row !== undefined && (row.epochId !== epochId || Number(row.sequence) !== line.sequence)) {
      setAside(line, 'conflicting-entry');
    }
  }
}
