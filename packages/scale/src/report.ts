/** The measurements of several sizes beside each other, with how much dearer the larger one is. */
import type { Timing } from './measure.ts';
import type { Measurements } from './measure-organization.ts';

const DASHBOARD_TARGET_MS = 300;
const INVOICE_TARGET_MS = 10_000;
const LAG_TARGET_MS = 60_000;
const MIB = 1_048_576;
const DISK = [
  { what: 'ledger', tables: ['usage_entries'] },
  { what: 'cubes', tables: ['usage_rollups', 'end_user_rollups', 'tag_rollups'] },
  { what: 'summaries', tables: ['usage_summaries'] },
  { what: 'request log, as far as kept', tables: ['request_logs'] },
] as const;

export function formatReport(sizes: readonly Measurements[]): string {
  const header = [
    'what',
    ...sizes.map(({ entryCount }) => `${count(entryCount)} entries`),
    'promise',
    'growth of p95',
  ];
  const rows: string[][] = [
    row('entries written per second', sizes, ({ insertedPerSecond }) => count(insertedPerSecond), ''),
    row('entries rolled up per second', sizes, ({ rolledUpPerSecond }) => count(rolledUpPerSecond), ''),
    row(
      'entries made in sets per second',
      sizes,
      ({ madeInSetsPerSecond }) => count(madeInSetsPerSecond),
      '',
    ),
    row(
      'roll-up lag of 5,000 new entries',
      sizes,
      ({ rollUpLagMs }) => milliseconds(rollUpLagMs),
      bound(LAG_TARGET_MS),
    ),
    row(
      'roll-up lag of 5,000 late entries, of any day',
      sizes,
      ({ lateLagMs }) => milliseconds(lateLagMs),
      bound(LAG_TARGET_MS),
    ),
    row('invoice: lines', sizes, ({ invoice }) => count(invoice.lineCount), ''),
    row(
      'invoice: numbered and frozen',
      sizes,
      ({ invoice }) => milliseconds(invoice.finalizeMs),
      bound(INVOICE_TARGET_MS),
    ),
    row('invoice: PDF and CSV', sizes, ({ invoice }) => milliseconds(invoice.renderMs), ''),
    ...DISK.map(({ what, tables }) =>
      row(`MiB per million entries: ${what}`, sizes, (size) => mib(size, tables), ''),
    ),
    row(
      'documents, lines',
      sizes,
      ({ exactness }) => `${exactness.documentCount}, ${count(exactness.lineCount)}`,
      '',
    ),
    row(
      'documents that differ from the ledger',
      sizes,
      ({ exactness }) => String(exactness.differences.length),
      '0',
    ),
  ];
  for (const { name } of sizes[0]?.timings ?? []) {
    const timings = sizes.map((size) => size.timings.find((timing) => timing.name === name));
    const promise = isListing(name) ? '' : `p95 ${bound(DASHBOARD_TARGET_MS)}`;
    rows.push([name, ...timings.map(figuresOf), promise, growthOf(timings)]);
  }
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** One question as a line of its own. */
export function formatTiming(timing: Timing): string {
  const { p95Ms, name } = timing;
  const isAbove = p95Ms > DASHBOARD_TARGET_MS && !isListing(name);
  return `${name}: ${figuresOf(timing)}${isAbove ? ', ABOVE' : ''}`;
}

/** Whole lists are for programs, which wait. */
function isListing(name: string): boolean {
  return name.startsWith('listing: ');
}

/** How much dearer the last size is than the first, by the 95th percentile. */
function growthOf(timings: readonly (Timing | undefined)[]): string {
  const [first, last] = [timings[0]?.p95Ms, timings.at(-1)?.p95Ms];
  return timings.length < 2 || first === undefined || last === undefined
    ? ''
    : `× ${(last / first).toFixed(1)}`;
}

/** Median, 95th percentile (of few: the slowest) and CPU. */
function figuresOf(timing: Timing | undefined): string {
  return [timing?.medianMs, timing?.p95Ms, timing?.cpuMs]
    .map((ms) => (ms === undefined ? '–' : milliseconds(ms)))
    .join(' / ');
}

function row(
  name: string,
  sizes: readonly Measurements[],
  cell: (size: Measurements) => string,
  promise: string,
): string[] {
  return [name, ...sizes.map(cell), promise, ''];
}

function mib({ tableBytes, entryCount }: Measurements, tables: readonly string[]): string {
  const bytes = tables.reduce((sum, table) => sum + (tableBytes.get(table) ?? 0), 0);
  return count((bytes / MIB / entryCount) * 1e6);
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function milliseconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${count(value)} ms`;
}

function bound(ms: number): string {
  return `≤ ${count(ms)} ms`;
}
