/** Vercel's `ai` package with its providers for OpenAI (chat and responses), Anthropic and Google. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import {
  generateText,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  type ToolSet,
  tool,
} from 'ai';
import type { MatrixClient, Question, Reply, Turn } from './conversation.ts';

type ProviderOptions = NonNullable<Parameters<typeof generateText>[0]['providerOptions']>;

function vercel(
  name: string,
  model: (question: Question) => LanguageModel,
  reasoning: ProviderOptions,
  lacks: MatrixClient['lacks'] = {},
  always: ProviderOptions = {},
): MatrixClient {
  return {
    name,
    lacks,
    async ask(question) {
      const system = question.turns.find((turn) => turn.role === 'system');
      const options = {
        model: model(question),
        maxRetries: 0,
        messages: question.turns.filter(({ role }) => role !== 'system').map(message),
        ...(system === undefined ? {} : { system: system.text }),
        ...(question.maxTokens === undefined ? {} : { maxOutputTokens: question.maxTokens }),
        providerOptions: question.isReasoning === true ? reasoning : always,
        ...(question.mustCall === true ? { toolChoice: 'required' as const } : {}),
        ...(question.tools === undefined
          ? {}
          : {
              tools: Object.fromEntries(
                question.tools.map(({ name: toolName, description, schema }) => [
                  toolName,
                  tool({ description, inputSchema: jsonSchema(schema) }) as unknown as ToolSet[string],
                ]),
              ),
            }),
        ...(question.schema === undefined
          ? {}
          : { output: Output.object({ schema: jsonSchema(question.schema) }) }),
      };
      if (!question.stream) return reply(await generateText(options));
      let failure: unknown;
      const streamed = streamText({
        ...options,
        onError: ({ error }) => {
          failure = error;
        },
      });
      await streamed.consumeStream();
      if (failure !== undefined) throw failure;
      return reply({
        text: await streamed.text,
        reasoningText: await streamed.reasoningText,
        toolCalls: await streamed.toolCalls,
        finishReason: await streamed.finishReason,
        usage: await streamed.usage,
        response: await streamed.response,
      });
    },
  };
}

function message(turn: Turn): ModelMessage {
  switch (turn.role) {
    case 'assistant':
      return turn.native as ModelMessage;
    case 'tool':
      return {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: turn.callId,
            toolName: turn.name,
            output: { type: 'text', value: turn.text },
          },
        ],
      };
    case 'system':
      return { role: 'system', content: turn.text };
    case 'user':
      return {
        role: 'user',
        content:
          turn.image === undefined
            ? turn.text
            : [
                { type: 'text', text: turn.text },
                { type: 'file', data: turn.image, mediaType: 'image/png' },
              ],
      };
  }
}

interface Generated {
  readonly text: string;
  readonly reasoningText: string | undefined;
  readonly toolCalls: readonly { toolCallId: string; toolName: string; input: unknown }[];
  readonly finishReason: string;
  readonly usage: { readonly inputTokens?: number | undefined; readonly outputTokens?: number | undefined };
  readonly response: { readonly messages: readonly unknown[] };
}

function reply(generated: Generated): Reply {
  return {
    text: generated.text,
    reasoning: generated.reasoningText ?? '',
    calls: generated.toolCalls.map((call) => ({
      id: call.toolCallId,
      name: call.toolName,
      input: call.input,
    })),
    finish: generated.finishReason,
    inputTokens: generated.usage.inputTokens ?? -1,
    outputTokens: generated.usage.outputTokens ?? -1,
    native: generated.response.messages[0],
  };
}

const openai = ({ origin, apiKey }: Question) => createOpenAI({ baseURL: `${origin}/v1`, apiKey });

export const vercelClients: readonly MatrixClient[] = [
  vercel(
    'ai: openai chat',
    (question) => openai(question).chat(question.model),
    { openai: { reasoningEffort: 'medium', forceReasoning: true } },
    { reasoningShown: '@ai-sdk/openai reads no reasoning out of chat completions' },
  ),
  vercel(
    'ai: openai responses',
    (question) => openai(question).responses(question.model),
    {
      openai: { reasoningEffort: 'medium', reasoningSummary: 'auto', forceReasoning: true, store: false },
    },
    {},
    { openai: { store: false } },
  ),
  vercel(
    'ai: anthropic',
    ({ origin, apiKey, model }) => createAnthropic({ baseURL: `${origin}/v1`, apiKey })(model),
    { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } },
  ),
  vercel(
    'ai: google',
    ({ origin, apiKey, model }) => createGoogle({ baseURL: `${origin}/v1beta`, apiKey })(`models/${model}`),
    { google: { thinkingConfig: { thinkingBudget: 1024, includeThoughts: true } } },
  ),
];
