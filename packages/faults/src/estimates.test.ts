import type { TruthRecord } from '@tollgate/simulator';
import { describe, expect, it } from 'vitest';
import { judgeEstimates, TURN_MS } from './estimates.ts';
import type { Call } from './load.ts';
import type { LedgerRow } from './verify.ts';

const USAGE_MS = Date.parse('2026-11-21T12:00:00.000Z');

function entry(change: Partial<LedgerRow>): LedgerRow {
  return {
    requestId: 'req_1',
    startedAt: new Date(USAGE_MS),
    keyId: 'key_1',
    routeId: '',
    requestedModel: 'sim-small',
    attempt: 1,
    entry: 0,
    status: 'interrupted',
    estimated: true,
    usageSource: 'counted',
    inputTokens: 10n,
    cachedInputTokens: 0n,
    outputTokens: 5n,
    reasoningTokens: 0n,
    units: {},
    gatewayEpochId: 'gwe_1',
    costPicoUsd: 0n,
    chargePicoUsd: 0n,
    ...change,
  };
}

function book(change: Partial<TruthRecord>): TruthRecord {
  const billed = { promptTokens: 10, cachedTokens: 0, completionTokens: 8, reasoningTokens: 0 };
  return {
    sequence: 1,
    run: 'run',
    receivedAt: new Date(USAGE_MS - 1_000).toISOString(),
    closedAt: null,
    usageWrittenAt: new Date(USAGE_MS).toISOString(),
    leftUnread: false,
    status: 200,
    outcome: 'finished',
    requestId: 'chatcmpl-1',
    format: 'openai-chat',
    model: 'sim-small',
    bodySha256: '',
    bodyBytes: 0,
    headers: { 'x-client-request-id': 'req_1-1' },
    metadata: null,
    user: null,
    ref: null,
    stream: true,
    inputTokens: 10,
    bytesWritten: 1_000,
    tokensWritten: 8,
    usageWritten: true,
    usageSent: true,
    billed,
    ...change,
  };
}

function client(change: Partial<Call>): Call {
  return {
    ref: 'call-1',
    kind: 'chat',
    streamed: true,
    outcome: 'reset',
    status: 200,
    requestId: 'req_1',
    code: undefined,
    text: undefined,
    retryAfter: undefined,
    tokensSeen: 3,
    url: 'http://127.0.0.1:1',
    startedAtMs: USAGE_MS - 1_000,
    endedAtMs: USAGE_MS,
    ...change,
  };
}

function judge(
  row: Partial<LedgerRow>,
  record: Partial<TruthRecord> | null,
  call: Partial<Call>,
  killMs = 0,
  turnMs?: number,
) {
  const { problems, ...counts } = judgeEstimates({
    rows: [entry(row)],
    truth: record === null ? [] : [book(record)],
    calls: [client(call)],
    killsOf: () => [{ fromMs: killMs, toMs: killMs + 5 }],
    ...(turnMs !== undefined && { turnMs }),
  });
  return { counts, problems };
}

describe('judgeEstimates()', () => {
  it('lets an entry be estimated where its usage was never handed over, or never read', () => {
    expect(judge({}, { usageWrittenAt: null }, {})).toMatchObject({
      problems: [],
      counts: { neverWritten: 1 },
    });
    expect(judge({}, { leftUnread: true }, {})).toMatchObject({ problems: [], counts: { leftUnread: 1 } });
    expect(judge({}, null, {})).toMatchObject({ problems: [], counts: { neverReceived: 1 } });
  });

  it('lets usage that was read be lost in the turn of the kill, and not one turn later', () => {
    expect(judge({}, {}, {}, USAGE_MS + TURN_MS)).toMatchObject({ problems: [], counts: { lostInTurn: 1 } });
    expect(judge({}, {}, {}, USAGE_MS + TURN_MS + 1).problems).toHaveLength(1);
    expect(judge({}, {}, {}, USAGE_MS + 1_000, 1_000)).toMatchObject({ counts: { lostInTurn: 1 } });
    expect(judge({}, {}, {}, USAGE_MS + 1_001, 1_000).problems).toHaveLength(1);
  });

  it('takes no kill as an excuse for an entry that nobody interrupted', () => {
    expect(judge({ status: 'succeeded' }, {}, {}, USAGE_MS).problems).toHaveLength(1);
    expect(judge({ status: 'aborted' }, {}, { outcome: 'aborted' })).toMatchObject({ problems: [] });
    const late = { outcome: 'aborted', endedAtMs: USAGE_MS + TURN_MS + 1 } as const;
    expect(judge({ status: 'aborted' }, {}, late).problems).toHaveLength(1);
  });

  it('finds usage that nobody told', () => {
    const exact = { estimated: false, usageSource: 'provider' };
    expect(judge(exact, { usageWrittenAt: null }, {}).problems).toHaveLength(1);
    expect(judge(exact, null, {}).problems).toHaveLength(1);
    expect(judge(exact, {}, {})).toMatchObject({ problems: [], counts: { exactCount: 1 } });
  });

  it('believes the client: what it has read is counted, and an end that it saw is exact', () => {
    const seen = { tokensSeen: 6 };
    expect(judge({}, { usageWrittenAt: null }, seen).problems).toHaveLength(1);
    expect(judge({}, { leftUnread: true }, { outcome: 'finished' }).problems).toHaveLength(1);
    expect(judge({ outputTokens: 9n }, { leftUnread: true }, {}).problems).toHaveLength(1);
  });

  it('finds what was billed and is free', () => {
    expect(judge({ usageSource: 'none', estimated: false }, {}, {}).problems).toHaveLength(1);
  });
});
