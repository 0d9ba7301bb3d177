/** The message that Anthropic would send: blocks, stop reason and usage, whole and as events. */
import type { Controls } from '../controls.ts';
import { cutIntoPieces } from '../tokens.ts';
import type { Spoken } from '../wire/speech.ts';
import { bendUsage, type WireEvent } from '../wire/sse.ts';
import type { MessagesRequest } from './messages-request.ts';
import { redact, signThinking } from './thinking-blocks.ts';

export type Block =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | { readonly type: 'text'; readonly text: string; readonly citations?: readonly object[] }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
      readonly caller: object;
    };

export interface Message {
  readonly id: string;
  readonly model: string;
  readonly blocks: readonly Block[];
  readonly stopReason: string;
  readonly stopSequence: string | null;
  /** The arguments of tool calls as they were produced, which a cut may have left unfinished. */
  readonly argumentsOf: ReadonlyMap<string, string>;
}

const STOP_REASONS = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' } as const;

export function buildMessage(spoken: Spoken, shownModel: string): Message {
  const { answer, controls, request } = spoken;
  const choice = answer.choices[0]!;
  const blocks: Block[] = [];
  const { isThinkingOmitted } = request as MessagesRequest;
  const thought = choice.reasoningText;
  if (thought !== '' && controls.redacted === true)
    blocks.push({ type: 'redacted_thinking', data: redact(thought) });
  else if (thought !== '') blocks.push(thinkingBlock(isThinkingOmitted ? '' : thought));
  if (choice.text !== null && choice.text !== '') blocks.push(textBlock(choice.text, controls));
  const argumentsOf = new Map<string, string>();
  for (const call of choice.toolCalls) {
    const id = `toolu_01${call.id.slice(5, 27)}`;
    argumentsOf.set(id, call.arguments);
    blocks.push({
      type: 'tool_use',
      id,
      name: call.name,
      input: inputOf(call.arguments),
      caller: { type: 'direct' },
    });
  }
  const isCalling = choice.toolCalls.length > 0 && choice.finishReason !== 'length';
  const usual = isCalling ? 'tool_use' : STOP_REASONS[choice.finishReason];
  const isStopped = usual === 'end_turn' && choice.isStopped;
  const stopReason = controls.finish ?? (choice.isRefusal ? 'refusal' : isStopped ? 'stop_sequence' : usual);
  return {
    id: `msg_01${answer.id.slice(9, 31)}`,
    model: controls['response-model'] ?? shownModel,
    blocks,
    stopReason,
    stopSequence: stopReason === 'stop_sequence' ? (request.stop[0] ?? null) : null,
    argumentsOf,
  };
}

function thinkingBlock(thinking: string): Block {
  return { type: 'thinking', thinking, signature: signThinking(thinking) };
}

function textBlock(text: string, controls: Controls): Block {
  if (controls.citations !== true) return { type: 'text', text };
  const citation = {
    type: 'char_location',
    cited_text: text.slice(0, 20),
    document_index: 0,
    document_title: 'The simulated document',
    start_char_index: 0,
    end_char_index: Math.min(20, text.length),
    file_id: null,
  };
  return { type: 'text', text, citations: [citation] };
}

/** Arguments that a limit cut off are no JSON: the provider then says `{}`. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** Anthropic's meaning: `input_tokens` without what was read from or written to the cache. */
export function usageOf({ usage, controls }: Spoken, outputTokens: number): object {
  const write5m = usage.units?.cacheWriteTokens ?? 0;
  const write1h = usage.units?.cacheWrite1hTokens ?? 0;
  return (bendUsage(
    {
      input_tokens: usage.promptTokens - usage.cachedTokens - write5m - write1h,
      cache_creation_input_tokens: write5m + write1h,
      cache_read_input_tokens: usage.cachedTokens,
      cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
      output_tokens: outputTokens,
      output_tokens_details: { thinking_tokens: Math.min(usage.reasoningTokens, outputTokens) },
      server_tool_use: null,
      service_tier: 'standard',
      inference_geo: 'not_available',
      speed: 'standard',
    },
    controls,
  ) ?? {}) as object;
}

function envelope(message: Message, content: readonly object[], isDone: boolean, usage: object) {
  return {
    model: message.model,
    id: message.id,
    type: 'message',
    role: 'assistant',
    content,
    stop_reason: isDone ? message.stopReason : null,
    stop_sequence: isDone ? message.stopSequence : null,
    stop_details: isDone ? stopDetails(message) : null,
    container: null,
    diagnostics: null,
    usage,
  };
}

function stopDetails({ stopReason }: Message): object | null {
  return stopReason === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null;
}

export function messageBody(spoken: Spoken, message: Message): object {
  return envelope(message, message.blocks, true, usageOf(spoken, spoken.usage.completionTokens));
}

export function* messageEvents(spoken: Spoken, message: Message): Generator<WireEvent> {
  const start = envelope(message, [], false, usageOf(spoken, 1));
  yield event('message_start', { type: 'message_start', message: start });
  for (const [index, block] of message.blocks.entries()) {
    yield event('content_block_start', { type: 'content_block_start', index, content_block: emptied(block) });
    // The provider pings once, after the first block has begun.
    if (index === 0) yield { event: 'ping', data: '{"type": "ping"}' };
    yield* deltas(block, index, message, spoken);
    yield event('content_block_stop', { type: 'content_block_stop', index });
  }
  const { stopReason: stop_reason, stopSequence: stop_sequence } = message;
  const usage = lastUsage(usageOf(spoken, spoken.usage.completionTokens));
  const delta = { stop_reason, stop_sequence, stop_details: stopDetails(message) };
  const isUsage = spoken.controls['no-usage'] !== true;
  yield { ...event('message_delta', { type: 'message_delta', delta, usage }), isUsage };
  yield { ...event('message_stop', { type: 'message_stop' }), isEnd: true };
}

/** The last usage repeats the sums only. */
function lastUsage(usage: object): object {
  const left = new Set(['cache_creation', 'service_tier', 'inference_geo', 'speed']);
  return Object.fromEntries(Object.entries(usage).filter(([name]) => !left.has(name)));
}

function emptied(block: Block): object {
  switch (block.type) {
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'text':
      return block.citations === undefined
        ? { type: 'text', text: '' }
        : { type: 'text', text: '', citations: [] };
    case 'tool_use':
      return { type: 'tool_use', id: block.id, name: block.name, input: {}, caller: block.caller };
    case 'redacted_thinking':
      return block;
  }
}

function* deltas(block: Block, index: number, message: Message, spoken: Spoken): Generator<WireEvent> {
  const delta = (content: object, tokens: number) => ({
    ...event('content_block_delta', { type: 'content_block_delta', index, delta: content }),
    tokens,
  });
  switch (block.type) {
    case 'thinking':
      for (const { text, tokens } of cutIntoPieces(block.thinking))
        yield delta({ type: 'thinking_delta', thinking: text }, tokens);
      yield delta({ type: 'signature_delta', signature: block.signature }, 0);
      return;
    case 'text':
      for (const { text, tokens } of cutIntoPieces(block.text))
        yield delta({ type: 'text_delta', text }, tokens);
      for (const citation of block.citations ?? []) yield delta({ type: 'citations_delta', citation }, 0);
      return;
    case 'tool_use':
      yield delta({ type: 'input_json_delta', partial_json: '' }, Math.ceil(block.name.length / 4));
      for (const { text, tokens } of cutIntoPieces(message.argumentsOf.get(block.id) ?? ''))
        yield delta({ type: 'input_json_delta', partial_json: text }, tokens);
      return;
    case 'redacted_thinking':
      // Nothing of it is streamed, but it was produced.
      yield { event: 'ping', data: '{"type": "ping"}', tokens: spoken.usage.reasoningTokens };
  }
}

function event(name: string, data: object): WireEvent {
  return { event: name, data: JSON.stringify(data) };
}
