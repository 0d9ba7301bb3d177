/** Why the model stopped, in Anthropic's words. */
import type { Finish, FinishKind, JsonValue } from '../neutral/index.ts';

const KIND_BY_REASON: ReadonlyMap<string, FinishKind> = new Map([
  ['end_turn', 'stop'],
  ['max_tokens', 'length'],
  ['stop_sequence', 'stopSequence'],
  ['tool_use', 'toolCalls'],
  ['pause_turn', 'pause'],
  ['refusal', 'refusal'],
  ['model_context_window_exceeded', 'length'],
]);

const REASON_BY_KIND = {
  stop: 'end_turn',
  stopSequence: 'stop_sequence',
  length: 'max_tokens',
  toolCalls: 'tool_use',
  refusal: 'refusal',
  filtered: 'refusal',
  pause: 'pause_turn',
  malformedCall: 'end_turn',
  other: 'end_turn',
} as const satisfies Record<FinishKind, string>;

export function readStopReason(reason: JsonValue | undefined, stopSequence: JsonValue | undefined): Finish {
  const raw = typeof reason === 'string' ? reason : '';
  return {
    kind: KIND_BY_REASON.get(raw) ?? 'other',
    raw,
    ...(typeof stopSequence === 'string' ? { stopSequence } : {}),
  };
}

/** A reason that Anthropic itself gave stays what it was. */
export function writeStopReason({ kind, raw }: Finish): string {
  return KIND_BY_REASON.get(raw) === kind ? raw : REASON_BY_KIND[kind];
}
