import { describe, expect, it } from 'vitest';
import { stepSequence, toKeyName } from './shortcuts.ts';

const NAMES = ['mod+k', '?', 'g k', 'g o'];
const press = (...keys: string[]) =>
  keys.reduce((state, key) => stepSequence(state.pending, key, NAMES), {
    matched: undefined as string | undefined,
    pending: '',
  });

describe('stepSequence()', () => {
  it('finds single keys and sequences', () => {
    expect(press('?').matched).toBe('?');
    expect(press('g').matched).toBeUndefined();
    expect(press('g', 'k').matched).toBe('g k');
  });

  it('starts anew after a key that leads nowhere', () => {
    expect(press('g', 'x', 'k').matched).toBeUndefined();
    expect(press('g', 'g', 'o').matched).toBe('g o');
    expect(press('g', '?').matched).toBe('?');
  });
});

describe('toKeyName()', () => {
  it('takes Ctrl and Command for the same, and letters in either case', () => {
    expect(toKeyName({ key: 'K', ctrlKey: true, metaKey: false, altKey: false })).toBe('mod+k');
    expect(toKeyName({ key: 'k', ctrlKey: false, metaKey: true, altKey: false })).toBe('mod+k');
    expect(toKeyName({ key: '?', ctrlKey: false, metaKey: false, altKey: false })).toBe('?');
  });
});
