import { expect, it } from 'vitest';
import { isMove } from './use-first-choice.ts';

const MOVES = ['ArrowUp', 'ArrowDown', 'Home', 'End'];
const MOVES_WITH_CONTROL = ['j', 'k', 'n', 'p'];

it('somebody moves to another entry by every key that a palette goes by, and by no letter that is typed', () => {
  for (const key of MOVES) expect(isMove({ key, ctrlKey: false }), key).toBe(true);
  for (const key of MOVES_WITH_CONTROL) {
    expect(isMove({ key, ctrlKey: true }), `Ctrl+${key}`).toBe(true);
    expect(isMove({ key, ctrlKey: false }), key).toBe(false);
  }
  expect(isMove({ key: 'a', ctrlKey: true })).toBe(false);
});
