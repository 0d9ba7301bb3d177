/**
 * What a provider says of a batch that was made there: still at work, or over with what its lines have cost.
 *
 * Reads, and changes nothing: however often it is done, and whoever is killed over it, the answer is the same. Not here:
 * when it is asked, and what is written (follow-batches.ts).
 */
import { createHash } from 'node:crypto';
import type { PriceVersion } from '@tollgate/catalog';
import { type BatchCost, BatchCosts, type FollowedBatch } from '@tollgate/metering';
import { readBatchAnswer, readLineNames } from '@tollgate/providers';
import { INPUT_FILE, OUTPUT_FILE } from './file-lines.ts';
import type { ProviderAccount } from './provider-account.ts';
import { UnaskableError } from './unaskable-error.ts';

export type BatchState =
  | { readonly kind: 'working'; readonly status: string }
  | { readonly kind: 'ended'; readonly outcome: string; readonly cost: BatchCost }
  /** The answer to its making never came, and the provider has none that could be it. */
  | { readonly kind: 'not-there' };

type Account = Pick<ProviderAccount, 'getObject' | 'readLines'>;

const WORKING: ReadonlySet<string> = new Set(['validating', 'in_progress', 'finalizing', 'cancelling']);
const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'expired', 'cancelled']);

/** @throws {UnaskableError} */
export async function readBatch(
  account: Account,
  batch: FollowedBatch,
  providerBatchId: string,
  prices: ReadonlyMap<string, PriceVersion>,
): Promise<BatchState> {
  const name = nameOf(batch);
  const object = await account.getObject('openai-batches', `/${providerBatchId}`, name);
  const status = textOf(object.status);
  if (WORKING.has(status)) return { kind: 'working', status };
  if (!ENDED.has(status)) throw new UnaskableError('the provider says nothing that is known of the batch');
  const models = batch.models.map((model) => ({ ...model, price: prices.get(model.priceVersionId) }));
  const costs = new BatchCosts(models);
  const files = [textOf(object.output_file_id), textOf(object.error_file_id)].filter((id) => id !== '');
  const indexOf = files.length === 0 ? () => undefined : await modelsOfLines(account, batch);
  for (const fileId of files) {
    await account.readLines(fileId, name, OUTPUT_FILE, (line) => {
      const answer = readBatchAnswer(batch.endpoint, line);
      if (answer === undefined) costs.add(undefined, undefined);
      else if (answer.isAnswered) {
        const index = indexOf(answer.customId, answer.model);
        const price = index === undefined ? undefined : models[index]?.price;
        costs.add(index, answer.usage(price?.components));
      }
    });
  }
  const cost = costs.total();
  const { completed } = (object.request_counts ?? {}) as { completed?: unknown };
  if (typeof completed === 'number' && cost.answeredLines < completed) {
    throw new UnaskableError('the provider’s files have fewer answers than it says');
  }
  return { kind: 'ended', outcome: status, cost };
}

type IndexOf = (customId: string, model: string) => number | undefined;

/** An answer tells the model that answered; what was asked, and so the price, is told by the input file. */
async function modelsOfLines(account: Account, batch: FollowedBatch): Promise<IndexOf> {
  const { models, inputFileId } = batch;
  if (models.length <= 1) return () => (models.length === 1 ? 0 : undefined);
  const byModel = new Map(models.map(({ name }, index) => [name, index]));
  const byCustomId = new Map<string, number>();
  try {
    await account.readLines(inputFileId, nameOf(batch), INPUT_FILE, (line) => {
      const names = readLineNames(line);
      const index = names === undefined ? undefined : byModel.get(names.model);
      if (names !== undefined && index !== undefined) byCustomId.set(shortName(names.customId), index);
    });
  } catch (error) {
    // Deleted meanwhile: then the model that answered has to do.
    if (!(error instanceof UnaskableError) || error.status !== 404) throw error;
  }
  return (customId, model) => byCustomId.get(shortName(customId)) ?? byModel.get(model);
}

/** A name may be as long as a line, and those of all lines are held. */
function shortName(customId: string): string {
  return customId.length <= 64 ? customId : createHash('sha256').update(customId).digest('base64');
}

const PAGES = 20;
/** Clocks differ, and a request takes its time. */
const BEFORE_MS = 5 * 60_000;
const AFTER_MS = 30 * 60_000;

/**
 * A batch whose making was never answered, by its input file and its time.
 *
 * @param isKnown Whether another attempt has made it.
 * @returns Empty: the provider has none that could be it. @throws {UnaskableError}
 */
export async function findUnanswered(
  account: Account,
  batch: FollowedBatch,
  isKnown: (providerBatchId: string) => Promise<boolean>,
): Promise<string> {
  const startedMs = batch.startedAt.getTime();
  let after = '';
  for (let page = 0; page < PAGES; page += 1) {
    const query = after === '' ? '?limit=100' : `?limit=100&after=${encodeURIComponent(after)}`;
    const list = await account.getObject('openai-batches', query, nameOf(batch));
    const items = Array.isArray(list.data) ? (list.data as Record<string, unknown>[]) : [];
    for (const { id, input_file_id: inputFileId, created_at: created } of items) {
      const createdMs = Number(created) * 1000;
      if (
        inputFileId !== batch.inputFileId ||
        createdMs < startedMs - BEFORE_MS ||
        createdMs > startedMs + AFTER_MS
      )
        continue;
      const found = textOf(id);
      if (found !== '' && !(await isKnown(found))) return found;
    }
    const last = items.at(-1);
    // The newest come first.
    if (
      list.has_more !== true ||
      last === undefined ||
      Number(last.created_at) * 1000 < startedMs - BEFORE_MS
    )
      return '';
    after = textOf(last.id);
  }
  throw new UnaskableError('the provider has too many batches to find one');
}

/** So that a provider's log tells whose question it was. */
function nameOf({ requestId, attempt }: FollowedBatch): string {
  return `${requestId}-${attempt}-follow`;
}

const ID = /^[\w-][\w.-]{0,127}$/;

/** Ids go into addresses. */
function textOf(value: unknown): string {
  return typeof value === 'string' && ID.test(value) ? value : '';
}
