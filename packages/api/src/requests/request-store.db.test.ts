import { type Database, type Prisma, sql } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestCaller } from '../test-api.ts';
import { whenCursorsReach } from '../test-cursors.ts';
import { toConditions } from './request-conditions.ts';
import { parseRequestQuery } from './request-query.ts';
import { findRequests, newestRows, scanOf } from './request-store.ts';
import { summarizeRequests } from './request-summary.ts';

const START_MS = Date.UTC(2026, 10, 19, 12);
const COUNT = 30;
const range = { from: new Date(START_MS), to: new Date(START_MS + 86_400_000) };
let test: TestApi;
let organizationId: string;
let call: TestCaller;
let worker: Database;

beforeAll(async () => {
  test = await startTestApi();
  ({ organizationId, call } = await test.bootstrap('Explorer'));
  worker = test.openAs('worker', 'explorer-test');
  await worker.tenant(organizationId, async (tx) => {
    for (let index = 0; index < COUNT; index++) {
      await log(tx, {
        startedAt: new Date(START_MS + index * 1_000),
        keyId: index % 2 === 0 ? 'key_even' : 'key_odd',
        // The oldest two are what is looked for.
        status: index < 2 ? 503 : 200,
        model: index % 3 === 0 ? 'gpt-5.2' : 'claude, with a comma',
        ...(index === 5 && {
          sessionId: 'chat-42',
          endUser: 'Ada L',
          tags: { env: 'prod' },
          firstTokenMs: 700,
        }),
      });
    }
  });
});
afterAll(async () => {
  await worker?.close();
  await test?.close();
});

type Log = Partial<Prisma.RequestLogUncheckedCreateInput> & { readonly startedAt: Date };

async function log(tx: Parameters<Parameters<typeof worker.tenant>[1]>[0], data: Log): Promise<string> {
  const requestId = newId('request', data.startedAt.getTime());
  await tx.requestLog.create({
    data: {
      organizationId,
      requestId,
      keyId: 'key_even',
      endpoint: 'chat',
      dialect: 'openai',
      status: 200,
      ...data,
    },
    select: { requestId: true },
  });
  return requestId;
}

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
const count = async (q: string): Promise<number> => {
  const found = await test.database.tenant(organizationId, (tx) =>
    findRequests(tx, organizationId, { ...range, filters: parseRequestQuery(q), limit: 100 }),
  );
  return found.rows.length;
};

describe('a search in the explorer', () => {
  it.each([
    ['one below what is there', COUNT - 1, 1, true],
    ['all that is there', COUNT, 2, true],
    ['one more', COUNT + 1, 2, false],
  ])(
    '[S7] that looks through %s finds what it saw, and says where it ended',
    async (_name, scanMax, found, isCut) => {
      const { rows, scannedTo } = await find('-status:200', scanMax);
      expect(rows.map(({ status }) => status)).toEqual(Array.from({ length: found }, () => 503));
      expect(scannedTo !== undefined).toBe(isCut);
    },
  );

  it('[S7] goes on behind where it ended until the range is over, without a gap', async () => {
    const seen: string[] = [];
    let after: { at: Date; id: string } | undefined;
    let pages = 0;
    do {
      const { rows, scannedTo } = await find('-status:200', 7, after);
      seen.push(...rows.map(({ id }) => id));
      after = scannedTo;
      pages++;
    } while (after !== undefined && pages < 20);
    expect(seen).toHaveLength(2);
    expect(pages).toBe(5);
  });

  it('of one key, of errors, of a session alone, or of everything, has no such end', async () => {
    expect(await find('key:key_even', 3)).toMatchObject({ rows: { length: 10 } });
    for (const q of ['', 'key:key_even', 'status:>=400', 'session:chat-42', 'user:"Ada L"']) {
      expect((await find(q, 3)).scannedTo).toBeUndefined();
    }
  });

  it.each([
    ['', COUNT],
    ['status:5xx', 2],
    ['status:400..599', 2],
    ['status:..299', COUNT - 2],
    ['-status:5xx', COUNT - 2],
    ['status:200,503', COUNT],
    ['model:gpt*', 10],
    ['model:gpt*,"claude, with a comma"', COUNT],
    ['-model:gpt*', 20],
    ['key:key_even,key_odd', COUNT],
    ['-key:key_even', COUNT / 2],
    ['session:chat-42', 1],
    ['user:"Ada L" key:key_odd', 1],
    ['user:"Ada L" status:>=400', 0],
    ['-user:""', 1],
    ['tag:env=dev,prod', 1],
    ['tag:env', 1],
    ['ttft:500..1s', 1],
    ['-ttft:>1', COUNT - 1],
    ['refused:true', 0],
    ['cost:0', COUNT],
    ['cost:>0', 0],
    ['tokens:0..10 status:503', 2],
    ['outcome:failed', 0],
    ['-credential:cred_*', COUNT],
    ['team:""', COUNT],
  ])('finds for %j what it says', async (q, expected) => {
    expect(await count(q)).toBe(expected);
  });

  it('finds a request by its id through its time alone', async () => {
    const [first] = (await find('', 100)).rows;
    expect((await find(first!.id, 1)).rows).toHaveLength(1);
    expect((await find(first!.id, 1)).scannedTo).toBeUndefined();
  });
});

describe('the summary of a search', () => {
  it('counts by time and outcome, and the values of each field, as the list would', async () => {
    const { body } = await call(
      'GET',
      `/requests/summary?${new URLSearchParams({ from: range.from.toISOString(), to: range.to.toISOString() })}`,
    );
    expect(body).toMatchObject({ matched: COUNT, looked: COUNT, lookedTo: null, bucketSeconds: 1_800 });
    expect(body.buckets).toEqual([
      { start: range.from.toISOString(), succeeded: 28, refused: 0, failed: 2, aborted: 0 },
    ]);
    expect(body.facets.status).toEqual([
      { value: '200', name: null, term: '200', requests: 28 },
      { value: '503', name: null, term: '503', requests: 2 },
    ]);
    expect(body.facets.model.map(({ requests }: { requests: number }) => requests)).toEqual([20, 10]);
    for (const { value, requests } of body.facets.key) expect(await count(`key:${value}`)).toBe(requests);
  });

  it('[S7] says how far it looked where there is more, and counts only that', async () => {
    const summary = await test.database.tenant(organizationId, (tx) =>
      summarizeRequests(tx, organizationId, {
        ...range,
        filters: parseRequestQuery('model:gpt*'),
        scanMax: 9,
      }),
    );
    expect(summary).toMatchObject({ looked: 9, matched: 3, lookedTo: new Date(START_MS + 21_000) });
  });
});

describe('the live view', () => {
  const tail = (query: string) => call('GET', `/requests/tail${query}`);

  it('tells each request once, whenever it began, and only what the query asks for', async () => {
    await whenCursorsReach(worker);
    let { nextCursor } = (await tail('')).body;
    const seen: string[] = [];
    const look = async (q = '') => {
      const { body } = await tail(`?cursor=${nextCursor}&q=${encodeURIComponent(q)}`);
      nextCursor = body.nextCursor;
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      return body;
    };
    expect((await look()).data).toEqual([]);
    const now = test.clock.nowMs();
    // Began an hour ago, and is logged now.
    const late = await worker.tenant(organizationId, (tx) =>
      log(tx, { startedAt: new Date(now - 3_600_000) }),
    );
    const fresh = await worker.tenant(organizationId, (tx) =>
      log(tx, { startedAt: new Date(now), status: 429 }),
    );
    await whenCursorsReach(worker);
    await look();
    await look();
    expect(seen.toSorted()).toEqual([late, fresh].toSorted());
    await worker.tenant(organizationId, (tx) => log(tx, { startedAt: new Date(now) }));
    await whenCursorsReach(worker);
    expect((await look('status:429')).data).toEqual([]);
  });

  it('refuses a cursor that is not its own', async () => {
    for (const cursor of ['x', Buffer.from('["1 OR 1=1"]').toString('base64url')]) {
      expect((await tail(`?cursor=${cursor}`)).status).toBe(400);
    }
  });
});

describe('[S7] on a log of many', () => {
  const MANY = 60_000;
  const many = { from: new Date(START_MS + 2 * 86_400_000), to: new Date(START_MS + 3 * 86_400_000) };

  beforeAll(async () => {
    await worker.tenant(
      organizationId,
      (tx) => tx.$executeRaw`
        INSERT INTO request_logs (organization_id, started_at, request_id, key_id, endpoint, dialect, status, session_id, end_user, model)
        SELECT ${organizationId}, ${many.from}::timestamptz + n * interval '1 second', 'req_' || lpad(n::text, 22, '0'),
          'key_' || n % 50, 'chat', 'openai', CASE WHEN n % 200 = 0 THEN 500 ELSE 200 END,
          CASE WHEN n % 100 = 0 THEN 'chat-' || n % 1000 ELSE '' END, CASE WHEN n % 100 = 0 THEN 'user-' || n % 1000 ELSE '' END,
          'gpt-5.2'
        FROM generate_series(1, ${MANY}) n`,
    );
    const owner = test.openAs('migrator', 'explorer-test');
    await owner.platform((tx) => tx.$executeRaw`ANALYZE request_logs`);
    await owner.close();
  }, 60_000);

  it.each([
    ['', '_pkey'],
    ['key:key_7', '_key_id_started_at_idx'],
    ['status:>=400', '_started_at_request_id_idx'],
    ['session:chat-100', '_session_id_'],
    ['user:user-100', '_end_user_'],
    ['latency:>1000', '_pkey'],
  ])(
    '%j follows an index in the order of time: nothing is sorted or read beyond what is looked at',
    async (q, index) => {
      const plan = await test.database.tenant(organizationId, async (tx) => {
        const { scan } = await toConditions(tx, organizationId, parseRequestQuery(q));
        const query = newestRows(sql`r.*`, scanOf(organizationId, many, scan), 500);
        return tx.$queryRaw<Record<string, [{ Plan: PlanNode }]>[]>`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`;
      });
      const nodes = flatten(plan[0]!['QUERY PLAN']![0].Plan);
      const scans = nodes.filter((node) => node['Index Name'] !== undefined && node['Actual Rows'] > 0);
      expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
      expect(scans.map((node) => node['Index Name']).join()).toContain(index);
      for (const node of scans) {
        expect(node['Actual Rows']).toBeLessThanOrEqual(700);
        expect(node['Rows Removed by Filter'] ?? 0).toBe(0);
      }
    },
  );
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}
