import { describe, expect, it } from 'vitest';
import { jobId, QUEUE_NAMES, QUEUES } from './index.ts';

describe('jobId()', () => {
  it('never contains a colon and is never a bare integer, which BullMQ keeps for itself', () => {
    expect(jobId('gwe_1', 'a:b', 7)).toBe('gwe_1-a_b-7');
    expect(jobId(42)).toBe('job-42');
  });
  it('refuses an id without characters', () => {
    expect(() => jobId('')).toThrow(RangeError);
  });
});

describe('payloads', () => {
  it.each(QUEUE_NAMES)('%s refuses a version that it does not know', (name) => {
    expect(QUEUES[name].schema.safeParse({ version: 99 }).success).toBe(false);
  });
  it('usage-ingest takes lines as they are, because they are checked one by one later', () => {
    const payload = {
      version: 1,
      gatewayId: 'gw_1',
      epochId: 'gwe_1',
      fromSequence: 0,
      toSequence: 2,
      floorSequence: 0,
      entries: [{ nonsense: true }],
      requests: [],
      orphans: [],
    };
    expect(QUEUES['usage-ingest'].schema.parse(payload).entries).toEqual([{ nonsense: true }]);
  });
});
