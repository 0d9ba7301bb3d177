/**
 * Which entries may be marked estimated: exactly those whose usage, by the provider's books, never reached a gateway.
 *
 * What the books can tell, and where they end. The simulator notes when it hands usage to the system (`usageWrittenAt`).
 * A reader that goes away with unread bytes makes the system reset the connection, which the simulator notes too
 * (`leftUnread`). So there are four cases, and no fifth:
 *
 * - usage was never handed over: the entry is estimated;
 * - handed over, and left unread: it lay in the machine's buffers when the gateway was killed or hung up. It never reached
 *   the process. Estimated, or exact where only bytes behind the usage were left;
 * - handed over and read, and the process lived for another turn of its event loop: exact, always;
 * - handed over and read in the very turn in which the process was killed, or in which it learned that its client had
 *   left: memory of a dead process, which no books have. Bounded by time (`turnMs`), counted and told.
 *
 * The client is the second witness, and needs no bound: who has seen the stream's end has an exact entry, and no entry says
 * less than its client has read or more than its provider has written.
 */
import type { TruthRecord } from '@tollgate/simulator';
import type { Call } from './load.ts';
import type { Kill } from './managed-process.ts';
import { attemptName, type LedgerRow, outputOf, truthByAttempt } from './verify.ts';

export interface EstimateEvidence {
  readonly rows: readonly LedgerRow[];
  readonly truth: readonly TruthRecord[];
  readonly calls: readonly Call[];
  /** Of the gateway with this life. */
  readonly killsOf: (gatewayEpochId: string) => readonly Kill[];
  /** What passes for one turn of an event loop. Default `TURN_MS`; a machine that runs other tests too needs more. */
  readonly turnMs?: number;
}

export interface EstimateVerdict {
  /** Not estimated. */
  readonly exactCount: number;
  /** Estimated, by what became of the provider's usage. */
  readonly neverWritten: number;
  readonly leftUnread: number;
  readonly lostInTurn: number;
  /** The longest time between the usage and the kill or the hanging up of those. */
  readonly longestTurnMs: number;
  /** Dispatched, and killed before the provider had received anything. */
  readonly neverReceived: number;
  /** Not estimated, and no usage came: nothing was sent, or it was refused. */
  readonly nothingBilled: number;
  /** Whatever breaks the rule above. */
  readonly problems: readonly string[];
}

/** One turn of an event loop on a machine whose two cores are shared by everything here. */
export const TURN_MS = 250;

type Finding = 'exact' | 'neverWritten' | 'leftUnread' | 'lostInTurn' | 'neverReceived' | 'nothingBilled';

export function judgeEstimates(evidence: EstimateEvidence): EstimateVerdict {
  const truth = truthByAttempt(evidence.truth);
  const calls = new Map(evidence.calls.map((call) => [call.requestId ?? '', call]));
  const counts: Record<Finding, number> = {
    exact: 0,
    neverWritten: 0,
    leftUnread: 0,
    lostInTurn: 0,
    neverReceived: 0,
    nothingBilled: 0,
  };
  const problems: string[] = [];
  let longestTurnMs = 0;
  for (const row of evidence.rows) {
    const name = attemptName(row);
    const record = truth.get(name);
    const call = calls.get(row.requestId);
    const judged = judge(row, record, call, evidence);
    if (typeof judged === 'string') problems.push(`${name}: ${judged}`);
    else {
      counts[judged.finding] += 1;
      longestTurnMs = Math.max(longestTurnMs, judged.turnMs ?? 0);
    }
    problems.push(...witness(row, record, call).map((what) => `${name}: ${what}`));
  }
  const { exact, ...rest } = counts;
  return { exactCount: exact, ...rest, longestTurnMs, problems };
}

function judge(
  row: LedgerRow,
  record: TruthRecord | undefined,
  call: Call | undefined,
  { killsOf, turnMs: longestMs = TURN_MS }: EstimateEvidence,
): { readonly finding: Finding; readonly turnMs?: number } | string {
  if (row.usageSource === 'none') {
    const isFree = record === undefined || record.billed.promptTokens === 0;
    return isFree ? { finding: 'nothingBilled' } : 'is free, and the provider billed it';
  }
  if (record === undefined) {
    return row.estimated ? { finding: 'neverReceived' } : 'is exact, and the provider never received it';
  }
  if (record.usageWrittenAt === null) {
    return row.estimated ? { finding: 'neverWritten' } : 'is exact, and the provider never told its usage';
  }
  if (!row.estimated) return { finding: 'exact' };
  if (record.leftUnread) return { finding: 'leftUnread' };
  const usageMs = Date.parse(record.usageWrittenAt);
  const ends = [...endsOf(row, call, killsOf(row.gatewayEpochId))];
  const turnMs = Math.min(...ends.map((endMs) => Math.abs(endMs - usageMs)));
  if (turnMs <= longestMs) return { finding: 'lostInTurn', turnMs };
  return `is estimated (${row.status}), and its gateway had read the usage and lived on for ${turnMs} ms`;
}

/** When the gateway that read it, or the client that it was for, was gone. */
function* endsOf(row: LedgerRow, call: Call | undefined, kills: readonly Kill[]): Iterable<number> {
  if (row.status === 'interrupted') for (const { fromMs } of kills) yield fromMs;
  if (row.status === 'aborted' && call?.outcome === 'aborted') yield call.endedAtMs;
}

function witness(row: LedgerRow, record: TruthRecord | undefined, call: Call | undefined): string[] {
  const told: string[] = [];
  if (call?.outcome === 'finished' && (row.estimated || row.status !== 'succeeded')) {
    told.push(`its client saw the end, and the entry is ${row.status}${row.estimated ? ', estimated' : ''}`);
  }
  if (!row.estimated) return told;
  if (call !== undefined && outputOf(row) < BigInt(call.tokensSeen)) {
    told.push(`counts ${outputOf(row)} tokens, and its client has read ${call.tokensSeen}`);
  }
  const isCounted = row.usageSource === 'counted';
  if (isCounted && record !== undefined && outputOf(row) > BigInt(record.tokensWritten)) {
    told.push(`counts ${outputOf(row)} tokens, and the provider wrote ${record.tokensWritten}`);
  }
  return told;
}
