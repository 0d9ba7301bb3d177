import { openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../test-api.ts';
import { parseRequestQuery } from './request-query.ts';
import { findRequests } from './request-store.ts';

const START_MS = Date.UTC(2026, 10, 19, 12);
const COUNT = 30;
const range = { from: new Date(START_MS), to: new Date(START_MS + 86_400_000) };
let test: TestApi;
let organizationId: string;

beforeAll(async () => {
  test = await startTestApi();
  ({ organizationId } = await test.bootstrap('Explorer'));
  const worker = openDatabase({ url: test.testDatabase.urls.worker, applicationName: 'explorer-test' });
  await worker.tenant(organizationId, async (tx) => {
    for (let index = 0; index < COUNT; index++) {
      const startedAt = new Date(START_MS + index * 1_000);
      await tx.requestLog.create({
        data: {
          organizationId,
          startedAt,
          requestId: newId('request', startedAt.getTime()),
          keyId: index % 2 === 0 ? 'key_even' : 'key_odd',
          endpoint: 'chat',
          dialect: 'openai',
          // The oldest two are what is looked for.
          status: index < 2 ? 503 : 200,
        },
      });
    }
  });
  await worker.close();
});
afterAll(() => test?.close());

const find = (q: string, scanMax: number, after?: { at: Date; id: string }) =>
  test.database.tenant(organizationId, (tx) =>
    findRequests(tx, organizationId, {
      ...range,
      filters: parseRequestQuery(q),
      limit: 10,
      scanMax,
      ...(after === undefined ? {} : { after }),
    }),
  );

describe('a search in the explorer', () => {
  it.each([
    ['one below what is there', COUNT - 1, 1, true],
    ['all that is there', COUNT, 2, true],
    ['one more', COUNT + 1, 2, false],
  ])(
    '[S7] that looks through %s finds what it saw, and says where it ended',
    async (_name, scanMax, found, isCut) => {
      const { rows, scannedTo } = await find('status:>=500', scanMax);
      expect(rows.map(({ status }) => status)).toEqual(Array.from({ length: found }, () => 503));
      expect(scannedTo !== undefined).toBe(isCut);
    },
  );

  it('[S7] goes on behind where it ended until the range is over, without a gap', async () => {
    const seen: string[] = [];
    let after: { at: Date; id: string } | undefined;
    let pages = 0;
    do {
      const { rows, scannedTo } = await find('status:>=500', 7, after);
      seen.push(...rows.map(({ id }) => id));
      after = scannedTo;
      pages++;
    } while (after !== undefined && pages < 20);
    expect(seen).toHaveLength(2);
    expect(pages).toBe(5);
  });

  it('of one key alone, or of everything, has no such end', async () => {
    expect(await find('key:key_even', 3)).toMatchObject({ rows: { length: 10 } });
    expect((await find('key:key_even', 3)).scannedTo).toBeUndefined();
    expect((await find('', 3)).scannedTo).toBeUndefined();
  });
});
