/** LangChain JS with its packages for OpenAI, Anthropic and Google. */
import { ChatAnthropic } from '@langchain/anthropic';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import {
  AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages';
import { ChatGoogleGenerativeAI } from '@langchain/google-genai';
import { ChatOpenAI } from '@langchain/openai';
import type { MatrixClient, Question, Reply, Turn } from './conversation.ts';

function langchain(
  name: string,
  model: (question: Question) => BaseChatModel,
  choice: string,
  format: (schema: Record<string, unknown>) => Record<string, unknown>,
  lacks: MatrixClient['lacks'] = {},
): MatrixClient {
  return {
    name,
    lacks,
    async ask(question) {
      const tools = question.tools?.map(({ name: toolName, description, schema }) => ({
        type: 'function',
        function: { name: toolName, description, parameters: schema },
      }));
      const chat = model(question);
      const bound =
        tools === undefined
          ? chat
          : chat.bindTools!(tools, question.mustCall === true ? { tool_choice: choice } : {});
      const messages = question.turns.map(message);
      const options = question.schema === undefined ? {} : format(question.schema);
      if (!question.stream) return reply((await bound.invoke(messages, options)) as AIMessage);
      let whole: AIMessageChunk | undefined;
      for await (const chunk of await bound.stream(messages, options))
        whole = whole === undefined ? (chunk as AIMessageChunk) : whole.concat(chunk as AIMessageChunk);
      return reply(whole ?? new AIMessage(''));
    },
  };
}

function message(turn: Turn): BaseMessage {
  switch (turn.role) {
    case 'system':
      return new SystemMessage(turn.text);
    case 'assistant':
      return turn.native as BaseMessage;
    case 'tool':
      return new ToolMessage({ content: turn.text, tool_call_id: turn.callId, name: turn.name });
    case 'user':
      return new HumanMessage(
        turn.image === undefined
          ? turn.text
          : {
              content: [
                { type: 'text', text: turn.text },
                { type: 'image_url', image_url: { url: `data:image/png;base64,${turn.image}` } },
              ],
            },
      );
  }
}

function reply(answer: AIMessage | AIMessageChunk): Reply {
  const metadata = answer.response_metadata as Record<string, unknown>;
  const blocks = answer.contentBlocks as readonly { type: string; reasoning?: string }[];
  const extra = answer.additional_kwargs as { reasoning_content?: string; stop_reason?: string };
  const incomplete = metadata.incomplete_details as { reason?: string } | null | undefined;
  const usage = answer.usage_metadata as { input_tokens: number; output_tokens: number } | undefined;
  return {
    text: answer.text,
    reasoning:
      blocks.map((block) => block.reasoning ?? '').join('') ||
      thinkingIn(answer.content) ||
      (extra.reasoning_content ?? ''),
    calls: (answer.tool_calls ?? []).map(({ id = '', name, args }) => ({ id, name, input: args })),
    finish: String(
      metadata.finish_reason ??
        metadata.finishReason ??
        metadata.stop_reason ??
        extra.stop_reason ??
        incomplete?.reason ??
        metadata.status ??
        '',
    ),
    inputTokens: usage?.input_tokens ?? -1,
    outputTokens: usage?.output_tokens ?? -1,
    native: answer,
  };
}

/** Where a package has not brought its vendor's blocks into LangChain's own form. */
function thinkingIn(content: AIMessage['content']): string {
  if (typeof content === 'string') return '';
  return (content as readonly { thinking?: string }[]).map(({ thinking }) => thinking ?? '').join('');
}

const chatFormat = (schema: Record<string, unknown>) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
});

function chatOpenAi(question: Question, useResponsesApi: boolean): ChatOpenAI {
  const { origin, apiKey, model, maxTokens, isReasoning } = question;
  return new ChatOpenAI({
    model,
    apiKey,
    maxRetries: 0,
    useResponsesApi,
    ...(useResponsesApi
      ? { zdrEnabled: true, modelKwargs: { include: ['reasoning.encrypted_content'] } }
      : {}),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(isReasoning === true
      ? { reasoning: { effort: 'medium' as const, ...(useResponsesApi ? { summary: 'auto' as const } : {}) } }
      : {}),
    configuration: { baseURL: `${origin}/v1` },
  });
}

export const langchainClients: readonly MatrixClient[] = [
  langchain('langchain: openai chat', (question) => chatOpenAi(question, false), 'required', chatFormat),
  langchain('langchain: openai responses', (question) => chatOpenAi(question, true), 'required', chatFormat),
  langchain(
    'langchain: anthropic',
    ({ origin, apiKey, model, maxTokens, isReasoning }) =>
      new ChatAnthropic({
        model,
        apiKey,
        maxRetries: 0,
        maxTokens: maxTokens ?? 4096,
        anthropicApiUrl: origin,
        ...(isReasoning === true ? { thinking: { type: 'enabled' as const, budget_tokens: 1024 } } : {}),
      }),
    'any',
    (schema) => ({ outputConfig: { format: { type: 'json_schema', schema } } }),
    {
      streamedUsage:
        '@langchain/anthropic adds up the counts of a stream and takes the input from its first event, where other ' +
        'providers have told none yet',
    },
  ),
  langchain(
    'langchain: google',
    ({ origin, apiKey, model, maxTokens, isReasoning }) =>
      new ChatGoogleGenerativeAI({
        // LangChain puts whatever holds a slash straight into the path, so models go by their bare names.
        model: model.slice(model.indexOf('/') + 1),
        apiKey,
        maxRetries: 0,
        baseUrl: origin,
        ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
        ...(isReasoning === true ? { thinkingConfig: { thinkingBudget: 1024, includeThoughts: true } } : {}),
      }),
    'any',
    (schema) => ({ responseMimeType: 'application/json', responseSchema: schema }),
  ),
];
