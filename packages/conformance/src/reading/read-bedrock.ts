/** Bedrock's Converse and ConverseStream. */
import {
  closeChoice,
  count,
  type FinishClass,
  fields,
  type Json,
  list,
  type OpenChoice,
  openChoice,
  type Reading,
  text,
  type UsageReading,
} from './reading.ts';

const FINISH: Readonly<Record<string, FinishClass>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tools',
  content_filtered: 'filtered',
  guardrail_intervened: 'filtered',
};

export function readBedrock(body: Json): Reading {
  const answer = fields(body);
  const output = answer.output;
  if (output === undefined) return { choices: [], usage: undefined, isPromptBlocked: false, isError: true };
  const choice = openChoice();
  for (const block of list(fields(fields(output).message).content).map(fields)) addBlock(choice, block);
  choice.finish = FINISH[text(answer.stopReason)] ?? 'other';
  return {
    choices: [closeChoice(choice)],
    usage: bedrockUsage(fields(answer.usage)),
    isPromptBlocked: false,
    isError: false,
  };
}

/** Each event as `{"<type>": …}`. */
export function readBedrockEvents(events: readonly Json[]): Reading {
  const choice = openChoice();
  let usage: UsageReading | undefined;
  let isError = false;
  const calls = new Map<number, number>();
  for (const event of events.map(fields)) {
    const [type = ''] = Object.keys(event);
    const value = fields(event[type]);
    const index = count(value.contentBlockIndex);
    if (type.endsWith('Exception')) isError = true;
    if (type === 'contentBlockStart' && fields(value.start).toolUse !== undefined) {
      const started = fields(fields(value.start).toolUse);
      // Server tools run at the provider: their use is no call of the client's.
      if (started.type !== 'server_tool_use')
        calls.set(index, choice.calls.push({ name: text(started.name), arguments: '' }) - 1);
    }
    if (type === 'contentBlockDelta') {
      const delta = fields(value.delta);
      choice.text += text(delta.text);
      choice.reasoning += text(fields(delta.reasoningContent).text);
      const call = choice.calls[calls.get(index) ?? -1];
      if (call !== undefined) call.arguments += text(fields(delta.toolUse).input);
    }
    if (type === 'messageStop') choice.finish = FINISH[text(value.stopReason)] ?? 'other';
    if (type === 'metadata') usage = bedrockUsage(fields(value.usage)) ?? usage;
  }
  return { choices: [closeChoice(choice)], usage, isPromptBlocked: false, isError };
}

function addBlock(choice: OpenChoice, block: ReturnType<typeof fields>): void {
  choice.text += text(block.text);
  for (const part of list(fields(block.citationsContent).content)) choice.text += text(fields(part).text);
  choice.reasoning += text(fields(fields(block.reasoningContent).reasoningText).text);
  const call = fields(block.toolUse);
  if (block.toolUse !== undefined && call.type !== 'server_tool_use')
    choice.calls.push({ name: text(call.name), arguments: JSON.stringify(call.input ?? {}) });
}

/** `inputTokens` excludes the cache. */
function bedrockUsage(usage: ReturnType<typeof fields>): UsageReading | undefined {
  if (typeof usage.inputTokens !== 'number') return undefined;
  return {
    input: usage.inputTokens,
    cached: count(usage.cacheReadInputTokens),
    cacheWrite: count(usage.cacheWriteInputTokens),
    output: count(usage.outputTokens),
    reasoning: 0,
  };
}
