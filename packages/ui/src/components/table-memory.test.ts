import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTableMemory } from './table-memory.ts';

describe('parseTableMemory()', () => {
  it('reads what was kept', () => {
    const kept = { columns: { owner: true, hint: false }, sorting: [{ id: 'spend', desc: true }] };
    expect(parseTableMemory(JSON.stringify(kept))).toEqual(kept);
  });

  it('takes anything else for nothing, part by part', () => {
    for (const text of [null, '', 'x', '7', 'null', '[]', '{"columns":[true],"sorting":{}}']) {
      expect(parseTableMemory(text)).toEqual({});
    }
    expect(parseTableMemory('{"columns":{"a":1},"sorting":[{"id":"a","desc":false}]}')).toEqual({
      sorting: [{ id: 'a', desc: false }],
    });
  });

  it('never throws, whatever lies there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const { columns = {}, sorting = [] } = parseTableMemory(text);
        expect(Object.values(columns).every((shown) => typeof shown === 'boolean')).toBe(true);
        expect(sorting.every(({ id }) => typeof id === 'string')).toBe(true);
      }),
    );
  });
});
