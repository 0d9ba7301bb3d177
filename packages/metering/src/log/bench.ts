/**
 * How much the log costs a request: `node packages/metering/src/log/bench.ts`.
 *
 * A request is a dispatch, a settlement and a record. Two of its frames need a write of their own turn when
 * nothing else runs; under load many requests share one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dispatch, request, settle, subject } from '../testing/frames.ts';
import { openLog } from './log.ts';

const REQUESTS = 50_000;

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
  const lives = Array.from({ length: REQUESTS }, () => {
    const sent = dispatch(subject());
    return [sent, settle(sent), request(sent.subject)] as const;
  });
  const startCpu = process.cpuUsage();
  for (let i = 0; i < REQUESTS; i += perTurn) {
    for (const [sent] of lives.slice(i, i + perTurn)) log.append(sent);
    log.flush();
    for (const [, settled, record] of lives.slice(i, i + perTurn)) {
      log.append(settled);
      log.append(record);
    }
    log.flush();
  }
  const { user, system } = process.cpuUsage(startCpu);
  const bytes = log.bytes;
  rmSync(folder, { recursive: true });
  return `${perTurn} per turn: ${((user + system) / REQUESTS).toFixed(1)} µs CPU a request (user ${(user / REQUESTS).toFixed(1)}, system ${(system / REQUESTS).toFixed(1)}), ${Math.round(bytes / REQUESTS)} bytes`;
}

run(16);
for (const perTurn of [1, 4, 16, 64]) console.log(run(perTurn));
process.exit(0);
