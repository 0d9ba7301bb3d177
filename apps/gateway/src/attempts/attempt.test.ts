import type { Hold } from '@tollgate/limits';
import type { AttemptTarget, RequestSubject } from '@tollgate/metering';
import { describe, expect, it } from 'vitest';
import { MemoryLog } from '../testing/memory-log.ts';
import { Attempt } from './attempt.ts';

describe('Attempt.dispatch()', () => {
  it('[M3] frees what is held when the log does not take its frame: no settlement will', () => {
    const log = new MemoryLog();
    log.append = () => {
      throw new RangeError('too large');
    };
    let released = 0;
    const hold: Hold = {
      holds: [],
      outputCap: 5,
      isCapOurs: false,
      amountPicoUsd: 10n,
      settle: () => false,
      release: () => {
        released += 1;
      },
    };
    const attempt = new Attempt({
      log,
      subject: { requestId: 'req_1' } as RequestSubject,
      target: { attempt: 1 } as AttemptTarget,
      price: undefined,
      inputBytes: 10,
      hold,
    });
    expect(() => attempt.dispatch()).toThrow('too large');
    expect([released, attempt.settled]).toEqual([1, undefined]);
  });
});
