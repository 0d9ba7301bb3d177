/**
 * What two rate limits and three hard budgets cost a request on the usual path, in microseconds of CPU.
 *
 * Run: `node packages/limits/src/budget/usual-path.bench.ts`. Needs no services: grants are given by a stand-in,
 * whose answers are outside the measured part.
 */
import { systemClock } from '@tollgate/clock';
import { RateLimiter } from '../rate/rate-limiter.ts';
import { BudgetGate } from './budget-gate.ts';
import type { BudgetRule } from './budget-policy.ts';
import type { GrantStore } from './grant-store.ts';

const standing = { limit: 10n ** 20n, settled: 0n, granted: 0n, unreconciled: 0n };
const store: GrantStore = {
  take: (_organizationId, _zones, groups) =>
    Promise.resolve({
      state: 'open',
      groups: groups.map((group) => ({
        ok: true,
        items: group.map((wish) => ({
          kind: 'given' as const,
          standing,
          grant: { id: wish.grantId, total: 10n ** 18n, near: false },
        })),
      })),
    }),
  giveBack: () => Promise.resolve(),
  listRecalled: () => Promise.resolve([]),
};
const onError = (error: Error): void => {
  throw error;
};
const organizationId = 'org_a';
const budget = (id: string, type: 'organization' | 'team' | 'key'): BudgetRule => ({
  id,
  name: '',
  scope: { type, id: '*' },
  counts: 'all',
  kind: 'hard',
  limitPicoUsd: standing.limit,
  period: 'month',
  anchorAtMs: null,
  carryOver: false,
  onExceeded: 'refuse',
  paused: false,
  archived: false,
});
const gate = new BudgetGate({ store, clock: systemClock, onError });
gate.use({
  organizationId,
  budgets: [budget('bud_1', 'organization'), budget('bud_2', 'team'), budget('bud_3', 'key')],
  zones: [],
  zoneVersion: '0:',
});
const limiter = new RateLimiter({ shares: undefined, clock: systemClock, onError });
const rate = {
  scope: { type: 'key', id: '*' },
  limit: 1_000_000_000,
  windowSeconds: 60,
  model: null,
} as const;
limiter.use({
  organizationId,
  rules: [
    { ...rate, id: 'lim_1', metric: 'requests' },
    { ...rate, id: 'lim_2', metric: 'tokens' },
  ],
});
const subjects = Array.from({ length: 1_000 }, (_, i) => ({
  organizationId,
  teamId: `team_${i % 10}`,
  teamPath: `team_${i % 10}`,
  keyId: `key_${i}`,
  memberId: '',
  serviceAccountId: '',
  endUser: '',
  tags: {},
}));
const bound = { kind: 'linear', fixed: 25_000_000_000n, perOutputToken: 10_000_000_000n, parts: 0n } as const;

async function once(i: number): Promise<number> {
  const subject = subjects[i % subjects.length]!;
  const ticket = limiter.admit({ subject, model: 'm', tokensEstimate: 500 });
  if (ticket.kind !== 'admitted') throw new Error('Cannot measure: every request must be admitted');
  const outcome = gate.hold({
    subject,
    model: 'm',
    owner: 'organization',
    startedAtMs: Date.now(),
    bound,
    outputCap: 500,
    modelOutputMax: null,
  });
  if (outcome.kind === 'pending') {
    await outcome.outcome;
    return 0;
  }
  if (outcome.kind !== 'held') throw new Error('Cannot measure: every request must be held');
  const holds = outcome.hold.holds.length;
  outcome.hold.settle(1_000_000n);
  ticket.finish(420);
  return holds;
}

function run(count: number): void {
  for (let i = 0; i < count; i++) void once(i);
}

for (let i = 0; i < subjects.length; i++) await once(i);
run(200_000);
const COUNT = 300_000;
const before = process.cpuUsage();
run(COUNT);
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  `${((user + system) / COUNT).toFixed(2)} µs of CPU per request: 2 rate limits, 3 hard budgets\n`,
);
