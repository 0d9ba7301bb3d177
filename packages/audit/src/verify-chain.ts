/**
 * Reads the chain from its start and names every row at which it does not hold.
 *
 * A changed event has another hash; a dropped one has a seal without an event; a reordered or dropped seal
 * breaks the link of the next; a cut-off tail is missing what a checkpoint has signed; an event that was
 * slipped in has no seal although the sealer is past it.
 */
import { cursorOf, sql, type Transaction } from '@tollgate/db';
import { GENESIS_HASH, sealHash } from './chain.ts';
import type { CheckpointSigner } from './checkpoint.ts';
import { listSealed, type SealedRow } from './list-sealed.ts';
import { SEAL_CURSOR } from './seal.ts';

export type ChainProblemKind =
  | 'event-changed'
  | 'event-missing'
  | 'seal-missing'
  | 'seal-reordered'
  | 'event-unsealed'
  | 'tail-missing'
  | 'checkpoint-invalid';

export interface ChainProblem {
  readonly kind: ChainProblemKind;
  /** Where in the chain; null for an event that has no place in it. */
  readonly sequence: bigint | null;
  readonly eventId: string | null;
}

export interface ChainReport {
  readonly ok: boolean;
  readonly verifiedEvents: bigint;
  /** Committed but not sealed yet; normal for seconds. */
  readonly waitingEvents: number;
  readonly headHash: string;
  /** At most `MAX_PROBLEMS`, in order. */
  readonly problems: readonly ChainProblem[];
}

export const MAX_PROBLEMS = 100;
const PAGE = 5_000;

/** @param signer Verifies checkpoints; without it they are not looked at. */
export async function verifyAuditChain(
  tx: Transaction,
  organizationId: string,
  signer?: CheckpointSigner,
): Promise<ChainReport> {
  const chain = await walkChain(tx, organizationId);
  const problems = [...chain.problems];
  if (signer !== undefined) problems.push(...(await checkCheckpoints(tx, organizationId, signer, chain)));
  const loose = await findLooseEvents(tx, organizationId);
  problems.push(...loose.problems);
  return {
    ok: problems.length === 0,
    verifiedEvents: chain.verifiedEvents,
    waitingEvents: loose.waitingEvents,
    headHash: chain.headHash,
    problems: problems.slice(0, MAX_PROBLEMS),
  };
}

interface Walk {
  readonly problems: ChainProblem[];
  readonly verifiedEvents: bigint;
  readonly headSequence: bigint;
  readonly headHash: string;
}

async function walkChain(tx: Transaction, organizationId: string): Promise<Walk> {
  const problems: ChainProblem[] = [];
  let sequence = 0n;
  let hash = GENESIS_HASH;
  let verifiedEvents = 0n;
  for (;;) {
    const rows = await listSealed(tx, organizationId, sequence, PAGE);
    for (const row of rows) {
      const found = problemsOf(row, sequence, hash);
      if (found.length === 0) verifiedEvents += 1n;
      if (problems.length < MAX_PROBLEMS) problems.push(...found);
      sequence = row.sequence;
      hash = row.hash;
    }
    if (rows.length < PAGE) return { problems, verifiedEvents, headSequence: sequence, headHash: hash };
  }
}

function problemsOf(row: SealedRow, previousSequence: bigint, previousHash: string): ChainProblem[] {
  const at = { sequence: row.sequence, eventId: row.eventId };
  const problems: ChainProblem[] = [];
  if (row.sequence !== previousSequence + 1n) {
    for (let missing = previousSequence + 1n; missing < row.sequence; missing += 1n) {
      problems.push({ kind: 'seal-missing', sequence: missing, eventId: null });
      if (problems.length >= MAX_PROBLEMS) return problems;
    }
  } else if (row.previousHash !== previousHash) {
    problems.push({ kind: 'seal-reordered', ...at });
  }
  if (!row.present) problems.push({ kind: 'event-missing', ...at });
  else if (sealHash(row.sequence, row.previousHash, row) !== row.hash) {
    problems.push({ kind: 'event-changed', ...at });
  }
  return problems;
}

async function checkCheckpoints(
  tx: Transaction,
  organizationId: string,
  signer: CheckpointSigner,
  chain: Walk,
): Promise<ChainProblem[]> {
  const rows = await tx.$queryRaw<
    { sequence: bigint; hash: string; signature: string; keyId: string; sealHash: string | null }[]
  >`
    SELECT c.sequence, c.hash, c.signature, c.key_id AS "keyId", s.hash AS "sealHash"
    FROM audit_checkpoints c
    LEFT JOIN audit_seals s ON s.organization_id = c.organization_id AND s.sequence = c.sequence
    WHERE c.organization_id = ${organizationId} ORDER BY c.sequence`;
  const problems: ChainProblem[] = [];
  for (const row of rows) {
    const genuine = signer.verify({ organizationId, ...row }, row.signature, row.keyId);
    if (!genuine || (row.sealHash !== null && row.sealHash !== row.hash)) {
      problems.push({ kind: 'checkpoint-invalid', sequence: row.sequence, eventId: null });
    } else if (row.sequence > chain.headSequence) {
      problems.push({ kind: 'tail-missing', sequence: chain.headSequence + 1n, eventId: null });
    }
  }
  return problems.slice(0, MAX_PROBLEMS);
}

async function findLooseEvents(
  tx: Transaction,
  organizationId: string,
): Promise<{ problems: ChainProblem[]; waitingEvents: number }> {
  const passed = sql`e.recorded_xid < ${cursorOf(organizationId, SEAL_CURSOR)}`;
  const rows = await tx.$queryRaw<{ id: string; passed: boolean }[]>`
    SELECT e.id, ${passed} AS passed FROM audit_events e
    WHERE e.organization_id = ${organizationId}
      AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.organization_id = e.organization_id AND s.event_id = e.id)
    ORDER BY ${passed} DESC, e.occurred_at LIMIT ${PAGE}`;
  return {
    problems: rows
      .filter((row) => row.passed)
      .map((row) => ({ kind: 'event-unsealed', sequence: null, eventId: row.id })),
    waitingEvents: rows.filter((row) => !row.passed).length,
  };
}
