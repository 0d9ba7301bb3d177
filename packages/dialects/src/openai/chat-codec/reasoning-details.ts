/**
 * OpenRouter's `reasoning_details`, the one shape in which chat messages carry reasoning with its proof: text,
 * summaries, encrypted blocks, each with the format that understands it.
 *
 * Entries that belong together share an `index` (ours) or an `id` (OpenRouter's): a summary and what it is the
 * summary of. Shape: openrouter.ai/docs, "Reasoning tokens".
 */
import { integerIn, isJsonObject, listIn, present, someTextIn, textIn } from '../../json/json-value.ts';
import type { ReasoningPart, Signature } from '../../neutral/parts.ts';
import type { JsonObject, JsonValue, WireFormat } from '../../neutral/wire-format.ts';

const FORMAT_BY_NAME: Readonly<Record<string, WireFormat>> = {
  'anthropic-claude-v1': 'anthropic-messages',
  'google-gemini-v1': 'gemini-generate',
  'openai-responses-v1': 'openai-responses',
  'bedrock-converse-v1': 'bedrock-converse',
  'cohere-chat-v1': 'cohere-chat',
};
const NAME_BY_FORMAT = new Map(Object.entries(FORMAT_BY_NAME).map(([name, format]) => [format, name]));

/** An entry as read, before entries are put together. */
export interface ReasoningDetail {
  readonly kind: 'text' | 'summary' | 'encrypted';
  readonly text: string;
  readonly signature?: Signature;
  readonly id?: string;
  readonly index?: number;
  /** Of a streamed signature, as we wrote it: how much text it is of. */
  readonly length?: number;
}

/** @returns Undefined for what is no entry. */
export function readDetail(value: JsonValue): ReasoningDetail | undefined {
  if (!isJsonObject(value)) return undefined;
  const format = textIn(value.format);
  const common = {
    id: someTextIn(value.id),
    index: integerIn(value.index),
    length: integerIn(value.length),
  };
  switch (value.type) {
    case 'reasoning.text':
    case 'reasoning.summary': {
      const isSummary = value.type === 'reasoning.summary';
      const proof = someTextIn(value.signature);
      const signature = proof === undefined ? undefined : readSignature(format, proof);
      const text = textIn(isSummary ? value.summary : value.text) ?? '';
      return present({
        kind: isSummary ? ('summary' as const) : ('text' as const),
        text,
        signature,
        ...common,
      });
    }
    case 'reasoning.encrypted': {
      const data = someTextIn(value.data);
      if (data === undefined) return undefined;
      return present({
        kind: 'encrypted' as const,
        text: '',
        signature: readSignature(format, data),
        ...common,
      });
    }
    default:
      return undefined;
  }
}

/** Whether an encrypted entry belongs to the entry before it. */
export function belongsTo(detail: ReasoningDetail, before: Pick<ReasoningDetail, 'id' | 'index'>): boolean {
  return (
    (detail.index !== undefined && detail.index === before.index) ||
    (detail.id !== undefined && detail.id === before.id)
  );
}

/**
 * All entries of a message as parts.
 *
 * OpenAI's SDK puts a streamed message together by keeping only the last piece of members that it does not know: a
 * signature comes back with a part of its text, or none. Such a part is left out, for its provider would refuse it.
 */
export function readReasoningDetails(value: JsonValue | undefined): readonly ReasoningPart[] {
  const whole = new Map<ReasoningPart, number>();
  const parts: ReasoningPart[] = [];
  let before: ReasoningDetail | undefined;
  for (const entry of listIn(value)) {
    const detail = readDetail(entry);
    if (detail === undefined) continue;
    const last = parts.at(-1);
    if (last !== undefined && before !== undefined && belongsTo(detail, before)) {
      if (detail.kind === 'encrypted' && last.redacted === undefined) {
        parts[parts.length - 1] = present({ ...last, redacted: detail.signature });
        continue;
      }
      // Providers that stream hand over their deltas as entries of one index; clients keep them so.
      if (detail.kind === before.kind && detail.kind !== 'encrypted' && detail.index === before.index) {
        const joined: ReasoningPart = present({
          ...last,
          text: last.text + detail.text,
          signature: detail.signature ?? last.signature,
        });
        parts[parts.length - 1] = joined;
        if (detail.length !== undefined) whole.set(joined, detail.length);
        continue;
      }
    }
    const part = partOfDetail(detail);
    parts.push(part);
    if (detail.length !== undefined) whole.set(part, detail.length);
    before = detail;
  }
  return parts.filter((part) => part.text.length === (whole.get(part) ?? part.text.length));
}

function partOfDetail({ kind, text, signature, id }: ReasoningDetail): ReasoningPart {
  if (kind === 'encrypted') return present({ kind: 'reasoning' as const, id, text: '', redacted: signature });
  return present({
    kind: 'reasoning' as const,
    id,
    text,
    isSummary: kind === 'summary' ? true : undefined,
    signature,
  });
}

/** @param index The same for all entries of one part, another for every part. */
export function writeReasoningDetails(part: ReasoningPart, index: number): readonly JsonObject[] {
  const id = part.id;
  const entries: JsonObject[] = [];
  if (part.text !== '' || part.signature !== undefined || part.redacted === undefined) {
    entries.push(
      present({
        ...(part.isSummary === true
          ? { type: 'reasoning.summary', summary: part.text }
          : { type: 'reasoning.text', text: part.text }),
        signature: part.signature === undefined ? undefined : proofOf(part.signature),
        id,
        ...formatOf(part.signature),
        index,
      }),
    );
  }
  if (part.redacted !== undefined) {
    entries.push(
      present({
        type: 'reasoning.encrypted',
        data: proofOf(part.redacted),
        id,
        ...formatOf(part.redacted),
        index,
      }),
    );
  }
  return entries;
}

/** A proof alone: of a text that has gone by, of an answer's text or of a call. */
export function signatureDetail(
  kind: 'text' | 'encrypted',
  signature: Signature,
  index: number,
  id?: string,
): JsonObject {
  return present({
    type: kind === 'text' ? 'reasoning.text' : 'reasoning.encrypted',
    [kind === 'text' ? 'signature' : 'data']: proofOf(signature),
    id,
    ...formatOf(signature),
    index,
  });
}

/** What a name nobody knows stands for is kept before the value, for the way back to the same provider. */
function readSignature(name: string | undefined, value: string): Signature {
  const format = name === undefined ? undefined : FORMAT_BY_NAME[name];
  if (format !== undefined) return { format, value };
  return { format: 'openai-chat', value: name === undefined ? value : `${name} ${value}` };
}

function formatOf(signature: Signature | undefined): JsonObject {
  if (signature === undefined) return {};
  const name = NAME_BY_FORMAT.get(signature.format);
  if (name !== undefined) return { format: name };
  const space = signature.value.indexOf(' ');
  return space === -1 ? {} : { format: signature.value.slice(0, space) };
}

function proofOf({ format, value }: Signature): string {
  return format === 'openai-chat' ? value.slice(value.indexOf(' ') + 1) : value;
}
