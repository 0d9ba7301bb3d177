import { extendSummaries, finalizeInvoice, listInvoices, rollUp } from '@tollgate/billing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareDocumentsWithLedger } from './exactness.ts';
import { type FilledOrganization, fillOrganization } from './filled-organization.ts';
import { makeInSets } from './make-in-sets.ts';

const FROM_MS = Date.UTC(2026, 8, 20);
const NOW_MS = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 86_400_000;
let filled: FilledOrganization;

beforeAll(async () => {
  filled = await fillOrganization({
    seed: 7,
    teamCount: 60,
    keyCount: 300,
    usedKeyCount: 200,
    usedTeamCount: 50,
    fromMs: FROM_MS,
    toMs: NOW_MS,
    nowMs: NOW_MS,
  });
  await filled.addEntries(6_000);
  await rollUp(filled.worker, { organizationId: filled.organizationId, nowMs: NOW_MS });
  // As in a database in use: by stale figures a plan takes seconds, and these tests are of what is told.
  await filled.analyze();
}, 120_000);
afterAll(() => filled?.close());

interface Row {
  readonly start: string | null;
  readonly requests: number;
  readonly attempts: number;
  readonly outputTokens: number;
  readonly costUsd: string;
  readonly chargeUsd: string;
  readonly savedUsd: string;
  readonly spentUsd: string;
  readonly [dimension: string]: unknown;
}

async function usage(query: string): Promise<Row[]> {
  const { status, text } = await filled.ask(`/usage?${query}`);
  expect(status, text).toBe(200);
  return (JSON.parse(text) as { data: Row[] }).data;
}

/** As integers, because they are compared to the last digit. */
function picoUsd(text: string): bigint {
  const [whole = '0', part = ''] = text.replace('-', '').split('.');
  const amount = BigInt(whole) * 1_000_000_000_000n + BigInt(part.padEnd(12, '0'));
  return text.startsWith('-') ? -amount : amount;
}

function sumBy(rows: readonly Row[], dimension: string): Map<string, (bigint | number)[]> {
  const sums = new Map<string, (bigint | number)[]>();
  for (const row of rows) {
    const values = dimension === '' ? [] : dimension.split(',').map((name) => row[name]);
    const name = [row.start, ...values].join(' ');
    const [requests, attempts, tokens, ...amounts] = sums.get(name) ?? [0, 0, 0, 0n, 0n, 0n, 0n];
    const texts = [row.costUsd, row.chargeUsd, row.savedUsd, row.spentUsd];
    sums.set(name, [
      (requests as number) + row.requests,
      (attempts as number) + row.attempts,
      (tokens as number) + row.outputTokens,
      ...texts.map((text, index) => (amounts[index] as bigint) + picoUsd(text)),
    ]);
  }
  return new Map([...sums].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

const RANGES = [
  ['unaligned at both ends', NOW_MS - 29 * DAY_MS - 7_777_000, NOW_MS - 3_333_000],
  ['within one day', NOW_MS - 9 * 3_600_000, NOW_MS - 3_600_000],
  ['whole days of UTC', Date.UTC(2026, 9, 1), Date.UTC(2026, 10, 1)],
  ['over everything', NOW_MS - 90 * DAY_MS, NOW_MS + DAY_MS],
] as const;
const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu'];
const INTERVALS = ['', 'day', 'month'];
/** With these no summary answers. */
const OF_CUBES = ['endpoint', 'credential'];
const PAIRS = [
  'team,key',
  'team,model',
  'team,status',
  'status,model',
  'team,costCenter',
  'provider,model',
  'team,provider',
];

describe('reports by one dimension or a pair, which summaries answer', () => {
  const compareAll = async (): Promise<void> => {
    for (const [index, [name, from, to]] of RANGES.entries()) {
      for (const zone of [ZONES[index % ZONES.length]!, 'UTC']) {
        const interval = INTERVALS[(index + zone.length) % INTERVALS.length]!;
        const range = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}&timeZone=${zone}${interval === '' ? '' : `&interval=${interval}`}`;
        for (const dimension of ['', 'model', 'team', 'key', 'status']) {
          const fine = await usage(`${range}&groupBy=${[dimension, ...OF_CUBES].filter(Boolean).join(',')}`);
          const coarse = await usage(`${range}&groupBy=${dimension}`);

          expect(sumBy(coarse, dimension), `${name} ${zone} ${dimension}`).toEqual(sumBy(fine, dimension));
        }
        for (const pair of [PAIRS[index]!, PAIRS[(index + 4) % PAIRS.length]!]) {
          const [first, second] = pair.split(',') as [string, string];
          const fine = await usage(`${range}&groupBy=${pair},${OF_CUBES.join(',')}`);
          expect(sumBy(await usage(`${range}&groupBy=${pair}`), pair), `${name} ${zone} ${pair}`).toEqual(
            sumBy(fine, pair),
          );
          const value = String(fine[0]?.[second]);
          const some = await usage(
            `${range}&groupBy=${first}&${second === 'key' ? 'keyId' : second}=${encodeURIComponent(value)}`,
          );
          expect(sumBy(some, first), `${name} ${zone} ${first} of one ${second}`).toEqual(
            sumBy(
              fine.filter((row) => row[second] === value),
              first,
            ),
          );
        }
        expect(sumBy(await usage(`${range}&groupBy=tag:env`), '')).toEqual(
          sumBy(await usage(`${range}&groupBy=tag:env,model`), ''),
        );
        expect(sumBy(await usage(`${range}&groupBy=endUser`), '')).toEqual(
          sumBy(await usage(`${range}&groupBy=endUser,model`), ''),
        );
      }
    }
  };

  it('[M5, S6] say what the cubes say, in any range and zone, to the last digit', compareAll, 120_000);

  it('[M5, S6] say it too while days are made again, after the organization went to another zone', async () => {
    const { organizationId, console: database, worker } = filled;
    await database.tenant(organizationId, (tx) =>
      tx.organization.update({ where: { id: organizationId }, data: { timeZone: 'Asia/Kathmandu' } }),
    );
    await filled.addEntries(500);
    await rollUp(worker, { organizationId, nowMs: NOW_MS });
    for (let day = 0; day < 20; day++) expect(await extendSummaries(worker, organizationId)).toBe(true);
    await compareAll();
    while (await extendSummaries(worker, organizationId));
    await compareAll();
  }, 240_000);
});

describe('the dearest groups and the rest', () => {
  it('[M5, S6] sum to all, by time, and each is what it is among all', async () => {
    const one = `teamId=${filled.dimensions.teams[1]?.id}`;
    const asked = ['key', 'endUser', 'team', 'tag:env', 'key,model', 'status,model', `model&${one}`];
    for (const [index, groupBy] of asked.entries()) {
      const [, from, to] = RANGES[(index * 3) % RANGES.length]!;
      for (const interval of ['', '&interval=day']) {
        const range = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}&groupBy=${groupBy}${interval}`;
        const [all, some] = [await usage(range), await usage(`${range}&top=2`)];
        expect(sumBy(some, ''), range).toEqual(sumBy(all, ''));
        const told = some.filter(({ rest }) => rest !== true);
        expect(all).toEqual(expect.arrayContaining(told));
        const nameOf = ({ names: _, start: __, ...row }: Row) =>
          JSON.stringify([row.key, row.endUser, row.team, row.tags, row.model, row.status]);
        const spent = Map.groupBy(all, nameOf);
        const dearest = [...spent]
          .map(([name, rows]) => ({ name, sum: rows.reduce((sum, row) => sum + picoUsd(row.spentUsd), 0n) }))
          .toSorted((left, right) => (left.sum < right.sum ? 1 : -1))
          .slice(0, 2);
        expect(new Set(told.map(nameOf)), range).toEqual(new Set(dearest.map(({ name }) => name)));
      }
    }
  }, 60_000);
});

describe('pages of groups', () => {
  it('[M5, S6] are all groups in their order, none twice, whatever they are grouped by', async () => {
    for (const [index, groupBy] of ['key', 'endUser', 'team,model', 'tag:env', 'key,model'].entries()) {
      const [, from, to] = RANGES[index % RANGES.length]!;
      const range = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}&groupBy=${groupBy}`;
      const pages: Row[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const { status, text } = await filled.ask(`/usage?${range}&limit=60${cursor && `&cursor=${cursor}`}`);
        expect(status, text).toBe(200);
        const page = JSON.parse(text) as { data: Row[]; nextCursor: string | null };
        pages.push(...page.data);
        cursor = page.nextCursor;
      }
      expect(pages, groupBy).toEqual(await usage(range));
    }
  }, 60_000);

  it('[M5, S6] an earlier range is told of the groups that are the dearest of a later one', async () => {
    const [now, before] = [
      ['2026-11-01T00:00:00.000Z', '2026-11-22T00:00:00.000Z'],
      ['2026-10-03T05:00:00.000Z', '2026-11-01T00:00:00.000Z'],
    ] as const;
    for (const groupBy of ['key', 'endUser', 'tag:env', 'team,model']) {
      const dearest = await usage(`from=${now[0]}&to=${now[1]}&groupBy=${groupBy}&top=3`);
      const range = `from=${before[0]}&to=${before[1]}&groupBy=${groupBy}`;
      const [all, some] = [
        await usage(range),
        await usage(`${range}&top=3&topFrom=${now[0]}&topTo=${now[1]}`),
      ];
      const nameOf = (row: Row) => JSON.stringify([row.key, row.endUser, row.tags, row.team, row.model]);
      const names = new Set(dearest.filter(({ rest }) => rest !== true).map(nameOf));
      expect(sumBy(some, ''), groupBy).toEqual(sumBy(all, ''));
      expect(
        some.filter(({ rest }) => rest !== true),
        groupBy,
      ).toEqual(all.filter((row) => names.has(nameOf(row))));
      const count = (await usage(`from=${now[0]}&to=${now[1]}&groupBy=${groupBy}`)).length;
      expect(dearest.find(({ rest }) => rest === true)?.restGroups ?? 0, groupBy).toBe(
        Math.max(0, count - 3),
      );
    }
  }, 60_000);

  it('[M5] of some keys are what they are among all', async () => {
    const range = `from=${new Date(FROM_MS).toISOString()}&to=${new Date(NOW_MS).toISOString()}&groupBy=key`;
    const all = await usage(range);
    const some = all.filter((_, index) => index % 9 === 4);
    expect(await usage(`${range}&keyId=${some.map(({ key }) => key).join(',')}`)).toEqual(some);
  });
});

describe('a generated organization', () => {
  it('[M5] has documents that sum to its ledger', async () => {
    const exactness = await compareDocumentsWithLedger(filled.worker, filled.organizationId);
    expect(exactness.documentCount).toBeGreaterThan(8);
    expect(exactness.lineCount).toBeGreaterThan(500);
    expect(BigInt(exactness.chargePicoUsd)).toBeGreaterThan(0n);
    expect(exactness.differences).toEqual([]);
  });

  it('[M5] has the same figures and documents after they are made in sets from the ledger', async () => {
    const figures = () =>
      Promise.all(
        ['model', 'key', 'endUser', 'tag:env', 'team,status'].map((groupBy) =>
          usage(
            `from=${new Date(FROM_MS).toISOString()}&to=${new Date(NOW_MS).toISOString()}&groupBy=${groupBy}`,
          ),
        ),
      );
    const before = await figures();
    await makeInSets(filled, { fromMs: FROM_MS, nowMs: NOW_MS });
    expect(await figures()).toEqual(before);
    expect((await compareDocumentsWithLedger(filled.worker, filled.organizationId)).differences).toEqual([]);
  }, 120_000);

  it('[M5, M6] has them also after one is finalized and more comes: the rest stands on its note', async () => {
    const { organizationId, console: database, worker } = filled;
    const { data } = await listInvoices(database, { organizationId, state: 'draft', limit: 50 });
    const ended = data.find((invoice) => invoice.livemode && Date.parse(invoice.periodEnd) <= NOW_MS)!;
    const actor = { kind: 'system', id: 'scale', name: 'scale' } as const;
    await finalizeInvoice(database, { organizationId, invoiceId: ended.id, actor, now: new Date(NOW_MS) });
    await filled.addEntries(500);
    await rollUp(worker, { organizationId, nowMs: NOW_MS });
    expect((await compareDocumentsWithLedger(worker, organizationId)).differences).toEqual([]);
  });
});
