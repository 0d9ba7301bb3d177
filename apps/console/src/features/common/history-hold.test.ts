/** The way back of a page that asks first: nothing is swallowed that somebody goes, and no way leads to nowhere. */
import { expect, it } from 'vitest';
import { holdPlace } from './history-hold.ts';

/** A browser's history, whose moves are heard of when they have happened. */
function historyOf(paths: readonly string[], start: number) {
  let index = start;
  const drawn: string[] = [];
  const asked: (() => void)[] = [];
  const moves: (() => number)[] = [];
  const place = {
    path: () => paths[index] ?? '',
    index: () => index,
    go: (steps: number) => void moves.push(() => index + steps),
    goTo: (target: number) => void moves.push(() => target),
  };
  const { noteEntry, hearMove } = holdPlace(place, (leave) => asked.push(leave));
  const settle = () => {
    for (let move = moves.shift(); move !== undefined; move = moves.shift()) {
      const next = move();
      if (next === index || paths[next] === undefined) continue;
      index = next;
      noteEntry();
      if (!hearMove()) drawn.push(place.path());
    }
  };
  /** What somebody goes one right after the other, and whatever the page goes because of it. */
  const go = (...steps: readonly number[]) => {
    for (const step of steps) place.go(step);
    settle();
  };
  return { place, drawn, asked, go, settle };
}

it('asks each time, draws nothing else until the answer is yes, and goes the same way then', () => {
  for (const steps of [-1, 1, -2]) {
    const { place, drawn, asked, go, settle } = historyOf(['/a', '/b', '/here', '/c'], 2);
    go(steps);
    go(steps);
    expect([place.path(), drawn, asked.length]).toEqual(['/here', [], 2]);
    asked.at(-1)?.();
    settle();
    expect(drawn.at(-1)).toBe(['/a', '/b', '/here', '/c'][2 + steps]);
  }
});

it('counts from the entry of the page that is open: tabs and anchors are entries of it', () => {
  const { place, drawn, asked, go } = historyOf(['/a', '/here', '/here', '/c'], 1);
  go(1);
  go(1);
  expect([place.index(), drawn, asked.length]).toEqual([2, ['/here'], 1]);
  go(-2);
  expect([place.index(), asked.length]).toEqual([2, 2]);
});

it('comes home from two steps in one moment, and asks about the next', () => {
  const { place, drawn, asked, go } = historyOf(['/a', '/b', '/here'], 2);
  go(-1, -1);
  go(-1);
  expect([place.path(), drawn]).toEqual(['/here', []]);
  expect(asked.length).toBeGreaterThan(1);
});

it('holds nothing where the browser does not tell its place', () => {
  const moves: unknown[] = [];
  const asked: unknown[] = [];
  let path = '/here';
  const move = (to: number) => void moves.push(to);
  const place = { path: () => path, index: () => undefined, go: move, goTo: move };
  const { hearMove } = holdPlace(place, (leave) => asked.push(leave));
  path = '/a';
  expect([hearMove(), moves, asked]).toEqual([false, [], []]);
});
