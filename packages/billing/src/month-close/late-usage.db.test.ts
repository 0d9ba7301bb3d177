import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anyEntries,
  type BillingFixture,
  createBillingFixture,
  DECEMBER_MS,
  insertEntries,
  NOVEMBER_MS,
} from '../fixtures/ledger-fixture.ts';
import { type LateEntryView, listLateEntries } from './late-entries.ts';
import { getMonthClose } from './month-close.ts';
import { usd } from './said.ts';

let fixture: BillingFixture;
beforeAll(async () => {
  fixture = await createBillingFixture();
});
afterAll(() => fixture?.close());

const MINUTE_MS = 60_000;
/** Around both ends of the month and of what an index calls late, to the millisecond. */
const startedAtMs = fc.constantFrom(
  NOVEMBER_MS,
  NOVEMBER_MS + 5 * MINUTE_MS,
  ...[-20 * MINUTE_MS, -10 * MINUTE_MS - 1, -10 * MINUTE_MS, -10 * MINUTE_MS + 1, -1, 0].map(
    (from) => DECEMBER_MS + from,
  ),
);
const recordedAtMs = fc.constantFrom(
  ...[-1, 0, 1, 10 * MINUTE_MS - 1, 10 * MINUTE_MS, 10 * MINUTE_MS + 1, 86_400_000].map(
    (from) => DECEMBER_MS + from,
  ),
);
const waitedMs = fc.constantFrom(0, 1_000, 10 * MINUTE_MS, 10 * MINUTE_MS + 1);

describe('the step of late usage', () => {
  it('[M6] counts exactly what began in the month and was recorded at its end or after, however late', async () => {
    const times = fc.oneof(
      fc.record({ startedAtMs, recordedAtMs }),
      fc.record({ startedAtMs, waitedMs }).map((one) => ({
        startedAtMs: one.startedAtMs,
        recordedAtMs: one.startedAtMs + one.waitedMs,
      })),
    );
    await fc.assert(
      fc.asyncProperty(
        anyEntries({ owners: ['operator'], size: 40 }),
        fc.array(times, { minLength: 100, maxLength: 100 }),
        async (generated, timesOf) => {
          const entries = generated.map((entry, index) => ({ ...entry, ...timesOf[index % 100]! }));
          const organizationId = await fixture.createOrganization();
          await insertEntries(fixture.worker, organizationId, entries);
          const late = entries.filter(
            (one) =>
              one.livemode &&
              one.startedAtMs >= NOVEMBER_MS &&
              one.startedAtMs < DECEMBER_MS &&
              one.recordedAtMs >= DECEMBER_MS,
          );
          const scope = { organizationId, at: new Date(NOVEMBER_MS), livemode: true };
          const { steps } = await fixture.console.tenant(organizationId, (tx) =>
            getMonthClose(tx, scope, new Date(DECEMBER_MS + 1)),
          );
          expect(steps.find(({ step }) => step === 'late-usage')).toMatchObject({
            count: late.length,
            amountUsd: usd(String(late.reduce((sum, one) => sum + BigInt(one.chargePicoUsd), 0n))),
          });
          const listed: LateEntryView[] = [];
          let cursor: string | undefined;
          do {
            const asked = { ...scope, limit: 7, ...(cursor === undefined ? {} : { cursor }) };
            const page = await fixture.console.tenant(organizationId, (tx) => listLateEntries(tx, asked));
            listed.push(...page.data);
            cursor = page.nextCursor ?? undefined;
          } while (cursor !== undefined);
          const nameOf = (one: { startedAt: string; chargeUsd: string }) =>
            `${one.startedAt} ${one.chargeUsd}`;
          expect(listed.map(nameOf).toSorted()).toEqual(
            late
              .map(({ startedAtMs, chargePicoUsd }) =>
                nameOf({
                  startedAt: new Date(startedAtMs).toISOString(),
                  chargeUsd: usd(String(chargePicoUsd)),
                }),
              )
              .toSorted(),
          );
          const places = listed.map(({ startedAt, requestId, attempt, entry }) =>
            [startedAt, requestId, attempt, entry].join(' '),
          );
          expect(new Set(places).size, 'each once').toBe(late.length);
        },
      ),
      { numRuns: 15 },
    );
  });
});
