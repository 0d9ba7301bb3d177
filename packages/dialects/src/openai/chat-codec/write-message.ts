/** Neutral messages for a provider. */
import { present } from '../../json/json-value.ts';
import type { Part, ReasoningPart, Signature, ToolCallPart, ToolResultPart } from '../../neutral/parts.ts';
import type { NeutralMessage } from '../../neutral/request.ts';
import { acceptableCallId } from '../../neutral/tool-call-id.ts';
import type { JsonObject, JsonValue } from '../../neutral/wire-format.ts';
import { TEXT_SIGNATURE_ID } from './call-signatures.ts';
import { signatureDetail, writeReasoningDetails } from './reasoning-details.ts';
import { type ContentContext, contentValue, writeImage, writePart } from './write-content.ts';

export function writeMessages(
  messages: readonly NeutralMessage[],
  context: ContentContext,
): readonly JsonObject[] {
  return messages.flatMap((message, index) => writeMessage(message, `messages[${index}]`, context));
}

function writeMessage(
  message: NeutralMessage,
  param: string,
  context: ContentContext,
): readonly JsonObject[] {
  if (message.role === 'assistant') return [writeAssistant(message, param, context)];
  // Tool results first: they answer the message before.
  const results = message.content.filter((part) => part.kind === 'toolResult');
  const written = results.length === 0 ? [] : writeToolResults(results, param, context);
  if (message.role === 'tool') return written;
  const role = message.role === 'developer' && !context.flavour.developerRole ? 'system' : message.role;
  const others = message.content.flatMap((part, index) =>
    part.kind === 'toolResult' ? [] : writePart(part, `${param}.content[${index}]`, context),
  );
  if (others.length === 0 && written.length > 0) return written;
  return [...written, present({ role, content: contentValue(others), name: message.name })];
}

function writeToolResults(
  results: readonly ToolResultPart[],
  param: string,
  context: ContentContext,
): readonly JsonObject[] {
  const messages: JsonObject[] = [];
  const media: JsonObject[] = [];
  results.forEach((result, index) => {
    const at = `${param}.content[${index}]`;
    if (result.isError === true) context.notes.cannot(`${at}.is_error`, 'hint');
    const parts: JsonObject[] = [];
    result.content.forEach((part, partIndex) => {
      const written = writePart(part, `${at}.content[${partIndex}]`, context);
      if (part.kind === 'text' || context.flavour.mediaAnywhere) parts.push(...written);
      else if (written.length > 0) {
        parts.push({ type: 'text', text: 'See the attachment in the next message.' });
        media.push({ type: 'text', text: `Attachment of the result of ${result.callId}:` }, ...written);
      }
    });
    messages.push({
      role: 'tool',
      tool_call_id: callIdFor(result.callId, context),
      content: contentValue(parts),
    });
  });
  // OpenAI's tool messages hold text alone, and nothing may stand between them.
  return media.length === 0 ? messages : [...messages, { role: 'user', content: media }];
}

function callIdFor(id: string, { flavour }: ContentContext): string {
  return acceptableCallId(id, flavour.callId.allowed, flavour.callId.maxLength);
}

function writeAssistant(message: NeutralMessage, param: string, context: ContentContext): JsonObject {
  const parts: JsonObject[] = [];
  const images: JsonObject[] = [];
  const calls: JsonObject[] = [];
  const beside: Record<string, JsonValue> = {};
  const proofs: [string, Signature][] = [];
  message.content.forEach((part, index) => {
    const at = `${param}.content[${index}]`;
    switch (part.kind) {
      case 'reasoning':
        break;
      case 'toolCall': {
        const id = callIdFor(part.id, context);
        calls.push(writeToolCall(part, id));
        if (part.signature !== undefined) proofs.push([id, part.signature]);
        break;
      }
      case 'audio':
        if (part.source.kind === 'id') beside.audio = { id: part.source.id };
        else writeSpokenAsText(part.transcript, at, context, parts);
        break;
      case 'image':
        if (context.flavour.mediaAnywhere) images.push(...writeImage(part, at, context.notes));
        else context.notes.cannot(at, 'meaning', 'takes no images in assistant messages');
        break;
      default:
        parts.push(...writePart(part, at, context));
        if (part.kind === 'text' && part.signature !== undefined)
          proofs.push([TEXT_SIGNATURE_ID, part.signature]);
    }
  });
  const reasoning = message.content.filter((part) => part.kind === 'reasoning');
  const thought = writeEarlierReasoning(reasoning, proofs, param, context);
  const content = [...thought.parts, ...parts];
  return present({
    role: 'assistant',
    // Null is what OpenAI sends itself beside calls; elsewhere a message needs a content.
    content:
      content.length === 0 && (calls.length > 0 || beside.audio !== undefined) ? null : contentValue(content),
    name: message.name,
    ...thought.members,
    ...beside,
    images: images.length === 0 ? undefined : images,
    tool_calls: calls.length === 0 ? undefined : calls,
  });
}

function writeSpokenAsText(
  transcript: string | undefined,
  param: string,
  { notes }: ContentContext,
  parts: JsonObject[],
): void {
  if (transcript === undefined) notes.cannot(param, 'meaning', 'takes earlier audio by its id only');
  else parts.push({ type: 'text', text: transcript });
}

export function writeToolCall(call: ToolCallPart, id: string): JsonObject {
  return call.custom === true
    ? { id, type: 'custom', custom: { name: call.name, input: call.arguments } }
    : { id, type: 'function', function: { name: call.name, arguments: call.arguments } };
}

interface EarlierReasoning {
  readonly parts: readonly JsonObject[];
  readonly members: JsonObject;
}

function writeEarlierReasoning(
  reasoning: readonly ReasoningPart[],
  proofs: readonly (readonly [string, Signature])[],
  param: string,
  { flavour, notes }: ContentContext,
): EarlierReasoning {
  const nothing: EarlierReasoning = { parts: [], members: {} };
  if (flavour.earlierReasoning === 'reasoning_details') {
    const details = [
      ...reasoning.flatMap((part, index) => writeReasoningDetails(part, index)),
      ...proofs.map(([id, proof], index) =>
        signatureDetail('encrypted', proof, reasoning.length + index, id),
      ),
    ];
    return details.length === 0 ? nothing : { parts: [], members: { reasoning_details: details } };
  }
  if (proofs.length > 0) notes.cannot(`${param}.signature`, 'hint');
  if (reasoning.length === 0) return nothing;
  const text = reasoning.map((part) => part.text).join('\n\n');
  const isLost = flavour.earlierReasoning === 'none' || reasoning.some((part) => hasProof(part));
  if (isLost) notes.cannot(`${param}.reasoning`, 'hint');
  if (text === '') return nothing;
  switch (flavour.earlierReasoning) {
    case 'none':
      return nothing;
    case 'thinking':
      return { parts: [{ type: 'thinking', thinking: [{ type: 'text', text }] }], members: {} };
    default:
      return { parts: [], members: { [flavour.earlierReasoning]: text } };
  }
}

function hasProof(part: Part): boolean {
  return part.kind === 'reasoning' && (part.signature !== undefined || part.redacted !== undefined);
}
