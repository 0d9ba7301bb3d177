/** Reads a Cohere v2 chat request into the simulator's own. */
import type { ChatRequest, ToolChoice } from '../chat-request.ts';
import { asArray, asNumber, asObjects, asText, type Body, isObject } from '../wire/json.ts';
import { WireRefusal } from '../wire/reply.ts';
import { cohereFailure } from './cohere-error.ts';

const PARAMETERS = new Set(
  (
    'model messages tools strict_tools documents citation_options response_format safety_mode max_tokens ' +
    'stop_sequences temperature seed frequency_penalty presence_penalty k p logprobs tool_choice thinking priority ' +
    'stream raw_prompting'
  ).split(' '),
);
const ROLES = new Set(['user', 'assistant', 'system', 'tool']);

export function refuse(message: string, status = 400): never {
  throw new WireRefusal(cohereFailure('', status, message));
}

export function marksOf(body: unknown): string[] {
  if (!isObject(body)) return [];
  const said = asObjects(body.messages).filter(({ role }) => role === 'user' || role === 'system');
  return said.map(({ content }) => {
    if (typeof content === 'string') return content;
    return asText(asObjects(content).find(({ text }) => typeof text === 'string')?.text) ?? '';
  });
}

/** @throws {WireRefusal} */
export function parseCohere(body: unknown, isLenient: boolean): ChatRequest {
  if (!isObject(body)) refuse('invalid request: body is not valid JSON');
  for (const name of Object.keys(body))
    if (!isLenient && !PARAMETERS.has(name))
      refuse(`unknown field: parameter '${name.slice(0, 100)}' is not a valid field`, 422);
  if (typeof body.model !== 'string') refuse('invalid request: model is required.');
  const messages = asObjects(body.messages);
  if (messages.length === 0) refuse('invalid request: list of messages must not be empty');
  for (const [i, message] of messages.entries()) checkMessage(message, i);
  checkResults(messages);
  const tools = asObjects(body.tools).map((tool) => {
    const called = isObject(tool.function) ? tool.function : {};
    if (tool.type !== 'function' || typeof called.name !== 'string')
      refuse('invalid request: all elements in tools must have a name.');
    return { name: called.name, parameters: called.parameters };
  });
  const format = isObject(body.response_format) ? body.response_format : {};
  const schema = format.json_schema ?? format.schema;
  const isJson = format.type === 'json_object';
  return {
    model: body.model,
    messages: messages.map(asChatMessage),
    stream: body.stream === true,
    includeUsage: true,
    includeObfuscation: false,
    choiceCount: 1,
    maxTokens: asNumber(body.max_tokens),
    stop: asArray(body.stop_sequences).filter((item): item is string => typeof item === 'string'),
    tools,
    toolChoice: readToolChoice(body.tool_choice, tools.length),
    parallelToolCalls: null,
    responseFormat: isJson ? (schema === undefined ? 'json_object' : 'json_schema') : 'text',
    responseSchema: schema,
    logprobs: body.logprobs === true,
    serviceTier: 'standard',
    metadata: null,
    user: null,
    reasons: isObject(body.thinking) && body.thinking.type === 'enabled',
  };
}

function checkMessage(message: Body, i: number): void {
  if (!ROLES.has(String(message.role)))
    refuse(
      `invalid request: message at index ${i} has an invalid role: ${String(message.role).slice(0, 50)}`,
    );
  const hasCalls = asArray(message.tool_calls).length > 0;
  const isEmpty = message.content === undefined || message.content === null || message.content === '';
  if (isEmpty && !hasCalls)
    refuse(
      `invalid request: all messages must have non-empty content or tool calls: empty message at position ${i}`,
    );
}

function checkResults(messages: readonly Body[]): void {
  const called = new Set<unknown>();
  for (const message of messages) {
    for (const call of asObjects(message.tool_calls)) called.add(call.id);
    if (message.role === 'tool' && !called.has(message.tool_call_id))
      refuse('invalid request: cannot find tool call id in previous tool calls');
  }
}

function readToolChoice(value: unknown, toolCount: number): ToolChoice {
  if (value === undefined || value === null) return { kind: 'auto' };
  if (value !== 'REQUIRED' && value !== 'NONE')
    refuse('invalid request: tool_choice must be REQUIRED or NONE');
  if (toolCount === 0) refuse('invalid request: tool_choice requires tools to be set');
  return { kind: value === 'NONE' ? 'none' : 'required' };
}

function asChatMessage({ role, content, tool_calls, tool_plan }: Body): Body {
  const parts = typeof content === 'string' ? content : asObjects(content).map(asPart);
  const plan = typeof tool_plan === 'string' ? tool_plan : null;
  return { role, content: parts.length === 0 && plan !== null ? plan : parts, tool_calls };
}

function asPart(part: Body): Body {
  const text = part.text ?? part.thinking;
  if (typeof text === 'string') return { type: 'text', text };
  if (isObject(part.document)) return { type: 'text', text: JSON.stringify(part.document.data) };
  return { type: 'media' };
}
