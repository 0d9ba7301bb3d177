/** Calls of tools in an assistant message, with the signature that a call's id may carry. */
import { listIn, objectIn, present, textIn } from '../../json/json-value.ts';
import type { Signature, ToolCallPart } from '../../neutral/parts.ts';
import { readCallId } from '../../neutral/tool-call-id.ts';
import type { JsonObject, JsonValue } from '../../neutral/wire-format.ts';

export function readToolCalls(value: JsonValue | undefined): readonly ToolCallPart[] {
  return listIn(value).map((entry, index) => readToolCall(objectIn(entry), index));
}

function readToolCall(call: JsonObject, index: number): ToolCallPart {
  // A provider that gives none (some small servers) still needs one for the result to name.
  const { id, signature } = readCallId(textIn(call.id) || `call_${index}`);
  if (call.type === 'custom') {
    const custom = objectIn(call.custom);
    return present({
      kind: 'toolCall' as const,
      id,
      name: textIn(custom.name) ?? '',
      arguments: textIn(custom.input) ?? '',
      custom: true,
      signature,
    });
  }
  const called = objectIn(call.function);
  return present({
    kind: 'toolCall' as const,
    id,
    name: textIn(called.name) ?? '',
    arguments: argumentsIn(called.arguments),
    signature: signature ?? geminiSignature(call),
  });
}

/** Text, but some servers (Ollama among them) send the object itself. */
export function argumentsIn(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Where Gemini's own OpenAI endpoint puts it. */
export function geminiSignature(call: JsonObject): Signature | undefined {
  const google = objectIn(objectIn(call.extra_content).google);
  const value = textIn(google.thought_signature);
  return value === undefined ? undefined : { format: 'gemini-generate', value };
}
