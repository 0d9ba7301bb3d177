/**
 * The sealed log as JSON Lines, for whoever must verify it without us: each event as it was hashed, with its place in the
 * chain, then what this installation has signed about the end of it. verify-export.ts reads it back.
 *
 * Read in pages, each in a transaction of its own: what is sealed never changes, so nothing has to stand still meanwhile.
 * What is not sealed yet (the last seconds) is not in it.
 */
import type { Database } from '@tollgate/db';
import { GENESIS_HASH } from './chain.ts';
import type { CheckpointSigner } from './checkpoint.ts';
import type { ExportedLine } from './exported-line.ts';
import { listSealed, type SealedRow } from './list-sealed.ts';

export interface LogExport {
  readonly organizationId: string;
  /** Continue an earlier export: its head. 0 for the whole log. */
  readonly afterSequence: bigint;
  readonly signer: CheckpointSigner;
  readonly nowMs: number;
}

/** Every sealed event after a place, in the order of the chain. */
export async function* readSealedLog(
  database: Database,
  { organizationId, afterSequence }: Pick<LogExport, 'organizationId' | 'afterSequence'>,
): AsyncGenerator<SealedRow> {
  for (let after = afterSequence; ; ) {
    const rows = await database.tenant(organizationId, (tx) => listSealed(tx, organizationId, after, PAGE));
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.sequence;
  }
}

const PAGE = 1_000;

/** One line after the other, each with its line break. */
export async function* exportAuditLog(database: Database, options: LogExport): AsyncGenerator<string> {
  const { organizationId, afterSequence, signer, nowMs } = options;
  let previousHash = await findHash(database, organizationId, afterSequence);
  let sequence = afterSequence;
  let events = 0;
  yield toLine({
    type: 'log',
    format: 'tollgate-audit-1',
    organizationId,
    exportedAt: new Date(nowMs).toISOString(),
    afterSequence: String(afterSequence),
    previousHash,
    publicKey: signer.publicKey,
  });
  for await (const row of readSealedLog(database, { organizationId, afterSequence })) {
    sequence = row.sequence;
    previousHash = row.hash;
    // A seal without its event: the gap shows to whoever verifies.
    if (!row.present) continue;
    events += 1;
    yield toLine({
      type: 'event',
      sequence: String(row.sequence),
      previousHash: row.previousHash,
      hash: row.hash,
      id: row.id,
      occurredAt: row.occurredAt.toISOString(),
      actorKind: row.actorKind,
      actorId: row.actorId,
      actorName: row.actorName,
      action: row.action,
      targetKind: row.targetKind,
      targetId: row.targetId,
      targetName: row.targetName,
      beforeText: row.beforeText,
      afterText: row.afterText,
      ipAddress: row.ipAddress,
      userAgent: row.userAgent,
      requestId: row.requestId,
    });
  }
  const { signature } = signer.sign({ organizationId, sequence, hash: previousHash });
  yield toLine({
    type: 'end',
    events,
    headSequence: String(sequence),
    headHash: previousHash,
    signature,
  });
}

async function findHash(database: Database, organizationId: string, sequence: bigint): Promise<string> {
  if (sequence === 0n) return GENESIS_HASH;
  const seal = await database.tenant(organizationId, (tx) =>
    tx.auditSeal.findFirst({ where: { organizationId, sequence }, select: { hash: true } }),
  );
  if (seal === null) {
    throw new RangeError(`Cannot continue the log: nothing is sealed at this place, got ${sequence}`);
  }
  return seal.hash;
}

function toLine(line: ExportedLine): string {
  return `${JSON.stringify(line)}\n`;
}
