/** OpenAI responses. */
import {
  closeChoice,
  count,
  fields,
  type Json,
  list,
  type OpenChoice,
  openChoice,
  type Reading,
  text,
  type UsageReading,
} from './reading.ts';

const EMPTY: Reading = { choices: [], usage: undefined, isPromptBlocked: false, isError: false };

export function readResponses(body: Json): Reading {
  const response = fields(body);
  if (response.error !== undefined && response.error !== null)
    return { ...EMPTY, usage: responsesUsage(fields(response.usage)), isError: true };
  const choice = openChoice();
  for (const item of list(response.output).map(fields)) addItem(choice, item);
  setFinish(choice, response);
  return { ...EMPTY, choices: [closeChoice(choice)], usage: responsesUsage(fields(response.usage)) };
}

/** The last event has the whole answer; items are read from their own last events, for those who leave them out there. */
export function readResponsesEvents(events: readonly Json[]): Reading {
  const choice = openChoice();
  let last: ReturnType<typeof fields> | undefined;
  let isError = false;
  for (const event of events.map(fields)) {
    const type = text(event.type);
    if (type === 'error' || type === 'response.failed') isError = true;
    if (type === 'response.output_item.done') addItem(choice, fields(event.item));
    if (/^response\.(completed|incomplete|failed)$/.test(type)) last = fields(event.response);
  }
  if (last === undefined) return { ...EMPTY, choices: [closeChoice(choice)], isError };
  const usage = responsesUsage(fields(last.usage));
  if (isError) return { ...EMPTY, choices: [closeChoice(choice)], usage, isError };
  setFinish(choice, last);
  return { ...EMPTY, choices: [closeChoice(choice)], usage };
}

function addItem(choice: OpenChoice, item: ReturnType<typeof fields>): void {
  switch (item.type) {
    case 'message':
      for (const part of list(item.content).map(fields)) {
        if (part.type === 'output_text') choice.text += text(part.text);
        if (part.type === 'refusal') choice.refusal += text(part.refusal);
      }
      break;
    case 'reasoning':
      for (const part of [...list(item.content), ...list(item.summary)].map(fields))
        choice.reasoning += text(part.text);
      break;
    case 'function_call':
      choice.calls.push({ name: text(item.name), arguments: text(item.arguments) });
      break;
    case 'custom_tool_call':
      choice.calls.push({ name: text(item.name), arguments: text(item.input), isFree: true });
      break;
    default:
  }
}

function setFinish(choice: OpenChoice, response: ReturnType<typeof fields>): void {
  const reason = text(fields(response.incomplete_details).reason);
  if (reason === 'max_output_tokens') choice.finish = 'length';
  else if (reason === 'content_filter') choice.finish = 'filtered';
  else if (choice.calls.length > 0) choice.finish = 'tools';
  else choice.finish = response.status === 'completed' || response.status === undefined ? 'stop' : 'other';
}

function responsesUsage(usage: ReturnType<typeof fields>): UsageReading | undefined {
  if (typeof usage.input_tokens !== 'number') return undefined;
  const cached = count(fields(usage.input_tokens_details).cached_tokens);
  const cacheWrite = count(fields(usage.input_tokens_details).cache_write_tokens);
  const output = count(usage.output_tokens);
  const reasoning = Math.min(output, count(fields(usage.output_tokens_details).reasoning_tokens));
  return {
    input: usage.input_tokens - cached - cacheWrite,
    cached,
    cacheWrite,
    output: output - reasoning,
    reasoning,
  };
}
