/**
 * Reads a Messages request as strictly as Anthropic does: unknown members, roles, pairs of tool calls and results,
 * and the signatures of thinking blocks, which must be the ones that were sent.
 */
import type { ChatRequest, ToolChoice, ToolDefinition } from '../chat-request.ts';
import { asArray, asNumber, asObjects, asText, type Body, isObject } from '../wire/json.ts';
import { refuse } from './anthropic-error.ts';
import { checkThinking, type Thinking } from './thinking-blocks.ts';
import { checkToolPairs } from './tool-pairs.ts';

const PARAMETERS = new Set(
  (
    'model messages max_tokens metadata stop_sequences stream system temperature tool_choice tools top_k top_p ' +
    'thinking service_tier container context_management mcp_servers output_config output_format inference_geo ' +
    'cache_control speed diagnostics user_profile_id workspace_id anthropic_version anthropic_beta'
  ).split(' '),
);
const ROLES = new Set(['user', 'assistant', 'system']);

export interface MessagesRequest extends ChatRequest {
  readonly thinking: Thinking;
  /** The thinking stays with the provider; only its signature is sent. */
  readonly isThinkingOmitted: boolean;
}

/** The first texts of system and user messages: where controls may stand. */
export function marksOf(body: unknown): string[] {
  if (!isObject(body)) return [];
  const said = [
    body.system,
    ...asObjects(body.messages)
      .filter(({ role }) => role === 'user')
      .map(({ content }) => content),
  ];
  return said.map(firstText);
}

function firstText(content: unknown): string {
  if (typeof content === 'string') return content;
  for (const block of asObjects(content)) if (typeof block.text === 'string') return block.text;
  return '';
}

/** @throws {WireRefusal} */
export function parseMessages(body: unknown, isLenient: boolean, needsMaxTokens = true): MessagesRequest {
  if (!isObject(body)) refuse('Input should be a valid dictionary');
  for (const name of Object.keys(body))
    if (!isLenient && !PARAMETERS.has(name)) refuse(`${name.slice(0, 100)}: Extra inputs are not permitted`);
  if (typeof body.model !== 'string') refuse('model: Field required');
  const maxTokens = readMaxTokens(body.max_tokens, needsMaxTokens);
  const messages = readMessages(body.messages);
  readTemperature(body.temperature);
  const tools = readTools(body.tools);
  const choice = isObject(body.tool_choice) ? body.tool_choice : {};
  const toolChoice = readToolChoice(choice, tools);
  const thinking = readThinking(body, maxTokens, toolChoice);
  checkToolPairs(messages);
  checkThinking(messages, thinking);
  const format = outputFormat(body);
  return {
    model: body.model,
    messages: [...systemOf(body.system), ...messages.map(asChatMessage)],
    stream: body.stream === true,
    includeUsage: true,
    includeObfuscation: false,
    choiceCount: 1,
    maxTokens,
    stop: asArray(body.stop_sequences).filter((item): item is string => typeof item === 'string'),
    tools,
    toolChoice,
    parallelToolCalls: choice.disable_parallel_tool_use === true ? false : null,
    responseFormat: format === null ? 'text' : 'json_schema',
    responseSchema: format,
    logprobs: false,
    serviceTier: 'standard',
    metadata: isObject(body.metadata) ? body.metadata : null,
    user: isObject(body.metadata) ? asText(body.metadata.user_id) : null,
    reasons: thinking !== 'disabled',
    thinking,
    isThinkingOmitted: isObject(body.thinking) && body.thinking.display === 'omitted',
  };
}

function readMaxTokens(value: unknown, isNeeded: boolean): number | null {
  if (value === undefined && isNeeded) refuse('max_tokens: Field required');
  if (value === undefined) return null;
  if (!Number.isInteger(value)) refuse('max_tokens: Input should be a valid integer');
  const number = value as number;
  if (number < 1) refuse('max_tokens: Input should be greater than or equal to 1');
  return number;
}

function readTemperature(value: unknown): void {
  const number = asNumber(value);
  if (value === undefined || value === null) return;
  if (number === null) refuse('temperature: Input should be a valid number');
  if (number < 0 || number > 1) refuse('temperature: range: 0..1');
}

function readMessages(value: unknown): readonly Body[] {
  if (value === undefined) refuse('messages: Field required');
  if (!Array.isArray(value)) refuse('messages: Input should be a valid list');
  if (value.length === 0) refuse('messages: at least one message is required');
  for (const [i, message] of value.entries()) readMessage(message, i);
  return value;
}

function readMessage(message: unknown, i: number): void {
  if (!isObject(message)) refuse(`messages.${i}: Input should be a valid dictionary`);
  const { role, content } = message;
  if (!ROLES.has(String(role)))
    refuse(
      `messages: Unexpected role "${String(role).slice(0, 50)}". The Messages API accepts a top-level \`system\` ` +
        'parameter, not "system" as an input message role.',
    );
  if (content === undefined) refuse(`messages.${i}.content: Field required`);
  if (typeof content === 'string') {
    if (content === '') refuse(`messages.${i}: user messages must have non-empty content`);
    return;
  }
  if (!Array.isArray(content)) refuse(`messages.${i}.content: Input should be a valid list`);
  for (const [j, block] of content.entries()) readBlock(block, `messages.${i}.content.${j}`);
}

function readBlock(block: unknown, path: string): void {
  if (!isObject(block) || typeof block.type !== 'string') refuse(`${path}.type: Field required`);
  if (block.type === 'text' && typeof block.text !== 'string') refuse(`${path}.text.text: Field required`);
  if (block.type === 'text' && block.text === '')
    refuse(`${path}.text: text content blocks must be non-empty`);
  if (block.type === 'tool_use' && !isObject(block.input))
    refuse(`${path}.tool_use.input: Input should be a valid dictionary`);
  if (block.type === 'image' && !isObject(block.source)) refuse(`${path}.image.source: Field required`);
}

function readTools(value: unknown): readonly ToolDefinition[] {
  return asArray(value).flatMap((tool, i) => {
    if (!isObject(tool) || typeof tool.name !== 'string') refuse(`tools.${i}.custom.name: Field required`);
    if (typeof tool.type === 'string' && tool.type !== 'custom') return [];
    if (!isObject(tool.input_schema)) refuse(`tools.${i}.custom.input_schema: Field required`);
    if (tool.input_schema.type !== 'object')
      refuse(`tools.${i}.custom.input_schema.type: Input should be 'object'`);
    return [{ name: tool.name, parameters: tool.input_schema }];
  });
}

function readToolChoice(choice: Body, tools: readonly ToolDefinition[]): ToolChoice {
  const { type } = choice;
  if (type === undefined || type === 'auto') return { kind: 'auto' };
  if (type === 'none') return { kind: 'none' };
  if (type === 'any') return { kind: 'required' };
  if (type !== 'tool') refuse(`tool_choice: Input tag '${String(type)}' found using 'type' does not match`);
  const { name } = choice;
  if (typeof name !== 'string') refuse('tool_choice.tool.name: Field required');
  if (!tools.some((tool) => tool.name === name))
    refuse(`Tool '${name.slice(0, 100)}' not found in provided tools`);
  return { kind: 'named', name };
}

function readThinking(body: Body, maxTokens: number | null, toolChoice: ToolChoice): Thinking {
  const { thinking } = body;
  if (thinking === undefined) return 'disabled';
  const type = isObject(thinking) ? thinking.type : undefined;
  if (type === 'disabled') return 'disabled';
  if (type === 'between_tools') return 'adaptive';
  if (type !== 'enabled' && type !== 'adaptive')
    refuse(
      `thinking: Input tag '${String(type)}' found using 'type' does not match any of the expected tags: ` +
        "'adaptive', 'disabled', 'enabled'",
    );
  if (toolChoice.kind === 'required' || toolChoice.kind === 'named')
    refuse('Thinking may not be enabled when tool_choice forces tool use.');
  if (type === 'adaptive') return 'adaptive';
  const budget = isObject(thinking) ? asNumber(thinking.budget_tokens) : null;
  if (budget === null) refuse('thinking.enabled.budget_tokens: Field required');
  if (budget < 1024) refuse('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
  if (maxTokens !== null && budget >= maxTokens)
    refuse('`max_tokens` must be greater than `thinking.budget_tokens`.');
  const { temperature } = body;
  if (temperature !== undefined && temperature !== 1)
    refuse('`temperature` may only be set to 1 when thinking is enabled.');
  return 'enabled';
}

function outputFormat(body: Body): unknown {
  const config = isObject(body.output_config) ? body.output_config.format : undefined;
  const format = config ?? body.output_format;
  return isObject(format) && format.type === 'json_schema' ? (format.schema ?? {}) : null;
}

function systemOf(system: unknown): Body[] {
  if (system === undefined) return [];
  if (typeof system !== 'string' && !Array.isArray(system)) refuse('system: Input should be a valid string');
  return [{ role: 'system', content: system }];
}

/** A message whose last block is a tool's result is the tool's turn. */
function asChatMessage(message: Body): Body {
  const blocks = asObjects(message.content);
  const isResult = message.role === 'user' && blocks.some(({ type }) => type === 'tool_result');
  const content = typeof message.content === 'string' ? message.content : blocks.map(asPart);
  return { role: isResult ? 'tool' : message.role, content };
}

/** Texts are counted as texts, calls and results by their JSON, everything else as media. */
function asPart(block: Body): Body {
  switch (block.type) {
    case 'text':
      return block;
    case 'thinking':
      return { type: 'text', text: asText(block.thinking) ?? '' };
    case 'tool_use':
      return { type: 'text', text: `${block.name}${JSON.stringify(block.input)}` };
    case 'tool_result':
      return { type: 'text', text: resultText(block.content) };
    default:
      return { type: block.type };
  }
}

function resultText(content: unknown): string {
  if (typeof content === 'string') return content;
  return asObjects(content)
    .map(({ text }) => asText(text) ?? '')
    .join('');
}
