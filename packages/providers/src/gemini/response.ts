/** What is read from a whole generateContent answer. The answer itself passes as it came. */
import type { TokenUsage } from '@tollgate/catalog';
import { readGenerateUsage, searchUnits, withSearches } from '@tollgate/dialects';
import { readFinishReason } from '../openai-compatible/finish-reason.ts';
import type { ReadResponse } from '../openai-compatible/response.ts';
import { servedTierInGeminiUsage } from '../openai-compatible/served-tier.ts';

type Members = Readonly<Record<string, unknown>>;

/** @returns Undefined where the body is not the JSON object that this API answers with. */
export function readGenerateResponse(body: Buffer): ReadResponse | undefined {
  const text = body.toString('latin1');
  const answer = parseObject(text);
  if (answer === undefined) return undefined;
  const usage = usageOf(answer);
  return {
    usage,
    finishReason: finishReasonOf(answer),
    servedTier: servedTierInGeminiUsage(answer.usageMetadata),
    outputBytes: usage === undefined ? generatedBytes(answer) : 0,
    text,
  };
}

export function usageOf(answer: Members): TokenUsage | undefined {
  return withSearches(readGenerateUsage(answer.usageMetadata), searchesOf(answer));
}

export function searchesOf(answer: Members): number {
  const grounding = candidatesOf(answer).flatMap(({ groundingMetadata }) => groundingMetadata ?? []);
  return grounding.length === 0 ? 0 : searchUnits(String(answer.modelVersion ?? ''), grounding);
}

/** Of the first candidate; a prompt that was blocked has none, but a reason of its own. */
export function finishReasonOf(answer: Members): string {
  const [first] = candidatesOf(answer);
  if (first !== undefined) return readFinishReason(first.finishReason);
  return readFinishReason(memberOf(answer.promptFeedback, 'blockReason'));
}

/** Bytes of text, thoughts, arguments and code; those of media are no measure of tokens. */
export function generatedBytes(answer: Members): number {
  let sum = 0;
  for (const { content } of candidatesOf(answer)) {
    const parts = memberOf(content, 'parts');
    for (const part of Array.isArray(parts) ? (parts as readonly unknown[]) : []) {
      const text = memberOf(part, 'text');
      if (typeof text === 'string') sum += text.length;
      for (const name of ['functionCall', 'executableCode'] as const) {
        const value = memberOf(part, name);
        if (typeof value === 'object' && value !== null) sum += JSON.stringify(value).length;
      }
    }
  }
  return sum;
}

export function candidatesOf({ candidates }: Members): readonly Members[] {
  const list = Array.isArray(candidates) ? (candidates as readonly unknown[]) : [];
  return list.filter(
    (candidate): candidate is Members => typeof candidate === 'object' && candidate !== null,
  );
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

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Members)[name] : undefined;
}
