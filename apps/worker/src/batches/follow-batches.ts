/**
 * Follows the batches that gateways have made until the ledger knows what they cost; see packages/metering,
 * batches/followed-batches.ts, for the states.
 *
 * What is read is not kept: a worker that is killed leaves the batch to be read again, and the adjustment is written in
 * the transaction that ends the following. A provider that cannot be asked is asked again, ever more seldom, for a week.
 */
import type { BudgetExcess } from '@tollgate/limits';
import { settleCorrections } from '@tollgate/limits';
import {
  type EndedBatch,
  type FollowedBatch,
  keepBatch,
  listDueBatches,
  loadBatchPrices,
  postponeBatch,
  settleBatch,
} from '@tollgate/metering';
import type { WorkerContext } from '../worker-context.ts';
import { ProviderAccount } from './provider-account.ts';
import { type BatchState, findUnanswered, readBatch } from './read-batch.ts';
import { UnaskableError } from './unaskable-error.ts';

const AT_ONCE = 20;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A batch is over within a day; nobody waits for minutes. */
const LONGEST_WAIT_MS = 15 * MINUTE_MS;
const LONGEST_PAUSE_MS = HOUR_MS;
/** The provider may list it late. */
const NOT_THERE_AFTER_MS = HOUR_MS;
/** A provider that cannot be asked for so long: what was assumed stays, and people are told. */
const GIVE_UP_AFTER_MS = 7 * 24 * HOUR_MS;

const NEVER = new AbortController().signal;

/**
 * One after the other, the longest due first.
 *
 * @param signal The worker ends: what it holds is due again at once.
 * @param turn Others come first: so it is of what was not begun with. A batch that was being read is asked for later, as
 *   after a failure, so that nobody has every turn ended by the same one.
 */
export async function followBatches(
  context: WorkerContext,
  organizationId: string,
  signal: AbortSignal,
  turn: AbortSignal = NEVER,
): Promise<void> {
  const { database, clock } = context;
  if (context.accounts === undefined) return;
  const due = await database.tenant(organizationId, (tx) =>
    listDueBatches(tx, { organizationId, now: clock.now(), limit: AT_ONCE }),
  );
  for (const [index, batch] of due.entries()) {
    if (signal.aborted || turn.aborted) return giveBack(context, organizationId, due.slice(index));
    // The ones before it may have taken long.
    const kept = await database.tenant(organizationId, (tx) => keepBatch(tx, batch, clock.now()));
    if (kept !== undefined) await followBatch(context, kept, signal, turn);
  }
}

function giveBack(
  { database, clock }: WorkerContext,
  organizationId: string,
  batches: readonly FollowedBatch[],
): Promise<void> {
  return database.tenant(organizationId, async (tx) => {
    for (const batch of batches) await postponeBatch(tx, batch, { nextLookAt: clock.now() });
  });
}

async function followBatch(
  context: WorkerContext,
  batch: FollowedBatch,
  signal: AbortSignal,
  turn: AbortSignal,
): Promise<void> {
  try {
    const state = await askFor(context, batch, AbortSignal.any([signal, turn]));
    await (state.kind === 'working' ? wait(context, batch) : end(context, batch, state));
  } catch (error) {
    if (!(error instanceof UnaskableError)) throw error;
    if (signal.aborted) return giveBack(context, batch.organizationId, [batch]);
    // Not the provider's fault.
    if (turn.aborted) return lookLater(context, batch);
    await pause(context, batch, error);
  }
}

/** @throws {UnaskableError} */
async function askFor(
  { database, accounts }: WorkerContext,
  batch: FollowedBatch,
  signal: AbortSignal,
): Promise<BatchState> {
  const { organizationId, credentialId, models } = batch;
  const { credential, prices } = await database.tenant(organizationId, async (tx) => ({
    credential: await tx.providerCredential.findFirst({ where: { organizationId, id: credentialId } }),
    prices: await loadBatchPrices(tx, models),
  }));
  if (credential === null || accounts === undefined) throw new UnaskableError('its credential is gone');
  const account = new ProviderAccount(credential, accounts, signal);
  if (batch.providerBatchId !== '') return readBatch(account, batch, batch.providerBatchId, prices);
  const found = await findUnanswered(account, batch, (providerBatchId) =>
    database.tenant(organizationId, async (tx) => {
      const known = await tx.providerBatch.findFirst({
        where: { organizationId, credentialId, providerBatchId },
      });
      return known !== null;
    }),
  );
  if (found === '') return { kind: 'not-there' };
  await database.tenant(organizationId, (tx) => postponeBatch(tx, batch, { providerBatchId: found }));
  return readBatch(account, batch, found, prices);
}

function lookLater({ database, clock }: WorkerContext, batch: FollowedBatch): Promise<void> {
  const nextLookAt = new Date(clock.nowMs() + 2 * MINUTE_MS);
  return database.tenant(batch.organizationId, (tx) => postponeBatch(tx, batch, { nextLookAt }));
}

async function wait({ database, clock }: WorkerContext, batch: FollowedBatch): Promise<void> {
  const ageMs = clock.nowMs() - batch.startedAt.getTime();
  const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(MINUTE_MS, ageMs / 10));
  const nextLookAt = new Date(clock.nowMs() + waitMs);
  await database.tenant(batch.organizationId, (tx) =>
    postponeBatch(tx, batch, { nextLookAt, failures: 0, note: '', answeredAt: clock.now() }),
  );
}

async function pause(context: WorkerContext, batch: FollowedBatch, error: UnaskableError): Promise<void> {
  const { database, clock, logger } = context;
  const sinceMs = clock.nowMs() - (batch.answeredAt ?? batch.createdAt).getTime();
  const failures = batch.failures + 1;
  const detail = { batchId: batch.id, requestId: batch.requestId, reason: error.message, failures };
  if (sinceMs > GIVE_UP_AFTER_MS) {
    await close(context, batch, { state: 'lost', outcome: '', note: error.message, cost: undefined });
    logger.error(
      { alarm: true, ...detail },
      'what a batch cost was never told; its budgets keep what was held for it',
    );
    return;
  }
  const pauseMs = Math.min(LONGEST_PAUSE_MS, MINUTE_MS * 2 ** Math.min(failures, 10));
  const nextLookAt = new Date(clock.nowMs() + pauseMs);
  await database.tenant(batch.organizationId, (tx) =>
    postponeBatch(tx, batch, { nextLookAt, failures, note: error.message }),
  );
  logger.warn(detail, 'a batch could not be asked for; it will be again');
}

async function end(
  context: WorkerContext,
  batch: FollowedBatch,
  state: Exclude<BatchState, { kind: 'working' }>,
): Promise<void> {
  if (state.kind === 'not-there') {
    if (context.clock.nowMs() - batch.startedAt.getTime() < NOT_THERE_AFTER_MS) return wait(context, batch);
    return close(context, batch, { state: 'settled', outcome: 'never made', note: '', cost: undefined });
  }
  const { outcome, cost } = state;
  if (cost.unknownLines === 0) return close(context, batch, { state: 'settled', outcome, note: '', cost });
  const note =
    batch.models.length === 0
      ? 'its input file was not read'
      : 'answers without usage, or models without a price';
  await close(context, batch, { state: 'unknown', outcome, note, cost });
  context.logger.error(
    {
      alarm: true,
      batchId: batch.id,
      requestId: batch.requestId,
      unknownLines: cost.unknownLines,
      reason: note,
    },
    'what a batch cost cannot be told; its budgets keep what was held for it',
  );
}

async function close(
  { database, clock, logger, tellOfExcess }: WorkerContext,
  batch: FollowedBatch,
  ended: Pick<EndedBatch, 'state' | 'outcome' | 'note' | 'cost'>,
): Promise<void> {
  const { organizationId } = batch;
  let excesses: readonly BudgetExcess[] = [];
  const done = await database.tenant(organizationId, (tx) =>
    settleBatch(tx, {
      batch,
      ...ended,
      now: clock.now(),
      onCorrections: async (range) => {
        excesses = await settleCorrections(tx, organizationId, clock.nowMs(), range);
      },
    }),
  );
  if (!done) return;
  if (excesses.length > 0) tellOfExcess?.(organizationId, excesses);
  logger.info(
    {
      organizationId,
      batchId: batch.id,
      requestId: batch.requestId,
      state: ended.state,
      outcome: ended.outcome,
    },
    'a batch is over',
  );
}
