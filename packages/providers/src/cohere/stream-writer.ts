/** Neutral events as those of a Cohere chat stream. No client speaks it to us; tests and tools do. */

import { emptyUsage, type TokenUsage } from '@tollgate/catalog';
import {
  type AnswerContext,
  type BlockStart,
  type Finish,
  type JsonObject,
  type NeutralEvent,
  openAiErrorBody,
  type StreamMessage,
  type StreamWriter,
} from '@tollgate/dialects';
import { writeCohereFinish } from './finish-reason.ts';
import { FORMAT } from './format.ts';

export function createCohereStreamWriter(context: AnswerContext): StreamWriter {
  const starts = new Map<number, BlockStart>();
  let usage: TokenUsage = emptyUsage();
  let finish: Finish | undefined;

  const message = (type: string, members: JsonObject): StreamMessage => ({
    event: type,
    data: JSON.stringify({ type, ...members }),
  });

  const sayDelta = (index: number, text: string): StreamMessage[] => {
    switch (starts.get(index)?.kind) {
      case 'toolCall':
        return [
          message('tool-call-delta', {
            index,
            delta: { message: { tool_calls: { function: { arguments: text } } } },
          }),
        ];
      case 'reasoning':
        return [message('content-delta', { index, delta: { message: { content: { thinking: text } } } })];
      case undefined:
        return [];
      default:
        return [message('content-delta', { index, delta: { message: { content: { text } } } })];
    }
  };

  const startBlock = (index: number, start: BlockStart): StreamMessage[] => {
    starts.set(index, start);
    if (start.kind === 'toolCall') {
      const call = { id: start.id, type: 'function', function: { name: start.name, arguments: '' } };
      return [message('tool-call-start', { index, delta: { message: { tool_calls: call } } })];
    }
    const content =
      start.kind === 'reasoning' ? { type: 'thinking', thinking: '' } : { type: 'text', text: '' };
    return [message('content-start', { index, delta: { message: { content } } })];
  };

  const write = (event: NeutralEvent): StreamMessage[] => {
    switch (event.kind) {
      case 'start': {
        const empty = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
        const id = event.id === '' ? context.requestId : event.id;
        return [message('message-start', { id, delta: { message: empty } })];
      }
      case 'blockStart':
        return event.choice === 0 ? startBlock(event.block, event.start) : [];
      case 'blockDelta':
        if (event.choice !== 0) return [];
        if (event.delta.kind === 'text') return sayDelta(event.block, event.delta.text);
        if (event.delta.kind === 'citation' && event.delta.citation.native?.format === FORMAT) {
          const citations = event.delta.citation.native.value;
          return [message('citation-start', { index: event.block, delta: { message: { citations } } })];
        }
        return [];
      case 'blockEnd': {
        const type = starts.get(event.block)?.kind === 'toolCall' ? 'tool-call-end' : 'content-end';
        return event.choice === 0 ? [message(type, { index: event.block })] : [];
      }
      case 'usage':
        usage = event.usage;
        return [];
      case 'finish':
        if (event.choice === 0) finish = event.finish;
        return [];
      default:
        return [];
    }
  };

  return {
    write,
    finish() {
      const output = usage.outputTokens + usage.reasoningTokens;
      return [
        message('message-end', {
          delta: {
            finish_reason: finish === undefined ? 'COMPLETE' : writeCohereFinish(finish),
            usage: {
              billed_units: { input_tokens: usage.inputTokens, output_tokens: output },
              tokens: {
                input_tokens: usage.inputTokens + usage.cachedInputTokens,
                output_tokens: output,
                ...(usage.reasoningTokens === 0 ? {} : { reasoning_tokens: usage.reasoningTokens }),
              },
            },
          },
        }),
      ];
    },
    fail: (error) => [{ event: '', data: openAiErrorBody(error, context.requestId) }],
  };
}
