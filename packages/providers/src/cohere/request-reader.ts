/** A request of Cohere's chat, version 2, as the neutral one. No client speaks it to us; tests and tools do. */
import type {
  ImagePart,
  JsonObject,
  JsonValue,
  NeutralMessage,
  NeutralRequest,
  NeutralTool,
  OutputFormat,
  Part,
  ReasoningWish,
  RequestHints,
  ToolChoice,
} from '@tollgate/dialects';
import { GatewayError } from '@tollgate/errors';
import { FORMAT } from './format.ts';
import { isObject, listIn, objectIn, textIn } from './json.ts';

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'messages',
  'tools',
  'strict_tools',
  'tool_choice',
  'max_tokens',
  'temperature',
  'p',
  'k',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'stop_sequences',
  'logprobs',
  'response_format',
  'thinking',
]);

/** @throws {GatewayError} `invalid_request`. */
export function readCohereBody(body: JsonObject, hints: RequestHints): NeutralRequest {
  const model = hints.model ?? textIn(body.model);
  if (model === '') throw invalid('"model" is required', 'model');
  if (!Array.isArray(body.messages)) throw invalid('"messages" must be a list', 'messages');
  const numbers: Readonly<Record<string, JsonValue | undefined>> = {
    maxOutputTokens: body.max_tokens,
    temperature: body.temperature,
    topP: body.p,
    topK: body.k,
    seed: body.seed,
    frequencyPenalty: body.frequency_penalty,
    presencePenalty: body.presence_penalty,
  };
  const stop = listIn(body.stop_sequences).filter((text): text is string => typeof text === 'string');
  const toolChoice = readToolChoice(body.tool_choice);
  const outputFormat = readOutputFormat(objectIn(body.response_format));
  const reasoning = readThinking(body.thinking);
  const native = Object.entries(body).filter(([name, value]) => !KNOWN.has(name) && value !== null);
  return {
    model,
    stream: hints.stream ?? body.stream === true,
    messages: joinResults(listIn(body.messages).map((message, index) => readMessage(message, index))),
    tools: listIn(body.tools).map((tool) => readTool(tool, body.strict_tools === true)),
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => typeof value === 'number')),
    ...(stop.length === 0 ? {} : { stop }),
    ...(body.logprobs === true ? { logprobs: { top: 0 } } : {}),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(outputFormat === undefined ? {} : { outputFormat }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(native.length === 0
      ? {}
      : { nativeMembers: { format: FORMAT, members: Object.fromEntries(native) } }),
  };
}

function readMessage(value: JsonValue, index: number): NeutralMessage {
  const message = objectIn(value);
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: readContent(message.content) };
    case 'assistant': {
      const plan = textIn(message.tool_plan);
      const calls = listIn(message.tool_calls).map((call): Part => {
        const { name, arguments: args } = objectIn(objectIn(call).function);
        return {
          kind: 'toolCall',
          id: textIn(objectIn(call).id),
          name: textIn(name),
          arguments: textIn(args),
        };
      });
      const planned: readonly Part[] = plan === '' ? [] : [{ kind: 'text', text: plan }];
      return { role: 'assistant', content: [...readContent(message.content), ...planned, ...calls] };
    }
    case 'tool':
      return {
        role: 'tool',
        content: [
          {
            kind: 'toolResult',
            callId: textIn(message.tool_call_id),
            content: readContent(message.content),
          },
        ],
      };
    default:
      throw invalid('a role is "system", "user", "assistant" or "tool"', `messages[${index}].role`);
  }
}

/** Results of one turn are one message in the neutral model. */
function joinResults(messages: readonly NeutralMessage[]): readonly NeutralMessage[] {
  const joined: NeutralMessage[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (message.role === 'tool' && last?.role === 'tool') {
      joined[joined.length - 1] = { role: 'tool', content: [...last.content, ...message.content] };
    } else joined.push(message);
  }
  return joined;
}

export function readContent(value: JsonValue | undefined): readonly Part[] {
  if (typeof value === 'string') return value === '' ? [] : [{ kind: 'text', text: value }];
  return listIn(value).flatMap((entry) => readPart(objectIn(entry)));
}

const DATA_URL = /^data:([^;,]+);base64,/;

function readPart(part: JsonObject): readonly Part[] {
  switch (part.type) {
    case 'text':
      return [{ kind: 'text', text: textIn(part.text) }];
    case 'thinking':
      return [{ kind: 'reasoning', text: textIn(part.thinking) }];
    case 'image_url': {
      const { url, detail } = objectIn(part.image_url);
      const text = textIn(url);
      const mediaType = DATA_URL.exec(text.slice(0, 256))?.[1];
      const told: Pick<ImagePart, 'detail'> =
        detail === 'auto' || detail === 'low' || detail === 'high' ? { detail } : {};
      if (mediaType === undefined) return [{ kind: 'image', source: { kind: 'url', url: text }, ...told }];
      const data = text.slice(text.indexOf(',') + 1);
      return [{ kind: 'image', source: { kind: 'base64', mediaType, data }, ...told }];
    }
    case 'document': {
      const { text, title, context } = objectIn(objectIn(part.document).data);
      if (typeof text !== 'string') break;
      return [
        {
          kind: 'document',
          source: { kind: 'text', mediaType: 'text/plain', text },
          ...(typeof title === 'string' ? { title } : {}),
          ...(typeof context === 'string' ? { context } : {}),
        },
      ];
    }
    default:
      break;
  }
  return [{ kind: 'native', name: textIn(part.type), native: { format: FORMAT, value: part } }];
}

function readTool(value: JsonValue, strict: boolean): NeutralTool {
  const { name, description, parameters } = objectIn(objectIn(value).function);
  return {
    kind: 'function',
    name: textIn(name),
    ...(typeof description === 'string' ? { description } : {}),
    ...(isObject(parameters) ? { parameters } : {}),
    ...(strict ? { strict } : {}),
  };
}

function readToolChoice(value: JsonValue | undefined): ToolChoice | undefined {
  if (value === 'REQUIRED') return { kind: 'required' };
  return value === 'NONE' ? { kind: 'none' } : undefined;
}

/** `schema` is the older name. */
function readOutputFormat({
  type,
  json_schema: current,
  schema: older,
}: JsonObject): OutputFormat | undefined {
  if (type === 'text') return { kind: 'text' };
  if (type !== 'json_object') return undefined;
  const schema = current ?? older;
  return isObject(schema) ? { kind: 'schema', schema } : { kind: 'json' };
}

function readThinking(value: JsonValue | undefined): ReasoningWish | undefined {
  const { type, token_budget: budget } = objectIn(value);
  if (type === 'disabled') return { budgetTokens: 0 };
  if (type !== 'enabled') return undefined;
  return { budgetTokens: typeof budget === 'number' ? budget : 'dynamic' };
}

function invalid(rule: string, param: string): GatewayError {
  return new GatewayError('invalid_request', `Cannot read the request: ${rule}.`, { param });
}
