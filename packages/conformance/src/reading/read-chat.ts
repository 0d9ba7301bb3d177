/** OpenAI chat completions, as OpenAI and its many likes write them. */
import {
  closeChoice,
  count,
  type FinishClass,
  fields,
  type Json,
  list,
  type OpenCall,
  type OpenChoice,
  openChoice,
  type Reading,
  text,
  type UsageReading,
} from './reading.ts';

const FINISH: Readonly<Record<string, FinishClass>> = {
  stop: 'stop',
  length: 'length',
  model_length: 'length',
  tool_calls: 'tools',
  function_call: 'tools',
  content_filter: 'filtered',
};

/** A whole answer is a stream of one, with `message` for `delta`. */
export function readChat(body: Json): Reading {
  return readChatChunks([body], 'message');
}

/** Perplexity writes both members in both places; in a stream its `message` is all that came so far. */
export function readChatChunks(chunks: readonly Json[], member: 'delta' | 'message' = 'delta'): Reading {
  const choices: OpenChoice[] = [];
  let usage: UsageReading | undefined;
  let isError = false;
  for (const chunk of chunks.map(fields)) {
    if (chunk.error !== undefined && chunk.error !== null) isError = true;
    usage = chatUsage(fields(fields(chunk.x_groq).usage)) ?? usage;
    usage = chatUsage(fields(chunk.usage)) ?? usage;
    list(chunk.choices).forEach((item, position) => {
      const entry = fields(item);
      const index = typeof entry.index === 'number' ? entry.index : position;
      choices[index] ??= openChoice();
      addMessage(choices[index], fields(entry[member]));
      const finish = text(entry.finish_reason);
      if (finish !== '') choices[index].finish = FINISH[finish] ?? 'other';
    });
  }
  for (const choice of choices) {
    // Snowflake leaves the reason empty, or out of a stream that ends well; a call that was forced ends with `stop`.
    if (choice !== undefined && (member === 'message' || usage !== undefined)) choice.finish ??= 'stop';
    if (choice?.finish === 'stop' && choice.calls.length > 0) choice.finish = 'tools';
  }
  return {
    choices: choices.filter((choice) => choice !== undefined).map(closeChoice),
    usage,
    isPromptBlocked: false,
    isError,
  };
}

function addMessage(choice: OpenChoice, message: ReturnType<typeof fields>): void {
  const content = message.content;
  if (typeof content === 'string') choice.text += content;
  for (const part of list(content).map(fields)) addPart(choice, part);
  // Providers that write both write the same text twice.
  choice.reasoning +=
    text(message.reasoning_content) || text(message.reasoning) || detailsText(message.reasoning_details);
  choice.refusal += text(message.refusal);
  for (const call of list(message.tool_calls).map(fields)) addCall(choice.calls, call);
  const legacy = fields(message.function_call);
  // Snowflake writes an empty one beside every answer.
  if (text(legacy.name) !== '' || text(legacy.arguments) !== '')
    addCall(choice.calls, { index: 0, function: legacy });
}

/** OpenRouter's way, alone only where others copied it. */
function detailsText(details: Json | undefined): string {
  return list(details)
    .map((detail) => text(fields(detail).text) || text(fields(detail).summary))
    .join('');
}

/** Mistral writes parts: text and thinking, which itself holds parts. */
function addPart(choice: OpenChoice, part: ReturnType<typeof fields>): void {
  if (part.type === 'text') choice.text += text(part.text);
  if (part.type === 'thinking') {
    const thinking = part.thinking;
    choice.reasoning +=
      text(thinking) ||
      list(thinking)
        .map((inner) => text(fields(inner).text))
        .join('');
  }
}

/** A call goes on under its index; without one, a new id starts another. */
function addCall(calls: OpenCall[], delta: ReturnType<typeof fields>): void {
  const made = fields(delta.function ?? delta.custom);
  const id = text(delta.id);
  const index = delta.index;
  const isOther = (call: OpenCall | undefined) => call?.id !== undefined && id !== '' && call.id !== id;
  let at = typeof index === 'number' ? index : calls.length - (id === '' ? 1 : 0);
  // Some count every call as 0 and only the id tells them apart.
  if (isOther(calls[at])) at = calls.length;
  if (typeof index === 'number' && id === '' && calls[at] === undefined) at = Math.max(0, calls.length - 1);
  at = Math.max(0, Math.min(at, calls.length));
  const call = calls[at] ?? { name: '', arguments: '' };
  calls[at] = call;
  if (id !== '') call.id = id;
  if (delta.type === 'custom') call.isFree = true;
  if (call.name === '') call.name = text(made.name);
  const written = made.arguments ?? made.input;
  call.arguments += typeof written === 'object' && written !== null ? JSON.stringify(written) : text(written);
}

/** `prompt_tokens` includes cached ones, `completion_tokens` includes reasoning, but for those who add it on top. */
export function chatUsage(usage: ReturnType<typeof fields>): UsageReading | undefined {
  if (typeof usage.prompt_tokens !== 'number') return undefined;
  const prompt = usage.prompt_tokens;
  const completion = count(usage.completion_tokens);
  const promptDetails = fields(usage.prompt_tokens_details);
  const cached = Math.min(
    prompt,
    count(promptDetails.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens),
  );
  const cacheWrite = Math.min(prompt - cached, count(promptDetails.cache_write_tokens));
  const reasoning = count(fields(usage.completion_tokens_details).reasoning_tokens ?? usage.reasoning_tokens);
  // xAI: the total tells that reasoning comes on top of the completion.
  const isOnTop = reasoning > 0 && count(usage.total_tokens) === prompt + completion + reasoning;
  return {
    input: prompt - cached - cacheWrite,
    cached,
    cacheWrite,
    output: isOnTop ? completion : completion - Math.min(reasoning, completion),
    reasoning: isOnTop ? reasoning : Math.min(reasoning, completion),
  };
}
