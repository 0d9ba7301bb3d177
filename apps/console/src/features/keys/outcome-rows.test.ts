import { expect, it } from 'vitest';
import { outcomeRows } from './outcome-rows.ts';

const FROM = '2026-11-20T00:00:00.000Z';
const bucket = (start: string, counts: object) => ({
  start,
  ...{ succeeded: 0, refused: 0, failed: 0, aborted: 0 },
  ...counts,
});

it('a key that is throttled all day is not quiet: refusals stand beside what was metered', () => {
  const usage = [{ start: '2026-11-21T00:00:00Z', status: 'succeeded', requests: 2, attempts: 3 }];
  const refused = {
    buckets: [
      bucket('2026-11-21T00:00:00.000Z', { refused: 2 }),
      bucket('2026-11-21T21:00:00.000Z', { refused: 5, failed: 1, aborted: 4 }),
      bucket('2026-11-22T00:00:00.000Z', { refused: 7 }),
    ],
  };
  expect(outcomeRows(usage, refused, 3, FROM)).toEqual([
    { at: '2026-11-20T00:00:00.000Z', values: {} },
    { at: '2026-11-21T00:00:00.000Z', values: { succeeded: 3, refused: 8 } },
    { at: '2026-11-22T00:00:00.000Z', values: { refused: 7 } },
  ]);
});

it('where requests may not be read, there is nothing of refusals, and no zero either', () => {
  expect(outcomeRows([], undefined, 1, FROM)).toEqual([{ at: FROM, values: {} }]);
});
