/** Why generation ended, in chat's few words and in those that compatible providers add. */
import type { Finish, FinishKind } from '../../neutral/answer.ts';

const KIND_BY_REASON: Readonly<Record<string, FinishKind>> = {
  stop: 'stop',
  end_turn: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  stop_sequence: 'stopSequence',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'toolCalls',
  tool_use: 'toolCalls',
  function_call: 'toolCalls',
  content_filter: 'filtered',
  safety: 'filtered',
  refusal: 'refusal',
};

const REASON_BY_KIND = {
  stop: 'stop',
  stopSequence: 'stop',
  length: 'length',
  toolCalls: 'tool_calls',
  refusal: 'content_filter',
  filtered: 'content_filter',
  pause: 'stop',
  malformedCall: 'stop',
  other: 'stop',
} as const satisfies Record<FinishKind, string>;

export function readFinish(reason: string): Finish {
  return { kind: KIND_BY_REASON[reason] ?? 'other', raw: reason };
}

/** @param hasRefusal Its own words are there, which OpenAI ends with `stop`. */
export function writeFinish(finish: Finish, hasRefusal: boolean): string {
  return finish.kind === 'refusal' && hasRefusal ? 'stop' : REASON_BY_KIND[finish.kind];
}
