/** Usage of several values of a dimension, where summaries answer and where cubes do: the same sums, to the pico-USD. */
import { rollUp } from '@tollgate/billing';
import type { Database } from '@tollgate/db';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { findSummarizedSource } from './summarized-source.ts';

const DAY_MS = 86_400_000;
/** Spread over days and weeks, so that each grain of the summaries has its part. */
const DAYS_AGO = [40, 17, 3];
const TEAMS = ['team_a', 'team_b', 'team_c'];
const MODELS = ['small', 'middle', 'large, special'];

let test: TestApi;
let owner: TestPerson;
let worker: Database;

beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Several');
  worker = test.openAs('worker', 'seed');
  const { organizationId } = owner;
  const entries = DAYS_AGO.flatMap((days, at) =>
    TEAMS.flatMap((team, t) =>
      MODELS.map((model, m) => ({
        team,
        model,
        startedMs: test.clock.nowMs() - days * DAY_MS,
        cost: costOf(at, t, m),
      })),
    ),
  );
  await worker.tenant(organizationId, (tx) =>
    tx.usageEntry.createMany({ data: entries.map((entry) => entryOf(organizationId, entry)) }),
  );
  await waitFor(async () => {
    await rollUp(worker, { organizationId, nowMs: test.clock.nowMs() });
    return (await ask('')).data[0]?.requests === entries.length;
  });
});
afterAll(async () => {
  await worker.close();
  await test.close();
});

/** No two sums of some of them are the same: each is another power of two, above what floats hold. */
function costOf(at: number, team: number, model: number): bigint {
  return 2n ** BigInt(60 - (at * 9 + team * 3 + model));
}

function sumOf(
  teams: readonly number[],
  models: readonly number[],
  days: readonly number[] = [0, 1, 2],
): string {
  const costs = days.flatMap((at) => teams.flatMap((t) => models.map((m) => costOf(at, t, m))));
  return formatUsd(picoUsdSum(costs.reduce((sum, cost) => sum + cost, 0n)));
}

function entryOf(
  organizationId: string,
  { team, model, startedMs, cost }: { team: string; model: string; startedMs: number; cost: bigint },
) {
  return {
    organizationId,
    startedAt: new Date(startedMs),
    requestId: `req_${crypto.randomUUID()}`,
    attempt: 1,
    keyId: 'key_1',
    teamId: team,
    requestedModel: model,
    model,
    provider: 'openai',
    credentialId: 'cred_1',
    credentialOwner: 'organization',
    endpoint: 'chat',
    streamed: false,
    livemode: true,
    components: [],
    costPicoUsd: cost,
    chargePicoUsd: 0n,
    status: 'succeeded',
    usageSource: 'provider',
  };
}

async function ask(query: string) {
  const from = new Date(test.clock.nowMs() - 60 * DAY_MS).toISOString();
  const { status, body, text } = await owner.call('GET', `/usage?from=${from}&${query}`);
  expect(status, text).toBe(200);
  return body as { data: Record<string, string>[] & { requests: number }[] };
}
const spent = async (query: string) => (await ask(query)).data.map(({ spentUsd }) => spentUsd);

const LISTED = encodeURIComponent('large\\, special,small');

describe('[M5] usage of several values', () => {
  it.each([
    ['of one dimension', 'teamId=team_a,team_c', [sumOf([0, 2], [0, 1, 2])]],
    ['of two', `teamId=team_a,team_b&model=${LISTED}`, [sumOf([0, 1], [0, 2])]],
    ['of which one has a comma', `model=${LISTED}`, [sumOf([0, 1, 2], [0, 2])]],
    [
      'beside a third dimension',
      `teamId=team_a,team_b&model=${LISTED}&endpoint=chat`,
      [sumOf([0, 1], [0, 2])],
    ],
    [
      'grouped by the dimension itself',
      'groupBy=team&teamId=team_b,team_c',
      [sumOf([1], [0, 1, 2]), sumOf([2], [0, 1, 2])],
    ],
    ['grouped by another', 'groupBy=model&teamId=team_b,team_c', [0, 1, 2].map((m) => sumOf([1, 2], [m]))],
    ['by pages', 'groupBy=model&teamId=team_b,team_c&limit=2', [0, 1].map((m) => sumOf([1, 2], [m]))],
    [
      'the dearest and the rest',
      'groupBy=model&top=1&teamId=team_b,team_c',
      [sumOf([1, 2], [0]), sumOf([1, 2], [1, 2])],
    ],
    [
      'of one group, and the rest',
      'groupBy=team&top=1&teamId=team_b,team_c',
      [sumOf([1], [0, 1, 2]), sumOf([2], [0, 1, 2])],
    ],
    ['that do not exist', 'teamId=team_x,team_y', []],
  ])('%s is what each of them has together', async (_, query, amounts) => {
    expect(await spent(query)).toEqual(amounts);
    // Hours and other time zones are told by finer summaries, or by the cubes.
    expect(await spent(`${query}&timeZone=Asia/Kathmandu`)).toEqual(amounts);
  });

  it('by the day is told of each day', async () => {
    expect(await spent('interval=day&teamId=team_a,team_b&model=small,middle')).toEqual(
      [0, 1, 2].map((at) => sumOf([0, 1], [0, 1], [at])),
    );
  });

  it('of more keys and teams than are named pair by pair is the same sum', async () => {
    const person = await test.signUp('many@example.com', 'Many');
    const { organizationId } = person;
    const entries = DAYS_AGO.flatMap((days) =>
      Array.from({ length: 220 }, (_, key) => ({
        ...entryOf(organizationId, {
          team: key % 2 === 0 ? 'team_a' : 'team_b',
          model: 'small',
          startedMs: test.clock.nowMs() - days * DAY_MS,
          cost: BigInt(key + 1),
        }),
        keyId: `key_${key}`,
      })),
    );
    await worker.tenant(organizationId, (tx) => tx.usageEntry.createMany({ data: entries }));
    const from = new Date(test.clock.nowMs() - 60 * DAY_MS);
    const get = async (query: string) =>
      (await person.call('GET', `/usage?from=${from.toISOString()}&${query}`)).body.data;
    await waitFor(async () => {
      await rollUp(worker, { organizationId, nowMs: test.clock.nowMs() });
      return (await get(''))[0]?.requests === entries.length;
    });
    const absent = Array.from({ length: 98 }, (_, index) => `team_x${index}`);
    const teams = ['team_a', ...absent];
    const dearestFirst = Array.from({ length: 110 }, (_, at) => 2 * (109 - at)).map((key) => [
      `key_${key}`,
      formatUsd(picoUsdSum(3n * BigInt(key + 1))),
    ]);
    for (const zone of ['UTC', 'Asia/Kathmandu']) {
      for (const [page, length] of [
        ['limit=1000', 110],
        ['top=1000', 110],
        ['limit=40', 40],
      ] as const) {
        const rows = await get(`groupBy=key&teamId=${teams.join(',')}&timeZone=${zone}&${page}`);
        const told = rows.map(({ key, spentUsd }: Record<string, string>) => [key, spentUsd]);
        expect(told, `${zone} ${page}`).toEqual(dearestFirst.slice(0, length));
      }
      const [top, rest] = await get(`groupBy=key&teamId=${teams.join(',')}&timeZone=${zone}&top=109`).then(
        (rows: { spentUsd: string }[]) => [rows.slice(0, -1), rows.at(-1)] as const,
      );
      expect([top.length, rest?.spentUsd]).toEqual([109, dearestFirst.at(-1)![1]]);
    }
    const named = await test.database.tenant(organizationId, async (tx) => {
      const to = new Date(test.clock.nowMs());
      const filter = { from, to, timeZone: 'UTC', limit: 1_001, teamId: teams };
      const grouping = { cube: 'base', dimensions: ['key'] } as const;
      const source = await findSummarizedSource(tx, organizationId, grouping, filter);
      return source!.only(Array.from({ length: 1_000 }, (_, key) => `key_${key}`)).values;
    });
    expect(Math.max(...named.map((value) => [value].flat().length))).toBeLessThanOrEqual(1_000);
  });

  it('is at most so many of them, and never an empty one', async () => {
    const many = Array.from({ length: 101 }, (_, index) => `team_${index}`).join(',');
    for (const asked of [many, 'team_a,', ',']) {
      const answer = await owner.call('GET', `/usage?teamId=${asked}`);
      expect([answer.status, answer.body.errors[0].path.slice(0, 12)]).toEqual([400, 'query.teamId']);
    }
  });

  it('is kept by a report, but for tags, of which one is asked', async () => {
    const create = (filters: object) =>
      owner.call('POST', '/saved-reports', { name: 'Two teams', question: { groupBy: ['model'], filters } });
    const made = await create({ team: ['team_a', 'team_b'], model: 'large, special' });
    expect(made.body.question.filters).toEqual({ team: ['team_a', 'team_b'], model: 'large, special' });
    const refused = await create({ tag: ['env=prod', 'env=dev'] });
    expect(refused.body.errors[0].path).toBe('body.question.tag');
  });
});
