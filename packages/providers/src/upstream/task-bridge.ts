/**
 * Tasks whose provider has them in another format only: Gemini's embeddings as OpenAI's, and counting tokens between
 * Anthropic and Gemini through the neutral conversation. What has no bridge is not served.
 */
import { emptyUsage, type TokenUsage } from '@tollgate/catalog';
import {
  anthropicMessagesCodec,
  geminiGenerateCodec,
  type JsonObject,
  type JsonValue,
  type NeutralRequest,
  readCountTokens,
  readEmbedRequest,
  readTotalTokens,
  readUsage,
  type TranslationNotes,
  writeEmbedAnswer,
} from '@tollgate/dialects';
import { geminiCodecFor } from '../gemini/codec-for.ts';
import type { Provider, ProviderEndpoint } from '../provider.ts';
import { formatsOf } from '../registry.ts';
import type { TaskEndpoint } from './tasks.ts';

export interface BridgedRequest {
  readonly body: JsonObject;
  /** The answer in the client's words; undefined: not what the provider's endpoint answers with. */
  readAnswer(answer: JsonObject): JsonObject | undefined;
  usage(answer: JsonObject): TokenUsage | undefined;
}

interface Bridge {
  readonly to: ProviderEndpoint;
  /** @throws {GatewayError} `unsupported_parameter` through the notes. */
  write(
    body: JsonObject,
    asked: string,
    model: string,
    provider: Provider,
    notes: TranslationNotes,
  ): BridgedRequest;
}

const embedAsOpenAi: Bridge = {
  to: 'openai-embeddings',
  write(body, _asked, model, _provider, notes) {
    const { texts, isBatch, dimensions } = readEmbedRequest(body, notes);
    return {
      body: {
        model,
        input: texts,
        encoding_format: 'float',
        ...(dimensions === undefined ? {} : { dimensions }),
      },
      readAnswer({ data, usage }) {
        if (!Array.isArray(data)) return undefined;
        const vectors = (data as readonly JsonValue[]).map((entry) => {
          const { embedding } = (entry ?? {}) as { embedding?: unknown };
          return Array.isArray(embedding) ? (embedding as number[]) : [];
        });
        return writeEmbedAnswer(vectors, isBatch, readUsage(usage)?.inputTokens);
      },
      usage: ({ usage }) => readUsage(usage),
    };
  },
};

const countAtGemini: Bridge = {
  to: 'gemini-count-tokens',
  write(body, asked, model, provider, notes) {
    const request = { ...anthropicMessagesCodec.readRequest(body, { model: asked }), model };
    const written = geminiCodecFor(provider).writeRequest(request, notes);
    const { contents, systemInstruction, tools } = written;
    // Vertex counts the parts of a request, Gemini's API a whole one.
    const own =
      provider.id === 'google-vertex'
        ? present({ contents, systemInstruction, tools })
        : { generateContentRequest: { model: `models/${model}`, ...written } };
    return counting(own, (answer) => {
      const tokens = readTotalTokens(answer);
      return tokens === undefined ? undefined : { input_tokens: tokens };
    });
  },
};

const countAtAnthropic: Bridge = {
  to: 'anthropic-count-tokens',
  write(body, asked, model, _provider, notes) {
    const { generateContentRequest } = body;
    const inner = isObject(generateContentRequest) ? generateContentRequest : body;
    const request: NeutralRequest = {
      ...geminiGenerateCodec.readRequest(inner, { model: asked, stream: false }),
      model,
    };
    const { messages, system, tools, tool_choice, thinking } = anthropicMessagesCodec.writeRequest(
      request,
      notes,
    );
    return counting(present({ model, messages, system, tools, tool_choice, thinking }), (answer) => {
      const tokens = readCountTokens(Buffer.from(JSON.stringify(answer)));
      return tokens === undefined ? undefined : { totalTokens: tokens };
    });
  },
};

const BRIDGES: Readonly<Partial<Record<TaskEndpoint, Bridge>>> = {
  'gemini-embed': embedAsOpenAi,
  'gemini-batch-embed': embedAsOpenAi,
  'anthropic-count-tokens': countAtGemini,
  'gemini-count-tokens': countAtAnthropic,
};

/** @returns Undefined: the provider has the endpoint itself, or nothing that could stand in for it. */
export function findBridge(provider: Provider, endpoint: TaskEndpoint, model: string): Bridge | undefined {
  const bridge = BRIDGES[endpoint];
  if (bridge === undefined || hasTask(provider, endpoint, model)) return undefined;
  // Where Claude is counted the model stands in the address or needs wrapping: such hosts are asked by its own clients.
  const isHost = bridge.to === 'anthropic-count-tokens' && provider.id !== 'anthropic';
  return isHost || !hasTask(provider, bridge.to, model) ? undefined : bridge;
}

/** Whether the provider has the endpoint for this model: hosts have Anthropic's for Claude alone. */
export function hasTask(provider: Provider, endpoint: ProviderEndpoint, model: string): boolean {
  if (provider.paths[endpoint] === undefined) return false;
  if (provider.modelFormats.length === 0) return true;
  const format = endpoint.startsWith('anthropic-')
    ? 'anthropic-messages'
    : endpoint === 'gemini-count-tokens'
      ? 'gemini-generate'
      : undefined;
  return format === undefined || formatsOf(provider, model).includes(format);
}

function counting(body: JsonObject, readAnswer: BridgedRequest['readAnswer']): BridgedRequest {
  return {
    body,
    readAnswer,
    usage: (answer) => (readAnswer(answer) === undefined ? undefined : emptyUsage()),
  };
}

function present(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
