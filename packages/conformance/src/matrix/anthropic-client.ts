/** The `@anthropic-ai/sdk` package. */
import Anthropic from '@anthropic-ai/sdk';
import type { MatrixClient, Reply, Turn } from './conversation.ts';

const MAX_TOKENS = 4096;

export const anthropicMessages: MatrixClient = {
  name: '@anthropic-ai/sdk',
  lacks: {},
  async ask(question) {
    const client = new Anthropic({ baseURL: question.origin, apiKey: question.apiKey, maxRetries: 0 });
    const system = question.turns.find((turn) => turn.role === 'system');
    const params: Anthropic.MessageCreateParamsNonStreaming = {
      model: question.model,
      max_tokens: question.maxTokens ?? MAX_TOKENS,
      messages: merged(question.turns.filter(({ role }) => role !== 'system').map(message)),
      ...(system === undefined ? {} : { system: system.text }),
      ...(question.isReasoning === true
        ? { thinking: { type: 'enabled' as const, budget_tokens: 1024 } }
        : {}),
      ...(question.mustCall === true ? { tool_choice: { type: 'any' as const } } : {}),
      ...(question.tools === undefined
        ? {}
        : {
            tools: question.tools.map(({ name, description, schema }) => ({
              name,
              description,
              input_schema: schema as Anthropic.Tool.InputSchema,
            })),
          }),
      ...(question.schema === undefined
        ? {}
        : { output_config: { format: { type: 'json_schema' as const, schema: question.schema } } }),
    };
    return reply(
      question.stream
        ? await client.messages.stream(params).finalMessage()
        : await client.messages.create(params),
    );
  },
};

/** Results of one turn's calls stand in one message, as Anthropic's guide of tool use has it. */
function merged(messages: readonly Anthropic.MessageParam[]): Anthropic.MessageParam[] {
  const result: Anthropic.MessageParam[] = [];
  for (const next of messages) {
    const last = result.at(-1);
    if (last?.role === next.role && Array.isArray(last.content) && Array.isArray(next.content))
      result[result.length - 1] = {
        ...last,
        content: [...last.content, ...next.content],
      } as Anthropic.MessageParam;
    else result.push(next);
  }
  return result;
}

function message(turn: Turn): Anthropic.MessageParam {
  switch (turn.role) {
    case 'assistant':
      return { role: 'assistant', content: turn.native as Anthropic.ContentBlockParam[] };
    case 'tool':
      return {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: turn.callId, content: turn.text }],
      };
    case 'system':
    case 'user':
      return {
        role: 'user',
        content:
          turn.role === 'system' || turn.image === undefined
            ? turn.text
            : [
                { type: 'text', text: turn.text },
                {
                  type: 'image',
                  source: { type: 'base64', media_type: 'image/png', data: turn.image },
                },
              ],
      };
  }
}

function reply({ content, stop_reason, usage }: Anthropic.Message): Reply {
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [],
    ),
    finish: stop_reason ?? '',
    inputTokens:
      usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
    outputTokens: usage.output_tokens,
    native: content,
  };
}
