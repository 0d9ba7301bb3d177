/** What is read from a whole Message. The answer itself passes as it came. */
import { readMessagesUsage } from '@tollgate/dialects';
import { readFinishReason } from '../openai-compatible/finish-reason.ts';
import type { ReadResponse } from '../openai-compatible/response.ts';
import { servedSpeedInMessagesUsage } from '../openai-compatible/served-tier.ts';

/** @returns Undefined where the body is not the JSON object that this API answers with. */
export function readMessagesResponse(body: Buffer): ReadResponse | undefined {
  const text = body.toString('latin1');
  const message = parseObject(text);
  if (message === undefined) return undefined;
  const usage = readMessagesUsage(message.usage);
  return {
    usage,
    finishReason: readFinishReason(message.stop_reason),
    servedTier: servedSpeedInMessagesUsage(message.usage),
    outputBytes: usage === undefined ? contentBytes(message.content) : 0,
    text,
  };
}

/** Bytes of what was generated: text, thinking, inputs of tools. What server tools brought was not generated. */
function contentBytes(content: unknown): number {
  let sum = 0;
  for (const block of Array.isArray(content) ? (content as readonly unknown[]) : []) {
    const { text, thinking, input } = (block ?? {}) as Record<string, unknown>;
    for (const value of [text, thinking]) if (typeof value === 'string') sum += value.length;
    if (typeof input === 'object' && input !== null) sum += JSON.stringify(input).length;
  }
  return sum;
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
