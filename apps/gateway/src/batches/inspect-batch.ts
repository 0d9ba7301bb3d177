/**
 * Reads the input file of a batch before the batch is made: which models it asks for, and what it can cost at most.
 *
 * A file does not change at a provider, so that what was read here is what will be billed. Always read where it can be,
 * because keys are scoped to models; what cannot be read (too large, kept elsewhere) is refused under a hard budget and
 * for a key with scopes, and made otherwise, with a cost that stays unknown.
 */
import { GatewayError } from '@tollgate/errors';
import { type BatchAsked, isReadableBatch } from '@tollgate/providers';
import { interruptionOf } from '../attempts/attempt-failure.ts';
import { type Exchange, known } from '../pipeline/exchange.ts';
import type { Services } from '../services.ts';
import { BatchLines } from './batch-bound.ts';
import { readKeptFile, type Unread } from './read-kept-file.ts';

/** Does nothing for requests that make no batch. @throws {GatewayError} Some line may not be sent by this key. */
export function inspectBatch(exchange: Exchange, services: Services): void | Promise<void> {
  const batch = exchange.asked?.batch;
  return batch === undefined ? undefined : inspect(exchange, services, batch);
}

async function inspect(exchange: Exchange, services: Services, asked: BatchAsked): Promise<void> {
  const key = known(exchange.key, 'the key');
  const keeper = exchange.candidates[0]!;
  const lines = new BatchLines({
    key,
    organization: known(exchange.organization, 'the organization'),
    platform: known(exchange.platform, 'the catalogue'),
    keeper,
    endpoint: asked.endpoint,
    startedAtMs: exchange.startedAtMs,
  });
  const unread = await read(exchange, services, asked, lines);
  if (unread === undefined) {
    const { bound, reason, model, models } = lines.total();
    exchange.batch = { started: { ...asked, models }, bound, reason };
    // Budgets of the model, and the ledger, know the attempt by it.
    if (model !== '') exchange.candidates = [{ ...keeper, model }];
    return;
  }
  if (key.models !== null) throw scoped(exchange, unread);
  exchange.batch = {
    started: { ...asked, models: [] },
    bound: { kind: 'unbounded', reason: 'unbounded-use' },
    reason: unread.reason,
  };
}

async function read(
  exchange: Exchange,
  services: Services,
  { inputFileId, endpoint }: BatchAsked,
  lines: BatchLines,
): Promise<Unread | undefined> {
  if (inputFileId === '') return { reason: 'it names no input file that could be read' };
  if (!isReadableBatch(endpoint)) return { reason: 'lines for its endpoint cannot be read' };
  const organizationId = known(exchange.key, 'the key').organizationId;
  const startedMs = services.clock.monotonicMs();
  await services.batchReads.enter(organizationId);
  try {
    const early = interruptionOf(exchange);
    if (early !== undefined) throw early;
    const unread = await readKeptFile(exchange, services, exchange.candidates[0]!, inputFileId, (line) =>
      lines.add(line),
    );
    if (unread === undefined && lines.lineCount === 0) {
      throw new GatewayError('invalid_request', 'Cannot make the batch: its input file has no lines.', {
        param: 'input_file_id',
      });
    }
    return unread;
  } finally {
    services.batchReads.leave(organizationId);
    exchange.waitedMs += services.clock.monotonicMs() - startedMs;
  }
}

function scoped({ key }: Exchange, { reason }: Unread): GatewayError {
  return new GatewayError(
    'permission_denied',
    `Cannot make the batch: the key may use some models only, and ${reason}.`,
    { scope: { type: 'key', id: key?.keyId ?? '', name: key?.name ?? '' } },
  );
}
