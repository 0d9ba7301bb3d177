/** Why Gemini stopped. Calls of functions end with `STOP` there. Source: Gemini and Vertex API references, FinishReason. */
import type { Finish, FinishKind } from '../neutral/answer.ts';

const KINDS: ReadonlyMap<string, FinishKind> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'filtered'],
  ['RECITATION', 'filtered'],
  ['BLOCKLIST', 'filtered'],
  ['PROHIBITED_CONTENT', 'filtered'],
  ['SPII', 'filtered'],
  ['IMAGE_SAFETY', 'filtered'],
  ['IMAGE_PROHIBITED_CONTENT', 'filtered'],
  ['IMAGE_RECITATION', 'filtered'],
  ['MODEL_ARMOR', 'filtered'],
  ['MALFORMED_FUNCTION_CALL', 'malformedCall'],
  ['UNEXPECTED_TOOL_CALL', 'malformedCall'],
  ['LANGUAGE', 'filtered'],
  ['OTHER', 'other'],
  ['IMAGE_OTHER', 'other'],
  ['NO_IMAGE', 'other'],
  ['TOO_MANY_TOOL_CALLS', 'other'],
  ['MISSING_THOUGHT_SIGNATURE', 'other'],
  ['MALFORMED_RESPONSE', 'other'],
  ['ESCALATION', 'other'],
]);

export function readGeminiFinish(reason: unknown, hasCalls: boolean): Finish {
  const raw = typeof reason === 'string' ? reason : '';
  const kind = KINDS.get(raw) ?? 'other';
  // Vertex sometimes gives no reason beside a call, or finds the call unexpected and shows it all the same.
  const isCall = hasCalls && (kind === 'stop' || kind === 'malformedCall' || raw === '');
  return { kind: isCall ? 'toolCalls' : kind, raw };
}

const WRITTEN = {
  stop: 'STOP',
  stopSequence: 'STOP',
  toolCalls: 'STOP',
  pause: 'STOP',
  length: 'MAX_TOKENS',
  refusal: 'SAFETY',
  filtered: 'SAFETY',
  malformedCall: 'MALFORMED_FUNCTION_CALL',
  other: 'OTHER',
} as const satisfies Record<FinishKind, string>;

/** Google's own word where it was one of that meaning. */
export function writeGeminiFinish({ kind, raw }: Finish): string {
  return KINDS.get(raw) === kind ? raw : WRITTEN[kind];
}

const BLOCK_REASONS: ReadonlySet<string> = new Set([
  'SAFETY',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'IMAGE_SAFETY',
  'MODEL_ARMOR',
  'JAILBREAK',
]);

export function writeBlockReason(reason: string): string {
  return BLOCK_REASONS.has(reason) ? reason : 'OTHER';
}
