import { describe, expect, it } from 'vitest';
import { listFieldChanges } from './field-changes.ts';

describe('listFieldChanges()', () => {
  it('shows both sides of every field that either side has', () => {
    expect(listFieldChanges({ name: 'A', tags: ['x'] }, { name: 'B', limit: 3 })).toEqual([
      { name: 'name', before: 'A', after: 'B' },
      { name: 'tags', before: '["x"]', after: undefined },
      { name: 'limit', before: undefined, after: '3' },
    ]);
  });

  it('tells null from absent, and survives what is no object', () => {
    expect(listFieldChanges(null, { parentId: null })).toEqual([
      { name: 'parentId', before: undefined, after: 'null' },
    ]);
    expect(listFieldChanges('text', [1])).toEqual([]);
  });
});
