import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testFolder } from '../testing/folder.ts';
import { dispatch, progress, request, settle, subject } from '../testing/frames.ts';
import { openLog } from './log.ts';
import type { ShippableLog } from './log-contract.ts';

function openTestLog(segmentMaxBytes = 4_096): ShippableLog {
  const log = openLog({
    directory: join(testFolder(), 'epoch'),
    gatewayId: 'gw_test',
    epochId: 'gwe_test',
    reserveBytes: 64 * 1024,
    segmentMaxBytes,
    onError: (error) => {
      throw error;
    },
  });
  onTestFinished(() => log.close());
  return log;
}

function serve(log: ShippableLog, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const begun = dispatch(subject());
    for (const frame of [begun, settle(begun), request(begun.subject)]) log.append(frame);
    log.flush();
  }
}

describe('framesOf()', () => {
  it('tells the frames of one request in order, over several segments and among others', async () => {
    const log = openTestLog();
    serve(log, 10);
    const begun = dispatch(subject());
    log.append(begun);
    log.flush();
    serve(log, 6);
    const rest = [progress(begun, 5), settle(begun), request(begun.subject, { attempts: 1 })];
    for (const frame of rest) log.append(frame);
    log.flush();
    serve(log, 10);
    expect(log.segments().length).toBeGreaterThan(3);
    expect(await log.framesOf(begun.subject.requestId)).toEqual([begun, ...rest]);
  });

  it('tells what is written of a request that still runs, and nothing of one that is not there', async () => {
    const log = openTestLog();
    const begun = dispatch(subject());
    log.append(begun);
    log.flush();
    expect(await log.framesOf(begun.subject.requestId)).toEqual([begun]);
    expect(await log.framesOf('req_of_nobody')).toEqual([]);
  });

  it('[X1] tells nothing of a request that names the id as its end user: neither what it cost nor whose it is', async () => {
    const log = openTestLog();
    const asked = dispatch(subject());
    const own = [asked, settle(asked), request(asked.subject)];
    const stranger = dispatch(subject({ organizationId: 'org_b', endUser: asked.subject.requestId }));
    for (const frame of [...own, stranger, settle(stranger), request(stranger.subject)]) log.append(frame);
    log.flush();
    expect(await log.framesOf(asked.subject.requestId)).toEqual(own);
  });

  it('does not read half a frame', async () => {
    const log = openTestLog();
    const begun = dispatch(subject());
    log.append(begun);
    log.flush();
    const half = Buffer.alloc(200);
    half.writeUInt32LE(5_000);
    half.write(JSON.stringify(begun.subject.requestId), 40);
    appendFileSync(log.segments().at(-1)!.path, half);
    expect(await log.framesOf(begun.subject.requestId)).toEqual([begun]);
  });
});
