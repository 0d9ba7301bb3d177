import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBy, rowsLeft } from './list-filter.ts';

const SCOPES = ['team', 'key', 'model'] as const;
const STATES = ['active', 'paused'] as const;
const row = fc.record({
  scope: fc.constantFrom(...SCOPES),
  state: fc.constantFrom(...STATES),
  name: fc.constantFrom('search', 'support', 'sales'),
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

const chosen = fc.record({
  scope: fc.option(fc.constantFrom(...SCOPES), { nil: undefined }),
  state: fc.option(fc.constantFrom(...STATES), { nil: undefined }),
  q: fc.constantFrom('', 's', 'sales', 'nothing'),
});

const filtersOf = ({ scope, state, q }: typeof chosen extends fc.Arbitrary<infer C> ? C : never) => ({
  scope: (each: Row) => scope === undefined || each.scope === scope,
  state: (each: Row) => state === undefined || each.state === state,
  q: ({ name }: Row) => name.includes(q),
});

describe('counts of a filter', () => {
  it('are the rows that each choice leaves, beside the other filters', () => {
    fc.assert(
      fc.property(fc.array(row), chosen, (rows, now) => {
        const counts = countBy(rowsLeft(rows, filtersOf(now), 'scope'), true, ({ scope }) => scope);
        expect(counts?.all).toBe(rowsLeft(rows, filtersOf({ ...now, scope: undefined })).length);
        for (const scope of SCOPES) {
          expect(counts?.of.get(scope) ?? 0).toBe(rowsLeft(rows, filtersOf({ ...now, scope })).length);
        }
      }),
    );
  });

  it('are not told while rows may be missing', () => {
    expect(countBy([{ scope: 'team' as const }], false, ({ scope }) => scope)).toBeUndefined();
  });
});
