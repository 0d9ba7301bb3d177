/** The 95th percentiles of several sizes beside each other, and how much dearer the last is than the first. */
import type { Timing } from '../measure.ts';

export interface SizeTimings {
  /** Requests that the organization has. */
  readonly size: number;
  readonly timings: readonly Timing[];
}

const TARGET_MS = 300;

export function formatGrowth(sizes: readonly SizeTimings[]): string {
  const first = sizes[0];
  const last = sizes.at(-1);
  if (first === undefined || last === undefined) return '';
  const p95 = (of: SizeTimings, name: string): number =>
    of.timings.find((timing) => timing.name === name)?.p95Ms ?? Number.NaN;
  const header = ['p95', ...sizes.map(({ size }) => size.toLocaleString('en-US')), 'growth', ''];
  const rows = last.timings.map(({ name }) => [
    name,
    ...sizes.map((size) => formatMs(p95(size, name))),
    sizes.length > 1 ? `× ${(p95(last, name) / p95(first, name)).toFixed(1)}` : '',
    p95(last, name) > TARGET_MS ? `above ${TARGET_MS} ms` : '',
  ]);
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function formatMs(ms: number): string {
  if (Number.isNaN(ms)) return '';
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms).toLocaleString('en-US')} ms`;
}
