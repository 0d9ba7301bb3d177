/** Output items of an answer, whole. The stream's last word about an item is the same object. */
import { isJsonObject, present } from '../json/json-value.ts';
import type { TokenLogprob } from '../neutral/answer.ts';
import type {
  ImagePart,
  NativePart,
  Part,
  ReasoningPart,
  Signature,
  ToolCallPart,
} from '../neutral/parts.ts';
import { signedCallId } from '../neutral/tool-call-id.ts';
import type { JsonObject } from '../neutral/wire-format.ts';
import { TEXT_SIGNATURE_ID } from '../openai/chat-codec/call-signatures.ts';
import { writeLogprobs } from '../openai/chat-codec/logprobs.ts';
import { writeResponsesAnnotations } from '../openai/citations.ts';
import { writeProof } from './proof.ts';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

export function messageItem(id: string, status: ItemStatus, content: readonly JsonObject[]): JsonObject {
  return { id, type: 'message', status, role: 'assistant', content };
}

export function outputText(
  text: string,
  annotations: readonly JsonObject[],
  logprobs: readonly TokenLogprob[],
): JsonObject {
  return {
    type: 'output_text',
    text,
    annotations,
    logprobs: logprobs.length === 0 ? [] : writeLogprobs(logprobs),
  };
}

/** @returns Undefined for what is no part of a message. */
export function messageContent(part: Part, logprobs: readonly TokenLogprob[]): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      return outputText(part.text, writeResponsesAnnotations(part.citations), logprobs);
    case 'refusal':
      return { type: 'refusal', refusal: part.text };
    case 'audio':
      return part.transcript === undefined ? undefined : outputText(part.transcript, [], []);
    default:
      return undefined;
  }
}

/** All reasoning is told as a summary: the thoughts themselves are what this API's own models never show. */
export function reasoningItem(
  part: Pick<ReasoningPart, 'text' | 'isSummary' | 'signature' | 'redacted'>,
  id: string,
): JsonObject {
  return present({
    id,
    type: 'reasoning',
    summary: part.text === '' ? [] : [{ type: 'summary_text', text: part.text }],
    encrypted_content: writeProof(part),
  });
}

/** The proof of an answer's text, which a message has no place for. */
export function textProofItem(signature: Signature): JsonObject {
  return reasoningItem({ text: '', redacted: signature }, TEXT_SIGNATURE_ID);
}

export function callItem(
  call: Pick<ToolCallPart, 'id' | 'name' | 'arguments' | 'custom' | 'signature'>,
  id: string,
  status: ItemStatus,
): JsonObject {
  const callId = signedCallId(call.id, call.signature);
  return call.custom === true
    ? { id, type: 'custom_tool_call', call_id: callId, name: call.name, input: call.arguments }
    : { id, type: 'function_call', status, arguments: call.arguments, call_id: callId, name: call.name };
}

/** @returns Undefined for an image that is not there as bytes. */
export function imageItem(part: ImagePart, id: string): JsonObject | undefined {
  if (part.source.kind !== 'base64') return undefined;
  return { id, type: 'image_generation_call', status: 'completed', result: part.source.data };
}

/** @returns Undefined for another format's. */
export function nativeItem(part: NativePart): JsonObject | undefined {
  const { format, value } = part.native;
  return format === 'openai-responses' && isJsonObject(value) ? value : undefined;
}
