import { fixedClock } from '@tollgate/clock';
import { afterEach, describe, expect, it } from 'vitest';
import { LoadGuard } from './load-guard.ts';

let guard: LoadGuard;
let active = 0;

const limits = { maxActive: 3, maxBufferedBytes: 100, maxLoopLagMs: 200 };
const open = () => {
  guard = new LoadGuard({ limits, clock: fixedClock(0), active: () => active });
  return guard;
};
afterEach(() => {
  guard.close();
  active = 0;
});

describe('a gateway under load', () => {
  it('sheds what is above the number that may run at once', () => {
    open();
    const full = [2, 3, 4].map((count) => {
      active = count;
      return guard.isFull;
    });
    expect(full).toEqual([false, true, true]);
  });

  it('sheds when the event loop stays late, until it is clearly not any more', () => {
    open();
    const full = [100, 201, 150, 201, 300, 150, 101, 99, 201].map((lagMs) => {
      guard.observeLag(lagMs);
      return guard.isFull;
    });
    expect(full).toEqual([false, false, false, false, true, true, true, false, false]);
  });

  it('holds bodies up to a number of bytes', () => {
    open();
    expect([60, 41, 40].map((bytes) => guard.takeBytes(bytes))).toEqual([true, false, true]);
    guard.releaseBytes(60);
    expect(guard.takeBytes(60)).toBe(true);
    expect(guard.bufferedBytes).toBe(100);
  });
});
