/**
 * One batch into the ledger: one transaction over all its organizations, ending with the watermark.
 *
 * The rule of the watermark: it never passes a hole. A batch that begins above it is refused whole (`early`)
 * and comes again; see README, "Decision: batches in order". Replaying a batch changes no sum. Not here: the
 * job (apps/worker), roll-ups (packages/billing).
 */
import { type Database, OPERATOR_ORGANIZATION_ID, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { QueuePayload } from '@tollgate/queues';
import { epochWatermark, moveWatermark } from './epoch-row.ts';
import {
  type EntryLine,
  entryLineSchema,
  identifyLine,
  type RequestLine,
  requestLineSchema,
} from './line-schema.ts';
import { MonthPartitions } from './partitions.ts';
import type { QuarantinedLine, QuarantineReason } from './quarantine.ts';
import { RatingRules } from './rating-check.ts';
import { recordOrganization } from './record-organization.ts';

export type IngestPayload = QueuePayload<'usage-ingest'>;

export interface FirstRequest {
  readonly organizationId: string;
  readonly keyId: string;
  readonly eventId: string;
}

export type IngestOutcome =
  | {
      readonly kind: 'recorded';
      /** In which there is something new, for roll-ups. */
      readonly organizationIds: readonly string[];
      readonly newEntries: number;
      readonly newRequests: number;
      readonly quarantined: number;
      readonly shippedSequence: number;
      /** Frames that Postgres had confirmed and lost (a restored backup); above 0 it must be alarmed. */
      readonly lostFrames: number;
      /** Keys that were answered for the first time: somebody may be waiting for that. */
      readonly firstRequests: readonly FirstRequest[];
    }
  /** Already recorded; nothing was changed. */
  | { readonly kind: 'duplicate'; readonly shippedSequence: number }
  /** An earlier batch is missing; nothing was changed. Try again. */
  | { readonly kind: 'early'; readonly shippedSequence: number };

export interface IngestOptions {
  readonly now: Date;
  /** Runs in the batch's transaction, in the organization, with the entries that were new. */
  readonly onNewEntries?: (
    tx: Transaction,
    organizationId: string,
    entries: readonly EntryLine[],
  ) => Promise<void>;
}

const TRANSACTION_TIMEOUT_MS = 60_000;
const EARLIEST_MS = Date.UTC(2025, 0, 1);
const LATEST_AHEAD_MS = 2 * 86_400_000;

/** Keeps between batches what never changes: price versions, markup rules, young partitions. */
export class BatchIngest {
  readonly #database: Database;
  readonly #rules = new RatingRules();
  readonly #partitions = new MonthPartitions();

  /** @param database In the worker's role. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws {Error} Postgres did not take the batch: nothing was changed; try again. */
  async ingest(batch: IngestPayload, options: IngestOptions): Promise<IngestOutcome> {
    const sorted = sortLines(batch, options.now);
    await this.#partitions.ensure(this.#database, sorted.instantsMs, options.now);
    return this.#database.tenants(
      async (tx, use) => {
        await this.#partitions.hold(tx, sorted.instantsMs, options.now);
        const { shippedSequence } = await epochWatermark(tx, batch, options.now);
        if (batch.toSequence <= shippedSequence) return { kind: 'duplicate', shippedSequence };
        if (batch.fromSequence > Math.max(shippedSequence, batch.floorSequence)) {
          return { kind: 'early', shippedSequence };
        }
        const total = { newEntries: 0, newRequests: 0, quarantined: 0 };
        const organizationIds: string[] = [];
        const firstRequests: FirstRequest[] = [];
        // One order for all batches, so that two of them cannot wait for each other.
        for (const organizationId of [...sorted.organizations.keys()].sort()) {
          await use(organizationId);
          const lines = sorted.organizations.get(organizationId)!;
          const done = await recordOrganization(
            tx,
            organizationId,
            withoutConfirmed(lines, shippedSequence),
            {
              epochId: batch.epochId,
              rules: this.#rules,
              ...options,
            },
          );
          total.newEntries += done.newEntries;
          total.newRequests += done.newRequests;
          total.quarantined += done.quarantined;
          for (const keyId of done.firstUsedKeys) {
            firstRequests.push({ organizationId, keyId, eventId: newId('event', options.now.getTime()) });
          }
          if (done.newEntries + done.newRequests > 0) organizationIds.push(organizationId);
        }
        await moveWatermark(tx, batch, options.now);
        const lostFrames = Math.max(0, batch.fromSequence - shippedSequence);
        return {
          kind: 'recorded',
          organizationIds,
          ...total,
          shippedSequence: batch.toSequence,
          lostFrames,
          firstRequests,
        };
      },
      { timeoutMs: TRANSACTION_TIMEOUT_MS },
    );
  }
}

/** For callers with one batch; a worker keeps a `BatchIngest`. */
export function ingestBatch(
  database: Database,
  batch: IngestPayload,
  options: IngestOptions,
): Promise<IngestOutcome> {
  return new BatchIngest(database).ingest(batch, options);
}

export interface OrganizationLines {
  readonly entries: EntryLine[];
  readonly requests: RequestLine[];
  readonly quarantined: (QuarantinedLine & { readonly sequence: number })[];
}

interface SortedLines {
  readonly organizations: ReadonlyMap<string, OrganizationLines>;
  readonly instantsMs: readonly number[];
}

/** Each line to its organization; what cannot be read, to quarantine. */
function sortLines(batch: IngestPayload, now: Date): SortedLines {
  const organizations = new Map<string, OrganizationLines>();
  const instantsMs: number[] = [];
  const linesOf = (organizationId: string): OrganizationLines => {
    const lines = organizations.get(organizationId) ?? { entries: [], requests: [], quarantined: [] };
    organizations.set(organizationId, lines);
    return lines;
  };
  const setAside = (line: unknown, reason: QuarantineReason): void => {
    const known = identifyLine(line);
    const organizationId = known.organizationId || OPERATOR_ORGANIZATION_ID;
    linesOf(organizationId).quarantined.push({ ...known, organizationId, reason, line });
  };
  const isPlausible = (ms: number): boolean => ms >= EARLIEST_MS && ms <= now.getTime() + LATEST_AHEAD_MS;

  for (const line of batch.entries) {
    const parsed = entryLineSchema.safeParse(line);
    if (!parsed.success) setAside(line, 'malformed');
    else if (!isPlausible(parsed.data.subject.startedAtMs)) setAside(line, 'implausible-time');
    else {
      linesOf(parsed.data.subject.organizationId).entries.push(parsed.data);
      instantsMs.push(parsed.data.subject.startedAtMs);
    }
  }
  for (const line of batch.requests) {
    const parsed = requestLineSchema.safeParse(line);
    if (!parsed.success) setAside(line, 'malformed');
    else if (!isPlausible(parsed.data.subject.startedAtMs)) setAside(line, 'implausible-time');
    else {
      linesOf(parsed.data.subject.organizationId).requests.push(parsed.data);
      instantsMs.push(parsed.data.subject.startedAtMs);
    }
  }
  for (const line of batch.orphans) setAside(line, 'dispatch-lost');
  return { organizations, instantsMs };
}

/**
 * A settlement below the watermark without its dispatch is no orphan: both were confirmed, and the log was cut
 * between them.
 */
function withoutConfirmed(lines: OrganizationLines, shippedSequence: number): OrganizationLines {
  const quarantined = lines.quarantined.filter(
    (each) => each.reason !== 'dispatch-lost' || each.sequence > shippedSequence,
  );
  return { ...lines, quarantined };
}
