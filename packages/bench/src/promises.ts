/** What was promised (S1 to S5), beside what was measured, and whether it was kept. A figure that is missing is told. */
import type { ChunkRow, FixedRateRow } from './fixed-rate.ts';
import type { OpenStreamsRow } from './open-streams.ts';
import type { SoakRow } from './soak.ts';
import type { ThroughputRow } from './throughput.ts';

export interface Measured {
  readonly throughput: ReadonlyMap<string, readonly ThroughputRow[]>;
  readonly latency?: readonly FixedRateRow[];
  readonly firstToken?: readonly FixedRateRow[];
  readonly chunks?: readonly ChunkRow[];
  readonly openStreams?: readonly OpenStreamsRow[];
  readonly soak?: SoakRow;
}

export interface Verdict {
  readonly id: string;
  readonly promise: string;
  readonly figure: string;
  /** Undefined: it was not measured in this run. */
  readonly isKept: boolean | undefined;
}

const SMALL_MOST_RATIO = 1.5;
const PORTKEY_LEAST_RATIO = 10;
const LITELLM_LEAST_RATIO = 50;
const ADDED_P50_MOST_MS = 0.3;
const ADDED_P99_MOST_MS = 2;
const OPEN_STREAMS = 10_000;
const OPEN_STREAMS_MOST_MIB = 1_024;
const SOAK_REQUESTS = 1_000_000;
/** Resident memory wanders by as much without growing. */
const SOAK_MOST_GROWTH = 1.05;
const LARGE_LEAST_PER_SECOND = 300;

export function judge(measured: Measured): Verdict[] {
  const small = measured.throughput.get('small');
  return [
    smallRatio(small),
    perCore(small, 'portkey', PORTKEY_LEAST_RATIO, 'Portkey'),
    perCore(small, 'litellm', LITELLM_LEAST_RATIO, 'LiteLLM with keys on'),
    {
      id: 'S2',
      promise: '≥ 1 × the requests/s per core of Bifrost',
      figure: 'not measured: its npm package only downloads a program from downloads.getmaxim.ai',
      isKept: undefined,
    },
    ...added(measured.latency, 'latency at 1,000 requests/s', true),
    ...added(measured.firstToken, 'time to first token at 200 streams/s', false),
    openStreams(measured.openStreams),
    growth(measured.soak),
    large(measured.throughput.get('400-kb-body')),
  ];
}

type Rows<T> = readonly T[] | undefined;

function of<T extends { readonly contender: { readonly name: string } }>(
  rows: Rows<T>,
  name: string,
): T | undefined {
  return rows?.find(({ contender }) => contender.name === name);
}

function smallRatio(rows: Rows<ThroughputRow>): Verdict {
  const promise = `CPU per small request ≤ ${SMALL_MOST_RATIO} × the bare proxy's`;
  const [bare, tollgate] = [of(rows, 'bare'), of(rows, 'tollgate')];
  if (bare === undefined || tollgate === undefined) return notMeasured('S1', promise);
  const ratio = tollgate.cpuUs / bare.cpuUs;
  return { id: 'S1', promise, figure: `${ratio.toFixed(2)} ×`, isKept: ratio <= SMALL_MOST_RATIO };
}

function perCore(rows: Rows<ThroughputRow>, name: string, least: number, title: string): Verdict {
  const promise = `≥ ${least} × the requests/s per core of ${title}`;
  const [other, tollgate] = [of(rows, name), of(rows, 'tollgate')];
  if (other === undefined || tollgate === undefined) return notMeasured('S2', promise);
  const ratio = other.cpuUs / tollgate.cpuUs;
  return {
    id: 'S2',
    promise,
    figure: `${ratio.toFixed(1)} × ${other.contender.label}`,
    isKept: ratio >= least,
  };
}

/** Judged against no proxy at all; beside it, what is more than the bare proxy adds. */
function added(rows: Rows<FixedRateRow>, what: string, isMedianPromised: boolean): Verdict[] {
  const [direct, bare, tollgate] = [of(rows, 'direct'), of(rows, 'bare'), of(rows, 'tollgate')];
  const parts = [
    ...(isMedianPromised ? ([['p50Ms', 'p50', ADDED_P50_MOST_MS]] as const) : []),
    ['p99Ms', 'p99', ADDED_P99_MOST_MS] as const,
  ];
  return parts.map(([member, title, mostMs]) => {
    const promise = `added ${what}, ${title} ≤ ${mostMs} ms`;
    if (direct === undefined || bare === undefined || tollgate === undefined)
      return notMeasured('S3', promise);
    const addedMs = tollgate.latency[member] - direct.latency[member];
    const toBareMs = tollgate.latency[member] - bare.latency[member];
    const errors = tollgate.errors === 0 ? '' : `, ${tollgate.errors} ERRORS`;
    const figure = `${addedMs.toFixed(2)} ms to no proxy, ${toBareMs.toFixed(2)} ms to the bare proxy${errors}`;
    return { id: 'S3', promise, figure, isKept: addedMs <= mostMs && errors === '' };
  });
}

function openStreams(rows: Rows<OpenStreamsRow>): Verdict {
  const promise = `${OPEN_STREAMS.toLocaleString('en')} open streams in ≤ 1 GiB`;
  const row = rows?.find(({ wanted }) => wanted === OPEN_STREAMS);
  if (row === undefined) return notMeasured('S4', promise);
  return {
    id: 'S4',
    promise,
    figure: `${row.residentMiB} MiB, ${row.held} open`,
    isKept: row.residentMiB <= OPEN_STREAMS_MOST_MIB && row.held === OPEN_STREAMS,
  };
}

function growth(row: SoakRow | undefined): Verdict {
  const promise = 'no memory growth over 1 million requests';
  if (row === undefined)
    return { ...notMeasured('S4', promise), figure: 'not in this run: `--soak 1000000`' };
  const ratio = row.lateMiB / row.earlyMiB;
  return {
    id: 'S4',
    promise,
    figure: `${row.earlyMiB} to ${row.lateMiB} MiB over ${row.requests.toLocaleString('en')} requests`,
    isKept: row.requests < SOAK_REQUESTS ? undefined : ratio <= SOAK_MOST_GROWTH && row.errors === 0,
  };
}

function large(rows: Rows<ThroughputRow>): Verdict {
  const promise = `400-KB bodies at ≥ ${LARGE_LEAST_PER_SECOND} requests/s per core`;
  const tollgate = of(rows, 'tollgate');
  if (tollgate === undefined) return notMeasured('S5', promise);
  return {
    id: 'S5',
    promise,
    figure: `${tollgate.perSecondPerCore.toFixed(0)}/s per core`,
    isKept: tollgate.perSecondPerCore >= LARGE_LEAST_PER_SECOND,
  };
}

function notMeasured(id: string, promise: string): Verdict {
  return { id, promise, figure: 'not measured in this run', isKept: undefined };
}
