/** A message of Claude's as Converse says it: whole, and as events. */
import type { Block, Message } from '../anthropic/messages-answer.ts';
import { countTokens, cutIntoPieces } from '../tokens.ts';
import type { Spoken } from '../wire/speech.ts';
import { bendUsage, type WireEvent } from '../wire/sse.ts';

/** Bedrock repeats Anthropic's meaning: input without what was read from or written to the cache. */
function usageOf({ usage, controls }: Spoken): unknown {
  const write = (usage.units?.cacheWriteTokens ?? 0) + (usage.units?.cacheWrite1hTokens ?? 0);
  const { cachedTokens, promptTokens, completionTokens } = usage;
  return bendUsage(
    {
      inputTokens: promptTokens - cachedTokens - write,
      outputTokens: completionTokens,
      totalTokens: promptTokens + completionTokens,
      cacheReadInputTokens: cachedTokens,
      cacheWriteInputTokens: write,
    },
    controls,
  );
}

function stopReason({ stopReason }: Message, { controls }: Spoken): string {
  if (controls['safety-block'] !== undefined) return 'guardrail_intervened';
  return stopReason === 'refusal' ? 'content_filtered' : stopReason;
}

export function converseBody(spoken: Spoken, message: Message): object {
  const usage = usageOf(spoken);
  return {
    metrics: { latencyMs: 42 },
    output: { message: { content: message.blocks.map(contentOf), role: 'assistant' } },
    stopReason: stopReason(message, spoken),
    ...(usage === undefined ? {} : { usage }),
  };
}

function contentOf(block: Block): object {
  switch (block.type) {
    case 'text':
      return { text: block.text };
    case 'thinking':
      return { reasoningContent: { reasoningText: { text: block.thinking, signature: block.signature } } };
    case 'redacted_thinking':
      return { reasoningContent: { redactedContent: base64(block.data) } };
    case 'tool_use':
      return { toolUse: { toolUseId: block.id, name: block.name, input: block.input } };
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export function* converseEvents(spoken: Spoken, message: Message): Generator<WireEvent> {
  let count = 0;
  const event = (name: string, content: object, tokens = 0): WireEvent => {
    count += 1;
    const p = PADDING.slice(0, (count * 17) % PADDING.length);
    return { event: name, data: JSON.stringify({ ...content, p }), tokens };
  };
  yield event('messageStart', { role: 'assistant' });
  for (const [contentBlockIndex, block] of message.blocks.entries()) {
    const delta = (content: object, tokens: number) =>
      event('contentBlockDelta', { contentBlockIndex, delta: content }, tokens);
    if (block.type === 'tool_use') {
      const start = { toolUse: { toolUseId: block.id, name: block.name } };
      yield event('contentBlockStart', { contentBlockIndex, start }, countTokens(block.name));
    }
    yield* deltas(block, message, delta, spoken);
    yield event('contentBlockStop', { contentBlockIndex });
  }
  yield { ...event('messageStop', { stopReason: stopReason(message, spoken) }), isEnd: true };
  const usage = usageOf(spoken);
  if (usage !== undefined)
    yield { ...event('metadata', { metrics: { latencyMs: 42 }, usage }), isUsage: true };
}

function* deltas(
  block: Block,
  message: Message,
  delta: (content: object, tokens: number) => WireEvent,
  spoken: Spoken,
): Generator<WireEvent> {
  switch (block.type) {
    case 'text':
      for (const { text, tokens } of cutIntoPieces(block.text)) yield delta({ text }, tokens);
      return;
    case 'thinking':
      for (const { text, tokens } of cutIntoPieces(block.thinking))
        yield delta({ reasoningContent: { text } }, tokens);
      yield delta({ reasoningContent: { signature: block.signature } }, 0);
      return;
    case 'redacted_thinking':
      yield delta(
        { reasoningContent: { redactedContent: base64(block.data) } },
        spoken.usage.reasoningTokens,
      );
      return;
    case 'tool_use':
      for (const { text, tokens } of cutIntoPieces(message.argumentsOf.get(block.id) ?? ''))
        yield delta({ toolUse: { input: text } }, tokens);
  }
}
