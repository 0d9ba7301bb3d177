/** Cohere's chat, version 2. */
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
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tools',
};

export function readCohere(body: Json): Reading {
  const answer = fields(body);
  if (answer.message === undefined || typeof answer.message === 'string')
    return { choices: [], usage: undefined, isPromptBlocked: false, isError: true };
  const choice = openChoice();
  addMessage(choice, fields(answer.message));
  choice.finish = FINISH[text(answer.finish_reason)] ?? 'other';
  return {
    choices: [closeChoice(choice)],
    usage: cohereUsage(fields(answer.usage)),
    isPromptBlocked: false,
    isError: false,
  };
}

export function readCohereEvents(events: readonly Json[]): Reading {
  const choice = openChoice();
  let usage: UsageReading | undefined;
  let isError = false;
  for (const event of events.map(fields)) {
    const delta = fields(event.delta);
    const message = fields(delta.message);
    switch (event.type) {
      case 'content-start':
      case 'content-delta':
      case 'tool-plan-delta':
        addMessage(choice, message);
        break;
      case 'tool-call-start': {
        const call = fields(message.tool_calls);
        const made = fields(call.function);
        choice.calls.push({ name: text(made.name), arguments: text(made.arguments) });
        break;
      }
      case 'tool-call-delta':
        choice.calls.at(-1)!.arguments += text(fields(fields(message.tool_calls).function).arguments);
        break;
      case 'message-end':
        if (delta.error !== undefined && delta.error !== null) isError = true;
        choice.finish = FINISH[text(delta.finish_reason)] ?? 'other';
        usage = cohereUsage(fields(delta.usage));
        break;
      default:
    }
  }
  return { choices: [closeChoice(choice)], usage, isPromptBlocked: false, isError };
}

/** What it plans to do with its tools is said to the user. */
function addMessage(choice: OpenChoice, message: ReturnType<typeof fields>): void {
  choice.text += text(message.tool_plan);
  const content = message.content;
  for (const part of (Array.isArray(content) ? content : [content ?? null]).map(fields)) {
    choice.text += text(part.text);
    choice.reasoning += text(part.thinking);
  }
  // A call without arguments says `null`.
  for (const call of list(message.tool_calls).map((item) => fields(fields(item).function)))
    choice.calls.push({ name: text(call.name), arguments: text(call.arguments).replace(/^null$/, '') });
}

/** `billed_units` is what is paid for; `tokens` counts Cohere's own preamble too, and stands in where it is alone. */
function cohereUsage(usage: ReturnType<typeof fields>): UsageReading | undefined {
  const tokens = fields(usage.billed_units ?? usage.tokens);
  if (typeof tokens.input_tokens !== 'number' && typeof tokens.output_tokens !== 'number') return undefined;
  const output = count(tokens.output_tokens);
  const reasoning = Math.min(count(fields(usage.tokens).reasoning_tokens), output);
  return {
    input: count(tokens.input_tokens),
    cached: 0,
    cacheWrite: 0,
    output: output - reasoning,
    reasoning,
  };
}
