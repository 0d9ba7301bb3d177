/** A price was wrong: the draft follows the correction; a finalized month stays, and its note says the difference. */
import { finalizeInvoice, getCreditNote, listCreditNotes, listInvoices, rollUp } from '@tollgate/billing';
import { type Database, OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { settleCorrections } from '@tollgate/limits';
import { applyRerating, createRerating, runRerating } from '@tollgate/metering/rerating';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const FROM = new Date('2026-11-01T00:00:00Z');
const TO = new Date('2026-12-01T00:00:00Z');
const NOW = new Date('2026-12-05T12:00:00Z');
const MARKUP_BASIS_POINTS = 1_333n;
const REQUESTS = 300;

let testDatabase: TestDatabase;
let console_: Database;
let worker: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const open = (url: string) => openDatabase({ url, applicationName: 'rerating-test', maxConnections: 4 });
  console_ = open(testDatabase.urls.console);
  worker = open(testDatabase.urls.worker);
});
afterAll(async () => {
  await Promise.all([console_, worker].map((database) => database?.close()));
  await testDatabase?.drop();
});

interface UnitPrices {
  readonly input: bigint;
  readonly output: bigint;
}

const inputOf = (index: number) => BigInt(1_000 + index * 17);
const outputOf = (index: number) => BigInt(index * 3 + 1);

/** Cost plus markup, rounded half-up per component: written out here and nowhere else in this test. */
function chargeOf(index: number, { input, output }: UnitPrices): bigint {
  return [inputOf(index) * input, outputOf(index) * output].reduce(
    (sum, cost) => sum + (cost * (10_000n + MARKUP_BASIS_POINTS) + 5_000n) / 10_000n,
    0n,
  );
}

function totalOf(prices: UnitPrices): bigint {
  return Array.from({ length: REQUESTS }, (_, index) => chargeOf(index, prices)).reduce((a, b) => a + b, 0n);
}

const component = (name: string, quantity: bigint, unit: bigint) => ({
  component: name,
  quantity: Number(quantity),
  unitPricePicoUsd: String(unit),
  costPicoUsd: String(quantity * unit),
  chargePicoUsd: String((quantity * unit * (10_000n + MARKUP_BASIS_POINTS) + 5_000n) / 10_000n),
});

async function addUsage(organizationId: string, prices: UnitPrices): Promise<void> {
  const rows = Array.from({ length: REQUESTS }, (_, index) => {
    const startedAtMs = FROM.getTime() + index * 7_200_000;
    const [input, output] = [inputOf(index), outputOf(index)];
    return {
      organizationId,
      startedAt: new Date(startedAtMs),
      requestId: newId('request', startedAtMs),
      attempt: 1,
      teamId: `team_${index % 3}`,
      keyId: 'key_1',
      requestedModel: 'alpha',
      model: 'alpha',
      provider: 'acme-ai',
      credentialId: 'cred_1',
      credentialOwner: 'operator',
      endpoint: 'chat',
      streamed: false,
      livemode: true,
      inputTokens: input,
      outputTokens: output,
      priceVersionId: 'prc_wrong',
      markupBasisPoints: Number(MARKUP_BASIS_POINTS),
      components: [component('input', input, prices.input), component('output', output, prices.output)],
      costPicoUsd: input * prices.input + output * prices.output,
      chargePicoUsd: chargeOf(index, prices),
      status: 'succeeded',
      usageSource: 'provider',
    };
  });
  await worker.tenant(organizationId, (tx) => tx.usageEntry.createMany({ data: rows }));
}

async function statePrice(prices: UnitPrices, validFrom: string): Promise<void> {
  await console_.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
    tx.priceVersion.create({
      data: {
        id: newId('priceVersion', Date.parse(validFrom)),
        layer: 'operator',
        organizationId: OPERATOR_ORGANIZATION_ID,
        provider: 'acme-ai',
        model: 'alpha',
        validFrom: new Date(validFrom),
        components: { input: String(prices.input), output: String(prices.output) },
      },
      select: { id: true },
    }),
  );
}

async function rateAgain(organizationId: string): Promise<void> {
  const run = () =>
    runRerating(worker, {
      organizationId,
      now: () => NOW,
      maxAttempts: 70,
      onCorrections: (tx, range) => settleCorrections(tx, organizationId, NOW.getTime(), range),
    });
  const made = await console_.tenant(organizationId, (tx) =>
    createRerating(tx, {
      organizationId,
      from: FROM,
      to: TO,
      provider: '',
      model: '',
      reason: 'the price was misread',
      ownCredentialsOnly: false,
      requestedByName: 'Ada',
      nowMs: NOW.getTime(),
    }),
  );
  await run();
  const { id } = made!;
  expect(
    await console_.tenant(organizationId, (tx) => applyRerating(tx, { organizationId, id, now: NOW })),
  ).toBe(true);
  await run();
  await rollUpAll(organizationId);
}

async function rollUpAll(organizationId: string): Promise<void> {
  for (let round = 0; round < 20; round++) await rollUp(worker, { organizationId, nowMs: NOW.getTime() });
}

function readFrozen(organizationId: string, invoiceId: string): Promise<unknown> {
  return worker.tenant(
    organizationId,
    (tx) => tx.$queryRaw`
      SELECT i.frozen::text AS frozen, i.frozen_sha256, i.total_pico_usd::text AS total, i.number, i.version,
        (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.id)::text FROM invoice_lines l WHERE l.invoice_id = i.id) AS lines
      FROM invoices i WHERE i.id = ${invoiceId}`,
  );
}

const picoUsd = (usd: string) => {
  const [whole = '0', decimals = ''] = usd.replace('-', '').split('.');
  const amount = BigInt(whole) * 10n ** 12n + BigInt(decimals.padEnd(12, '0'));
  return usd.startsWith('-') ? -amount : amount;
};

it('[M6, M7] a re-rating corrects the draft; after finalization its note equals an independent calculation and no byte of the invoice changes', async () => {
  const organizationId = newId('organization', FROM.getTime());
  await console_.tenant(organizationId, (tx) =>
    tx.organization.create({
      data: { id: organizationId, name: 'Acme', slug: organizationId.toLowerCase() },
    }),
  );
  const [wrong, better, right] = [
    { input: 1_250_000n, output: 9_999_999n },
    { input: 1_100_003n, output: 12_000_001n },
    { input: 900_001n, output: 11_000_007n },
  ];
  await addUsage(organizationId, wrong);
  await rollUpAll(organizationId);
  const readDraft = async () => (await listInvoices(console_, { organizationId, limit: 10 })).data[0]!;
  expect(picoUsd((await readDraft()).subtotalUsd)).toBe(totalOf(wrong));

  await statePrice(better, '2026-01-01T00:00:00Z');
  await rateAgain(organizationId);
  const draft = await readDraft();
  expect([draft.state, picoUsd(draft.subtotalUsd)]).toEqual(['draft', totalOf(better)]);

  const actor = { kind: 'system' as const, id: 'test', name: 'test' };
  await finalizeInvoice(console_, { organizationId, invoiceId: draft.id, actor, now: NOW });
  const before = await readFrozen(organizationId, draft.id);

  await statePrice(right, '2026-01-02T00:00:00Z');
  await rateAgain(organizationId);
  expect(await readFrozen(organizationId, draft.id)).toEqual(before);
  const notes = (await listCreditNotes(console_, { organizationId, limit: 10 })).data;
  expect(notes).toHaveLength(1);
  const difference = totalOf(right) - totalOf(better);
  expect(difference).toBeLessThan(0n);
  expect(picoUsd(notes[0]!.subtotalUsd)).toBe(difference);
  const note = await getCreditNote(console_, { organizationId, creditNoteId: notes[0]!.id });
  expect(note.lines.reduce((sum, line) => sum + picoUsd(line.amountUsd), 0n)).toBe(difference);
}, 120_000);
