/**
 * Reads a Responses request: its input items as a conversation, with what the provider kept of earlier responses.
 *
 * Strict where it shows a gateway's faults: unknown parameters, items that refer to nothing, outputs of calls that
 * were never made, reasoning whose encrypted content was altered.
 */
import type { ChatRequest, ToolChoice, ToolDefinition } from '../../chat-request.ts';
import { asNumber, asObjects, asText, type Body, isObject } from '../../wire/json.ts';
import type { Memory } from '../../wire/memory.ts';
import { isSeal } from '../../wire/signature.ts';
import { refuse } from '../openai-wire.ts';

const PARAMETERS = new Set(
  (
    'background context_management conversation include input instructions max_output_tokens max_tool_calls metadata ' +
    'model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options ' +
    'prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options temperature text ' +
    'tool_choice tools top_logprobs top_p truncation user'
  ).split(' '),
);
export const ENCRYPTED_PURPOSE = 'openai-reasoning';

export interface ResponsesRequest extends ChatRequest {
  /** The items of this turn, as they are kept for the next one. */
  readonly items: readonly Body[];
  readonly isStored: boolean;
  readonly wantsEncrypted: boolean;
  readonly wantsLogprobs: boolean;
  readonly wantsSummary: boolean;
}

/** Where controls may stand: instructions, and the texts of system, developer and user messages. */
export function marksOf(body: unknown): string[] {
  if (!isObject(body)) return [];
  const { input, instructions } = body;
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : asObjects(input);
  const said = items.filter(({ role }) => role !== undefined && role !== 'assistant');
  return [asText(instructions) ?? '', ...said.map(({ content }) => firstText(content))];
}

function firstText(content: unknown): string {
  if (typeof content === 'string') return content;
  for (const part of asObjects(content)) if (typeof part.text === 'string') return part.text;
  return '';
}

/** @throws {WireRefusal} */
export function parseResponses(body: unknown, memory: Memory, isLenient: boolean): ResponsesRequest {
  if (!isObject(body)) refuse('Invalid body: expected a JSON object.', null, null);
  for (const name of Object.keys(body))
    if (!isLenient && !PARAMETERS.has(name))
      refuse(`Unknown parameter: '${name.slice(0, 100)}'.`, name.slice(0, 100), 'unknown_parameter');
  if (typeof body.model !== 'string')
    refuse("Missing required parameter: 'model'.", 'model', 'missing_required_parameter');
  const isStored = body.store !== false;
  const items = [...earlierItems(body.previous_response_id, memory), ...readInput(body.input, memory)];
  checkPairs(items);
  const tools = readTools(body.tools);
  const format = isObject(body.text) && isObject(body.text.format) ? body.text.format : {};
  const include = Array.isArray(body.include) ? body.include : [];
  const reasoning = isObject(body.reasoning) ? body.reasoning : null;
  const instructions = asText(body.instructions);
  return {
    model: body.model,
    messages: [
      ...(instructions === null ? [] : [{ role: 'system', content: instructions }]),
      ...items.map(asChatMessage),
    ],
    stream: body.stream === true,
    includeUsage: true,
    includeObfuscation: !isObject(body.stream_options) || body.stream_options.include_obfuscation !== false,
    choiceCount: 1,
    maxTokens: readMax(body.max_output_tokens),
    stop: [],
    tools,
    toolChoice: readToolChoice(body.tool_choice, tools),
    parallelToolCalls: typeof body.parallel_tool_calls === 'boolean' ? body.parallel_tool_calls : null,
    ...readFormat(format, items),
    logprobs: include.includes('message.output_text.logprobs'),
    serviceTier: asText(body.service_tier) ?? 'default',
    metadata: isObject(body.metadata) ? body.metadata : null,
    user: asText(body.user),
    reasons: reasoning !== null && reasoning.effort !== 'none',
    items,
    isStored,
    wantsEncrypted: include.includes('reasoning.encrypted_content'),
    wantsLogprobs: include.includes('message.output_text.logprobs'),
    wantsSummary:
      reasoning !== null && (asText(reasoning.summary) ?? asText(reasoning.generate_summary)) !== null,
  };
}

function readMax(value: unknown): number | null {
  const number = asNumber(value);
  if (number !== null && number < 16)
    refuse(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${number} instead.`,
      'max_output_tokens',
      'integer_below_min_value',
    );
  return number;
}

function earlierItems(id: unknown, memory: Memory): readonly Body[] {
  if (id === undefined || id === null) return [];
  const earlier = memory.responses.get(String(id));
  if (earlier === undefined)
    refuse(
      `Previous response with id '${String(id).slice(0, 100)}' not found.`,
      'previous_response_id',
      'previous_response_not_found',
    );
  return asObjects(earlier.items);
}

function readInput(input: unknown, memory: Memory): readonly Body[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  if (input === undefined)
    refuse("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  return asObjects(input).map((item, i) => readItem(item, i, memory));
}

function readItem(item: Body, i: number, memory: Memory): Body {
  const type = item.type ?? 'message';
  if (type === 'item_reference') return keptItem(String(item.id), memory);
  if (type === 'reasoning') checkReasoning(item, memory);
  if (type === 'message') checkMessage(item, `input[${i}]`);
  if (type === 'function_call' && typeof item.call_id !== 'string')
    refuse(
      `Missing required parameter: 'input[${i}].call_id'.`,
      `input[${i}].call_id`,
      'missing_required_parameter',
    );
  if (type === 'function_call' && typeof item.arguments !== 'string')
    refuse(
      `Missing required parameter: 'input[${i}].arguments'.`,
      `input[${i}].arguments`,
      'missing_required_parameter',
    );
  return item;
}

const CONTENT_OF_ROLE: Readonly<Record<string, readonly string[]>> = {
  assistant: ['output_text', 'refusal'],
  user: ['input_text', 'input_image', 'input_file', 'input_audio', 'summary_text'],
  system: ['input_text', 'input_image', 'input_file', 'summary_text'],
  developer: ['input_text', 'input_image', 'input_file', 'summary_text'],
};

function checkMessage(item: Body, path: string): void {
  const allowed = CONTENT_OF_ROLE[String(item.role)];
  if (allowed === undefined)
    refuse(
      `Invalid value: '${String(item.role).slice(0, 50)}'. Supported values are: 'assistant', 'system', ` +
        "'developer', and 'user'.",
      path,
      'invalid_value',
    );
  for (const [j, part] of asObjects(item.content).entries()) {
    if (allowed.includes(String(part.type))) continue;
    const names = allowed.map((name) => `'${name}'`).join(', ');
    refuse(
      `Invalid value: '${String(part.type).slice(0, 50)}'. Supported values are: ${names}.`,
      `${path}.content[${j}]`,
      'invalid_value',
    );
  }
}

function keptItem(id: string, memory: Memory): Body {
  const item = memory.items.get(id);
  if (item !== undefined) return item;
  return refuse(`Item with id '${id.slice(0, 100)}' not found.`, 'input', null, 404);
}

function checkReasoning(item: Body, memory: Memory): void {
  const id = String(item.id).slice(0, 100);
  const { encrypted_content: sealed } = item;
  if (typeof sealed === 'string') {
    if (isSeal(ENCRYPTED_PURPOSE, sealed)) return;
    refuse(
      `The encrypted content for item ${id} could not be verified. Reason: Encrypted content could not be ` +
        'decrypted or parsed.',
      null,
      'invalid_encrypted_content',
    );
  }
  if (memory.items.get(id) !== undefined) return;
  refuse(
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with ` +
      '`store` set to true, or remove this item from your input.',
    'input',
    null,
    404,
  );
}

function checkPairs(items: readonly Body[]): void {
  const calls = new Set(items.filter(({ type }) => type === 'function_call').map(({ call_id }) => call_id));
  const outputs = new Set(
    items.filter(({ type }) => type === 'function_call_output').map(({ call_id }) => call_id),
  );
  for (const id of outputs)
    if (!calls.has(id))
      refuse(`No tool call found for function call output with call_id ${String(id)}.`, 'input', null);
  for (const id of calls)
    if (!outputs.has(id)) refuse(`No tool output found for function call ${String(id)}.`, 'input', null);
}

function readTools(value: unknown): readonly ToolDefinition[] {
  return asObjects(value).flatMap((tool, i) => {
    if (tool.type !== 'function') return [];
    if (typeof tool.name !== 'string')
      refuse(
        `Missing required parameter: 'tools[${i}].name'.`,
        `tools[${i}].name`,
        'missing_required_parameter',
      );
    return [{ name: tool.name, parameters: tool.parameters }];
  });
}

function readToolChoice(value: unknown, tools: readonly ToolDefinition[]): ToolChoice {
  if (value === undefined || value === null) return { kind: 'auto' };
  if (value === 'none' || value === 'auto' || value === 'required') return { kind: value };
  if (!isObject(value)) refuse("Invalid value for 'tool_choice'.", 'tool_choice', 'invalid_value');
  if (value.type === 'allowed_tools') return { kind: value.mode === 'required' ? 'required' : 'auto' };
  if (value.type !== 'function') return { kind: 'auto' };
  const name = String(value.name);
  if (!tools.some((tool) => tool.name === name))
    refuse(`Tool choice '${name.slice(0, 100)}' not found in 'tools' parameter.`, 'tool_choice', null);
  return { kind: 'named', name };
}

function readFormat(
  format: Body,
  items: readonly Body[],
): Pick<ChatRequest, 'responseFormat' | 'responseSchema'> {
  if (format.type === 'json_object') {
    if (!/json/i.test(JSON.stringify(items)))
      refuse(
        "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
        'input',
        null,
      );
    return { responseFormat: 'json_object', responseSchema: null };
  }
  if (format.type !== 'json_schema') return { responseFormat: 'text', responseSchema: null };
  if (typeof format.name !== 'string')
    refuse(
      "Missing required parameter: 'text.format.name'.",
      'text.format.name',
      'missing_required_parameter',
    );
  return { responseFormat: 'json_schema', responseSchema: format.schema };
}

function asChatMessage(item: Body): Body {
  switch (item.type ?? 'message') {
    case 'message':
      return { role: item.role, content: asParts(item.content) };
    case 'function_call':
      return { role: 'assistant', content: `${item.name}${item.arguments}` };
    case 'reasoning':
      return { role: 'assistant', content: asObjects(item.summary).map(asPart) };
    case 'function_call_output':
      return { role: 'tool', content: asParts(item.output) };
    default:
      return { role: 'assistant', content: '' };
  }
}

function asParts(content: unknown): unknown {
  return Array.isArray(content) ? asObjects(content).map(asPart) : (asText(content) ?? '');
}

function asPart(part: Body): Body {
  if (typeof part.text === 'string') return { type: 'text', text: part.text };
  if (typeof part.refusal === 'string') return { type: 'text', text: part.refusal };
  return { type: 'media' };
}
