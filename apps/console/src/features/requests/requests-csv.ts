/** The rows of the explorer as CSV: the columns that are shown, amounts with every digit. */
import type { RequestSummary } from '@tollgate/api';
import { type CsvCell, toCsv } from '../common/csv.ts';
import { inputTokensOf, outputTokensOf } from '../common/token-totals.ts';

type CellsOf = (request: RequestSummary) => readonly CsvCell[];

/** Of each column of the table: what it is called in the file, and its values. */
const COLUMNS: Readonly<Record<string, readonly [head: readonly string[], cells: CellsOf]>> = {
  time: [['startedAt'], ({ startedAt }) => [startedAt]],
  status: [['status', 'errorCode'], ({ status, errorCode }) => [status, errorCode]],
  model: [['model', 'requestedModel'], ({ model, requestedModel }) => [model, requestedModel]],
  provider: [['provider'], ({ provider }) => [provider]],
  key: [['key', 'keyId'], ({ keyName, keyId }) => [keyName, keyId]],
  team: [['team', 'teamId'], ({ teamName, teamId }) => [teamName, teamId]],
  endpoint: [['endpoint'], ({ endpoint }) => [endpoint]],
  user: [['endUser'], ({ endUser }) => [endUser]],
  session: [['sessionId'], ({ sessionId }) => [sessionId]],
  tags: [['tags'], ({ tags }) => [Object.keys(tags).length === 0 ? '' : JSON.stringify(tags)]],
  attempts: [['attempts'], ({ attempts }) => [new Set(attempts.map(({ attempt }) => attempt)).size]],
  tokens: [
    [
      'totalInputTokens',
      'inputTokens',
      'cachedInputTokens',
      'cacheWriteTokens',
      'totalOutputTokens',
      'outputTokens',
      'reasoningTokens',
    ],
    (row) => [
      inputTokensOf(row),
      row.inputTokens,
      row.cachedInputTokens,
      row.cacheWriteTokens,
      outputTokensOf(row),
      row.outputTokens,
      row.reasoningTokens,
    ],
  ],
  cost: [
    ['spentUsd', 'costUsd', 'chargeUsd', 'estimated'],
    (row) => [row.spentUsd, row.costUsd, row.chargeUsd, row.estimated],
  ],
  latency: [['totalMs'], ({ totalMs }) => [totalMs]],
  firstToken: [['firstTokenMs'], ({ firstTokenMs }) => [firstTokenMs]],
};

/** @param columns Ids of the shown ones, in their order. */
export function toRequestsCsv(rows: readonly RequestSummary[], columns: readonly string[]): string {
  const shown = columns.flatMap((id) => (COLUMNS[id] === undefined ? [] : [COLUMNS[id]]));
  const head = ['id', 'livemode', ...shown.flatMap(([names]) => names)];
  return toCsv(
    head,
    rows.map((row) => [row.id, row.livemode, ...shown.flatMap(([, cells]) => cells(row))]),
  );
}
