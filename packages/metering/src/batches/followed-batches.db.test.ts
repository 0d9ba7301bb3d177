/** Which batches a worker looks at next. */
import { openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createTestDatabase } from '@tollgate/testing';
import { expect, it, onTestFinished } from 'vitest';
import { listDueBatches } from './followed-batches.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const DUE_COUNT = 5;

it.each([1, 2, DUE_COUNT, DUE_COUNT + 1])(
  '%i at most are taken at once, the longest due first, each by one worker',
  async (limit) => {
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
      // The last one is due only in a second.
      nextLookAt: new Date(NOW_MS + (index === DUE_COUNT ? 1_000 : -index)),
    });
    const data = Array.from({ length: DUE_COUNT + 1 }, (_, index) => batch(index));
    await worker.tenant(organizationId, (tx) => tx.providerBatch.createMany({ data }));
    const take = () =>
      worker.tenant(organizationId, (tx) =>
        listDueBatches(tx, { organizationId, now: new Date(NOW_MS), limit }),
      );
    const rounds: string[][] = [];
    for (let taken = await take(); taken.length > 0; taken = await take()) {
      rounds.push(taken.map(({ id }) => id).toSorted());
    }
    const longestDueFirst = ['batch_4', 'batch_3', 'batch_2', 'batch_1', 'batch_0'];
    const expected: string[][] = [];
    for (let from = 0; from < DUE_COUNT; from += limit) {
      expected.push(longestDueFirst.slice(from, from + limit).toSorted());
    }
    expect(rounds).toEqual(expected);
  },
);
