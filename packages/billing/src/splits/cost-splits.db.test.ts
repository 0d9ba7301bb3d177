import { parseUsdSum } from '@tollgate/money';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  anyEntries,
  type BillingFixture,
  createBillingFixture,
  DECEMBER_MS,
  insertEntries,
  NOVEMBER_MS,
  rollUpFully,
} from '../fixtures/ledger-fixture.ts';
import { listInvoices } from '../queries/invoices.ts';
import { getChargeback, previewCostSplit } from './chargeback.ts';
import { listCostSplits, type SplitShare, setCostSplit, splitsInForce } from './cost-splits.ts';

let fixture: BillingFixture;
let organizationId: string;
let teamId: string;
beforeAll(async () => {
  fixture = await createBillingFixture();
  organizationId = await fixture.createOrganization();
  await fixture.console.tenant(organizationId, async (tx) => {
    for (const id of ['key_1', 'key_2']) {
      await tx.virtualKey.create({
        data: { id, organizationId, name: `Name of ${id}`, createdById: 'usr_1' },
      });
    }
    teamId = (await tx.team.findFirstOrThrow({ where: { organizationId } })).id;
  });
  const entries = fc.sample(anyEntries({ size: 120 }), { numRuns: 5, seed: 3 }).flat();
  await insertEntries(fixture.worker, organizationId, entries);
  await rollUpFully(fixture.worker, organizationId);
});
afterAll(() => fixture?.close());

const MIDDLE = new Date((NOVEMBER_MS + DECEMBER_MS) / 2);
const by = {
  actor: { kind: 'user' as const, id: 'usr_1', name: 'Finance' },
  origin: { ipAddress: '', userAgent: '', requestId: '' },
};
const set = (keyId: string, shares: readonly SplitShare[], at = MIDDLE, now = MIDDLE) =>
  fixture.console.tenant(organizationId, (tx) =>
    setCostSplit(tx, { organizationId, keyId, at, shares, now, ...by }),
  );
const read = (at = MIDDLE) =>
  fixture.console.tenant(organizationId, (tx) => getChargeback(tx, { organizationId, at, livemode: true }));
const total = (amounts: readonly string[]) => amounts.reduce((sum, amount) => sum + parseUsdSum(amount), 0n);

/** Cuts 10,000 at these places. */
const anyShares = fc
  .uniqueArray(fc.integer({ min: 1, max: 9_999 }), { maxLength: 6 })
  .map((cuts) => [0, ...cuts.toSorted((left, right) => left - right), 10_000])
  .map((bounds) =>
    bounds.slice(1).map((bound, index) => ({
      teamId: index % 2 === 0 ? teamId : '',
      costCenter: `cc-${index}`,
      shareBasisPoints: bound - bounds[index]!,
    })),
  );

it('[M4, M5] a chargeback sums to the showback of its month to the last pico-USD, however keys are divided', async () => {
  const { data } = await listInvoices(fixture.console, { organizationId, kind: 'showback', limit: 10 });
  const showback = parseUsdSum(data.find(({ livemode }) => livemode)!.subtotalUsd);
  const undivided = await read();
  expect(total(undivided.rows.map(({ costUsd }) => costUsd))).toBe(showback);
  expect(undivided.statement).toMatchObject({ differenceUsd: '0.00' });
  expect(parseUsdSum(undivided.total.costUsd)).toBe(showback);
  const sums = (rows: (typeof undivided)['rows']) => ({
    cost: total(rows.map(({ costUsd }) => costUsd)),
    charge: total(rows.map(({ chargeUsd }) => chargeUsd)),
    spent: total(rows.map(({ spentUsd }) => spentUsd)),
    divided: total(rows.map(({ dividedUsd }) => dividedUsd)),
    requests: rows.reduce((sum, { requests }) => sum + requests, 0),
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('key_1', 'key_2'), anyShares, async (keyId, shares) => {
      const scope = { organizationId, at: MIDDLE, livemode: true, keyId, shares };
      const preview = await fixture.console.tenant(organizationId, (tx) => previewCostSplit(tx, scope));
      for (const name of ['costUsd', 'chargeUsd', 'spentUsd'] as const) {
        expect(total(preview.parts.map((part) => part[name]))).toBe(parseUsdSum(preview[name]));
      }
      await set(keyId, shares);
      const { rows } = await read();
      expect(sums(rows)).toEqual({ ...sums(undivided.rows), divided: 0n });
    }),
    { numRuns: 15 },
  );
  // What is shown before is what comes of it.
  await set('key_2', []);
  const shares = [
    { teamId, costCenter: 'cc-new', shareBasisPoints: 3_333 },
    { teamId: '', costCenter: 'cc-other', shareBasisPoints: 6_667 },
  ];
  const scope = { organizationId, at: MIDDLE, livemode: true, keyId: 'key_1', shares };
  const preview = await fixture.console.tenant(organizationId, (tx) => previewCostSplit(tx, scope));
  await set('key_1', shares);
  const { rows } = await read();
  for (const part of preview.parts) {
    expect(rows.find(({ costCenter }) => costCenter === part.costCenter)).toMatchObject({
      spentUsd: part.spentUsd,
      dividedUsd: part.spentUsd,
    });
  }
});

it('a rule holds from its month on until the next, leaves an audit event, and changes no month that is over', async () => {
  const half = [{ teamId, costCenter: '', shareBasisPoints: 10_000 }];
  await set('key_1', half);
  await set('key_1', [], new Date(DECEMBER_MS));
  const rules = (
    await fixture.console.tenant(organizationId, (tx) => listCostSplits(tx, { organizationId, now: MIDDLE }))
  ).filter(({ keyId }) => keyId === 'key_1');
  expect(rules).toMatchObject([
    {
      keyName: 'Name of key_1',
      validFrom: new Date(DECEMBER_MS).toISOString(),
      validTo: null,
      state: 'scheduled',
      shares: [],
    },
    {
      validFrom: new Date(NOVEMBER_MS).toISOString(),
      validTo: new Date(DECEMBER_MS).toISOString(),
      state: 'in-force',
      shares: half,
    },
  ]);
  const event = await fixture.worker.tenant(organizationId, (tx) =>
    tx.auditEvent.findFirstOrThrow({
      where: { action: 'cost-split-set', targetId: 'key_1' },
      orderBy: { id: 'desc' },
    }),
  );
  expect(event).toMatchObject({ targetId: 'key_1', actorName: 'Finance' });
  const december = new Date(DECEMBER_MS + 1);
  await expect(set('key_1', half, MIDDLE, december)).rejects.toThrow(/the month must not be over/);
});

it('[M5] a rule is that of its month, though the time zone changes before it begins', async () => {
  const movedId = await fixture.createOrganization();
  const keyId = 'key_moved';
  const rule = (costCenter: string) => ({
    organizationId: movedId,
    keyId,
    at: new Date(DECEMBER_MS + 5 * 86_400_000),
    shares: [{ teamId: '', costCenter, shareBasisPoints: 10_000 }],
    now: MIDDLE,
    ...by,
  });
  const centres = (start: string) =>
    fixture.console.tenant(movedId, async (tx) =>
      (await splitsInForce(tx, movedId, new Date(start))).get(keyId)?.map(({ costCenter }) => costCenter),
    );
  await fixture.console.tenant(movedId, async (tx) => {
    await tx.virtualKey.create({
      data: { id: keyId, organizationId: movedId, name: 'Moved', createdById: 'usr_1' },
    });
    await setCostSplit(tx, rule('first'));
    await tx.organizationTimeZone.deleteMany({ where: { organizationId: movedId } });
    await tx.organizationTimeZone.createMany({
      data: [
        { organizationId: movedId, validFrom: new Date(0), timeZone: 'UTC' },
        { organizationId: movedId, validFrom: MIDDLE, timeZone: 'Europe/Berlin' },
      ],
    });
  });
  expect(await centres('2026-10-31T23:00:00Z')).toBeUndefined();
  expect(await centres('2026-11-30T23:00:00Z')).toEqual(['first']);
  // Another rule for the same month takes its place, from then on.
  await fixture.console.tenant(movedId, (tx) => setCostSplit(tx, rule('second')));
  const listed = (now: Date) =>
    fixture.console.tenant(movedId, (tx) => listCostSplits(tx, { organizationId: movedId, now }));
  expect(await listed(MIDDLE)).toMatchObject([{ state: 'scheduled' }]);
  // In the hour in which December begins in Berlin.
  expect(await listed(new Date('2026-11-30T23:30:00Z'))).toMatchObject([
    { state: 'in-force', validTo: null },
  ]);
  expect(await centres('2026-11-30T23:00:00Z')).toEqual(['second']);
  expect(await centres('2026-12-31T23:00:00Z')).toEqual(['second']);
});

it.each([
  ['less than a whole', [{ teamId: '', costCenter: 'a', shareBasisPoints: 9_999 }]],
  [
    'one place twice',
    [
      { teamId: '', costCenter: 'a', shareBasisPoints: 5_000 },
      { teamId: '', costCenter: 'a', shareBasisPoints: 5_000 },
    ],
  ],
  ['a team of nobody', [{ teamId: 'team_nobody', costCenter: '', shareBasisPoints: 10_000 }]],
])('%s is refused', async (_name, shares) => {
  await expect(set('key_1', shares)).rejects.toMatchObject({ name: 'BillingError' });
});
