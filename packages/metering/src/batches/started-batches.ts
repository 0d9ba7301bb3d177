/**
 * Batches that gateways have made: noted in the transaction that records their attempts, so that none is ever recorded
 * without being followed. Not here: what becomes of them (followed-batches.ts).
 */
import type { Prisma, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { EntryLine } from '../ingest/line-schema.ts';
import { toSafeJson } from '../ingest/safe-json.ts';

/** In the transaction and the organization of the lines, which are new in the ledger. */
export async function followStartedBatches(
  tx: Transaction,
  lines: readonly EntryLine[],
  now: Date,
): Promise<void> {
  const rows = [];
  for (const { subject, target, settle, batch } of lines) {
    // Refused, or never sent: there is none.
    if (batch === undefined || settle.usageSource === 'none') continue;
    rows.push({
      id: newId('providerBatch', now.getTime()),
      organizationId: subject.organizationId,
      requestId: subject.requestId,
      startedAt: new Date(subject.startedAtMs),
      attempt: target.attempt,
      provider: target.provider,
      credentialId: target.credentialId,
      serviceTier: target.serviceTier,
      // Where the answer never came the batch is looked for by its input file.
      providerBatchId: settle.batchId ?? '',
      inputFileId: batch.inputFileId,
      endpoint: batch.endpoint,
      models: JSON.parse(toSafeJson(batch.models)) as Prisma.InputJsonArray,
      state: 'following',
      nextLookAt: new Date(now.getTime() + FIRST_LOOK_MS),
      createdAt: now,
    });
  }
  if (rows.length > 0) await tx.providerBatch.createMany({ data: rows, skipDuplicates: true });
}

/** No provider is done with one sooner; most take minutes to hours. */
const FIRST_LOOK_MS = 60_000;
