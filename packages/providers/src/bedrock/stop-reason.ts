/** Why the model stopped, in Converse's words. */
import type { Finish, FinishKind, JsonValue } from '@tollgate/dialects';

const KIND_BY_REASON: ReadonlyMap<string, FinishKind> = new Map([
  ['end_turn', 'stop'],
  ['tool_use', 'toolCalls'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['stop_sequence', 'stopSequence'],
  ['guardrail_intervened', 'filtered'],
  ['content_filtered', 'filtered'],
  ['malformed_model_output', 'other'],
  ['malformed_tool_use', 'malformedCall'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
]);

const REASON_BY_KIND = {
  stop: 'end_turn',
  stopSequence: 'stop_sequence',
  length: 'max_tokens',
  toolCalls: 'tool_use',
  refusal: 'content_filtered',
  filtered: 'content_filtered',
  pause: 'end_turn',
  malformedCall: 'malformed_tool_use',
  other: 'end_turn',
} as const satisfies Record<FinishKind, string>;

export function readConverseStop(reason: JsonValue | undefined, stopSequence: JsonValue | undefined): Finish {
  const raw = typeof reason === 'string' ? reason : '';
  return {
    kind: KIND_BY_REASON.get(raw) ?? 'other',
    raw,
    ...(typeof stopSequence === 'string' ? { stopSequence } : {}),
  };
}

/** A reason that Bedrock itself gave stays what it was. */
export function writeConverseStop({ kind, raw }: Finish): string {
  return KIND_BY_REASON.get(raw) === kind ? raw : REASON_BY_KIND[kind];
}
