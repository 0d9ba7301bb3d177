/** Which batches a worker looks at next. */
import { openDatabase, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createTestDatabase } from '@tollgate/testing';
import { expect, it, onTestFinished } from 'vitest';
import { keepBatch, listDueBatches, postponeBatch } from './followed-batches.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const DUE_COUNT = 5;

/** All but the last one are due, which is due only in a second. */
async function prepare() {
  const testDatabase = await createTestDatabase();
  const worker = openDatabase({ url: testDatabase.urls.worker, applicationName: 'batches-test' });
  onTestFinished(async () => {
    await worker.close();
    await testDatabase.drop();
  });
  const organizationId = newId('organization', NOW_MS);
  const batch = (index: number) => ({
    id: `batch_${index}`,
    organizationId,
    requestId: newId('request', NOW_MS + index),
    startedAt: new Date(NOW_MS + index),
    attempt: 1,
    provider: 'openai',
    credentialId: 'cred_1',
    inputFileId: 'file_1',
    endpoint: '/v1/chat/completions',
    state: 'following',
    nextLookAt: new Date(NOW_MS + (index === DUE_COUNT ? 1_000 : -index)),
  });
  const data = Array.from({ length: DUE_COUNT + 1 }, (_, index) => batch(index));
  await worker.tenant(organizationId, (tx) => tx.providerBatch.createMany({ data }));
  return {
    take: (limit: number, nowMs = NOW_MS) =>
      worker.tenant(organizationId, (tx) =>
        listDueBatches(tx, { organizationId, now: new Date(nowMs), limit }),
      ),
    inTransaction: <T>(run: (tx: Transaction) => Promise<T>) => worker.tenant(organizationId, run),
  };
}

it.each([1, 2, DUE_COUNT, DUE_COUNT + 1])(
  '%i at most are taken at once, the longest due first, each by one worker',
  async (limit) => {
    const batches = await prepare();
    const take = () => batches.take(limit);
    const rounds: string[][] = [];
    for (let taken = await take(); taken.length > 0; taken = await take()) {
      rounds.push(taken.map(({ id }) => id));
    }
    const longestDueFirst = ['batch_4', 'batch_3', 'batch_2', 'batch_1', 'batch_0'];
    const expected: string[][] = [];
    for (let from = 0; from < DUE_COUNT; from += limit) {
      expected.push(longestDueFirst.slice(from, from + limit));
    }
    expect(rounds).toEqual(expected);
  },
);

it('who looked for so long that another worker has taken the batch changes nothing of it any more', async () => {
  const { take, inTransaction } = await prepare();
  const [slow] = await take(1);
  const kept = await inTransaction((tx) => keepBatch(tx, slow!, new Date(NOW_MS + 60_000)));
  expect(kept).toMatchObject({ id: slow!.id, nextLookAt: new Date(NOW_MS + 11 * 60_000) });
  const laterMs = NOW_MS + 12 * 60_000;
  const [other] = (await take(DUE_COUNT + 1, laterMs)).filter(({ id }) => id === slow!.id);
  expect(other).toBeDefined();
  await inTransaction((tx) => postponeBatch(tx, kept!, { nextLookAt: new Date(laterMs), failures: 1 }));
  expect(await inTransaction((tx) => keepBatch(tx, kept!, new Date(laterMs)))).toBeUndefined();
  const read = () => inTransaction((tx) => tx.providerBatch.findFirst({ where: { id: slow!.id } }));
  expect(await read()).toMatchObject({ nextLookAt: other!.nextLookAt, failures: 0 });
  await inTransaction((tx) => postponeBatch(tx, other!, { nextLookAt: new Date(laterMs) }));
  expect(await read()).toMatchObject({ nextLookAt: new Date(laterMs) });
});
