/** Re-rating against a real Postgres: the SQL holds against the TypeScript, and a kill anywhere loses nothing. */
import {
  emptyUsage,
  type PriceComponent,
  type PriceVersion,
  TOKEN_COMPONENTS,
  type TokenUsage,
} from '@tollgate/catalog';
import { type Database, OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addPrice,
  expectedBooks,
  insertAttempts,
  type LedgerAttempt,
  readBooks,
} from '../testing/rerating-ledger.ts';
import { applyRerating, createRerating, findRerating } from './rerating-store.ts';
import { type RunReratingOptions, runRerating } from './run-rerating.ts';

const NOW_MS = Date.now();
const HOUR_MS = 3_600_000;
const FROM = new Date(NOW_MS - 20 * HOUR_MS);
const CHANGE_MS = NOW_MS - 10 * HOUR_MS;
const TO = new Date(NOW_MS);

let testDatabase: TestDatabase;
let console_: Database;
let worker: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const open = (url: string) => openDatabase({ url, applicationName: 'rerating-test', maxConnections: 6 });
  console_ = open(testDatabase.urls.console);
  worker = open(testDatabase.urls.worker);
});

afterAll(async () => {
  await Promise.all([console_, worker].map((database) => database?.close()));
  await testDatabase?.drop();
});

async function addOrganization(): Promise<string> {
  const id = newId('organization', NOW_MS);
  await console_.tenant(id, (tx) =>
    tx.organization.create({ data: { id, name: 'Acme', slug: id.toLowerCase() } }),
  );
  return id;
}

interface Asked {
  readonly provider?: string;
  readonly model?: string;
  readonly ownCredentialsOnly?: boolean;
}

async function ask(organizationId: string, asked: Asked = {}): Promise<string> {
  const made = await console_.tenant(organizationId, (tx) =>
    createRerating(tx, {
      organizationId,
      from: FROM,
      to: TO,
      provider: asked.provider ?? '',
      model: asked.model ?? '',
      reason: 'the list price was wrong',
      ownCredentialsOnly: asked.ownCredentialsOnly ?? false,
      requestedByName: 'Ada',
      nowMs: NOW_MS,
    }),
  );
  expect(made).toBeDefined();
  return made!.id;
}

const options = (organizationId: string, more: Partial<RunReratingOptions> = {}): RunReratingOptions => ({
  organizationId,
  now: () => new Date(NOW_MS),
  maxAttempts: 7,
  ...more,
});

async function rerate(organizationId: string, asked: Asked = {}) {
  const id = await ask(organizationId, asked);
  await runRerating(worker, options(organizationId));
  const before = await readBooks(worker, organizationId);
  const now = new Date(NOW_MS);
  const find = () => console_.tenant(organizationId, (tx) => findRerating(tx, organizationId, id));
  const changes = (await find())!.lines.some(({ entries }) => entries > 0n);
  // One that would change nothing is over by itself.
  expect(await console_.tenant(organizationId, (tx) => applyRerating(tx, { organizationId, id, now }))).toBe(
    changes,
  );
  await runRerating(worker, options(organizationId));
  const record = await find();
  expect(record?.state).toBe('applied');
  const phase = (name: string) =>
    record!.lines.filter((line) => line.phase === name).map(({ phase: _, ...line }) => line);
  return { id, before, preview: phase('preview'), applied: phase('applied') };
}

const price = (
  model: string,
  components: PriceVersion['components'],
  more: Partial<PriceVersion> = {},
): PriceVersion => ({
  id: 'prc_x',
  layer: 'catalogue',
  organizationId: null,
  provider: 'simulator',
  model,
  region: null,
  serviceTier: 'default',
  currency: 'USD',
  validFrom: new Date(NOW_MS - 1_000 * HOUR_MS),
  components,
  tiers: [],
  source: 'test',
  sourceDate: null,
  ...more,
});

// ── Random prices and usage ──
const count = fc.oneof(fc.constant(0), fc.nat({ max: 400_000 }), fc.nat({ max: 1_000_000_000 }));
const names = fc.constantFrom('web_search', 'page', 'high/1024x1024');
const anyUsage: fc.Arbitrary<TokenUsage> = fc
  .record({
    tokens: fc.tuple(count, count, count, count, count, count, count, count),
    images: fc.dictionary(names, fc.nat({ max: 40 }), { noNullPrototype: true }),
    units: fc.dictionary(names, fc.nat({ max: 40 }), { noNullPrototype: true }),
  })
  .map(({ tokens: [a, b, c, d, e, f, g, h], images, units }) => ({
    inputTokens: a,
    cachedInputTokens: b,
    cacheWrite5mTokens: c,
    cacheWrite1hTokens: d,
    outputTokens: e,
    reasoningTokens: f,
    audioInputTokens: g,
    audioOutputTokens: h,
    images,
    units,
  }));
const COMPONENTS: readonly PriceComponent[] = [
  ...TOKEN_COMPONENTS,
  'request',
  'image:high/1024x1024',
  'unit:web_search',
  'unit:page',
  'image:page',
  'image:web_search',
  'unit:high/1024x1024',
];
const amount = fc.oneof(
  fc.constant(0n),
  fc.bigInt({ min: 1n, max: 600_000_000n }),
  fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }),
);
const anyComponents = (keep: number) =>
  fc
    .tuple(...COMPONENTS.map(() => fc.record({ amount, kept: fc.nat({ max: 9 }) })))
    .map((parts) =>
      Object.fromEntries(
        parts.flatMap((part, position) => (part.kept < keep ? [[COMPONENTS[position]!, part.amount]] : [])),
      ),
    );
const anyPrice = fc.record({
  components: fc.oneof(anyComponents(10), anyComponents(7)),
  tiers: fc
    .uniqueArray(fc.nat({ max: 900_000 }), { maxLength: 3 })
    .chain((bounds) =>
      fc.tuple(
        ...bounds
          .toSorted((left, right) => left - right)
          .map((aboveInputTokens) =>
            anyComponents(6).map((components) => ({ aboveInputTokens, components })),
          ),
      ),
    ),
});
const anyAttempt = fc.record({
  usage: anyUsage,
  owner: fc.constantFrom<'organization' | 'operator'>('organization', 'operator'),
  markupBasisPoints: fc.constantFrom(0, 1, 333, 1500, 12_345, -500, -10_000),
  withRule: fc.boolean(),
  atMs: fc.integer({ min: FROM.getTime(), max: TO.getTime() - 1 }),
  wasUnknown: fc.nat({ max: 4 }).map((value) => value === 0),
});

describe('a re-rating', () => {
  it('[M7] rates in SQL exactly as in TypeScript: any usage, tiers, fallbacks, markups and changes of price', async () => {
    const organizationId = await addOrganization();
    const perUnit = { input: 7n, 'unit:page': 1_000_003n } as const;
    const ruleId = newId('event', NOW_MS);
    await console_.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
      tx.markupRule.create({
        data: {
          id: ruleId,
          organizationId: OPERATOR_ORGANIZATION_ID,
          credentialId: 'cred_1',
          perUnit: { input: '7', 'unit:page': '1000003' },
          validFrom: FROM,
        },
      }),
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(anyPrice, anyPrice, anyPrice),
        fc.array(anyAttempt, { minLength: 1, maxLength: 25 }),
        async ([old, first, second], drafts) => {
          const model = `m-${round++}`;
          const oldPrice = { ...price(model, old.components, { tiers: old.tiers }), id: 'prc_old' };
          const firstPrice = await addPrice(console_, price(model, first.components, { tiers: first.tiers }));
          const secondPrice = await addPrice(
            console_,
            price(model, second.components, { tiers: second.tiers, validFrom: new Date(CHANGE_MS) }),
          );
          const attempts = drafts.map(({ atMs, withRule, wasUnknown, ...draft }): LedgerAttempt => {
            const resold = draft.owner === 'operator';
            return {
              ...draft,
              markupBasisPoints: resold ? draft.markupBasisPoints : 0,
              ...(resold && withRule ? { markupRuleId: ruleId, perUnit } : {}),
              model,
              requestId: newId('request', atMs),
              startedAtMs: atMs,
              price: wasUnknown ? undefined : oldPrice,
            };
          });
          await insertAttempts(worker, organizationId, attempts);
          const { before, preview, applied } = await rerate(organizationId, { model });
          const books = await readBooks(worker, organizationId);
          for (const attempt of attempts) {
            const { entries, ...found } = books.get(attempt.requestId)!;
            const { entries: _, ...stood } = before.get(attempt.requestId)!;
            const right = expectedBooks(attempt, attempt.startedAtMs < CHANGE_MS ? firstPrice : secondPrice);
            // What no price covers stays as it was.
            expect(found).toEqual(right.unknown ? stood : right);
            const asBefore = right.unknown || JSON.stringify(right, text) === JSON.stringify(stood, text);
            expect(entries).toBe(asBefore ? 1 : 2);
          }
          if (changed(preview) > 0) expect(applied).toEqual(preview);
          else expect(applied).toEqual([]);
          expect(changed(applied)).toBe(
            attempts.filter(({ requestId }) => books.get(requestId)!.entries === 2).length,
          );

          // Again: nothing is left to correct.
          const again = await rerate(organizationId, { model });
          expect(changed(again.preview)).toBe(0);
          expect(again.applied).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  }, 240_000);

  it('[M2] corrects each entry once, wherever its worker was killed', async () => {
    const organizationId = await addOrganization();
    const old = { ...price('killed', { input: 5n, output: 9n }), id: 'prc_old' };
    const right = await addPrice(console_, price('killed', { input: 4n, output: 11n }));
    const attempts = Array.from({ length: 60 }, (_, index): LedgerAttempt => {
      const startedAtMs = FROM.getTime() + index * 60_000;
      return {
        requestId: newId('request', startedAtMs),
        startedAtMs,
        usage: { ...emptyUsage(), inputTokens: 1000 + index, outputTokens: index },
        owner: 'operator',
        markupBasisPoints: 333,
        model: 'killed',
        price: old,
      };
    });
    await insertAttempts(worker, organizationId, attempts);
    const id = await ask(organizationId, { model: 'killed' });
    await runRerating(worker, options(organizationId));
    const now = new Date(NOW_MS);
    await console_.tenant(organizationId, (tx) => applyRerating(tx, { organizationId, id, now }));

    // The connection dies in the middle of a transaction, after a few chunks; then another worker takes over, twice at once.
    let chunk = 0;
    const dying = openDatabase({ url: testDatabase.urls.worker, applicationName: 'rerating-dying' });
    const killed = runRerating(dying, {
      ...options(organizationId),
      onCorrections: async (tx) => {
        chunk += 1;
        if (chunk === 4) {
          const [row] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
          await terminate(row!.pid);
          await tx.$queryRaw`SELECT 1`;
        }
        return [];
      },
    });
    await expect(killed).rejects.toThrow();
    await dying.close();
    const half = [...(await readBooks(worker, organizationId)).values()].filter(
      ({ entries }) => entries === 2,
    );
    expect(half).toHaveLength(21);

    await Promise.all([1, 2].map(() => runRerating(worker, options(organizationId))));
    const books = await readBooks(worker, organizationId);
    for (const attempt of attempts) {
      expect(books.get(attempt.requestId)).toEqual({ entries: 2, ...expectedBooks(attempt, right) });
    }
    const record = await console_.tenant(organizationId, (tx) => findRerating(tx, organizationId, id));
    expect(record).toMatchObject({ state: 'applied', attemptsSeen: 60n });
    expect(record!.lines.filter(({ phase }) => phase === 'applied')).toMatchObject([{ entries: 60n }]);
  });

  it('[M2] corrects each entry once in several lanes at once, though workers die in the middle of them', async () => {
    const organizationId = await addOrganization();
    const old = { ...price('lanes', { input: 5n, cachedInput: 2n, output: 9n }), id: 'prc_old' };
    const right = await addPrice(console_, price('lanes', { input: 4n, cachedInput: 2n, output: 11n }));
    const attempts = Array.from({ length: 120 }, (_, index): LedgerAttempt => {
      // Many at one instant: a lane may not end among them.
      const startedAtMs = FROM.getTime() + Math.floor(index / 9) * 420_000;
      return {
        requestId: newId('request', startedAtMs),
        startedAtMs,
        usage: {
          ...emptyUsage(),
          inputTokens: 1000 + index,
          cachedInputTokens: index % 3,
          outputTokens: index,
        },
        owner: index % 2 === 0 ? 'operator' : 'organization',
        markupBasisPoints: index % 2 === 0 ? 333 : 0,
        model: 'lanes',
        price: old,
      };
    });
    await insertAttempts(worker, organizationId, attempts);
    const id = await ask(organizationId, { model: 'lanes' });
    const inLanes = { parallel: 3, attemptsPerLane: 15, maxAttempts: 4 };
    await runRerating(worker, options(organizationId, inLanes));
    const now = new Date(NOW_MS);
    await console_.tenant(organizationId, (tx) => applyRerating(tx, { organizationId, id, now }));
    const lanes = await worker.tenant(organizationId, (tx) =>
      tx.reratingLane.count({ where: { organizationId, reratingId: id, phase: 'preview', done: true } }),
    );
    expect(lanes).toBeGreaterThan(4);

    for (const deadly of [2, 5, 9]) {
      let chunk = 0;
      const dying = openDatabase({ url: testDatabase.urls.worker, applicationName: 'rerating-dying' });
      const killed = runRerating(
        dying,
        options(organizationId, {
          ...inLanes,
          onCorrections: async (tx) => {
            chunk += 1;
            if (chunk < deadly) return [];
            const [row] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
            await terminate(row!.pid);
            await tx.$queryRaw`SELECT 1`;
            return [];
          },
        }),
      );
      await expect(killed).rejects.toThrow();
      await dying.close();
    }
    await Promise.all([1, 2].map(() => runRerating(worker, options(organizationId, inLanes))));
    await runRerating(worker, options(organizationId, inLanes));
    const books = await readBooks(worker, organizationId);
    for (const attempt of attempts) {
      expect(books.get(attempt.requestId)).toEqual({ entries: 2, ...expectedBooks(attempt, right) });
    }
    const record = await console_.tenant(organizationId, (tx) => findRerating(tx, organizationId, id));
    expect(record).toMatchObject({ state: 'applied', attemptsSeen: 120n });
    const corrected = (phase: string) =>
      record!.lines.filter((line) => line.phase === phase).map(({ phase: _, ...line }) => line);
    expect(corrected('applied')).toEqual(corrected('preview'));
  });

  it('[M2] is refused by Postgres to adjust an attempt twice', async () => {
    const organizationId = await addOrganization();
    const rows = (entry: number) =>
      worker.tenant(
        organizationId,
        (tx) => tx.$executeRaw`
        INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, adjustment_id, key_id, requested_model,
          model, provider, credential_id, credential_owner, endpoint, streamed, livemode, status, usage_source)
        VALUES (${organizationId}, ${FROM}, 'req_1', 1, ${entry}::smallint, 'rrt_1', 'k', 'm', 'm', 'p', 'c', 'operator', 'chat', false,
          false, 'succeeded', 'provider')`,
      );
    await rows(1);
    await expect(rows(2)).rejects.toThrow(/usage_entries_one_adjustment|23505|unique/i);
  });

  it('[X1] leaves the operator’s credentials alone where the organization asked, and uses no price that it states for itself there', async () => {
    const organizationId = await addOrganization();
    const list = await addPrice(console_, price('own', { input: 100n }));
    await addPrice(console_, {
      ...price('own', { input: 1n }),
      layer: 'organization',
      organizationId,
      ownCredentialsOnly: true,
    });
    const attempt = (owner: 'operator' | 'organization', minute: number): LedgerAttempt => ({
      requestId: newId('request', FROM.getTime() + minute),
      startedAtMs: FROM.getTime() + minute,
      usage: { ...emptyUsage(), inputTokens: 10 },
      owner,
      markupBasisPoints: 0,
      model: 'own',
      price: list,
    });
    const [own, resold] = [attempt('organization', 1), attempt('operator', 2)];
    await insertAttempts(worker, organizationId, [own, resold]);
    await rerate(organizationId, { ownCredentialsOnly: true });
    let books = await readBooks(worker, organizationId);
    expect(books.get(own.requestId)).toMatchObject({ cost: 10n, entries: 2 });
    await rerate(organizationId);
    books = await readBooks(worker, organizationId);
    expect(books.get(resold.requestId)).toMatchObject({ cost: 1000n, entries: 1 });
  });

  it('that would change nothing is over by itself, and the next one may begin', async () => {
    const organizationId = await addOrganization();
    const right = await addPrice(console_, price('right', { input: 3n }));
    const startedAtMs = FROM.getTime() + 1;
    const attempt: LedgerAttempt = {
      requestId: newId('request', startedAtMs),
      startedAtMs,
      usage: { ...emptyUsage(), inputTokens: 10 },
      owner: 'operator',
      markupBasisPoints: 0,
      model: 'right',
      price: right,
    };
    // One without any price is counted, and does not keep it open.
    const unpriced = {
      ...attempt,
      requestId: newId('request', startedAtMs),
      model: 'nobody',
      price: undefined,
    };
    await insertAttempts(worker, organizationId, [attempt, unpriced]);
    const id = await ask(organizationId);
    await runRerating(worker, options(organizationId));
    const record = await console_.tenant(organizationId, (tx) => findRerating(tx, organizationId, id));
    expect(record).toMatchObject({
      state: 'applied',
      previewedAt: new Date(NOW_MS),
      endedAt: new Date(NOW_MS),
    });
    expect(record!.lines).toMatchObject([{ phase: 'preview', entries: 0n, unpricedEntries: 1n }]);
    const books = await readBooks(worker, organizationId);
    expect([...books.values()].map(({ entries }) => entries)).toEqual([1, 1]);
    expect(await ask(organizationId)).not.toBe(id);
  });

  it('one at a time: another is refused until it is over', async () => {
    const organizationId = await addOrganization();
    const id = await ask(organizationId);
    const second = await console_.tenant(organizationId, (tx) =>
      createRerating(tx, {
        organizationId,
        from: FROM,
        to: TO,
        provider: '',
        model: '',
        reason: '',
        ownCredentialsOnly: true,
        requestedByName: '',
        nowMs: NOW_MS,
      }),
    );
    expect(second).toBeUndefined();
    expect(id).toMatch(/^rrt_/);
  });
});

function changed(lines: readonly { entries: bigint }[]): number {
  return lines.reduce((sum, line) => sum + Number(line.entries), 0);
}

const text = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

async function terminate(pid: number): Promise<void> {
  await worker.platform((tx) => tx.$queryRaw`SELECT pg_terminate_backend(${pid}::integer)`);
}
