/**
 * Reads the answer of a chat completion, streamed or whole, into what a step shows. Pure: text in, changes out.
 *
 * A stream may be cut anywhere, in the middle of a character or of a line.
 */
import type { Step, StepError, ToolCall } from './conversation.ts';

interface ToolCallDelta {
  readonly index?: number;
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

interface ChatChunk {
  readonly choices?: readonly {
    readonly delta?: ChatDelta;
    readonly message?: ChatDelta;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null;
  readonly error?: {
    readonly message?: string;
    readonly code?: string | null;
    readonly type?: string;
    readonly tollgate?: { readonly rule_id?: string };
  };
}

interface ChatDelta {
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly reasoning_content?: string | null;
  readonly reasoning?: string | null;
  readonly tool_calls?: readonly ToolCallDelta[];
}

/** Splits server-sent events; keeps what is not whole yet for the next piece. */
export function createEventReader(): (text: string) => readonly string[] {
  let rest = '';
  return (text) => {
    rest += text;
    const events: string[] = [];
    for (;;) {
      const end = /\r\n\r\n|\n\n|\r\r/.exec(rest);
      if (end === null) return events;
      const data = rest
        .slice(0, end.index)
        .split(/\r\n|\n|\r/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).replace(/^ /, ''));
      rest = rest.slice(end.index + end[0].length);
      if (data.length > 0) events.push(data.join('\n'));
    }
  };
}

/** A step after one more event. Unknown events change nothing. */
export function applyEvent(step: Step, data: string): Step {
  if (data === '[DONE]') return step;
  const chunk = parseChunk(data);
  if (chunk === undefined) return step;
  if (chunk.error !== undefined) return { ...step, error: toStepError(chunk.error, 0), state: 'failed' };
  const [choice] = chunk.choices ?? [];
  const delta = choice?.delta ?? choice?.message ?? {};
  const { usage } = chunk;
  return {
    ...step,
    text: step.text + (delta.content ?? '') + (delta.refusal ?? ''),
    reasoning: step.reasoning + (delta.reasoning_content ?? delta.reasoning ?? ''),
    toolCalls:
      delta.tool_calls === undefined ? step.toolCalls : addToolCalls(step.toolCalls, delta.tool_calls),
    ...(choice?.finish_reason != null && { finishReason: choice.finish_reason }),
    ...(usage != null && {
      usage: { inputTokens: usage.prompt_tokens ?? 0, outputTokens: usage.completion_tokens ?? 0 },
    }),
  };
}

function parseChunk(data: string): ChatChunk | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? (value as ChatChunk) : undefined;
  } catch {
    return undefined;
  }
}

function addToolCalls(known: readonly ToolCall[], deltas: readonly ToolCallDelta[]): readonly ToolCall[] {
  const calls = [...known];
  for (const [position, delta] of deltas.entries()) {
    const index = delta.index ?? position;
    const call = calls[index] ?? { id: '', name: '', arguments: '' };
    calls[index] = {
      id: delta.id ?? (call.id || `call_${index}`),
      name: call.name + (delta.function?.name ?? ''),
      arguments: call.arguments + (delta.function?.arguments ?? ''),
    };
  }
  return calls;
}

/** What the gateway, or the API before it, says instead of an answer. */
export function readRefusal(status: number, text: string): StepError {
  try {
    const body = JSON.parse(text) as {
      error?: ChatChunk['error'] | string;
      detail?: string;
      title?: string;
      code?: string;
    };
    if (typeof body.error === 'object') return toStepError(body.error, status);
    return { status, code: body.code ?? '', message: body.detail ?? body.title ?? '' };
  } catch {
    return { status, code: '', message: text.slice(0, 500) };
  }
}

function toStepError(error: NonNullable<ChatChunk['error']>, status: number): StepError {
  const ruleId = error.tollgate?.rule_id;
  return {
    status,
    code: error.code ?? error.type ?? '',
    message: error.message ?? '',
    ...(ruleId !== undefined && { ruleId }),
  };
}
