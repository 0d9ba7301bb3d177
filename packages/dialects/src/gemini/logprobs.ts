/** Log probabilities as Gemini tells them: chosen tokens, and beside them the candidates for each. */
import { listIn, numberIn, textIn } from '../json/json-value.ts';
import type { TokenLogprob } from '../neutral/answer.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { findProto, proto } from './proto.ts';

/** @returns Undefined where none are told. */
export function readLogprobs(value: JsonValue | undefined): readonly TokenLogprob[] | undefined {
  const result = findProto(value);
  if (result === undefined) return undefined;
  const alternatives = listIn(result.topCandidates);
  return listIn(result.chosenCandidates).map((chosen, index) => ({
    ...readOne(chosen),
    top: listIn(proto(alternatives[index]).candidates).map(readOne),
  }));
}

function readOne(value: JsonValue): { readonly token: string; readonly logprob: number } {
  const { token, logProbability } = proto(value);
  return { token: textIn(token) ?? '', logprob: numberIn(logProbability) ?? 0 };
}

export function writeLogprobs(logprobs: readonly TokenLogprob[]): JsonObject {
  return {
    chosenCandidates: logprobs.map(writeOne),
    topCandidates: logprobs.map(({ top }) => ({ candidates: top.map(writeOne) })),
  };
}

function writeOne({ token, logprob }: { readonly token: string; readonly logprob: number }): JsonObject {
  return { token, logProbability: logprob };
}
