/** Notes behind an invoice that Stripe has: what is given back, drawn and asked for. */
import { toBigInt } from '@tollgate/db';
import { PICO_USD_PER_USD, parseUsdSum } from '@tollgate/money';
import fc from 'fast-check';
import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCreditEntry, getCreditBalance } from '../credits/credit-ledger.ts';
import {
  CLOSE_MS,
  type CollectionFixture,
  createCollectionFixture,
  makeOwing,
  TEST_ACTOR,
} from '../fixtures/collection-fixture.ts';
import { collectionQuestions, USAGE } from '../fixtures/collection-questions.ts';
import { type FixtureEntry, insertEntries, NOVEMBER_MS, rollUpFully } from '../fixtures/ledger-fixture.ts';
import { issueCreditNote } from '../lifecycle/issue-note.ts';
import { voidInvoice } from '../lifecycle/settle-invoice.ts';
import { smaller } from '../plans/charge-lines.ts';
import { getCreditNote } from '../queries/credit-notes.ts';

let fixture: CollectionFixture;
beforeAll(async () => {
  fixture = await createCollectionFixture();
});
afterAll(() => fixture?.close());
beforeEach(() => {
  fixture.clock.nowMs = CLOSE_MS;
  fixture.standIn.behave({});
});

const { onlyInvoice, theirs } = collectionQuestions(() => fixture);

describe('a note', () => {
  const LATE = (chargePicoUsd: bigint, at: number): FixtureEntry => {
    const [first] = USAGE(1);
    const amount = String(chargePicoUsd);
    return {
      ...first!,
      requestId: `req_late_${at}`,
      startedAtMs: NOVEMBER_MS + at,
      attempt: 1,
      entry: 0,
      components: [
        {
          component: 'input',
          quantity: 1,
          unitPricePicoUsd: amount,
          costPicoUsd: amount,
          chargePicoUsd: amount,
        },
      ],
      costPicoUsd: amount,
      chargePicoUsd: amount,
    };
  };
  /** The draft note, as it is shown. */
  const late = async (organizationId: string, amount: bigint, at: number) => {
    await insertEntries(fixture.worker, organizationId, [LATE(amount, at)]);
    await rollUpFully(fixture.worker, organizationId);
    const note = await fixture.worker.tenant(organizationId, (tx) =>
      tx.creditNote.findFirstOrThrow({ where: { organizationId, state: 'draft' } }),
    );
    return getCreditNote(fixture.console, { organizationId, creditNoteId: note.id });
  };
  const issue = async (organizationId: string, creditNoteId: string) => {
    const now = new Date(fixture.clock.nowMs);
    await issueCreditNote(fixture.console, { organizationId, creditNoteId, actor: TEST_ACTOR, now });
    const issued = await fixture.worker.tenant(organizationId, (tx) =>
      tx.creditNote.findFirstOrThrow({ where: { organizationId, id: creditNoteId } }),
    );
    return toBigInt(issued.totalPicoUsd) / PICO_USD_PER_USD;
  };
  const correct = async (organizationId: string, amount: bigint, at: number) =>
    issue(organizationId, (await late(organizationId, amount, at)).id);
  const balance = async (organizationId: string) =>
    (await fixture.worker.tenant(organizationId, (tx) => getCreditBalance(tx, organizationId))) /
    PICO_USD_PER_USD;
  const USD = PICO_USD_PER_USD;

  it('[M6] gives prepaid credits back to the balance, and only what was paid to Stripe', async () => {
    const { organizationId } = await makeOwing(fixture, {
      plan: false,
      entries: [LATE(110n * USD, 1)],
      creditsPicoUsd: 100n * USD,
    });
    await fixture.work(organizationId);
    expect((await onlyInvoice(organizationId)).state).toBe('paid');
    // Ten were paid by card, so of forty thirty come back as credits.
    expect(await correct(organizationId, -40n * USD, 2)).toBe(-10n);
    expect(await balance(organizationId)).toBe(30n);
    expect(await correct(organizationId, -20n * USD, 3)).toBe(0n);
    expect(await balance(organizationId)).toBe(50n);
    await fixture.work(organizationId);
    const { id } = await onlyInvoice(organizationId);
    const stripeId = theirs(id)[0]!.id;
    const notes = fixture.standIn
      .list<Stripe.CreditNote>('credit_note')
      .filter(({ invoice }) => invoice === stripeId);
    expect(notes.map(({ total }) => total)).toEqual([1_000]);
  });

  it('[M6] draws prepaid credits for late usage as its invoice would have, and shows them before it is issued', async () => {
    const { organizationId } = await makeOwing(fixture, {
      plan: false,
      entries: [LATE(60n * USD, 1)],
      creditsPicoUsd: 100n * USD,
    });
    await fixture.work(organizationId);
    expect(await balance(organizationId)).toBe(40n);
    const foreseen = await late(organizationId, 25n * USD, 2);
    expect(foreseen.lines.map(({ kind, component, amountUsd }) => [kind, component, amountUsd])).toEqual([
      ['usage', 'input', '25.00'],
      ['credit', 'prepaid', '-25.00'],
    ]);
    expect([foreseen.subtotalUsd, foreseen.totalUsd]).toEqual(['0.00', '0.00']);
    expect(await issue(organizationId, foreseen.id)).toBe(0n);
    expect(await balance(organizationId)).toBe(15n);
    // More than is left: the rest is owed. A correction then returns credits before it pays anything out.
    expect(await correct(organizationId, 20n * USD, 3)).toBe(5n);
    expect(await balance(organizationId)).toBe(0n);
    expect(await correct(organizationId, -12n * USD, 4)).toBe(-5n);
    expect(await balance(organizationId)).toBe(7n);
  });

  it('[M6] is as if its usage had been on the invoice, whatever comes in whichever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt({ min: 1n, max: 120n }),
        fc.bigInt({ min: 0n, max: 150n }),
        fc.array(
          fc.bigInt({ min: -60n, max: 60n }).filter((amount) => amount !== 0n),
          { minLength: 1, maxLength: 4 },
        ),
        async (first, credits, changes) => {
          const { organizationId } = await makeOwing(fixture, {
            plan: false,
            entries: [LATE(first * USD, 1)],
            creditsPicoUsd: credits * USD,
          });
          await fixture.work(organizationId);
          let [usage, left, used] = [0n, credits, 0n];
          const owe = (more: bigint) => {
            const owed = usage + more > 0n ? usage + more : 0n;
            const back = used > owed ? used - owed : 0n;
            const room = more < owed - used ? more : owed - used;
            const drawn = back > 0n ? 0n : smaller(room, left);
            [usage, left, used] = [usage + more, left + back - drawn, used - back + drawn];
            return more + back - drawn;
          };
          owe(first);
          expect(await balance(organizationId)).toBe(left);
          for (const [index, change] of changes.entries()) {
            const expected = owe(change);
            const foreseen = await late(organizationId, change * USD, index + 2);
            const total = await issue(organizationId, foreseen.id);
            expect([total, parseUsdSum(foreseen.totalUsd) / USD]).toEqual([expected, expected]);
            expect(await balance(organizationId)).toBe(left);
          }
        },
      ),
      { numRuns: 6 },
    );
  }, 120_000);

  it('[M6] of a void invoice is refused where it gives back, and stands alone where it asks', async () => {
    const { organizationId } = await makeOwing(fixture, {
      card: 'none',
      entries: [LATE(60n * USD, 1)],
      creditsPicoUsd: 8n * USD,
    });
    await fixture.work(organizationId);
    const { id: invoiceId } = await onlyInvoice(organizationId);
    const now = new Date(fixture.clock.nowMs);
    await voidInvoice(fixture.console, { organizationId, invoiceId, actor: TEST_ACTOR, now });
    expect(await balance(organizationId)).toBe(8n);
    const note = await late(organizationId, -5n * USD, 2);
    expect(note.lines.filter(({ kind }) => kind === 'credit')).toEqual([]);
    await expect(issue(organizationId, note.id)).rejects.toMatchObject({
      code: 'wrong-state',
      message: expect.stringContaining('its invoice must not be void'),
    });
    // The same draft grows into a debit note: the plan's usage went with the invoice, the balance did not.
    expect(await correct(organizationId, 15n * USD, 3)).toBe(2n);
    expect(await balance(organizationId)).toBe(0n);
  });

  it('[M6] keeps of the balance what it drew itself when its invoice is void: nobody pays for what is void', async () => {
    const { organizationId } = await makeOwing(fixture, {
      plan: false,
      card: 'none',
      entries: [LATE(60n * USD, 1)],
      creditsPicoUsd: 50n * USD,
    });
    await fixture.work(organizationId);
    const now = new Date(fixture.clock.nowMs);
    const grant = { kind: 'grant', causeId: 'more', amountPicoUsd: 40n * USD, nowMs: now.getTime() } as const;
    await fixture.console.tenant(organizationId, (tx) => addCreditEntry(tx, { organizationId, ...grant }));
    expect(await correct(organizationId, 40n * USD, 2)).toBe(0n);
    expect(await correct(organizationId, -30n * USD, 3)).toBe(-10n);
    expect(await balance(organizationId)).toBe(20n);
    const { id: invoiceId } = await onlyInvoice(organizationId);
    await voidInvoice(fixture.console, { organizationId, invoiceId, actor: TEST_ACTOR, now });
    // The notes stand: 10 of usage, for which 20 was drawn and 10 is paid back.
    expect(await balance(organizationId)).toBe(70n);
  });

  it('[M6] neither bills late usage that the plan includes nor pays out what it had included', async () => {
    // The plan includes 50 USD of usage.
    const { organizationId } = await makeOwing(fixture, { entries: [LATE(40n * USD, 1)] });
    await fixture.work(organizationId);
    expect(await correct(organizationId, 15n * USD, 2)).toBe(5n);
    expect(await correct(organizationId, -25n * USD, 3)).toBe(-5n);
    expect(await correct(organizationId, -10n * USD, 4)).toBe(0n);
  });
});
