/**
 * Items of a conversation as neutral messages. What an assistant did in one turn stands in several items here
 * (reasoning, message, calls) and in one message there.
 */
import { isJsonObject, listIn, objectIn, present, someTextIn, textIn } from '../json/json-value.ts';
import { sourceFromUrl } from '../media-source.ts';
import type {
  DocumentPart,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../neutral/parts.ts';
import type { NeutralMessage } from '../neutral/request.ts';
import { readCallId } from '../neutral/tool-call-id.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { readCacheMark } from '../openai/chat-codec/cache-mark.ts';
import { attachCallSignatures } from '../openai/chat-codec/call-signatures.ts';
import { readAnnotation } from '../openai/citations.ts';
import { invalidRequest } from '../openai/invalid-request.ts';
import { readProof } from './proof.ts';

const FORMAT = 'openai-responses';
const DETAILS = ['auto', 'low', 'high', 'original'] as const;

/** @throws {GatewayError} `invalid_request`. */
export function readInputItems(items: readonly JsonValue[]): readonly NeutralMessage[] {
  const messages: NeutralMessage[] = [];
  const calls = new Map<string, ToolCallPart>();
  items.forEach((value, index) => {
    const param = `input[${index}]`;
    if (!isJsonObject(value)) throw invalidRequest(`"${param}" must be an object`, param);
    const message = readItem(value, param, calls);
    for (const part of message.content) if (part.kind === 'toolCall') calls.set(part.id, part);
    const last = messages.at(-1);
    const isOneTurn = message.role === 'assistant' || message.role === 'tool';
    if (isOneTurn && last?.role === message.role) {
      messages[messages.length - 1] = { ...last, content: [...last.content, ...message.content] };
    } else messages.push(message);
  });
  return messages.map((message) =>
    message.role === 'assistant' ? { ...message, content: attachCallSignatures(message.content) } : message,
  );
}

function readItem(item: JsonObject, param: string, calls: ReadonlyMap<string, ToolCallPart>): NeutralMessage {
  // A reference may leave its type out.
  switch (item.type ?? (item.role === undefined && item.id !== undefined ? 'item_reference' : 'message')) {
    case 'message':
      return readMessageItem(item, param);
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { role: 'tool', content: [readToolResult(item, param, calls)] };
    default:
      return { role: 'assistant', content: readOutputItem(item) };
  }
}

function readMessageItem(item: JsonObject, param: string): NeutralMessage {
  const { role } = item;
  if (role !== 'user' && role !== 'assistant' && role !== 'system' && role !== 'developer') {
    throw invalidRequest(`"${param}.role" must be user, assistant, system or developer`, `${param}.role`);
  }
  return { role, content: readContent(item.content, `${param}.content`) };
}

function readContent(content: JsonValue | undefined, param: string): readonly Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  if (!Array.isArray(content))
    throw invalidRequest(`"${param}" must be a string or an array of parts`, param);
  return (content as readonly JsonValue[]).map((part) => {
    if (!isJsonObject(part)) throw invalidRequest(`"${param}" must hold objects`, param);
    return readPart(part);
  });
}

function readPart(part: JsonObject): Part {
  const known = readKnownPart(part);
  return (
    known ?? { kind: 'native', name: textIn(part.type) ?? 'part', native: { format: FORMAT, value: part } }
  );
}

function readKnownPart(part: JsonObject): Part | undefined {
  const cacheMark = readCacheMark(part);
  switch (part.type) {
    case 'input_text':
    case 'text':
    case 'output_text': {
      const read = readOutputText(part);
      return read === undefined ? undefined : present({ ...read, cacheMark });
    }
    case 'refusal':
      return { kind: 'refusal', text: textIn(part.refusal) ?? '' };
    case 'input_image': {
      const url = someTextIn(part.image_url);
      const fileId = someTextIn(part.file_id);
      if (url === undefined && fileId === undefined) return undefined;
      const source = fileId === undefined ? sourceFromUrl(url ?? '') : ({ kind: 'file', fileId } as const);
      const detail = DETAILS.find((word) => word === part.detail);
      return present({ kind: 'image' as const, source, detail, cacheMark });
    }
    case 'input_file': {
      const document = readFile(part);
      return document === undefined ? undefined : present({ ...document, cacheMark });
    }
    default:
      return undefined;
  }
}

function readFile(part: JsonObject): DocumentPart | undefined {
  const fileName = someTextIn(part.filename);
  const fileId = someTextIn(part.file_id);
  const url = someTextIn(part.file_url);
  const data = someTextIn(part.file_data);
  const kind = 'document' as const;
  if (fileId !== undefined) return present({ kind, source: { kind: 'file' as const, fileId }, fileName });
  if (url !== undefined) return present({ kind, source: { kind: 'url' as const, url }, fileName });
  if (data === undefined) return undefined;
  const source = data.startsWith('data:')
    ? sourceFromUrl(data)
    : ({ kind: 'base64', mediaType: 'application/pdf', data } as const);
  return present({ kind, source, fileName });
}

function readOutputText(part: JsonObject): TextPart | undefined {
  const text = textIn(part.text);
  if (text === undefined) return undefined;
  const citations = listIn(part.annotations).flatMap((value) => readAnnotation(value, FORMAT) ?? []);
  return { kind: 'text', text, ...(citations.length === 0 ? {} : { citations }) };
}

function readToolResult(
  item: JsonObject,
  param: string,
  calls: ReadonlyMap<string, ToolCallPart>,
): ToolResultPart {
  const carried = someTextIn(item.call_id);
  if (carried === undefined) throw invalidRequest(`"${param}.call_id" is required`, `${param}.call_id`);
  const callId = readCallId(carried).id;
  const isCustom = item.type === 'custom_tool_call_output';
  return present({
    kind: 'toolResult' as const,
    callId,
    name: calls.get(callId)?.name,
    content: readContent(item.output, `${param}.output`),
    custom: isCustom ? true : undefined,
  });
}

/** What a model did, in an answer or handed back by a caller. What only Responses has stays as it is. */
export function readOutputItem(item: JsonObject): readonly Part[] {
  switch (item.type) {
    case 'message':
      return listIn(item.content).filter(isJsonObject).map(readPart);
    case 'reasoning':
      return readReasoningItem(item);
    case 'function_call': {
      const { id, signature } = readCallId(textIn(item.call_id) ?? textIn(item.id) ?? '');
      const name = textIn(item.name) ?? '';
      return [
        present({ kind: 'toolCall' as const, id, name, arguments: textIn(item.arguments) ?? '', signature }),
      ];
    }
    case 'custom_tool_call': {
      const { id, signature } = readCallId(textIn(item.call_id) ?? textIn(item.id) ?? '');
      const name = textIn(item.name) ?? '';
      const input = textIn(item.input) ?? '';
      return [present({ kind: 'toolCall' as const, id, name, arguments: input, custom: true, signature })];
    }
    default:
      return [
        {
          kind: 'native',
          name: textIn(item.type) ?? 'item_reference',
          native: { format: FORMAT, value: item },
        },
      ];
  }
}

/** A summary, the thoughts themselves (open models), or both; the proof goes to the first. */
export function readReasoningItem(item: JsonObject): readonly ReasoningPart[] {
  const id = someTextIn(item.id);
  const summary = joined(item.summary);
  const thoughts = joined(item.content);
  const encrypted = someTextIn(item.encrypted_content);
  const proof = encrypted === undefined ? {} : readProof(encrypted);
  const isSummary = proof.isSummary ?? summary !== '';
  const first: ReasoningPart = present({
    kind: 'reasoning' as const,
    id,
    text: summary === '' ? thoughts : summary,
    isSummary: isSummary && summary !== '' ? true : undefined,
    signature: proof.signature,
    redacted: proof.redacted,
  });
  if (summary === '' || thoughts === '') return [first];
  return [first, present({ kind: 'reasoning' as const, id, text: thoughts })];
}

/** Paragraphs of a summary are parts of their own here. */
function joined(value: JsonValue | undefined): string {
  return listIn(value)
    .map((part) => textIn(objectIn(part).text) ?? '')
    .join('\n\n');
}
