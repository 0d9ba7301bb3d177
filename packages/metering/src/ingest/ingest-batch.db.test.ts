import { emptyUsage, type PriceVersion } from '@tollgate/catalog';
import { priceToRow } from '@tollgate/catalog/store';
import { type Database, OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestFrame, RequestSubject, UsageEntryRecord } from '../frame.ts';
import { getRequest } from '../ledger/get-request.ts';
import { dispatch, NOON_MS, PRICE, request, settle, subject, target } from '../testing/frames.ts';
import { BatchIngest, type IngestPayload, ingestBatch } from './ingest-batch.ts';
import { releaseQuarantined } from './release-quarantined.ts';

let test: TestDatabase;
let worker: Database;
let console_: Database;
const NOW = new Date(NOON_MS + 60_000);

beforeAll(async () => {
  test = await createTestDatabase();
  // Twenty at once queue for one row on fewer connections.
  worker = openDatabase({ url: test.urls.worker, applicationName: 'test-worker', connectTimeoutMs: 60_000 });
  console_ = openDatabase({ url: test.urls.console, applicationName: 'test-console' });
  await addPrice(PRICE, OPERATOR_ORGANIZATION_ID);
});

afterAll(async () => {
  await worker.close();
  await console_.close();
  await test.drop();
});

async function addPrice(price: PriceVersion, organizationId: string): Promise<void> {
  await console_.tenant(organizationId, (tx) => tx.priceVersion.create({ data: priceToRow(price) }));
}

async function addOrganization(): Promise<string> {
  const id = newId('organization', NOON_MS);
  await console_.tenant(id, (tx) =>
    tx.organization.create({ data: { id, name: id, slug: id.toLowerCase() } }),
  );
  return id;
}

async function addKey(organizationId: string): Promise<string> {
  const id = newId('virtualKey', NOON_MS);
  await console_.tenant(organizationId, (tx) =>
    tx.virtualKey.create({ data: { id, organizationId, name: 'test', createdById: 'usr_test' } }),
  );
  return id;
}

interface BatchPart {
  readonly entries?: readonly unknown[];
  readonly requests?: readonly unknown[];
  readonly orphans?: readonly unknown[];
  readonly from?: number;
  readonly to?: number;
  readonly floor?: number;
}

/** Batches of one epoch, as its gateway would make them. */
function epoch() {
  const epochId = newId('gatewayEpoch', NOON_MS);
  const gatewayId = newId('gateway', NOON_MS);
  const batch = (part: BatchPart): IngestPayload => ({
    version: 1,
    gatewayId,
    epochId,
    fromSequence: part.from ?? 0,
    toSequence: part.to ?? 1_000,
    floorSequence: part.floor ?? 0,
    entries: [...(part.entries ?? [])],
    requests: [...(part.requests ?? [])],
    orphans: [...(part.orphans ?? [])],
  });
  return { epochId, batch };
}

function entry(
  who: RequestSubject,
  sequence: number,
  overrides: Parameters<typeof settle>[1] = {},
): UsageEntryRecord {
  const sent = dispatch(who, target());
  const { kind: _kind, organizationId: _o, requestId: _r, attempt: _a, ...settled } = settle(sent, overrides);
  return { subject: who, target: sent.target, settle: settled, sequence };
}

function record(who: RequestSubject, overrides: Partial<RequestFrame> = {}): Omit<RequestFrame, 'kind'> {
  const { kind: _kind, ...rest } = request(who, overrides);
  return rest;
}

async function sums(organizationId: string) {
  const [row] = await worker.tenant(
    organizationId,
    (tx) => tx.$queryRaw<
      { entries: bigint; cost: string | null; charge: string | null; requests: bigint; quarantined: bigint }[]
    >`
      SELECT count(*) AS entries, sum(cost_pico_usd)::text AS cost, sum(charge_pico_usd)::text AS charge,
        (SELECT count(*) FROM request_logs) AS requests, (SELECT count(*) FROM quarantined_entries) AS quarantined
      FROM usage_entries`,
  );
  return row!;
}

async function quarantineReasons(organizationId: string): Promise<string[]> {
  const rows = await worker.tenant(organizationId, (tx) =>
    tx.quarantinedEntry.findMany({ orderBy: { reason: 'asc' } }),
  );
  return rows.map(({ reason }) => reason);
}

const watermarkOf = async (epochId: string): Promise<bigint> =>
  (await worker.platform((tx) => tx.gatewayEpoch.findUniqueOrThrow({ where: { id: epochId } })))
    .shippedSequence;

describe('ingestBatch()', () => {
  it('[M2] records late usage of a month that retention dropped while this worker was running', async () => {
    const organizationId = await addOrganization();
    const now = new Date();
    const lateMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 15, 5);
    const ingest = new BatchIngest(worker);
    const { batch } = epoch();
    const late = (sequence: number) => {
      const who = subject({ organizationId, startedAtMs: lateMs });
      return batch({
        entries: [entry(who, sequence)],
        requests: [record(who)],
        from: sequence - 1,
        to: sequence,
      });
    };
    const before = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 14, 1)).toISOString();
    const drop = (parent: string) =>
      worker.platform(
        (tx) =>
          tx.$queryRaw<unknown[]>`SELECT drop_month_partitions(${parent}, ${before.slice(0, 10)}::date)`,
      );
    const parents = ['usage_entries', 'request_logs'];
    for (const parent of parents) await drop(parent);
    expect(await ingest.ingest(late(1), { now })).toMatchObject({ newEntries: 1, quarantined: 0 });
    for (const parent of parents) expect(await drop(parent)).toHaveLength(1);
    expect(await ingest.ingest(late(2), { now })).toMatchObject({
      newEntries: 1,
      newRequests: 1,
      quarantined: 0,
    });
    expect(await sums(organizationId)).toMatchObject({ entries: 1n, requests: 1n, quarantined: 0n });
  });

  it('[M2] records a batch over several organizations at once, and a replay of it changes no sum', async () => {
    const [a, b] = [await addOrganization(), await addOrganization()];
    const { epochId, batch } = epoch();
    const subjects = [a, b, a, b, a].map((organizationId) => subject({ organizationId }));
    const payload = batch({
      entries: subjects.map((who, index) => entry(who, index + 1)),
      requests: subjects.map((who) => record(who)),
      to: 5,
    });
    const first = await ingestBatch(worker, payload, { now: NOW });
    expect(first).toMatchObject({
      kind: 'recorded',
      newEntries: 5,
      newRequests: 5,
      quarantined: 0,
      shippedSequence: 5,
    });
    expect(first.kind === 'recorded' && [...first.organizationIds].sort()).toEqual([a, b].sort());
    const before = [await sums(a), await sums(b)];
    expect(before.map(({ entries }) => entries)).toEqual([3n, 2n]);
    expect(before[0]!.cost).toBe(String(3n * (10n * 250_000n + 5n * 1_000_000n)));
    for (let i = 0; i < 3; i++) {
      expect(await ingestBatch(worker, payload, { now: NOW })).toEqual({
        kind: 'duplicate',
        shippedSequence: 5,
      });
    }
    // The same lines under other bounds, as after a restart that cut its batches elsewhere.
    const overlapping = await ingestBatch(worker, { ...payload, toSequence: 9 }, { now: NOW });
    expect(overlapping).toMatchObject({
      kind: 'recorded',
      newEntries: 0,
      newRequests: 0,
      quarantined: 0,
      organizationIds: [],
    });
    expect([await sums(a), await sums(b)]).toEqual(before);
    expect(await watermarkOf(epochId)).toBe(9n);
  });

  it('[M2] twenty workers with the same batch at once record it once', async () => {
    const a = await addOrganization();
    const { batch } = epoch();
    const who = subject({ organizationId: a });
    const payload = batch({ entries: [entry(who, 1)], requests: [record(who)] });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => ingestBatch(worker, payload, { now: NOW })),
    );
    expect(outcomes.filter(({ kind }) => kind === 'recorded')).toHaveLength(1);
    expect((await sums(a)).entries).toBe(1n);
  });

  it('[M1] the watermark never passes a hole: a batch that is early changes nothing and is taken later', async () => {
    const a = await addOrganization();
    const { epochId, batch } = epoch();
    const parts = [0, 1, 2, 3].map((index) =>
      batch({
        entries: [entry(subject({ organizationId: a }), index * 10 + 1)],
        from: index * 10,
        to: index * 10 + 10,
      }),
    );
    const kinds: string[] = [];
    for (const index of [2, 1, 0, 3, 1, 2, 3]) {
      kinds.push((await ingestBatch(worker, parts[index]!, { now: NOW })).kind);
      expect((await sums(a)).entries).toBe(await watermarkOf(epochId).then((mark) => mark / 10n));
    }
    expect(kinds).toEqual(['early', 'early', 'recorded', 'early', 'recorded', 'recorded', 'recorded']);
    expect(await watermarkOf(epochId)).toBe(40n);
  });

  it('takes a batch above a restored watermark when its gateway has cut what is missing, and tells how much', async () => {
    const a = await addOrganization();
    const { batch } = epoch();
    const payload = batch({
      entries: [entry(subject({ organizationId: a }), 101)],
      from: 100,
      to: 110,
      floor: 100,
    });
    expect(await ingestBatch(worker, payload, { now: NOW })).toMatchObject({
      kind: 'recorded',
      lostFrames: 100,
    });
  });

  it('[M1] sets one bad line aside and records the others: schema, constraint, time, rating, lost dispatch', async () => {
    const a = await addOrganization();
    const { batch } = epoch();
    const good = entry(subject({ organizationId: a }), 1);
    const wrongTime = subject({ organizationId: a });
    const orphan = settle(dispatch(subject({ organizationId: a })));
    const payload = batch({
      entries: [
        good,
        { ...good, subject: { ...good.subject, requestId: 'req_nonsense' } },
        entry({ ...wrongTime, startedAtMs: wrongTime.startedAtMs - 1 }, 2),
        entry(subject({ organizationId: a }), 3, {
          usageSource: 'none',
          usage: emptyUsage(),
          components: [],
          costPicoUsd: '0',
          chargePicoUsd: '0',
        }),
        entry(subject({ organizationId: a }), 4, { costPicoUsd: '1' }),
        entry(subject({ organizationId: a, startedAtMs: NOON_MS + 30 * 86_400_000 }), 5),
      ],
      orphans: [{ settle: orphan, sequence: 6 }],
    });
    const outcome = await ingestBatch(worker, payload, { now: NOW });
    expect(outcome).toMatchObject({ kind: 'recorded', newEntries: 2, quarantined: 5 });
    expect(await quarantineReasons(a)).toEqual([
      'dispatch-lost',
      'implausible-time',
      'malformed',
      'malformed',
      'rating-mismatch',
    ]);
    expect((await sums(a)).entries).toBe(2n);
  });

  it('[M1] parks the row that Postgres refuses, and the rest of its statement is recorded', async () => {
    const a = await addOrganization();
    const { batch } = epoch();
    const ingest = new BatchIngest(worker);
    const lastMonth = () => subject({ organizationId: a, startedAtMs: Date.UTC(2026, 9, 3) });
    await ingest.ingest(batch({ entries: [entry(lastMonth(), 1)], to: 10 }), { now: NOW });
    // Removed behind the back of a process that knows it: rows of that month have no home.
    const migrator = openDatabase({ url: test.urls.migrator, applicationName: 'test-migrator' });
    await migrator.platform((tx) => tx.$executeRaw`DROP TABLE usage_entries_y2026m10`);
    await migrator.close();
    const homeless = lastMonth();
    const lines = [
      entry(subject({ organizationId: a }), 11),
      entry(homeless, 12),
      entry(subject({ organizationId: a }), 13),
    ];
    const outcome = await ingest.ingest(batch({ entries: lines, from: 10, to: 20 }), { now: NOW });
    expect(outcome).toMatchObject({ kind: 'recorded', newEntries: 2, quarantined: 1, shippedSequence: 20 });
    const parked = await worker.tenant(a, (tx) => tx.quarantinedEntry.findMany());
    expect(parked).toMatchObject([
      { reason: 'refused-by-constraint', requestId: homeless.requestId, attempt: 1 },
    ]);
  });

  it('[M2] releases what a person released, once, as it was rated, and says what cannot be released', async () => {
    const a = await addOrganization();
    const { batch } = epoch();
    const wrong = entry(subject({ organizationId: a }), 1, { costPicoUsd: '1' });
    await ingestBatch(worker, batch({ entries: [wrong, { nonsense: a, subject: { organizationId: a } }] }), {
      now: NOW,
    });
    const decided = await console_.tenant(a, (tx) =>
      tx.quarantinedEntry.updateMany({ data: { decision: 'release', decidedAt: NOW } }),
    );
    expect(decided.count).toBe(2);
    const counted: string[] = [];
    const release = () =>
      releaseQuarantined(worker, { organizationId: a, now: NOW }, async (_tx, _id, entries) => {
        counted.push(...entries.map((each) => each.subject.requestId));
      });
    const released = await Promise.all([release(), release()]);
    expect(counted).toEqual([wrong.subject.requestId]);
    expect(Math.max(...released)).toBeGreaterThan(0);
    expect(await sums(a)).toMatchObject({ entries: 1n, cost: '1' });
    const rows = await worker.tenant(a, (tx) => tx.quarantinedEntry.findMany({ orderBy: { reason: 'asc' } }));
    expect(
      rows.map(({ reason, refusal, decision, resolvedAt }) => [
        reason,
        refusal,
        decision,
        resolvedAt !== null,
      ]),
    ).toEqual([
      ['malformed', 'malformed', '', false],
      ['rating-mismatch', '', 'release', true],
    ]);
    await release();
    expect((await sums(a)).entries).toBe(1n);
  });

  it('[M2] sets a different entry under a key that is taken aside, and keeps the first', async () => {
    const a = await addOrganization();
    const who = subject({ organizationId: a });
    const one = epoch();
    const two = epoch();
    await ingestBatch(worker, one.batch({ entries: [entry(who, 1)] }), { now: NOW });
    const before = await sums(a);
    const outcome = await ingestBatch(worker, two.batch({ entries: [entry(who, 7)] }), { now: NOW });
    expect(outcome).toMatchObject({ newEntries: 0, quarantined: 1 });
    expect(await quarantineReasons(a)).toEqual(['conflicting-entry']);
    expect(await sums(a)).toEqual({ ...before, quarantined: 1n });
  });

  it('[X1] does not count an entry that was rated with another organization’s contract', async () => {
    const [a, b] = [await addOrganization(), await addOrganization()];
    const contract = {
      ...PRICE,
      id: newId('priceVersion', NOON_MS),
      layer: 'organization' as const,
      organizationId: b,
    };
    await addPrice(contract, b);
    const ingest = new BatchIngest(worker);
    const lineOf = (organizationId: string): UsageEntryRecord => {
      const line = entry(subject({ organizationId }), 1);
      return { ...line, target: { ...line.target, priceVersionId: contract.id } };
    };
    await ingest.ingest(epoch().batch({ entries: [lineOf(b)] }), { now: NOW });
    await ingest.ingest(epoch().batch({ entries: [lineOf(a)] }), { now: NOW });
    await ingestBatch(worker, epoch().batch({ entries: [lineOf(a)] }), { now: NOW });
    expect((await sums(b)).entries).toBe(1n);
    expect((await sums(a)).entries).toBe(0n);
    expect(await quarantineReasons(a)).toContain('foreign-price-version');
  });

  it('counts markup only when the rule in Postgres says the same', async () => {
    const a = await addOrganization();
    const ruleId = newId('priceVersion', NOON_MS);
    await console_.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
      tx.markupRule.create({
        data: {
          id: ruleId,
          organizationId: OPERATOR_ORGANIZATION_ID,
          credentialId: 'cred_sim',
          basisPoints: 1_500,
          validFrom: new Date(0),
        },
      }),
    );
    const lineWith = (markupBasisPoints: number): UsageEntryRecord => {
      const sent = dispatch(
        subject({ organizationId: a }),
        target({ markupRuleId: ruleId, markupBasisPoints }),
      );
      const { kind: _kind, organizationId: _o, requestId: _r, attempt: _a, ...settled } = settle(sent);
      return { subject: sent.subject, target: sent.target, settle: settled, sequence: 1 };
    };
    await ingestBatch(worker, epoch().batch({ entries: [lineWith(1_500)] }), { now: NOW });
    await ingestBatch(worker, epoch().batch({ entries: [lineWith(100)] }), { now: NOW });
    expect(await sums(a)).toMatchObject({
      entries: 1n,
      charge: String(((10n * 250_000n + 5n * 1_000_000n) * 115n) / 100n),
    });
    expect(await quarantineReasons(a)).toEqual(['markup-mismatch']);
  });

  it('takes text that jsonb refuses', async () => {
    const a = await addOrganization();
    const who = subject({
      organizationId: a,
      endUser: 'nul \0 and half \ud83d',
      tags: { 'k\0': 'back\\u0000slash' },
    });
    const payload = JSON.parse(
      JSON.stringify(epoch().batch({ entries: [entry(who, 1)], requests: [record(who)] })),
    );
    expect(await ingestBatch(worker, payload, { now: NOW })).toMatchObject({
      newEntries: 1,
      newRequests: 1,
      quarantined: 0,
    });
    const { request: row } = await getRequest(worker, a, who.requestId);
    expect(row).toMatchObject({
      endUser: 'nul \ufffd and half \ufffd',
      tags: { 'k\ufffd': 'back\\u0000slash' },
    });
  });

  it('[M1] bills an answer that took longer than a measurement can say', async () => {
    const a = await addOrganization();
    const who = subject({ organizationId: a });
    const hours = { totalMs: 9_000_000, overheadUs: 9_000_000_000 };
    const payload = epoch().batch({ entries: [entry(who, 1, hours)], requests: [record(who, hours)] });
    expect(await ingestBatch(worker, payload, { now: NOW })).toMatchObject({
      newEntries: 1,
      newRequests: 1,
      quarantined: 0,
    });
    const { entries } = await getRequest(worker, a, who.requestId);
    expect(entries[0]).toMatchObject({ totalMs: 9_000_000, overheadUs: 2_147_483_647 });
  });

  it('[M1] keeps every line that nobody can read, not only the first', async () => {
    const a = await addOrganization();
    const broken = (n: number) => ({ subject: { organizationId: a }, n });
    const payload = epoch().batch({ entries: [broken(1), broken(2)], requests: [broken(3)] });
    await ingestBatch(worker, payload, { now: NOW });
    await ingestBatch(worker, epoch().batch({ entries: [broken(1)] }), { now: NOW });
    expect(await quarantineReasons(a)).toEqual(['malformed', 'malformed', 'malformed']);
  });

  it('[M1] no line stops its batch, whatever stands in its ids', async () => {
    const a = await addOrganization();
    const nameless = subject({ organizationId: `${a}\0` });
    const who = subject({ organizationId: a });
    const keyless = subject({ organizationId: a, keyId: 'key\0' });
    const payload = epoch().batch({
      entries: [entry(nameless, 1), entry(who, 2), entry(keyless, 3)],
      requests: [record(keyless)],
    });
    expect(await ingestBatch(worker, payload, { now: NOW })).toMatchObject({ newEntries: 1, quarantined: 3 });
  });

  it('[M1] a price that cannot be read sets its own entries aside and stops nobody else', async () => {
    const a = await addOrganization();
    const id = newId('priceVersion', NOON_MS);
    await console_.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
      tx.priceVersion.create({
        data: { ...priceToRow({ ...PRICE, id, model: id }), components: { input: 'much' } },
      }),
    );
    const sent = dispatch(subject({ organizationId: a }), target({ priceVersionId: id }));
    const { kind: _kind, organizationId: _o, requestId: _r, attempt: _a, ...settled } = settle(sent);
    const unreadable = { subject: sent.subject, target: sent.target, settle: settled, sequence: 1 };
    const payload = epoch().batch({ entries: [unreadable, entry(subject({ organizationId: a }), 2)] });
    expect(await ingestBatch(worker, payload, { now: NOW })).toMatchObject({ newEntries: 1, quarantined: 1 });
    expect(await quarantineReasons(a)).toEqual(['unknown-price-version']);
  });

  it('[G7] records the route, the substitute that took over from one, what was translated and what could not be said, and takes records of gateways that tell none of it', async () => {
    const a = await addOrganization();
    const { batch } = epoch();
    const translated = subject({ organizationId: a });
    const substituted = subject({ organizationId: a });
    const before = subject({ organizationId: a });
    const unsupported = ['seed', 'messages[2].content[1]', 'odd "name", with {signs}'];
    const route = { id: 'route_1', name: 'fast', rule: 0, target: 'openai/gpt-5.2' };
    const substitution = { budget: { id: 'bud_1', name: 'Pilot' }, model: 'sim-small', route };
    const { providerFormat: _f, translated: _t, unsupported: _u, ...old } = record(before);
    const outcome = await ingestBatch(
      worker,
      batch({
        requests: [
          record(translated, { providerFormat: 'anthropic-messages', translated: true, unsupported, route }),
          record(substituted, { substitution }),
          old,
        ],
      }),
      { now: NOW },
    );
    expect(outcome).toMatchObject({ kind: 'recorded', newRequests: 3, quarantined: 0 });
    const found = await getRequest(console_, a, translated.requestId);
    expect(found.request).toMatchObject({
      providerFormat: 'anthropic-messages',
      translated: true,
      unsupported,
      route,
      substitution: null,
    });
    const byBudget = await getRequest(console_, a, substituted.requestId);
    expect(byBudget.request).toMatchObject({ route: null, substitution });
    const silent = await getRequest(console_, a, before.requestId);
    expect(silent.request).toMatchObject({
      providerFormat: '',
      translated: false,
      unsupported: [],
      route: null,
      substitution: null,
    });
  });

  it('makes the month that it needs', async () => {
    const a = await addOrganization();
    const startedAtMs = Date.UTC(2025, 3, 3);
    const who = subject({ organizationId: a, startedAtMs });
    await ingestBatch(worker, epoch().batch({ entries: [entry(who, 1)] }), { now: NOW });
    expect((await sums(a)).entries).toBe(1n);
  });

  it('notes when a key was last used and its first answered request', async () => {
    const a = await addOrganization();
    const keyId = await addKey(a);
    const at = (seconds: number) =>
      subject({ organizationId: a, keyId, startedAtMs: NOON_MS + seconds * 1_000 });
    const [refused, first, later, older] = [at(1), at(2), at(3), at(-100)];
    const { batch } = epoch();
    const told = async (payload: IngestPayload) => {
      const outcome = await ingestBatch(worker, payload, { now: NOW });
      return outcome.kind === 'recorded' ? outcome.firstRequests : undefined;
    };
    const isRefused = record(refused, { status: 429, attempts: 0 });
    expect(await told(batch({ requests: [isRefused], to: 5 }))).toEqual([]);
    expect(await told(batch({ requests: [record(later), record(first)], from: 5, to: 10 }))).toMatchObject([
      { organizationId: a, keyId },
    ]);
    expect(await told(batch({ requests: [record(older)], from: 10, to: 20 }))).toEqual([]);
    const key = await console_.tenant(a, (tx) => tx.virtualKey.findUniqueOrThrow({ where: { id: keyId } }));
    expect(key).toMatchObject({ firstRequestId: first.requestId, lastUsedAt: new Date(later.startedAtMs) });
  });

  it('[M1] changes nothing when the transaction fails at its end', async () => {
    const a = await addOrganization();
    const { batch, epochId } = epoch();
    const payload = batch({ entries: [entry(subject({ organizationId: a }), 1)] });
    const failing = ingestBatch(worker, payload, {
      now: NOW,
      onNewEntries: () => Promise.reject(new Error('grants are away')),
    });
    await expect(failing).rejects.toThrow('grants are away');
    expect((await sums(a)).entries).toBe(0n);
    expect(await worker.platform((tx) => tx.gatewayEpoch.findUnique({ where: { id: epochId } }))).toBeNull();
    expect((await ingestBatch(worker, payload, { now: NOW })).kind).toBe('recorded');
  });

  it('records 5,000 entries of one batch', async () => {
    const organizations = await Promise.all([addOrganization(), addOrganization(), addOrganization()]);
    const { batch } = epoch();
    const subjects = Array.from({ length: 5_000 }, (_, index) =>
      subject({ organizationId: organizations[index % 3]! }),
    );
    const payload = batch({ entries: subjects.map((who, index) => entry(who, index + 1)), to: 5_000 });
    const ingest = new BatchIngest(worker);
    expect(await ingest.ingest(payload, { now: NOW })).toMatchObject({ kind: 'recorded', newEntries: 5_000 });
  });
});

describe('getRequest()', () => {
  it('[X1] finds a request with its attempts for its own organization only', async () => {
    const [a, b] = [await addOrganization(), await addOrganization()];
    const who = subject({ organizationId: a });
    await ingestBatch(worker, epoch().batch({ entries: [entry(who, 1)], requests: [record(who)] }), {
      now: NOW,
    });
    const gateway = openDatabase({ url: test.urls.gateway, applicationName: 'test-gateway' });
    try {
      const found = await getRequest(gateway, a, who.requestId);
      expect(found).toMatchObject({ costPicoUsd: 7_500_000n, request: { status: 200 } });
      expect(found.entries).toHaveLength(1);
      await expect(getRequest(gateway, b, who.requestId)).rejects.toThrow('Cannot get the request');
    } finally {
      await gateway.close();
    }
  });
});
