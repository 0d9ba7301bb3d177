import { describe, expect, it } from 'vitest';
import { applyApiErrors, toFormPath } from './form-errors.ts';

describe('toFormPath()', () => {
  it.each([
    { path: '/limits/0/limit', field: 'limits.0.limit' },
    { path: 'limits[0].limit', field: 'limits.0.limit' },
    { path: 'body.limits.0.limit', field: 'limits.0.limit' },
    { path: '#/name', field: 'name' },
    { path: ['limits', 0, 'limit'], field: 'limits.0.limit' },
    { path: 'body', field: 'body' },
    { path: '', field: '' },
  ])('reads $path as $field', ({ path, field }) => {
    expect(toFormPath(path)).toBe(field);
  });
});

interface KeyForm {
  readonly name: string;
  readonly budget: { readonly limitUsd: string };
}

describe('applyApiErrors()', () => {
  it('sets each error on its field, focuses the first, and returns what has no field', () => {
    const set: unknown[] = [];
    const unplaced = applyApiErrors<KeyForm>(
      [
        { path: '/budget/limitUsd/amount', message: 'Too small' },
        { path: '/name', message: 'Taken' },
        { path: '/teamId', message: 'Unknown team' },
      ],
      ['name', 'budget', 'budget.limitUsd'],
      (name, error, options) => set.push([name, error.message, options?.shouldFocus]),
    );
    expect(set).toEqual([
      ['budget.limitUsd', 'Too small', true],
      ['name', 'Taken', false],
    ]);
    expect(unplaced).toEqual([{ path: '/teamId', message: 'Unknown team' }]);
  });
});
