/** What a gateway's memory does whatever Postgres says; the authority itself is in grants.db.test.ts. */
import { fixedClock } from '@tollgate/clock';
import { describe, expect, it } from 'vitest';
import { BudgetGate, type BudgetGateOptions } from './budget-gate.ts';
import type { BudgetPolicy, BudgetRule } from './budget-policy.ts';
import type { GrantStore, TakeAnswer } from './grant-store.ts';
import type { Hold } from './hold.ts';

const NOON_MS = Date.UTC(2026, 10, 21, 12);
const AMOUNT = 100n;
const STANDING = { limit: 1_000_000n, settled: 0n, granted: 0n, unreconciled: 0n };

/** Grants whatever is asked, or does what a test tells it. */
class Bank implements GrantStore {
  readonly asked: string[] = [];
  /** Organizations whose questions fail. */
  readonly failing = new Set<string>();
  /** Postgres says that nothing is to be held. */
  skips = false;
  readonly #totals = new Map<string, { id: string; total: bigint }>();

  take: GrantStore['take'] = async (organizationId, _zones, groups): Promise<TakeAnswer> => {
    this.asked.push(organizationId);
    if (this.failing.has(organizationId)) throw new Error('cannot be asked');
    return {
      state: 'open',
      groups: groups.map((group) => ({
        ok: true,
        items: group.map((wish) => {
          if (this.skips) return { kind: 'skipped' };
          const name = `${wish.budgetId} ${wish.scopeValue}`;
          const grant = this.#totals.get(name) ?? { id: wish.grantId, total: 0n };
          grant.total += wish.wanted;
          this.#totals.set(name, grant);
          return { kind: 'given', standing: STANDING, grant: { ...grant, near: false } };
        }),
      })),
    };
  };
  giveBack: GrantStore['giveBack'] = () => Promise.resolve();
  listRecalled: GrantStore['listRecalled'] = () => Promise.resolve([]);
}

function policy(organizationId: string): BudgetPolicy {
  const budget: BudgetRule = {
    id: `bud_${organizationId}`,
    name: '',
    scope: { type: 'endUser', id: '*' },
    counts: 'all',
    kind: 'hard',
    limitPicoUsd: 1_000_000n,
    period: 'lifetime',
    anchorAtMs: null,
    carryOver: false,
    onExceeded: 'refuse',
    paused: false,
    archived: false,
  };
  return { organizationId, budgets: [budget], zones: [], zoneVersion: '' };
}

function open(options: Partial<BudgetGateOptions> = {}) {
  const clock = fixedClock(NOON_MS);
  const bank = new Bank();
  const gate = new BudgetGate({ store: bank, clock, onError: () => undefined, ...options });
  for (const organizationId of ['org_a', 'org_b', 'org_c']) gate.use(policy(organizationId));
  const hold = async (organizationId: string, endUser = 'ada'): Promise<Hold | string> => {
    const outcome = gate.hold({
      subject: {
        organizationId,
        teamId: '',
        teamPath: '',
        keyId: 'key',
        memberId: '',
        serviceAccountId: '',
        endUser,
        tags: {},
      },
      model: 'm',
      owner: 'organization',
      startedAtMs: NOON_MS,
      bound: { kind: 'linear', fixed: AMOUNT * 10_000n, perOutputToken: 0n, parts: 0n },
      outputCap: 1,
      modelOutputMax: null,
    });
    const done = outcome.kind === 'pending' ? await outcome.outcome : outcome;
    return done.kind === 'held' ? done.hold : done.code;
  };
  const isHeld = async (organizationId: string, endUser?: string): Promise<boolean> =>
    typeof (await hold(organizationId, endUser)) !== 'string';
  return { clock, bank, gate, hold, isHeld };
}

describe('what one organization does', () => {
  it('[G1] invented end users fill its own part of the memory, and are refused; the others are served', async () => {
    const { gate, hold, isHeld } = open({ maxPools: 10, ownPools: 3 });
    expect(await isHeld('org_b')).toBe(true);
    for (let index = 0; index < 9; index += 1) expect(await isHeld('org_a', `user-${index}`)).toBe(true);
    expect(gate.poolCount).toBe(10);
    expect(await hold('org_a', 'user-9')).toBe('service_unavailable');
    // Those that it has go on, as do others, and who comes new.
    expect(await isHeld('org_a', 'user-0')).toBe(true);
    for (const endUser of ['ada', 'bob', 'cid']) expect(await isHeld('org_b', endUser)).toBe(true);
    expect(await hold('org_b', 'dan')).toBe('service_unavailable');
    expect(await isHeld('org_c')).toBe(true);
  });

  it('[G1] a question that fails for one organization keeps only that one waiting; for two in a row, all', async () => {
    const { bank, clock, hold, isHeld } = open();
    bank.failing.add('org_a');
    expect(await hold('org_a')).toBe('service_unavailable');
    expect(await hold('org_a')).toBe('service_unavailable');
    expect(bank.asked).toEqual(['org_a']);
    expect(await isHeld('org_b')).toBe(true);
    bank.failing.add('org_c');
    clock.advance(10_000);
    expect([await hold('org_a'), await hold('org_c')]).toEqual([
      'service_unavailable',
      'service_unavailable',
    ]);
    expect(await hold('org_b', 'new')).toBe('service_unavailable');
    expect(bank.asked).toEqual(['org_a', 'org_b', 'org_a', 'org_c']);
  });
});

describe('upkeep', () => {
  it('does not ask again and again for a longer life of a grant whose budget was paused meanwhile', async () => {
    const { bank, clock, gate, hold, isHeld } = open({ grantTtlMs: 100_000, idleMs: 60_000 });
    const first = await hold('org_a');
    bank.skips = true;
    clock.advance(55_000);
    // Its life is more than half over.
    await gate.maintain();
    expect(await isHeld('org_a', 'bob')).toBe(true);
    expect(bank.asked.length).toBeLessThan(5);
    expect(first).not.toBe('service_unavailable');
  });
});
