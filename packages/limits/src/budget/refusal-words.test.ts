/** What a refusal says to whoever can do something about it. */
import { fixedClock } from '@tollgate/clock';
import { describe, expect, it } from 'vitest';
import { BudgetGate } from './budget-gate.ts';
import type { BudgetRule } from './budget-policy.ts';
import { GrantPool } from './grant-pool.ts';
import type { GrantStore } from './grant-store.ts';
import type { HoldRequest } from './hold.ts';

const OPERATOR = 'use a provider credential of your own, or ask the operator';
const SPENT = { limit: 10n, settled: 10n, granted: 0n, unreconciled: 0n };

function rule(id: string, counts: BudgetRule['counts']): BudgetRule {
  return {
    id,
    name: id,
    scope: { type: 'organization', id: 'org_a' },
    counts,
    kind: 'hard',
    limitPicoUsd: 10n,
    period: 'lifetime',
    anchorAtMs: null,
    carryOver: false,
    onExceeded: 'refuse',
    paused: false,
    archived: false,
  };
}

function refusalOf(budget: BudgetRule): string {
  return new GrantPool('org_a', budget, 'org_a', { startMs: 0, endMs: null }, null).refuse(SPENT, 1n).message;
}

describe('a budget that is spent', () => {
  it('sends to the operator for what is resold, and for nothing else', () => {
    expect(refusalOf(rule('bud_a', 'all'))).toBe('Cannot send the request: the budget is spent');
    expect(refusalOf(rule('bud_a', 'resold'))).toContain(OPERATOR);
  });

  it('says that a payment method may raise it, and promises nothing: the usual figure is not known here', () => {
    const waiting = { ...rule('bud_a', 'resold'), awaitsPayment: true };
    expect(refusalOf(waiting)).toContain(
      `: add a payment method (Settings, Billing), which may raise it far enough, ${OPERATOR}`,
    );
    expect(refusalOf(rule('bud_a', 'resold'))).not.toContain('payment');
  });

  it('that a policy of before names, without what it counts, counts all', () => {
    const { counts: _, ...before } = rule('bud_a', 'all');
    expect(refusalOf(before as BudgetRule)).toBe('Cannot send the request: the budget is spent');
  });
});

describe('a cost that nothing bounds', () => {
  const store: GrantStore = {
    take: () => Promise.reject(new Error('nothing is to be asked for')),
    giveBack: () => Promise.resolve(),
    listRecalled: () => Promise.resolve([]),
  };

  function refuse(owner: HoldRequest['owner'], budgets: readonly BudgetRule[]) {
    const gate = new BudgetGate({ store, clock: fixedClock(0), onError: () => undefined });
    gate.use({ organizationId: 'org_a', budgets, zones: [], zoneVersion: '' });
    return gate.hold({
      subject: {
        organizationId: 'org_a',
        teamId: '',
        teamPath: '',
        keyId: 'key',
        memberId: '',
        serviceAccountId: '',
        endUser: '',
        tags: {},
      },
      model: 'm',
      owner,
      startedAtMs: 0,
      bound: { kind: 'unbounded', reason: 'no-price' },
      outputCap: 1,
      modelOutputMax: null,
    });
  }

  const BUDGETS = [rule('bud_a', 'all'), rule('bud_b', 'resold')];

  it('names the operator’s bound where it is in scope, and says what to do', () => {
    const refusal = refuse('operator', BUDGETS);
    expect(refusal).toMatchObject({ code: 'unbounded_cost', ruleId: 'bud_b', scope: { name: 'bud_b' } });
    expect(refusal).toMatchObject({ message: expect.stringContaining('the model has no price') });
    expect(refusal).toMatchObject({ message: expect.stringContaining(OPERATOR) });
  });

  it('names a budget of the organization’s own where that is all that is in scope', () => {
    for (const refusal of [refuse('organization', BUDGETS), refuse('operator', BUDGETS.slice(0, 1))])
      expect(refusal).toMatchObject({
        ruleId: 'bud_a',
        message:
          'Cannot send the request under a hard budget: its cost must be bounded, but the model has no price',
      });
  });
});
