import { fixedClock } from '@tollgate/clock';
import {
  BudgetGate,
  type BudgetRule,
  type CostBound,
  type GrantStore,
  type HoldRequest,
} from '@tollgate/limits';
import { describe, expect, it } from 'vitest';
import { withoutAdvice } from './without-advice.ts';

const RULE: BudgetRule = {
  id: 'bud_a',
  name: 'Resold models',
  scope: { type: 'organization', id: 'org_a' },
  counts: 'resold',
  kind: 'hard',
  limitPicoUsd: 10n,
  period: 'lifetime',
  anchorAtMs: null,
  carryOver: false,
  onExceeded: 'refuse',
  paused: false,
  archived: false,
};
const OPERATORS = { setBy: 'operator' } as const;
const REASONS = ['no-price', 'no-component-price', 'no-output-cap', 'unbounded-use', 'unseen-input'] as const;
const BOUNDED: CostBound = { kind: 'linear', fixed: 10_000n * 100n, perOutputToken: 0n, parts: 0n };

/** What the gateway itself says, where so much is settled. */
async function refusalOf(bound: CostBound, settled: bigint, counts: BudgetRule['counts']): Promise<string> {
  const standing = { limit: 10n, settled, granted: 0n, unreconciled: 0n };
  const store: GrantStore = {
    take: async (_organizationId, _zones, groups) => ({
      state: 'open',
      groups: groups.map((group) => ({
        ok: false,
        items: group.map(() => ({ kind: 'refused', standing })),
      })),
    }),
    giveBack: async () => {},
    listRecalled: async () => [],
  };
  const gate = new BudgetGate({ store, clock: fixedClock(0), onError: () => undefined });
  gate.use({ organizationId: 'org_a', budgets: [{ ...RULE, counts }], zones: [], zoneVersion: '' });
  const ids = { teamId: '', teamPath: '', keyId: 'key', memberId: '', serviceAccountId: '' };
  const subject: HoldRequest['subject'] = { organizationId: 'org_a', ...ids, endUser: '', tags: {} };
  const asked = { subject, model: 'm', owner: 'operator', startedAtMs: 0, bound } as const;
  const outcome = gate.hold({ ...asked, outputCap: 1, modelOutputMax: null });
  const done = outcome.kind === 'pending' ? await outcome.outcome : outcome;
  if (done.kind !== 'refused') throw new Error('must be refused');
  return done.message;
}

describe('withoutAdvice()', () => {
  it.each(REASONS)('leaves the reason of a cost that nothing bounds: %s', async (reason) => {
    const message = await refusalOf({ kind: 'unbounded', reason }, 0n, 'resold');
    expect(message).toContain('ask the operator');
    const said = withoutAdvice(message, OPERATORS);
    expect(said).not.toMatch(/operator$|credential/);
    expect(message.startsWith(`${said}; `)).toBe(true);
    expect(said).toContain('its cost must be bounded, but ');
  });

  it.each([
    [10n, 'the budget is spent'],
    [0n, 'more than is left of the budget'],
  ])('leaves what is refused where %i of 10 is settled', async (settled, what) => {
    const message = await refusalOf(BOUNDED, settled, 'resold');
    expect(message).toContain('ask the operator');
    const said = withoutAdvice(message, OPERATORS);
    expect(said).toContain(what);
    expect(said).toMatch(/which counts the operator's models only$/);
  });

  it('takes all of it, where there is more', () => {
    const advice =
      'add a payment method (Settings, Billing), which may raise it far enough, use a provider credential of your own, or ask the operator for more';
    const message = `Cannot send the request: the budget is spent: ${advice}`;
    expect(withoutAdvice(message, OPERATORS)).toBe('Cannot send the request: the budget is spent');
  });

  it('leaves it while nothing stands below: the budget is not known yet, or to be read, or not the operator’s', async () => {
    const message = await refusalOf(BOUNDED, 10n, 'resold');
    expect(withoutAdvice(message, undefined)).toBe(message);
    expect(withoutAdvice(message, { setBy: 'organization' })).toBe(message);
  });

  it('leaves every other message as it is', async () => {
    const own = await refusalOf(BOUNDED, 10n, 'all');
    for (const message of [own, '', 'No money', 'Not here: use a provider credential of your own.'])
      expect(withoutAdvice(message, OPERATORS)).toBe(message);
  });
});
