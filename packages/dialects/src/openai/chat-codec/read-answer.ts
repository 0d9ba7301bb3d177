/** A provider's whole answer in neutral words. */
import {
  integerIn,
  isJsonObject,
  listIn,
  objectIn,
  present,
  someTextIn,
  textIn,
} from '../../json/json-value.ts';
import type { Finish, NeutralAnswer, NeutralChoice } from '../../neutral/answer.ts';
import type { AudioPart, Citation, Part, TextPart } from '../../neutral/parts.ts';
import type { JsonObject, JsonValue } from '../../neutral/wire-format.ts';
import { readAnnotation, readSourceList } from '../citations.ts';
import { readUsage } from '../usage.ts';
import { attachCallSignatures } from './call-signatures.ts';
import { readFinish } from './finish-reason.ts';
import { readLogprobs } from './logprobs.ts';
import { readContent, readImage, readReasoning } from './read-content.ts';
import { argumentsIn, readToolCalls } from './read-tool-calls.ts';

/** @returns Undefined where the body is no chat completion. */
export function readChatCodecAnswer(body: JsonValue): NeutralAnswer | undefined {
  if (!isJsonObject(body) || !Array.isArray(body.choices)) return undefined;
  if (isJsonObject(body.error)) return undefined;
  const sources = readSourceList(body);
  return present({
    id: textIn(body.id) ?? '',
    model: textIn(body.model) ?? '',
    createdAt: integerIn(body.created),
    choices: listIn(body.choices).map((choice) => readChoice(objectIn(choice), sources)),
    usage: readUsage(body.usage),
    serviceTier: someTextIn(body.service_tier),
  });
}

function readChoice(choice: JsonObject, sources: readonly Citation[]): NeutralChoice {
  const message = objectIn(choice.message);
  const content = readMessage(message, sources);
  const logprobs = objectIn(choice.logprobs);
  return present({
    content,
    finish: withCalls(
      readFinish(someTextIn(choice.finish_reason) ?? (content.length === 0 ? '' : 'stop')),
      content,
    ),
    logprobs: readLogprobs(logprobs.content) ?? readLogprobs(logprobs.refusal),
  });
}

/** A call that was forced, and any call of some servers, ends with `stop`. */
function withCalls(finish: Finish, content: readonly Part[]): Finish {
  const isCalled = finish.kind === 'stop' && content.some((part) => part.kind === 'toolCall');
  return isCalled ? { ...finish, kind: 'toolCalls' } : finish;
}

function readMessage(message: JsonObject, sources: readonly Citation[]): readonly Part[] {
  const refusal = someTextIn(message.refusal);
  const annotations = listIn(message.annotations).flatMap(
    (value) => readAnnotation(value, 'openai-chat') ?? [],
  );
  const citations = annotations.length > 0 ? annotations : sources;
  const audio = isJsonObject(message.audio) ? readAudio(message.audio) : undefined;
  // Snowflake writes an empty one beside every answer.
  const legacy = someTextIn(objectIn(message.function_call).name) && message.function_call;
  const parts: readonly Part[] = [
    ...readReasoning(message),
    ...withCitations(readContent(message.content) ?? [], citations),
    ...(refusal === undefined ? [] : [{ kind: 'refusal', text: refusal } as const]),
    ...(audio === undefined ? [] : [audio]),
    ...listIn(message.images).flatMap((image) => readImage(objectIn(image)) ?? []),
    ...readToolCalls(message.tool_calls),
    ...(isJsonObject(legacy)
      ? [
          {
            kind: 'toolCall',
            id: 'call_function_0',
            name: textIn(legacy.name) ?? '',
            arguments: argumentsIn(legacy.arguments),
          } as const,
        ]
      : []),
  ];
  return attachCallSignatures(parts);
}

/** Where they point into the text is counted from the message's start, which is that of its first text. */
function withCitations(parts: readonly Part[], citations: readonly Citation[]): readonly Part[] {
  const at = parts.findIndex((part) => part.kind === 'text');
  const text = parts[at];
  if (citations.length === 0 || text?.kind !== 'text') return parts;
  const cited: TextPart = { ...text, citations };
  return parts.with(at, cited);
}

function readAudio(audio: JsonObject): AudioPart | undefined {
  const data = textIn(audio.data);
  if (data === undefined) return undefined;
  return present({
    kind: 'audio' as const,
    // The answer does not say in which format it is: the caller asked for it.
    source: { kind: 'base64', mediaType: 'audio/*', data } as const,
    transcript: textIn(audio.transcript),
    id: someTextIn(audio.id),
    expiresAt: integerIn(audio.expires_at),
  });
}
