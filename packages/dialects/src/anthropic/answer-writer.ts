/** The neutral answer as a Message. */

import { emptyUsage } from '@tollgate/catalog';
import {
  type AnswerContext,
  type Citation,
  type JsonObject,
  type JsonValue,
  type NeutralAnswer,
  type Part,
  signedCallId,
} from '../neutral/index.ts';
import { writeInput } from './content-writer.ts';
import { FORMAT, writeProof } from './signature.ts';
import { writeStopReason } from './stop-reason.ts';
import { writeMessagesUsage } from './usage.ts';

/** Called by the model itself; the published description wants it said. */
export const DIRECT_CALLER = { type: 'direct' } as const;

/** One answer: this format has no others. */
export function writeMessage(answer: NeutralAnswer, context: AnswerContext): JsonObject {
  const [choice] = answer.choices;
  return {
    id: writeMessageId(answer.id, context.requestId),
    type: 'message',
    role: 'assistant',
    model: context.model,
    content: (choice?.content ?? []).flatMap((part) => writeAnswerPart(part) ?? []),
    stop_reason: choice === undefined ? 'refusal' : writeStopReason(choice.finish),
    stop_sequence: choice?.finish.stopSequence ?? null,
    stop_details: null,
    container: null,
    usage: writeMessagesUsage(answer.usage ?? emptyUsage(), answer.serviceTier),
  };
}

/** Clients of this format know messages by `msg_`. */
export function writeMessageId(id: string, requestId: string): string {
  if (id.startsWith('msg_')) return id;
  return `msg_${(id === '' ? requestId : id).replaceAll(/[^a-zA-Z0-9_-]/g, '_')}`;
}

/** @returns Undefined where a client of this format could not read it. */
export function writeAnswerPart(part: Part): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text, citations: writeAnswerCitations(part.citations) };
    case 'refusal':
      return { type: 'text', text: part.text, citations: null };
    case 'reasoning':
      return part.text === '' && part.redacted !== undefined
        ? { type: 'redacted_thinking', data: writeProof(part) }
        : { type: 'thinking', thinking: part.text, signature: writeProof(part) };
    case 'toolCall':
      return {
        type: 'tool_use',
        id: signedCallId(part.id, part.signature),
        name: part.name,
        input: writeInput(part),
        caller: DIRECT_CALLER,
      };
    case 'image':
      return part.source.kind === 'base64'
        ? {
            type: 'image',
            source: { type: 'base64', media_type: part.source.mediaType, data: part.source.data },
          }
        : undefined;
    case 'audio':
      return part.transcript === undefined
        ? undefined
        : { type: 'text', text: part.transcript, citations: null };
    case 'native':
      return part.native.format === FORMAT ? (part.native.value as JsonObject) : undefined;
    case 'document':
    case 'video':
    case 'toolResult':
      return undefined;
  }
}

function writeAnswerCitations(citations: readonly Citation[] | undefined): readonly JsonValue[] | null {
  const written = (citations ?? []).flatMap((citation) => writeCitation(citation) ?? []);
  return written.length === 0 ? null : written;
}

/** A source on the web can be shown whoever found it; its index is empty, for nobody else may send it back. */
export function writeCitation({ native, text, url, title }: Citation): JsonObject | undefined {
  if (native?.format === FORMAT) return native.value as JsonObject;
  if (url === undefined) return undefined;
  return {
    type: 'web_search_result_location',
    cited_text: text ?? '',
    encrypted_index: '',
    title: title ?? null,
    url,
  };
}
