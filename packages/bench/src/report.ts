/** Figures as Markdown, and where they stand in the README. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ChunkRow, FixedRateRow } from './fixed-rate.ts';
import type { OpenStreamsRow } from './open-streams.ts';
import type { Measured, Verdict } from './promises.ts';
import type { SoakRow } from './soak.ts';
import type { ThroughputRow } from './throughput.ts';

const README = fileURLToPath(new URL('../README.md', import.meta.url));
const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

export function reportOf(
  machine: readonly string[],
  measured: Measured,
  verdicts: readonly Verdict[],
): string {
  const parts = [machine.join('\n'), verdictTable(verdicts)];
  for (const [name, rows] of measured.throughput) parts.push(throughputTable(name, rows));
  const { latency, firstToken, chunks, openStreams, soak } = measured;
  if (latency !== undefined) parts.push(fixedRateTable('Small requests at a fixed rate', latency));
  if (firstToken !== undefined) parts.push(fixedRateTable('Time to the first token of a stream', firstToken));
  if (chunks !== undefined) parts.push(chunkTable(chunks));
  if (openStreams !== undefined) parts.push(openStreamsTable(openStreams));
  if (soak !== undefined) parts.push(soakLine(soak));
  return parts.join('\n\n');
}

/** @throws {Error} The README has no place for it. */
export function writeReport(report: string): void {
  const text = readFileSync(README, 'utf8');
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start === -1 || end < start)
    throw new Error(`Cannot write the figures: README.md must have ${START} … ${END}`);
  writeFileSync(README, `${text.slice(0, start + START.length)}\n${report}\n${text.slice(end)}`);
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  const told = (isKept: boolean | undefined): string =>
    isKept === undefined ? '–' : isKept ? 'kept' : '**missed**';
  return table(
    ['', 'promise', 'measured', ''],
    verdicts.map(({ id, promise, figure, isKept }) => [id, promise, figure, told(isKept)]),
  );
}

export function throughputTable(name: string, rows: readonly ThroughputRow[]): string {
  const [bare] = rows;
  return table(
    [
      name,
      'requests/s',
      'µs CPU/request',
      'to bare',
      'net, to bare',
      'k instructions',
      'per core',
      'p50 ms',
      'p99 ms',
      'MiB',
    ],
    rows.map((row) => [
      `${row.contender.label}${row.errors === 0 ? '' : ` (${row.errors} ERRORS)`}` +
        (row.isColdAfter === undefined ? '' : ` (warmed by ${row.isColdAfter} requests only)`),
      count(row.perSecond),
      row.cpuUs.toFixed(0),
      (row.cpuUs / bare!.cpuUs).toFixed(2),
      (row.netCpuUs / bare!.netCpuUs).toFixed(2),
      row.instructions === undefined ? '–' : (row.instructions / 1_000).toFixed(0),
      count(row.perSecondPerCore),
      row.p50Ms.toFixed(2),
      row.p99Ms.toFixed(2),
      String(row.residentMiB),
    ]),
  );
}

export function fixedRateTable(title: string, rows: readonly FixedRateRow[]): string {
  const [direct] = rows;
  const more = (ms: number, thanMs: number): string => (ms - thanMs).toFixed(2);
  return table(
    [
      `${title}, ${count(direct!.rate)}/s`,
      'p50 ms',
      'p99 ms',
      'added p50',
      'added p99',
      'µs CPU/request',
      'client late p99',
    ],
    rows.map(({ contender, latency, late, cpuUs, errors }) => [
      `${contender.label}${errors === 0 ? '' : ` (${errors} ERRORS)`}`,
      latency.p50Ms.toFixed(2),
      latency.p99Ms.toFixed(2),
      contender.name === 'direct' ? '' : more(latency.p50Ms, direct!.latency.p50Ms),
      contender.name === 'direct' ? '' : more(latency.p99Ms, direct!.latency.p99Ms),
      contender.name === 'direct' ? '' : cpuUs.toFixed(0),
      late.p99Ms.toFixed(2),
    ]),
  );
}

export function chunkTable(rows: readonly ChunkRow[]): string {
  const [bare] = rows;
  return table(
    ['Streams of 402 events, 10 ms apart', 'open at once', 'events/s', 'µs CPU/event', 'to bare'],
    rows.map(({ contender, open, eventsPerSecond, cpuUsPerEvent, errors }) => [
      `${contender.label}${errors === 0 ? '' : ` (${errors} ERRORS)`}`,
      String(open),
      count(eventsPerSecond),
      cpuUsPerEvent.toFixed(1),
      (cpuUsPerEvent / bare!.cpuUsPerEvent).toFixed(2),
    ]),
  );
}

export function openStreamsTable(rows: readonly OpenStreamsRow[]): string {
  const processes = rows[0]?.processes ?? 1;
  return table(
    [
      `Streams open at once, ${processes === 1 ? 'one process' : `${processes} processes`}`,
      'opened',
      'held',
      'MiB before',
      'MiB',
      'KiB/stream',
      'cores at a trickle',
      'opened in s',
      'refused tries',
    ],
    rows.map((row) => [
      count(row.wanted),
      String(row.opened),
      String(row.held),
      String(row.restingMiB),
      String(row.residentMiB),
      row.kibPerStream.toFixed(1),
      row.cores.toFixed(2),
      row.openSeconds.toFixed(1),
      Object.entries(row.refusals)
        .map(([how, times]) => `${times} × ${how}`)
        .join(', ') || '0',
    ]),
  );
}

export function soakLine({ contender, requests, errors, pointsMiB }: SoakRow): string {
  return (
    `${count(requests)} small requests, ${contender.label}: ${pointsMiB.join(', ')} MiB at every twentieth` +
    `${errors === 0 ? '' : `, ${errors} ERRORS`}.`
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const numbers = rows[0]?.[0]?.startsWith('S') === true && head[1] === 'promise' ? '---|' : '---:|';
  const rule = `|---|${numbers.repeat(head.length - 1)}`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}
