/**
 * Reads a truth file into one record for each request, and sums them.
 *
 * Tolerates what a killed writer leaves: half a line is counted and skipped, a request without its closing line
 * is open while its run is the last one and died with its run otherwise.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { UNIT_NAMES, type Units, type Usage } from './answer.ts';
import type { Outcome, ReceivedEntry, SentState, TruthLine } from './truth-log.ts';

export interface TruthRecord extends ReceivedEntry, SentState {
  readonly sequence: number;
  readonly run: string;
  readonly receivedAt: string;
  readonly closedAt: string | null;
  /** When the provider's usage was handed to the system; null: it never was. */
  readonly usageWrittenAt: string | null;
  /** Of an answer whose usage was handed over: its reader went away before it had read all of it. */
  readonly leftUnread: boolean;
  /** 0 while no answer was begun. */
  readonly status: number;
  readonly outcome: Outcome | 'open' | 'simulator_died';
}

export interface TruthSummary {
  readonly requests: number;
  readonly byOutcome: Readonly<Record<string, number>>;
  readonly byModel: Readonly<Record<string, Usage & { readonly requests: number }>>;
  readonly billed: Usage;
  readonly damagedLines: number;
}

export interface Truth {
  readonly records: TruthRecord[];
  readonly damagedLines: number;
}

const NOTHING: Usage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };

/**
 * All requests of the file in order of arrival; of those, only sequences above `sinceSequence`.
 *
 * @throws The file does not exist or cannot be read.
 */
export async function readTruth(path: string, sinceSequence = 0): Promise<TruthRecord[]> {
  return (await readTruthFile(path, sinceSequence)).records;
}

export async function readTruthFile(path: string, sinceSequence = 0): Promise<Truth> {
  const records = new Map<number, TruthRecord>();
  let lastRun = '';
  let damagedLines = 0;
  for await (const text of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (text === '') continue;
    const line = parseLine(text);
    if (line === null) {
      damagedLines += 1;
      continue;
    }
    lastRun = line.run;
    if (line.event === 'started' || line.sequence <= sinceSequence) continue;
    const record = apply(records.get(line.sequence), line);
    if (record !== null) records.set(line.sequence, record);
  }
  const settled = [...records.values()].map((record) =>
    record.outcome === 'open' && record.run !== lastRun
      ? { ...record, outcome: 'simulator_died' as const }
      : record,
  );
  return { records: settled, damagedLines };
}

function apply(
  record: TruthRecord | undefined,
  line: Exclude<TruthLine, { event: 'started' }>,
): TruthRecord | null {
  if (line.event === 'received') {
    const { event: _, at, ...entry } = line;
    return {
      ...entry,
      receivedAt: at,
      closedAt: null,
      usageWrittenAt: null,
      leftUnread: false,
      status: 0,
      outcome: 'open',
      bytesWritten: 0,
      tokensWritten: 0,
      usageWritten: false,
      usageSent: false,
      billed: NOTHING,
    };
  }
  if (record === undefined) return null;
  if (line.event === 'unread') return { ...record, leftUnread: true };
  const { event, at, ...state } = line;
  const usageWrittenAt = record.usageWrittenAt ?? (state.usageWritten ? at : null);
  return { ...record, ...state, usageWrittenAt, ...(event === 'closed' ? { closedAt: at } : {}) };
}

function parseLine(text: string): TruthLine | null {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null && 'event' in line ? (line as TruthLine) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Counts by outcome and sums what the provider would bill. */
export function summarizeTruth({ records, damagedLines }: Truth): TruthSummary {
  const byOutcome: Record<string, number> = Object.create(null);
  const byModel: Record<string, Usage & { requests: number }> = Object.create(null);
  let billed = NOTHING;
  for (const record of records) {
    byOutcome[record.outcome] = (byOutcome[record.outcome] ?? 0) + 1;
    const model = record.model ?? '(none)';
    const before = byModel[model] ?? { requests: 0, ...NOTHING };
    byModel[model] = { ...addUsage(before, record.billed), requests: before.requests + 1 };
    billed = addUsage(billed, record.billed);
  }
  return { requests: records.length, byOutcome, byModel, billed, damagedLines };
}

function addUsage(a: Usage, b: Usage): Usage {
  const units = addUnits(a.units, b.units);
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    ...(units === undefined ? {} : { units }),
  };
}

function addUnits(a: Units | undefined, b: Units | undefined): Units | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const entries = UNIT_NAMES.map((name): [string, number] => [name, (a[name] ?? 0) + (b[name] ?? 0)]);
  return Object.fromEntries(entries.filter(([, count]) => count !== 0));
}
