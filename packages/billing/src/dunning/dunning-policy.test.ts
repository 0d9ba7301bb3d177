import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DunningPolicy, findDueSteps } from './dunning-policy.ts';

const DUE = new Date('2026-12-01T00:00:00Z');
const after = (days: number) => new Date(DUE.getTime() + days * 86_400_000);
const FULL = DunningPolicy.parse({
  reminderDays: [3, 10],
  grace: { afterDays: 20 },
  softLimit: { afterDays: 30, requestsPerMinute: 60 },
  stop: { afterDays: 45 },
});
const steps = (policy: DunningPolicy, days: number, taken: string[] = []) =>
  findDueSteps(policy, DUE, after(days), new Set(taken));

describe('findDueSteps()', () => {
  it('only reminds where nobody wrote a policy', () => {
    const byDefault = DunningPolicy.parse({});
    expect(steps(byDefault, 0)).toEqual([]);
    expect(steps(byDefault, 3)).toEqual([{ step: 'reminder-1', notify: true }]);
    expect(steps(byDefault, 365, ['reminder-1', 'reminder-2', 'reminder-3'])).toEqual([]);
  });

  it('takes each step once, in its order', () => {
    expect(steps(FULL, 20, ['reminder-1', 'reminder-2'])).toEqual([{ step: 'grace', notify: true }]);
    expect(steps(FULL, 31, ['reminder-1', 'reminder-2', 'grace'])).toEqual([
      { step: 'soft-limit', notify: true },
    ]);
    expect(steps(FULL, 45, ['reminder-1', 'reminder-2', 'grace', 'soft-limit'])).toEqual([
      { step: 'stop', notify: true },
    ]);
  });

  it('sends one mail for all that is due at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -30, max: 400 }),
        fc.subarray(['reminder-1', 'grace', 'stop']),
        (days, taken) => {
          const due = steps(FULL, days, taken);
          expect(due.filter(({ notify }) => notify).length).toBe(due.length === 0 ? 0 : 1);
          if (days <= 0) expect(due).toEqual([]);
        },
      ),
    );
  });
});
