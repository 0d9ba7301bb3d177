import { describe, expect, it } from 'vitest';
import { Ticker } from './ticker.ts';

describe('Ticker', () => {
  it('runs callbacks in the order they are due, never early, and cancelled ones not at all', async () => {
    const ticker = new Ticker();
    const start = ticker.now();
    const ran: { name: string; early: boolean }[] = [];
    await new Promise<void>((resolve) => {
      const note = (name: string, dueMs: number) => () => ran.push({ name, early: ticker.now() < dueMs });
      ticker.at(start + 12, note('second', start + 12));
      ticker.at(start + 3, note('first', start + 3));
      ticker.at(start + 5, note('never', start + 5)).cancel();
      ticker.at(start + 20, resolve);
    });
    expect(ran).toEqual([
      { name: 'first', early: false },
      { name: 'second', early: false },
    ]);
  });

  it('keeps an entry that is due after more than one turn of the wheel', async () => {
    let nowMs = 0;
    const ticker = new Ticker(() => nowMs);
    const ran: string[] = [];
    ticker.at(5_000, () => ran.push('far'));
    await new Promise<void>((resolve) => {
      ticker.at(904, () => {
        ran.push('near');
        resolve();
      });
      nowMs = 904;
    });
    expect(ran).toEqual(['near']);
    const far = new Promise<void>((resolve) => ticker.at(5_001, resolve));
    nowMs = 5_001;
    // Wakes the ticker early, as any stream does.
    ticker.at(0, () => ran.push('waker'));
    await far;
    expect(ran.toSorted()).toEqual(['far', 'near', 'waker']);
  });

  it('serves ten thousand waits', async () => {
    const ticker = new Ticker();
    const start = ticker.now();
    let count = 0;
    await new Promise<void>((resolve) => {
      for (let i = 0; i < 10_000; i += 1) {
        ticker.at(start + (i % 50), () => {
          count += 1;
          if (count === 10_000) resolve();
        });
      }
    });
    expect(count).toBe(10_000);
  });
});
