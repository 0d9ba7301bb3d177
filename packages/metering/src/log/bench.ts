/**
 * How much the log costs a request: `node packages/metering/src/log/bench.ts`.
 *
 * A request is a dispatch, a settlement and a record. Two of its frames need a write of their own turn when
 * nothing else runs; under load many requests share one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DispatchFrame, RequestFrame, SettleFrame } from '../frame.ts';
import { dispatch, request, settle, subject } from '../testing/frames.ts';
import { openLog } from './log.ts';

const REQUESTS = 60_000;

type Life = readonly [DispatchFrame, SettleFrame, RequestFrame];

function live(): Life {
  const sent = dispatch(subject());
  return [sent, settle(sent), request(sent.subject)];
}

/** CPU per request in microseconds: user and system. */
function measure(perTurn: number, run: (lives: readonly Life[]) => void): [number, number] {
  const start = process.cpuUsage();
  for (let i = 0; i < REQUESTS; i += perTurn) run(Array.from({ length: perTurn }, live));
  const { user, system } = process.cpuUsage(start);
  return [user / REQUESTS, system / REQUESTS];
}

function run(perTurn: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'));
  const log = openLog({
    directory: join(folder, 'epoch'),
    gatewayId: 'gw_bench',
    epochId: 'gwe_bench',
    segmentMaxBytes: 64 * 1024 * 1024,
    fsyncIntervalMs: 1_000_000,
    onError: (error) => {
      throw error;
    },
  });
  const [idle] = measure(perTurn, () => undefined);
  const [user, system] = measure(perTurn, (lives) => {
    for (const [sent] of lives) log.append(sent);
    log.flush();
    for (const [, settled, record] of lives) {
      log.append(settled);
      log.append(record);
    }
    log.flush();
  });
  const bytes = log.bytes;
  rmSync(folder, { recursive: true });
  return `${perTurn} per turn: user ${(user - idle).toFixed(1)} + system ${system.toFixed(1)} µs CPU a request (making the frames, ${idle.toFixed(1)}, is not in it), ${Math.round(bytes / REQUESTS)} bytes`;
}

run(16);
for (const perTurn of [1, 4, 16, 64]) console.log(run(perTurn));
process.exit(0);
