import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotList, SlotMap } from './slot-list.ts';

setFlagsFromString('--expose-gc');
const collectYoung = runInNewContext('() => gc({ type: "minor" })') as () => void;

const ITEM_BYTES = 8_000;
const ROUNDS = 40;
const ITEMS_A_ROUND = 100;

/** The share of what was taken out that collections of the young generation leave alive. */
function survivingShare(add: (item: object) => () => void): number {
  // What holds them is as old as in a process that runs for long.
  for (let i = 0; i < 3; i += 1) collectYoung();
  const before = oldBytes();
  const running: (() => void)[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let i = 0; i < ITEMS_A_ROUND; i += 1) {
      running[i % RUNNING]?.();
      running[i % RUNNING] = add(new Array(ITEM_BYTES / 8).fill(i));
    }
    collectYoung();
  }
  return (oldBytes() - before) / (ROUNDS * ITEMS_A_ROUND * ITEM_BYTES);
}

const RUNNING = 30;

function oldBytes(): number {
  return getHeapSpaceStatistics().find((each) => each.space_name === 'old_space')!.space_used_size;
}

describe('a list of what runs', () => {
  it('has what was added and not removed, whatever happens in between', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(30))), (steps) => {
        const list = new SlotList<{ id: number }>();
        const expected = new Map<number, { place: number; item: { id: number } }>();
        for (const [adds, id] of steps) {
          const known = expected.get(id);
          if (adds && known === undefined) {
            const item = { id };
            expected.set(id, { place: list.add(item), item });
          } else if (!adds && known !== undefined) {
            list.remove(known.place, known.item);
            expected.delete(id);
          }
          expect(list.size).toBe(expected.size);
          expect([...list].map((each) => each.id).sort()).toEqual([...expected.keys()].sort());
        }
      }),
    );
  });

  it('leaves out what is removed while it is gone through', () => {
    const list = new SlotList<{ id: string }>();
    const items = ['a', 'b', 'c'].map((id) => ({ id }));
    const places = items.map((item) => list.add(item));
    const seen: string[] = [];
    for (const { id } of list) {
      seen.push(id);
      if (id === 'a') list.remove(places[1]!, items[1]!);
    }
    expect(seen).toEqual(['a', 'c']);
  });

  it('takes nobody out for an item that has left its place before', () => {
    const list = new SlotList<{ id: string }>();
    const [gone, next] = [{ id: 'gone' }, { id: 'next' }];
    const place = list.add(gone);
    list.remove(place, gone);
    expect(list.add(next)).toBe(place);
    list.remove(place, gone);
    expect([...list]).toEqual([next]);
    expect(list.size).toBe(1);
  });
});

describe('a map of what runs', () => {
  it('is a Map to who uses it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.string({ maxLength: 2 }), fc.nat())), (steps) => {
        const map = new SlotMap<{ value: number }>();
        const expected = new Map<string, { value: number }>();
        for (const [sets, name, value] of steps) {
          if (sets) {
            map.set(name, { value });
            expected.set(name, { value });
          } else {
            expect(map.delete(name)).toEqual(expected.get(name));
            expected.delete(name);
          }
          expect(map.size).toBe(expected.size);
          expect(map.has(name)).toBe(expected.has(name));
          expect(map.get(name)).toEqual(expected.get(name));
        }
        expect(new Map(map)).toEqual(expected);
        expect([...map.values()]).toHaveLength(expected.size);
      }),
    );
  });
});

describe('[S1, S4] what is taken out dies young', () => {
  it('of a list', () => {
    const list = new SlotList<object>();
    const share = survivingShare((item) => {
      const place = list.add(item);
      return () => list.remove(place, item);
    });
    expect(share).toBeLessThan(0.05);
  });

  it('of a map', () => {
    const map = new SlotMap<object>();
    let count = 0;
    const share = survivingShare((item) => {
      count += 1;
      const name = `request ${count}`;
      map.set(name, item);
      return () => void map.delete(name);
    });
    expect(share).toBeLessThan(0.05);
  });

  it('but not of a Set: this is what the list is for', () => {
    // Of several: a full collection on the way, which nobody can forbid, takes out what has become old.
    const shares = Array.from({ length: 5 }, () => {
      const set = new Set<object>();
      return survivingShare((item) => {
        set.add(item);
        return () => void set.delete(item);
      });
    });
    expect(Math.max(...shares)).toBeGreaterThan(0.2);
  });
});
