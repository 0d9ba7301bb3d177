/** A neutral answer as OpenAI's clients read it. */
import { present } from '../../json/json-value.ts';
import { urlOfSource } from '../../media-source.ts';
import type { NeutralAnswer, NeutralChoice } from '../../neutral/answer.ts';
import type { AnswerContext } from '../../neutral/codec.ts';
import type { AudioPart, Part, ReasoningPart, Signature } from '../../neutral/parts.ts';
import { signedCallId } from '../../neutral/tool-call-id.ts';
import type { JsonObject } from '../../neutral/wire-format.ts';
import { writeChatAnnotation } from '../citations.ts';
import { writeChatUsage } from '../usage.ts';
import { TEXT_SIGNATURE_ID } from './call-signatures.ts';
import { writeFinish } from './finish-reason.ts';
import { writeLogprobs } from './logprobs.ts';
import { signatureDetail, writeReasoningDetails } from './reasoning-details.ts';
import { writeToolCall } from './write-message.ts';

export function writeChatCodecAnswer(answer: NeutralAnswer, context: AnswerContext): JsonObject {
  const choices = answer.choices.map((choice, index) => writeChoice(choice, index, context));
  return present({
    id: answerId(answer.id, context),
    object: 'chat.completion',
    created: answer.createdAt ?? context.nowSeconds,
    model: answer.model || context.model,
    choices: choices.length === 0 ? [blockedChoice()] : choices,
    usage: answer.usage === undefined ? undefined : writeChatUsage(answer.usage),
    service_tier: serviceTierOf(answer.serviceTier),
  });
}

export function answerId(id: string, context: AnswerContext): string {
  return id === '' ? `chatcmpl-${context.requestId}` : id;
}

const TIERS: ReadonlySet<string> = new Set(['auto', 'default', 'flex', 'scale', 'priority', 'fast']);

/** Other providers' words for it would be none of OpenAI's. */
export function serviceTierOf(tier: string | undefined): string | undefined {
  if (tier === undefined) return undefined;
  return TIERS.has(tier) ? tier : 'default';
}

/** Whether the caller used the deprecated `functions`, whose answers look different. */
export function usesLegacyFunctions(context: AnswerContext): boolean {
  return context.request.tools.some((tool) => tool.kind === 'function' && tool.legacy === true);
}

/** The prompt was blocked: OpenAI's clients know that as a filtered answer without content. */
function blockedChoice(): JsonObject {
  const message = { role: 'assistant', content: null, refusal: null };
  return { index: 0, message, logprobs: null, finish_reason: 'content_filter' };
}

function writeChoice(choice: NeutralChoice, index: number, context: AnswerContext): JsonObject {
  const hasRefusal = choice.content.some((part) => part.kind === 'refusal');
  const legacy = usesLegacyFunctions(context);
  const reason = writeFinish(choice.finish, hasRefusal);
  return {
    index,
    message: writeAnswerMessage(choice.content, legacy),
    logprobs:
      choice.logprobs === undefined ? null : { content: writeLogprobs(choice.logprobs), refusal: null },
    finish_reason: legacy && reason === 'tool_calls' ? 'function_call' : reason,
  };
}

function writeAnswerMessage(content: readonly Part[], legacy: boolean): JsonObject {
  const texts = content.filter((part) => part.kind === 'text');
  const refusals = content.filter((part) => part.kind === 'refusal');
  const calls = content.filter((part) => part.kind === 'toolCall');
  const images = content.filter((part) => part.kind === 'image');
  const reasoning = content.filter((part) => part.kind === 'reasoning');
  const audio = content.find((part) => part.kind === 'audio');
  const called = calls.map((call) => writeToolCall(call, signedCallId(call.id, call.signature)));
  const textProof = texts.find((part) => part.signature !== undefined)?.signature;
  return present({
    role: 'assistant',
    content: texts.length === 0 ? null : texts.map((part) => part.text).join(''),
    refusal: refusals.length === 0 ? null : refusals.map((part) => part.text).join(''),
    ...writeReasoning(reasoning, textProof),
    annotations: writeAnnotations(texts),
    audio: audio === undefined ? undefined : writeAudio(audio),
    images: images.length === 0 ? undefined : images.map(writeImage),
    ...(legacy && calls.length > 0
      ? { function_call: called[0]?.function }
      : { tool_calls: calls.length === 0 ? undefined : called }),
  });
}

function writeReasoning(reasoning: readonly ReasoningPart[], textProof: Signature | undefined): JsonObject {
  const text = reasoning
    .map((part) => part.text)
    .filter((piece) => piece !== '')
    .join('\n\n');
  const details = reasoning.flatMap((part, index) => writeReasoningDetails(part, index));
  if (textProof !== undefined) {
    details.push(signatureDetail('encrypted', textProof, reasoning.length, TEXT_SIGNATURE_ID));
  }
  return {
    ...(text === '' ? {} : { reasoning_content: text }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  };
}

function writeAnnotations(
  texts: readonly Extract<Part, { kind: 'text' }>[],
): readonly JsonObject[] | undefined {
  const annotations: JsonObject[] = [];
  let offset = 0;
  for (const part of texts) {
    for (const citation of part.citations ?? []) {
      const written = writeChatAnnotation(citation, offset);
      if (written !== undefined) annotations.push(written);
    }
    offset += part.text.length;
  }
  return annotations.length === 0 ? undefined : annotations;
}

function writeAudio(part: AudioPart): JsonObject {
  return {
    id: part.id ?? 'audio',
    data: part.source.kind === 'base64' ? part.source.data : '',
    expires_at: part.expiresAt ?? 0,
    transcript: part.transcript ?? '',
  };
}

/** OpenRouter's place for generated images: OpenAI's chat has none. */
export function writeImage(part: Extract<Part, { kind: 'image' }>, index: number): JsonObject {
  return { type: 'image_url', image_url: { url: urlOfSource(part.source) ?? '' }, index };
}
