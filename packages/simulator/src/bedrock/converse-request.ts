/** Reads a Converse request into Anthropic's words: it is Claude that answers here, and that checks signatures. */
import { type MessagesRequest, parseMessages } from '../anthropic/messages-request.ts';
import { asObjects, asText, type Body, isObject, parseJson } from '../wire/json.ts';
import { WireRefusal } from '../wire/reply.ts';
import { bedrockFailure, inBedrockWords } from './bedrock-error.ts';

const MEMBERS = new Set(
  (
    'messages system inferenceConfig toolConfig guardrailConfig additionalModelRequestFields promptVariables ' +
    'additionalModelResponseFieldPaths requestMetadata performanceConfig serviceTier outputConfig'
  ).split(' '),
);
const CONFIG = new Set(['maxTokens', 'temperature', 'topP', 'stopSequences']);
/** What additional fields may add, and where they would collide with Converse's own. */
const ADDITIONAL = new Set([
  'thinking',
  'top_k',
  'anthropic_beta',
  'reasoning_config',
  'reasoningConfig',
  'output_config',
  'metadata',
]);

export function marksOf(body: unknown): string[] {
  if (!isObject(body)) return [];
  const said = [
    asObjects(body.system),
    ...asObjects(body.messages)
      .filter(({ role }) => role === 'user')
      .map(({ content }) => asObjects(content)),
  ];
  return said.map((blocks) => asText(blocks.find(({ text }) => typeof text === 'string')?.text) ?? '');
}

function refuse(message: string): never {
  throw new WireRefusal(bedrockFailure(400, message));
}

/** @throws {WireRefusal} */
export function parseConverse(
  body: unknown,
  model: string,
  stream: boolean,
  isLenient: boolean,
): MessagesRequest {
  if (!isObject(body)) refuse('The request body is not valid JSON.');
  for (const name of Object.keys(body))
    if (!isLenient && !MEMBERS.has(name))
      refuse(`Malformed input request: #: extraneous key [${name.slice(0, 100)}] is not permitted.`);
  const config = isObject(body.inferenceConfig) ? body.inferenceConfig : {};
  for (const name of Object.keys(config))
    if (!CONFIG.has(name))
      refuse(`Malformed input request: #/inferenceConfig: extraneous key [${name.slice(0, 100)}].`);
  const additional = isObject(body.additionalModelRequestFields) ? body.additionalModelRequestFields : {};
  for (const name of Object.keys(additional))
    if (!ADDITIONAL.has(name)) refuse(`${name.slice(0, 100)}: Extra inputs are not permitted`);
  const toolConfig = isObject(body.toolConfig) ? body.toolConfig : null;
  const tools =
    toolConfig === null ? [] : asObjects(toolConfig.tools).filter(({ toolSpec }) => toolSpec !== undefined);
  if (toolConfig !== null && tools.length === 0)
    refuse('The value at toolConfig.tools is empty. Please provide at least one tool.');
  const messages = asObjects(body.messages);
  if (tools.length === 0 && messages.some(usesTools))
    refuse('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  const { anthropic_beta: _, reasoning_config: claude, reasoningConfig: nova, ...more } = additional;
  // Nova 2 thinks by effort; here it is a budget like any other.
  // It does not ask for its thinking back.
  const isNova = isObject(nova) && nova.type === 'enabled' && !messages.some(usesTools);
  const reasoning = claude ?? (isNova ? { type: 'enabled', budget_tokens: 1_024 } : undefined);
  const words = {
    model,
    max_tokens: config.maxTokens ?? 4_096,
    ...(config.stopSequences === undefined ? {} : { stop_sequences: config.stopSequences }),
    ...(config.temperature === undefined ? {} : { temperature: config.temperature }),
    ...(config.topP === undefined ? {} : { top_p: config.topP }),
    messages: messages.map(asMessage),
    ...(body.system === undefined ? {} : { system: asObjects(body.system).flatMap(asBlock) }),
    ...(tools.length === 0 ? {} : { tools: tools.map(asTool) }),
    ...toolChoiceOf(toolConfig?.toolChoice),
    ...(reasoning === undefined ? {} : { thinking: reasoning }),
    ...more,
  };
  const request = inBedrockWords(() => parseMessages(words, isLenient, false));
  const metadata = isObject(body.requestMetadata) ? body.requestMetadata : null;
  return { ...request, stream, metadata, ...schemaOf(body.outputConfig) };
}

function usesTools({ content }: Body): boolean {
  return asObjects(content).some(
    ({ toolUse, toolResult }) => toolUse !== undefined || toolResult !== undefined,
  );
}

function asMessage({ role, content }: Body, i: number): Body {
  if (!Array.isArray(content))
    refuse(`The content field in the Message object at messages.${i} is empty. Add a ContentBlock object.`);
  return { role, content: asObjects(content).flatMap(asBlock) };
}

/** Cache points stand between blocks and are none themselves. */
function asBlock(block: Body): Body[] {
  const { toolUse, toolResult, reasoningContent } = block;
  if (typeof block.text === 'string') return [{ type: 'text', text: block.text }];
  if (isObject(toolUse))
    return [{ type: 'tool_use', id: toolUse.toolUseId, name: toolUse.name, input: toolUse.input }];
  if (isObject(toolResult))
    return [
      {
        type: 'tool_result',
        tool_use_id: toolResult.toolUseId,
        content: asObjects(toolResult.content).map(asResult),
      },
    ];
  if (isObject(reasoningContent)) return [asThinking(reasoningContent)];
  if (block.cachePoint !== undefined) return [];
  const kind = ['image', 'document', 'video', 'audio', 'guardContent', 'searchResult'].find(
    (name) => name in block,
  );
  if (kind === undefined) refuse('The content block is not of a supported type.');
  return [{ type: kind, source: {} }];
}

function asResult(content: Body): Body {
  if (content.json !== undefined) return { type: 'text', text: JSON.stringify(content.json) };
  return typeof content.text === 'string'
    ? { type: 'text', text: content.text }
    : { type: 'image', source: {} };
}

function asThinking(content: Body): Body {
  const { reasoningText, redactedContent } = content;
  if (isObject(reasoningText))
    return { type: 'thinking', thinking: reasoningText.text, signature: reasoningText.signature };
  // Blobs travel as base64.
  return { type: 'redacted_thinking', data: Buffer.from(String(redactedContent), 'base64').toString() };
}

function asTool({ toolSpec }: Body): Body {
  const { name, description, inputSchema } = isObject(toolSpec) ? toolSpec : {};
  const schema = isObject(inputSchema) ? inputSchema.json : undefined;
  return { name, ...(description === undefined ? {} : { description }), input_schema: schema };
}

function toolChoiceOf(choice: unknown): Body {
  if (!isObject(choice)) return {};
  if (isObject(choice.tool)) return { tool_choice: { type: 'tool', name: choice.tool.name } };
  return { tool_choice: { type: choice.any === undefined ? 'auto' : 'any' } };
}

function schemaOf(config: unknown): Partial<MessagesRequest> {
  const format = isObject(config) && isObject(config.textFormat) ? config.textFormat : null;
  const structure = format !== null && isObject(format.structure) ? format.structure : {};
  const schema = isObject(structure.jsonSchema) ? structure.jsonSchema.schema : undefined;
  if (typeof schema !== 'string') return {};
  const responseSchema = parseJson(schema);
  if (responseSchema === undefined)
    refuse('The value at outputConfig.textFormat.structure.jsonSchema is not JSON.');
  return { responseFormat: 'json_schema', responseSchema };
}
