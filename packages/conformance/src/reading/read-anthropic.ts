/** Anthropic messages. */
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
  refusal: 'refusal',
  pause_turn: 'pause',
};

export function readAnthropic(body: Json): Reading {
  const message = fields(body);
  const choice = openChoice();
  for (const block of list(message.content).map(fields)) {
    startBlock(choice, block);
    if (block.type === 'tool_use') choice.calls.at(-1)!.arguments = JSON.stringify(block.input);
  }
  choice.finish = finishClass(message.stop_reason);
  const isError = message.type === 'error';
  return {
    choices: isError ? [] : [closeChoice(choice)],
    usage: anthropicUsage(fields(message.usage)),
    isPromptBlocked: false,
    isError,
  };
}

export function readAnthropicEvents(events: readonly Json[]): Reading {
  const choice = openChoice();
  const blockTypes = new Map<number, Json | undefined>();
  let usage: ReturnType<typeof fields> = {};
  let isError = false;
  for (const event of events.map(fields)) {
    switch (event.type) {
      case 'message_start':
        usage = fields(fields(event.message).usage);
        break;
      case 'content_block_start':
        blockTypes.set(count(event.index), fields(event.content_block).type);
        startBlock(choice, fields(event.content_block));
        break;
      case 'content_block_delta':
        addDelta(choice, fields(event.delta), blockTypes.get(count(event.index)) === 'tool_use');
        break;
      case 'message_delta':
        choice.finish = finishClass(fields(event.delta).stop_reason) ?? choice.finish;
        usage = { ...usage, ...withoutNulls(fields(event.usage)) };
        break;
      case 'error':
        isError = true;
        break;
      default:
    }
  }
  return { choices: [closeChoice(choice)], usage: anthropicUsage(usage), isPromptBlocked: false, isError };
}

function startBlock(choice: OpenChoice, block: ReturnType<typeof fields>): void {
  if (block.type === 'text') choice.text += text(block.text);
  if (block.type === 'thinking') choice.reasoning += text(block.thinking);
  if (block.type === 'tool_use') choice.calls.push({ name: text(block.name), arguments: '' });
}

function addDelta(choice: OpenChoice, delta: ReturnType<typeof fields>, isCall: boolean): void {
  if (delta.type === 'text_delta') choice.text += text(delta.text);
  if (delta.type === 'thinking_delta') choice.reasoning += text(delta.thinking);
  if (delta.type === 'input_json_delta' && isCall) choice.calls.at(-1)!.arguments += text(delta.partial_json);
}

function finishClass(reason: Json | undefined): FinishClass | undefined {
  return typeof reason === 'string' ? (FINISH[reason] ?? 'other') : undefined;
}

function withoutNulls(value: ReturnType<typeof fields>): ReturnType<typeof fields> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
}

/**
 * `input_tokens` excludes what was read from or written to the cache; thinking is output; what a compaction used is
 * in its iteration only.
 */
function anthropicUsage(usage: ReturnType<typeof fields>): UsageReading | undefined {
  if (typeof usage.input_tokens !== 'number') return undefined;
  const compactions = list(usage.iterations)
    .map(fields)
    .filter((iteration) => iteration.type === 'compaction');
  const sum = (name: string) =>
    [usage, ...compactions].reduce((total, report) => total + count(report[name]), 0);
  const output = sum('output_tokens');
  const reasoning = Math.min(output, count(fields(usage.output_tokens_details).thinking_tokens));
  return {
    input: sum('input_tokens'),
    cached: sum('cache_read_input_tokens'),
    cacheWrite: sum('cache_creation_input_tokens'),
    output: output - reasoning,
    reasoning,
  };
}
