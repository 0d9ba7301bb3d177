import { rollUp } from '@tollgate/billing';
import type { Database, Prisma } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { formatUsd, parseUsd, picoUsdSum } from '@tollgate/money';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestCaller } from '../test-api.ts';
import { whenCursorsReach } from '../test-cursors.ts';

const START_MS = Date.UTC(2026, 10, 19, 12);
const range = { from: new Date(START_MS).toISOString(), to: new Date(START_MS + 3_600_000).toISOString() };
let test: TestApi;
let organizationId: string;
let call: TestCaller;
let worker: Database;

type Entry = Partial<Prisma.UsageEntryUncheckedCreateInput>;
const cents = (count: number): bigint => BigInt(count) * 10_000_000_000n;
const own = {
  credentialOwner: 'organization',
  credentialId: 'cred_own',
  provider: 'simulator',
  model: 'small',
};
const resold = {
  credentialOwner: 'operator',
  credentialId: 'cred_resold',
  provider: 'openai',
  model: 'large',
};
const withoutPrice = { costPicoUsd: null, chargePicoUsd: 0n };

/** Requests by name: what each of their attempts and corrections is. */
const REQUESTS: Readonly<Record<string, readonly Entry[]>> = {
  resold: [{ ...resold, costPicoUsd: cents(1), chargePicoUsd: 12_000_000_000n }],
  fallBack: [
    { ...own, costPicoUsd: cents(1), status: 'failed' },
    { ...resold, attempt: 2, costPicoUsd: cents(2), chargePicoUsd: cents(3) },
  ],
  refused: [],
  ownWithoutPrice: [{ ...own, ...withoutPrice }],
  pricedLater: [
    { ...own, ...withoutPrice },
    { ...own, entry: 1, reason: 'price stated', settlesUnknown: true, costPicoUsd: 5_000_000_000n },
  ],
  resoldWithoutPrice: [{ ...resold, ...withoutPrice }],
};
const ids = new Map<string, string>();

beforeAll(async () => {
  test = await startTestApi();
  ({ organizationId, call } = await test.bootstrap('Attempts'));
  worker = test.openAs('worker', 'attempts-test');
  for (const [name, entries] of Object.entries(REQUESTS)) ids.set(await log(name, entries), name);
  // One of many would be enough below.
  await whenCursorsReach(worker);
  await waitFor(async () => {
    await rollUp(worker, { organizationId, nowMs: START_MS });
    return (await usage('')).length > 0;
  });
});
afterAll(async () => {
  await worker?.close();
  await test?.close();
});

async function log(
  name: string,
  entries: readonly Entry[],
  { keyId = 'key_1', teamId = '' } = {},
): Promise<string> {
  const startedAt = new Date(START_MS + (ids.size + 1) * 1_000);
  const requestId = newId('request', startedAt.getTime());
  const said = {
    organizationId,
    startedAt,
    requestId,
    keyId,
    teamId,
    requestedModel: 'large',
    endpoint: 'chat',
  };
  const last = entries.findLast(({ entry = 0 }) => entry === 0);
  await worker.tenant(organizationId, async (tx) => {
    await tx.requestLog.create({
      data: {
        ...said,
        dialect: 'openai',
        status: name === 'refused' ? 402 : 200,
        model: last?.model ?? '',
        provider: last?.provider ?? '',
        attempts: last?.attempt ?? (last === undefined ? 0 : 1),
      },
      select: { requestId: true },
    });
    await tx.usageEntry.createMany({
      data: entries.map((entry) => ({
        ...said,
        ...own,
        attempt: 1,
        streamed: false,
        livemode: true,
        status: 'succeeded',
        usageSource: 'provider',
        ...entry,
      })),
    });
  });
  return requestId;
}

async function list(q: string) {
  const { body, text } = await call('GET', `/requests?${new URLSearchParams({ ...range, q })}`);
  expect(body?.data, text).toBeDefined();
  return body.data as { readonly id: string; readonly spentUsd: string | null }[];
}
const find = async (q: string) => (await list(q)).map(({ id }) => ids.get(id)).toSorted();
const usage = async (groupBy: string) =>
  (await call('GET', `/usage?${new URLSearchParams({ ...range, ...(groupBy !== '' && { groupBy }) })}`)).body
    .data as Record<string, string>[];

describe('what a request spent', () => {
  it('[M5] is the charge of each resold attempt and the cost of each own one, and null while a price is missing', async () => {
    const rows = await list('');
    expect(Object.fromEntries(rows.map((row) => [ids.get(row.id), row.spentUsd]))).toEqual({
      resold: '0.012',
      fallBack: '0.04',
      refused: '0.00',
      ownWithoutPrice: null,
      pricedLater: '0.005',
      resoldWithoutPrice: null,
    });
    const sum = rows.reduce((total, { spentUsd }) => total + parseUsd(spentUsd ?? '0'), 0n);
    const [total] = await usage('');
    expect(formatUsd(picoUsdSum(sum))).toBe(total?.spentUsd);
  });

  it.each([
    ['cost:>0.011', ['fallBack', 'resold']],
    ['cost:0.04', ['fallBack']],
    ['cost:0.03', []],
    ['cost:0.01', []],
    ['cost:<=0.005', ['pricedLater', 'refused']],
    ['-cost:>=0', ['ownWithoutPrice', 'resoldWithoutPrice']],
  ])('is what %j finds requests by', async (q, expected) => {
    expect(await find(q)).toEqual(expected);
    const { body } = await call('GET', `/requests/summary?${new URLSearchParams({ ...range, q })}`);
    expect(body.matched).toBe(expected.length);
  });
});

describe('requests behind a row of usage', () => {
  it('are those of whom an attempt was sent to that model at that provider, whoever answered in the end', async () => {
    const rows = await usage('model,provider');
    const found = await Promise.all(
      rows.map(async ({ model, provider }) => [
        `${model} at ${provider}`,
        await find(`attemptModel:${model} attemptProvider:${provider} attempts:>=1`),
      ]),
    );
    expect(Object.fromEntries(found)).toEqual({
      'small at simulator': ['fallBack', 'ownWithoutPrice', 'pricedLater'],
      'large at openai': ['fallBack', 'resold', 'resoldWithoutPrice'],
    });
  });

  it.each([
    ['attemptModel:small attemptProvider:openai', []],
    ['outcome:failed attemptProvider:openai', []],
    ['outcome:failed attemptProvider:simulator', ['fallBack']],
    ['outcome:failed attemptProvider:simulator outcome:succeeded attemptProvider:openai', ['fallBack']],
    ['attemptModel:small attemptModel:large', ['fallBack']],
    ['attemptModel:small -attemptModel:large', ['ownWithoutPrice', 'pricedLater']],
  ])('hold %j of one attempt, and what is asked again of one as well', async (q, expected) => {
    expect(await find(q)).toEqual(expected);
  });
});

describe('values that the summary counts', () => {
  interface Value {
    readonly value: string;
    readonly term: string;
    readonly requests: number;
  }
  const facets = async () =>
    (await call('GET', `/requests/summary?${new URLSearchParams(range)}`)).body.facets as Record<
      'model' | 'key' | 'team',
      Value[]
    >;

  it('find as many requests as were counted when they are asked for', async () => {
    const createKey = async (name: string) => (await call('POST', '/keys', { name })).body.key.id as string;
    const [one, other, crawler, laptop, star] = [
      await createKey('prod'),
      await createKey('prod'),
      await createKey('crawler'),
      await createKey('laptop'),
      await createKey('a*b'),
    ];
    // Nobody used it, and still its name finds two keys.
    await createKey('laptop');
    for (const keyId of [one, one, other, crawler, laptop, star])
      ids.set(await log('more', [], { keyId }), 'more');
    const { model, key } = await facets();
    for (const { term, requests } of model) expect(await find(`served:${term}`)).toHaveLength(requests);
    for (const { term, requests } of key) expect(await find(`key:${term}`)).toHaveLength(requests);
    const terms = Object.fromEntries(key.map(({ value, term }) => [value, term]));
    expect(terms).toEqual({
      key_1: 'key_1',
      [one!]: one,
      [other!]: other,
      [crawler!]: 'crawler',
      [laptop!]: laptop,
      [star!]: star,
    });
  });

  it('are asked for by the name of a team only where no other answers to it', async () => {
    const search = (await call('POST', '/teams', { name: 'Search', slug: 'search' })).body.id;
    // Named as the other is abbreviated.
    const shadow = (await call('POST', '/teams', { name: 'search', slug: 'shadow' })).body.id;
    const chat = (await call('POST', '/teams', { name: 'Chat', slug: 'chat' })).body.id;
    for (const teamId of [search, shadow, chat]) {
      ids.set(await log('of a team', [], { teamId }), 'of a team');
    }
    const { team } = await facets();
    expect(Object.fromEntries(team.map(({ value, term }) => [value, term]))).toEqual({
      [search]: 'Search',
      [shadow]: shadow,
      [chat]: 'Chat',
    });
    for (const { term, requests } of team) expect(await find(`team:${term}`)).toHaveLength(requests);
  });
});
