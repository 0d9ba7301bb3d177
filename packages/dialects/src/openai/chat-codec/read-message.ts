/** A caller's messages. */
import { isJsonObject, objectIn, present, someTextIn, textIn } from '../../json/json-value.ts';
import type { Part, ToolCallPart, ToolResultPart } from '../../neutral/parts.ts';
import type { NeutralMessage } from '../../neutral/request.ts';
import { readCallId } from '../../neutral/tool-call-id.ts';
import type { JsonObject, JsonValue } from '../../neutral/wire-format.ts';
import { invalidRequest } from '../invalid-request.ts';
import { attachCallSignatures } from './call-signatures.ts';
import { readContent, readImage, readReasoning } from './read-content.ts';
import { argumentsIn, readToolCalls } from './read-tool-calls.ts';

/** @throws {GatewayError} `invalid_request`. */
export function readMessages(values: readonly JsonValue[]): readonly NeutralMessage[] {
  const messages: NeutralMessage[] = [];
  /** The calls so far, for results that name a call or (the deprecated ones) a function. */
  const calls = new Map<string, ToolCallPart>();
  values.forEach((value, index) => {
    const param = `messages[${index}]`;
    if (!isJsonObject(value)) throw invalidRequest(`"${param}" must be an object`, param);
    const message = readMessage(value, param, calls);
    for (const part of message.content) if (part.kind === 'toolCall') calls.set(part.id, part);
    const last = messages.at(-1);
    // Results of one turn are one message: other formats know no other way.
    if (message.role === 'tool' && last?.role === 'tool') {
      messages[messages.length - 1] = { ...last, content: [...last.content, ...message.content] };
    } else messages.push(message);
  });
  return messages;
}

function readMessage(
  message: JsonObject,
  param: string,
  calls: ReadonlyMap<string, ToolCallPart>,
): NeutralMessage {
  const name = someTextIn(message.name);
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user':
      return present({ role: message.role, content: contentOf(message, param), name });
    case 'assistant':
      return present({ role: message.role, content: assistantContent(message, param, calls.size), name });
    case 'tool':
    case 'function':
      return { role: 'tool', content: [readToolResult(message, param, calls)] };
    default:
      throw invalidRequest(
        `"${param}.role" must be system, developer, user, assistant, tool or function`,
        `${param}.role`,
      );
  }
}

function contentOf(message: JsonObject, param: string): readonly Part[] {
  const content = readContent(message.content);
  if (content === undefined) {
    throw invalidRequest(`"${param}.content" must be a string or an array of parts`, `${param}.content`);
  }
  return content;
}

/** In the order in which chat thinks of them: reasoning, content, refusal, audio, images, calls. */
function assistantContent(message: JsonObject, param: string, callsBefore: number): readonly Part[] {
  const refusal = someTextIn(message.refusal);
  const audioId = someTextIn(objectIn(message.audio).id);
  const images = Array.isArray(message.images) ? (message.images as readonly JsonValue[]) : [];
  const legacy = readLegacyCall(message.function_call, callsBefore);
  const parts: readonly Part[] = [
    ...readReasoning(message),
    ...contentOf(message, param),
    ...(refusal === undefined ? [] : [{ kind: 'refusal', text: refusal } as const]),
    ...(audioId === undefined ? [] : [{ kind: 'audio', source: { kind: 'id', id: audioId } } as const]),
    ...images.flatMap((image) => readImage(objectIn(image)) ?? []),
    ...readToolCalls(message.tool_calls),
    ...(legacy === undefined ? [] : [legacy]),
  ];
  return attachCallSignatures(parts);
}

/** The deprecated call has no id: its place in the conversation makes one. */
function readLegacyCall(value: JsonValue | undefined, callsBefore: number): ToolCallPart | undefined {
  if (!isJsonObject(value)) return undefined;
  const name = textIn(value.name) ?? '';
  return {
    kind: 'toolCall',
    id: `call_function_${callsBefore}`,
    name,
    arguments: argumentsIn(value.arguments),
  };
}

function readToolResult(
  message: JsonObject,
  param: string,
  calls: ReadonlyMap<string, ToolCallPart>,
): ToolResultPart {
  const named = someTextIn(message.name);
  const givenId = someTextIn(message.tool_call_id);
  const lastOfName = [...calls.values()].findLast((called) => called.name === named);
  const callId = givenId === undefined ? lastOfName?.id : readCallId(givenId).id;
  if (callId === undefined) {
    throw invalidRequest(`"${param}.tool_call_id" is required`, `${param}.tool_call_id`);
  }
  const call = calls.get(callId);
  return present({
    kind: 'toolResult' as const,
    callId,
    name: call?.name ?? named,
    content: contentOf(message, param),
    custom: call?.custom,
  });
}
