/** Neutral messages as input items for a provider. */
import { objectIn, present } from '../json/json-value.ts';
import { urlOfSource } from '../media-source.ts';
import type { TranslationNotes } from '../neutral/notes.ts';
import type { DocumentPart, Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../neutral/parts.ts';
import type { NeutralMessage } from '../neutral/request.ts';
import { acceptableCallId } from '../neutral/tool-call-id.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { fileNameOf } from '../openai/chat-codec/write-content.ts';
import { writeResponsesAnnotations } from '../openai/citations.ts';

const FORMAT = 'openai-responses';
/** openai.yaml, FunctionCallOutputItemParam. */
const MAX_CALL_ID_LENGTH = 64;
const CALL_ID = /[!-~]/;

export function writeInputItems(
  messages: readonly NeutralMessage[],
  notes: TranslationNotes,
): readonly JsonObject[] {
  return messages.flatMap((message, index) => {
    const param = `messages[${index}]`;
    if (message.name !== undefined) notes.cannot(`${param}.name`, 'hint');
    return message.role === 'assistant'
      ? writeAssistant(message.content, param, notes)
      : writeOther(message, param, notes);
  });
}

function writeOther(message: NeutralMessage, param: string, notes: TranslationNotes): readonly JsonObject[] {
  const items: JsonObject[] = [];
  const content: JsonObject[] = [];
  message.content.forEach((part, index) => {
    const at = `${param}.content[${index}]`;
    if (part.kind === 'toolResult') items.push(writeToolResult(part, at, notes));
    else content.push(...writeInputPart(part, at, notes));
  });
  if (message.role === 'tool' || (content.length === 0 && items.length > 0)) return items;
  return [...items, { role: message.role, content: contentValue(content) }];
}

function contentValue(content: readonly JsonObject[]): JsonValue {
  const [first, ...others] = content;
  if (first === undefined) return '';
  return others.length === 0 && first.type === 'input_text' ? (first.text ?? '') : content;
}

function writeToolResult(result: ToolResultPart, param: string, notes: TranslationNotes): JsonObject {
  if (result.isError === true) notes.cannot(`${param}.is_error`, 'hint');
  const output = result.content.flatMap((part, index) =>
    writeInputPart(part, `${param}.content[${index}]`, notes),
  );
  return {
    type: result.custom === true ? 'custom_tool_call_output' : 'function_call_output',
    call_id: acceptableCallId(result.callId, CALL_ID, MAX_CALL_ID_LENGTH),
    output: contentValue(output),
  };
}

function writeInputPart(part: Part, param: string, notes: TranslationNotes): readonly JsonObject[] {
  if ('cacheMark' in part && part.cacheMark !== undefined) notes.cannot(`${param}.cache_control`, 'hint');
  switch (part.kind) {
    case 'text':
      return [{ type: 'input_text', text: part.text }];
    case 'image': {
      const detail = part.detail ?? 'auto';
      if (part.source.kind === 'file') return [{ type: 'input_image', file_id: part.source.fileId, detail }];
      return [present({ type: 'input_image', image_url: urlOfSource(part.source), detail })];
    }
    case 'document':
      return [writeDocument(part, param, notes)];
    case 'native':
      if (part.native.format === FORMAT) return [objectIn(part.native.value)];
      notes.cannot(param, 'meaning', `has nothing like "${part.name}"`);
      return [];
    default:
      notes.cannot(param, 'meaning', `takes no ${part.kind} there`);
      return [];
  }
}

function writeDocument(part: DocumentPart, param: string, notes: TranslationNotes): JsonObject {
  if (part.citations === true) notes.cannot(`${param}.citations`, 'hint');
  if (part.context !== undefined) notes.cannot(`${param}.context`, 'hint');
  const { source } = part;
  const name = part.fileName ?? part.title;
  switch (source.kind) {
    case 'text':
      return { type: 'input_text', text: name === undefined ? source.text : `${name}\n\n${source.text}` };
    case 'file':
      return present({ type: 'input_file', file_id: source.fileId, filename: part.fileName });
    case 'url':
      return present({ type: 'input_file', file_url: source.url, filename: part.fileName });
    case 'base64':
      return present({
        type: 'input_file',
        filename: name ?? fileNameOf(source.mediaType),
        file_data: urlOfSource(source),
      });
  }
}

function writeAssistant(
  content: readonly Part[],
  param: string,
  notes: TranslationNotes,
): readonly JsonObject[] {
  const items: JsonObject[] = [];
  let said: JsonObject[] = [];
  const flush = (): void => {
    if (said.length > 0) items.push(writeSaid(said));
    said = [];
  };
  content.forEach((part, index) => {
    const at = `${param}.content[${index}]`;
    switch (part.kind) {
      case 'text':
        if (part.signature !== undefined) notes.cannot(`${at}.signature`, 'hint');
        said.push(outputText(part.text, writeResponsesAnnotations(part.citations)));
        return;
      case 'refusal':
        said.push({ type: 'refusal', refusal: part.text });
        return;
      case 'audio':
        if (part.transcript === undefined) notes.cannot(at, 'meaning', 'takes no earlier audio');
        else said.push(outputText(part.transcript, []));
        return;
      default:
        flush();
        items.push(...writeAssistantItem(part, at, notes));
    }
  });
  flush();
  return items;
}

function outputText(text: string, annotations: readonly JsonObject[]): JsonObject {
  return { type: 'output_text', text, annotations };
}

/** Plain text goes as a string, which needs none of the ids that a whole output message has. */
function writeSaid(said: readonly JsonObject[]): JsonObject {
  const [first, ...others] = said;
  const isPlain = others.length === 0 && first?.type === 'output_text' && isEmptyList(first.annotations);
  return { role: 'assistant', content: isPlain ? (first.text ?? '') : said };
}

function isEmptyList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length === 0;
}

function writeAssistantItem(part: Part, param: string, notes: TranslationNotes): readonly JsonObject[] {
  switch (part.kind) {
    case 'reasoning':
      return writeEarlierReasoning(part, param, notes);
    case 'toolCall':
      if (part.signature !== undefined && part.signature.format !== FORMAT)
        notes.cannot(`${param}.signature`, 'hint');
      return [writeToolCall(part, acceptableCallId(part.id, CALL_ID, MAX_CALL_ID_LENGTH))];
    case 'native':
      if (part.native.format === FORMAT) return [objectIn(part.native.value)];
      notes.cannot(param, 'meaning', `has nothing like "${part.name}"`);
      return [];
    default:
      notes.cannot(param, 'meaning', `takes no ${part.kind} in assistant messages`);
      return [];
  }
}

export function writeToolCall(call: ToolCallPart, callId: string): JsonObject {
  return call.custom === true
    ? { type: 'custom_tool_call', call_id: callId, name: call.name, input: call.arguments }
    : { type: 'function_call', call_id: callId, name: call.name, arguments: call.arguments };
}

/** Only what the provider encrypted itself: it refuses items of which it knows nothing. */
function writeEarlierReasoning(
  part: ReasoningPart,
  param: string,
  notes: TranslationNotes,
): readonly JsonObject[] {
  if (part.redacted?.format !== FORMAT) {
    notes.cannot(`${param}.reasoning`, 'hint');
    return [];
  }
  return [
    present({
      type: 'reasoning',
      id: part.id,
      summary: part.text === '' ? [] : [{ type: 'summary_text', text: part.text }],
      encrypted_content: part.redacted.value,
    }),
  ];
}
