import { createBudget, getBudgetStatuses, setResoldBudget, settleEntries } from '@tollgate/limits';
import { parseUsdSum } from '@tollgate/money';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestOrganization, type TestOrganization } from '../test-organization.ts';

const DAY_MS = 86_400_000;
const today = new Date();
const monthMs = (ahead: number) => Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead);
const [FIRST_MS, NEXT_MS] = [monthMs(-1), monthMs(0)];

let acme: TestOrganization;
beforeAll(async () => {
  acme = await openTestOrganization();
});
afterAll(() => acme.close());
beforeEach(() => {
  acme.nowMs = FIRST_MS;
});

type Fields = Partial<Parameters<typeof createBudget>[1]>;

const makeBudget = (fields: Fields) =>
  acme.inConsole((tx) =>
    createBudget(acme.changing(tx), {
      name: 'Everything',
      scope: { type: 'organization', id: acme.organizationId },
      period: 'month',
      anchorAt: null,
      limitPicoUsd: parseUsdSum('100'),
      kind: 'hard',
      thresholds: [50, 80, 100],
      onExceeded: 'refuse',
      carryOver: false,
      carryOverCapPicoUsd: null,
      paused: false,
      ...fields,
    }),
  );

const spend = (
  amountUsd: string,
  model = 'm',
  credentialOwner: 'organization' | 'operator' = 'organization',
) => {
  const { organizationId, nowMs: startedAtMs } = acme;
  const nobody = { memberId: '', serviceAccountId: '', endUser: '', tags: {}, teamId: '', teamPath: '' };
  const entry = {
    subject: { ...nobody, organizationId, keyId: 'key_a', startedAtMs },
    target: { model, credentialOwner },
    settle: {
      costPicoUsd: String(parseUsdSum(amountUsd)),
      chargePicoUsd: credentialOwner === 'operator' ? String(parseUsdSum(amountUsd)) : '0',
    },
  };
  return acme.inWorker((tx) => settleEntries(tx, organizationId, [entry]));
};

async function look(kind: string, budgetId: string) {
  await acme.look();
  return acme.inConsole((tx) => tx.alert.findMany({ where: { kind, targetId: budgetId } }));
}

describe('a forecast', () => {
  it('is the one that pages show, with what was carried over', async () => {
    const budget = await makeBudget({ carryOver: true });
    await spend('50');
    acme.nowMs = NEXT_MS + 20 * DAY_MS;
    await spend('96');
    // More than its limit, and it lasts: 150 may be spent.
    expect(await look('budget-forecast', budget.id)).toEqual([]);
    await spend('20');
    const [alert] = await look('budget-forecast', budget.id);
    const shown = await acme.inConsole((tx) =>
      getBudgetStatuses(tx, acme.organizationId, [budget], acme.nowMs),
    );
    expect(alert).toMatchObject({
      state: 'firing',
      figures: { limitUsd: '150.00', goneAt: shown.get(budget.id)?.forecastExceededAt?.toISOString() },
    });
  });
});

describe('a budget that is used up', () => {
  it('names the model that answers instead, where that one is not under it as well', async () => {
    const [large, everything] = [
      await makeBudget({ scope: { type: 'model', id: 'large' }, onExceeded: { model: 'small' } }),
      await makeBudget({ onExceeded: { model: 'small' } }),
    ];
    await spend('100', 'large');
    const [ofLarge] = await look('budget-threshold', large.id);
    const [ofEverything] = await look('budget-threshold', everything.id);
    expect(ofLarge?.figures).toMatchObject({ level: '100', standIn: 'small' });
    expect(ofEverything?.figures).toMatchObject({ level: '100' });
    expect(ofEverything?.figures).not.toHaveProperty('standIn');
  });

  it('is told of what is resold when that is spent, and not when the organization’s own money is', async () => {
    const budget = await acme.inConsole((tx) => setResoldBudget(acme.changing(tx), parseUsdSum('5')));
    await spend('100');
    expect(await look('budget-threshold', budget!.id)).toEqual([]);
    await spend('5', 'm', 'operator');
    expect(await look('budget-threshold', budget!.id)).toMatchObject([
      { targetName: 'Resold models', figures: { level: '100', counts: 'resold' } },
    ]);
  });
});
