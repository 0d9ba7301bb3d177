/** Why Cohere stopped. Source: docs.cohere.com, Chat, finish_reason. */
import type { Finish, FinishKind } from '@tollgate/dialects';

const KINDS: ReadonlyMap<string, FinishKind> = new Map([
  ['COMPLETE', 'stop'],
  ['STOP_SEQUENCE', 'stopSequence'],
  ['MAX_TOKENS', 'length'],
  ['TOOL_CALL', 'toolCalls'],
  ['ERROR_TOXIC', 'filtered'],
  ['ERROR_LIMIT', 'length'],
]);

/** No answer, but a failure: it comes with status 200. */
export function isFailure(reason: unknown): boolean {
  return reason === 'ERROR' || reason === 'TIMEOUT';
}

export function readCohereFinish(reason: unknown): Finish {
  const raw = typeof reason === 'string' ? reason : '';
  return { kind: KINDS.get(raw) ?? 'other', raw };
}

const WRITTEN: Readonly<Partial<Record<FinishKind, string>>> = {
  stopSequence: 'STOP_SEQUENCE',
  length: 'MAX_TOKENS',
  toolCalls: 'TOOL_CALL',
};

export function writeCohereFinish({ kind, raw }: Finish): string {
  return KINDS.get(raw) === kind ? raw : (WRITTEN[kind] ?? 'COMPLETE');
}
