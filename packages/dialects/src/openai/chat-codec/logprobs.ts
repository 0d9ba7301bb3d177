import { isJsonObject, listIn, numberIn, textIn } from '../../json/json-value.ts';
import type { TokenLogprob } from '../../neutral/answer.ts';
import type { JsonObject, JsonValue } from '../../neutral/wire-format.ts';

/** @param value A list of OpenAI's token logprobs; undefined where it is none. */
export function readLogprobs(value: JsonValue | undefined): readonly TokenLogprob[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return listIn(value).flatMap((entry) => {
    const chosen = readToken(entry);
    if (chosen === undefined || !isJsonObject(entry)) return [];
    const top = listIn(entry.top_logprobs).flatMap((other) => readToken(other) ?? []);
    return [{ ...chosen, top }];
  });
}

export function writeLogprobs(logprobs: readonly TokenLogprob[]): readonly JsonObject[] {
  return logprobs.map((entry) => ({ ...writeToken(entry), top_logprobs: entry.top.map(writeToken) }));
}

interface Token {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[] | null;
}

function readToken(value: JsonValue): Token | undefined {
  if (!isJsonObject(value)) return undefined;
  const token = textIn(value.token);
  const logprob = numberIn(value.logprob);
  if (token === undefined || logprob === undefined) return undefined;
  const bytes = Array.isArray(value.bytes)
    ? listIn(value.bytes).flatMap((byte) => numberIn(byte) ?? [])
    : value.bytes === null
      ? null
      : undefined;
  return { token, logprob, ...(bytes === undefined ? {} : { bytes }) };
}

function writeToken({ token, logprob, bytes }: Token): JsonObject {
  return { token, logprob, bytes: bytes === undefined ? [...Buffer.from(token, 'utf8')] : bytes };
}
