/** The `openai` package: chat completions and responses. */
import OpenAI from 'openai';
import { type MatrixClient, parseInput, type Question, type Reply, type Turn } from './conversation.ts';

const client = ({ origin, apiKey }: Question) =>
  new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });

type ChatParams = OpenAI.ChatCompletionCreateParamsNonStreaming;

export const openAiChat: MatrixClient = {
  name: 'openai: chat',
  lacks: {},
  async ask(question) {
    const params: ChatParams = {
      model: question.model,
      messages: question.turns.map(chatMessage),
      ...(question.maxTokens === undefined ? {} : { max_completion_tokens: question.maxTokens }),
      ...(question.isReasoning === true ? { reasoning_effort: 'medium' } : {}),
      ...(question.mustCall === true ? { tool_choice: 'required' } : {}),
      ...(question.tools === undefined
        ? {}
        : {
            tools: question.tools.map(({ name, description, schema }) => ({
              type: 'function' as const,
              function: { name, description, parameters: schema },
            })),
          }),
      ...(question.schema === undefined
        ? {}
        : {
            response_format: {
              type: 'json_schema' as const,
              json_schema: { name: 'answer', schema: question.schema, strict: true },
            },
          }),
    };
    const completions = client(question).chat.completions;
    if (!question.stream) return chatReply(await completions.create(params));
    const stream = completions.stream({ ...params, stream: true, stream_options: { include_usage: true } });
    let reasoning = '';
    for await (const chunk of stream) {
      const delta = chunk.choices[0]?.delta as { reasoning_content?: string } | undefined;
      reasoning += delta?.reasoning_content ?? '';
    }
    return { ...chatReply(await stream.finalChatCompletion()), reasoning };
  },
};

function chatMessage(turn: Turn): OpenAI.ChatCompletionMessageParam {
  switch (turn.role) {
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
                { type: 'image_url', image_url: { url: `data:image/png;base64,${turn.image}` } },
              ],
      };
    case 'assistant':
      return turn.native as OpenAI.ChatCompletionAssistantMessageParam;
    case 'tool':
      return { role: 'tool', tool_call_id: turn.callId, content: turn.text };
  }
}

function chatReply({ choices, usage }: OpenAI.ChatCompletion): Reply {
  const [choice] = choices;
  const { message } = choice!;
  return {
    text: message.content ?? '',
    reasoning: (message as { reasoning_content?: string }).reasoning_content ?? '',
    calls: (message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [{ id: call.id, name: call.function.name, input: parseInput(call.function.arguments) }]
        : [],
    ),
    finish: choice!.finish_reason,
    inputTokens: usage?.prompt_tokens ?? -1,
    outputTokens: usage?.completion_tokens ?? -1,
    native: message,
  };
}

export const openAiResponses: MatrixClient = {
  name: 'openai: responses',
  lacks: {},
  async ask(question) {
    const params: OpenAI.Responses.ResponseCreateParamsNonStreaming = {
      model: question.model,
      input: question.turns.flatMap(responsesItems),
      store: false,
      ...(question.maxTokens === undefined ? {} : { max_output_tokens: question.maxTokens }),
      ...(question.isReasoning === true
        ? {
            reasoning: { effort: 'medium' as const, summary: 'auto' as const },
            include: ['reasoning.encrypted_content' as const],
          }
        : {}),
      ...(question.mustCall === true ? { tool_choice: 'required' as const } : {}),
      ...(question.tools === undefined
        ? {}
        : {
            tools: question.tools.map(({ name, description, schema }) => ({
              type: 'function' as const,
              name,
              description,
              parameters: schema,
              strict: false,
            })),
          }),
      ...(question.schema === undefined
        ? {}
        : {
            text: {
              format: { type: 'json_schema' as const, name: 'answer', schema: question.schema, strict: true },
            },
          }),
    };
    const responses = client(question).responses;
    if (!question.stream) return responsesReply(await responses.create(params));
    return responsesReply(await responses.stream({ ...params, stream: true }).finalResponse());
  },
};

function responsesItems(turn: Turn): OpenAI.Responses.ResponseInputItem[] {
  switch (turn.role) {
    case 'system':
      return [{ role: 'developer', content: turn.text }];
    case 'user': {
      if (turn.image === undefined) return [{ role: 'user', content: turn.text }];
      const image_url = `data:image/png;base64,${turn.image}`;
      return [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: turn.text },
            { type: 'input_image', image_url, detail: 'auto' },
          ],
        },
      ];
    }
    case 'assistant':
      return turn.native as OpenAI.Responses.ResponseInputItem[];
    case 'tool':
      return [{ type: 'function_call_output', call_id: turn.callId, output: turn.text }];
  }
}

function responsesReply(response: OpenAI.Responses.Response): Reply {
  const summaries = response.output.flatMap((item) =>
    item.type === 'reasoning' ? [...item.summary, ...(item.content ?? [])].map(({ text }) => text) : [],
  );
  const calls = response.output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ id: item.call_id, name: item.name, input: parseInput(item.arguments) }]
      : [],
  );
  return {
    text: response.output_text,
    reasoning: summaries.join(''),
    calls,
    finish:
      response.incomplete_details?.reason ?? (calls.length > 0 ? 'tool_calls' : (response.status ?? '')),
    inputTokens: response.usage?.input_tokens ?? -1,
    outputTokens: response.usage?.output_tokens ?? -1,
    native: response.output,
  };
}
