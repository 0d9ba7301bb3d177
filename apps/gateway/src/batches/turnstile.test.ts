import { describe, expect, it } from 'vitest';
import { Turnstile } from './turnstile.ts';

async function isInside(entered: Promise<void>): Promise<boolean> {
  return Promise.race([entered.then(() => true), new Promise<false>((later) => setImmediate(later, false))]);
}

describe('Turnstile', () => {
  it('[X5] lets in so many, of one organization half, and who waits in turn as there is room', async () => {
    const turnstile = new Turnstile(4);
    const [a1, a2, a3, a4] = [1, 2, 3, 4].map(() => turnstile.enter('a')) as [
      Promise<void>,
      Promise<void>,
      Promise<void>,
      Promise<void>,
    ];
    expect(await Promise.all([a1, a2, a3].map(isInside))).toEqual([true, true, false]);
    const [b1, c1, b2] = [turnstile.enter('b'), turnstile.enter('c'), turnstile.enter('b')];
    expect(await Promise.all([b1, c1, b2].map(isInside))).toEqual([true, true, false]);
    turnstile.leave('b');
    // The first that waits is of an organization that has its half.
    expect(await Promise.all([a3, b2].map(isInside))).toEqual([false, true]);
    turnstile.leave('a');
    expect(await Promise.all([a3, a4].map(isInside))).toEqual([true, false]);
    for (const organization of ['a', 'a', 'b', 'c']) turnstile.leave(organization);
    expect(await isInside(a4)).toBe(true);
  });
});
