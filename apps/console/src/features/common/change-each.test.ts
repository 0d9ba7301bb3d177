import { describe, expect, it } from 'vitest';
import { changeEach } from './change-each.ts';

const ROWS = Array.from({ length: 50 }, (_, index) => index);

describe('changeEach', () => {
  it('changes nothing more once it is stopped, and says how many were changed and how many are left', async () => {
    const stop = new AbortController();
    const asked: number[] = [];
    const result = await changeEach(
      ROWS,
      async (row) => {
        asked.push(row);
        // While the fifth is on its way.
        if (row === 4) stop.abort();
        await Promise.resolve();
      },
      stop.signal,
    );
    expect(asked).toEqual([0, 1, 2, 3, 4]);
    expect(result).toEqual({ changed: 5, failed: [], left: 45 });
  });

  it('goes on behind what is refused, and names it with its reason', async () => {
    const refused = new Error('Cannot change it');
    const change = (row: number) => (row % 25 === 0 ? Promise.reject(refused) : Promise.resolve());
    expect(await changeEach(ROWS, change, new AbortController().signal)).toEqual({
      changed: 48,
      failed: [
        { row: 0, error: refused },
        { row: 25, error: refused },
      ],
      left: 0,
    });
  });

  it('changes nothing where it was stopped before', async () => {
    const change = () => Promise.reject(new Error('must not be asked'));
    expect(await changeEach(ROWS, change, AbortSignal.abort())).toEqual({ changed: 0, failed: [], left: 50 });
  });
});
