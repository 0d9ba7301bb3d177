/**
 * A chat completion as Anthropic's and Google's SDKs write it, for "view code". The gateway takes all three; this is
 * what a person would type, not what the gateway sends to a provider (packages/providers).
 */
import type { ChatBody, ChatMessage, FunctionTool } from './conversation.ts';

const USUAL_MAX_TOKENS = 1_024;
const DATA_URL = /^data:([^;,]+);base64,(.*)$/;

type Json = Readonly<Record<string, unknown>>;

function toolsOf(body: ChatBody): readonly FunctionTool[] {
  return (body.tools as readonly FunctionTool[] | undefined) ?? [];
}

function systemOf(body: ChatBody): string {
  return body.messages
    .flatMap((message) => (message.role === 'system' ? [message.content] : []))
    .join('\n\n');
}

/** OpenAI has two names for it. */
function limitOf(body: ChatBody): unknown {
  return body.max_completion_tokens ?? body.max_tokens;
}

/** What was said, without the system prompt. */
function spokenOf(body: ChatBody): Exclude<ChatMessage, { role: 'system' }>[] {
  return body.messages.filter((message) => message.role !== 'system');
}

function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

export function toAnthropicBody(body: ChatBody): Json {
  const system = systemOf(body);
  const tools = toolsOf(body);
  return {
    model: body.model,
    max_tokens: limitOf(body) ?? USUAL_MAX_TOKENS,
    ...(system !== '' && { system }),
    messages: spokenOf(body).map(toAnthropicMessage),
    ...(tools.length > 0 && {
      tools: tools.map(({ function: { name, description, parameters } }) => ({
        name,
        ...(description !== undefined && { description }),
        input_schema: parameters ?? { type: 'object', properties: {} },
      })),
    }),
    ...(body.temperature !== undefined && { temperature: body.temperature }),
    ...(body.top_p !== undefined && { top_p: body.top_p }),
  };
}

function toAnthropicMessage(message: Exclude<ChatMessage, { role: 'system' }>): Json {
  if (message.role === 'tool') {
    const result = { type: 'tool_result', tool_use_id: message.tool_call_id, content: message.content };
    return { role: 'user', content: [result] };
  }
  if (message.role === 'assistant') {
    if (message.tool_calls === undefined) return { role: 'assistant', content: message.content ?? '' };
    return {
      role: 'assistant',
      content: [
        ...(message.content ? [{ type: 'text', text: message.content }] : []),
        ...message.tool_calls.map(({ id, function: call }) => ({
          type: 'tool_use',
          id,
          name: call.name,
          input: parseArguments(call.arguments),
        })),
      ],
    };
  }
  if (typeof message.content === 'string') return { role: 'user', content: message.content };
  return {
    role: 'user',
    content: message.content.map((part) => {
      if (part.type === 'text') return part;
      const [, mediaType = '', data = ''] = DATA_URL.exec(part.image_url.url) ?? [];
      return { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
    }),
  };
}

export interface GeminiCall {
  readonly model: string;
  readonly contents: readonly Json[];
  /** As the SDKs take it beside the contents; empty where nothing was set. */
  readonly config: Json;
}

export function toGeminiCall(body: ChatBody): GeminiCall {
  const system = systemOf(body);
  const tools = toolsOf(body);
  const limit = limitOf(body);
  const nameOfCall = new Map(
    body.messages.flatMap((message) =>
      message.role === 'assistant'
        ? (message.tool_calls ?? []).map(({ id, function: { name } }) => [id, name] as const)
        : [],
    ),
  );
  return {
    model: body.model,
    contents: spokenOf(body).map((message) => toGeminiContent(message, nameOfCall)),
    config: {
      ...(system !== '' && { systemInstruction: system }),
      ...(body.temperature !== undefined && { temperature: body.temperature }),
      ...(body.top_p !== undefined && { topP: body.top_p }),
      ...(limit !== undefined && { maxOutputTokens: limit }),
      ...(body.response_format !== undefined && { responseMimeType: 'application/json' }),
      ...(tools.length > 0 && {
        tools: [
          {
            functionDeclarations: tools.map(({ function: { name, description, parameters } }) => ({
              name,
              ...(description !== undefined && { description }),
              ...(parameters !== undefined && { parametersJsonSchema: parameters }),
            })),
          },
        ],
      }),
    },
  };
}

function toGeminiContent(
  message: Exclude<ChatMessage, { role: 'system' }>,
  nameOfCall: ReadonlyMap<string, string>,
): Json {
  if (message.role === 'tool') {
    const name = nameOfCall.get(message.tool_call_id) ?? '';
    return { role: 'user', parts: [{ functionResponse: { name, response: { result: message.content } } }] };
  }
  if (message.role === 'assistant') {
    return {
      role: 'model',
      parts: [
        ...(message.content ? [{ text: message.content }] : []),
        ...(message.tool_calls ?? []).map(({ function: call }) => ({
          functionCall: { name: call.name, args: parseArguments(call.arguments) },
        })),
      ],
    };
  }
  if (typeof message.content === 'string') return { role: 'user', parts: [{ text: message.content }] };
  return {
    role: 'user',
    parts: message.content.map((part) => {
      if (part.type === 'text') return { text: part.text };
      const [, mimeType = '', data = ''] = DATA_URL.exec(part.image_url.url) ?? [];
      return { inlineData: { mimeType, data } };
    }),
  };
}
