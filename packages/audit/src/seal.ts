/**
 * Chains an organization's events after they were committed, so that writers never wait for each other.
 *
 * One sealer at a time per organization (advisory lock). It reads below the oldest running transaction, so an
 * event that commits late is sealed late, never passed over. Safe to run twice, and after any crash.
 */
import { cursorOf, type Database, sql, type Transaction } from '@tollgate/db';
import { type ChainedEvent, GENESIS_HASH, sealHash } from './chain.ts';
import type { CheckpointSigner } from './checkpoint.ts';

export interface SealOptions {
  /** Events per call. */
  readonly limit?: number;
  readonly nowMs: number;
  /** Signs the head of the chain after each batch; without it a cut-off tail cannot be named. */
  readonly signer?: CheckpointSigner;
}

export interface SealResult {
  readonly sealed: number;
  /** More may be waiting: call again. */
  readonly full: boolean;
}

export const SEAL_CURSOR = 'audit-seal';
const DEFAULT_LIMIT = 2_000;

/** The columns of `ChainedEvent`. */
export const chainedColumns = sql`e.organization_id AS "organizationId", e.id, e.occurred_at AS "occurredAt",
  e.actor_kind AS "actorKind", e.actor_id AS "actorId", e.actor_name AS "actorName", e.action,
  e.target_kind AS "targetKind", e.target_id AS "targetId", e.target_name AS "targetName",
  e.before::text AS "beforeText", e.after::text AS "afterText", e.ip_address AS "ipAddress",
  e.user_agent AS "userAgent", e.request_id AS "requestId"`;

/** Seals what has been committed since the last call. Needs the worker's role. */
export function sealAuditEvents(
  database: Database,
  organizationId: string,
  options: SealOptions,
): Promise<SealResult> {
  const limit = options.limit ?? DEFAULT_LIMIT;
  return database.tenant(
    organizationId,
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(${`audit-seal:${organizationId}`}, 0))`;
      const rows = await listUnsealed(tx, organizationId, limit);
      if (rows.length > 0) await appendSeals(tx, organizationId, rows, options);
      await moveCursor(tx, organizationId, rows, limit);
      return { sealed: rows.length, full: rows.length === limit };
    },
    { timeoutMs: 60_000 },
  );
}

interface UnsealedRow extends ChainedEvent {
  readonly xid: string;
}

function listUnsealed(tx: Transaction, organizationId: string, limit: number): Promise<UnsealedRow[]> {
  // The lower bound is inclusive: a batch may have ended in the middle of one transaction's events.
  return tx.$queryRaw<UnsealedRow[]>`
    SELECT ${chainedColumns}, e.recorded_xid::text AS xid
    FROM audit_events e
    WHERE e.organization_id = ${organizationId}
      AND e.recorded_xid >= ${cursorOf(organizationId, SEAL_CURSOR)}
      AND e.recorded_xid < pg_snapshot_xmin(pg_current_snapshot())
      AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.organization_id = e.organization_id AND s.event_id = e.id)
    ORDER BY e.recorded_xid, e.occurred_at, e.id
    LIMIT ${limit}`;
}

async function appendSeals(
  tx: Transaction,
  organizationId: string,
  events: readonly ChainedEvent[],
  options: SealOptions,
): Promise<void> {
  const head = await tx.auditSeal.findFirst({ where: { organizationId }, orderBy: { sequence: 'desc' } });
  let sequence = head?.sequence ?? 0n;
  let hash = head?.hash ?? GENESIS_HASH;
  const createdAt = new Date(options.nowMs);
  const data = events.map((event) => {
    const previousHash = hash;
    sequence += 1n;
    hash = sealHash(sequence, previousHash, event);
    return {
      organizationId,
      sequence,
      eventId: event.id,
      occurredAt: event.occurredAt,
      previousHash,
      hash,
      createdAt,
    };
  });
  await tx.auditSeal.createMany({ data });
  if (options.signer === undefined) return;
  const signed = options.signer.sign({ organizationId, sequence, hash });
  await tx.auditCheckpoint.create({ data: { organizationId, sequence, hash, ...signed, createdAt } });
}

async function moveCursor(
  tx: Transaction,
  organizationId: string,
  rows: readonly UnsealedRow[],
  limit: number,
): Promise<void> {
  // Only as far as this batch saw: a later snapshot could already be past events that it did not read.
  const last = rows.at(-1)?.xid;
  if (last === undefined) return;
  const next =
    rows.length === limit ? sql`${last}::text::xid8` : sql`(${last}::text::numeric + 1)::text::xid8`;
  await tx.$executeRaw`
    INSERT INTO ledger_cursors (organization_id, name, next_xid, updated_at)
    VALUES (${organizationId}, ${SEAL_CURSOR}, ${next}, now())
    ON CONFLICT (organization_id, name) DO UPDATE SET next_xid = EXCLUDED.next_xid, updated_at = now()`;
}
