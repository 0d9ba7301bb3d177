/** The neutral answer as one of generateContent. */

import type { NeutralAnswer, NeutralChoice } from '../neutral/answer.ts';
import type { AnswerContext } from '../neutral/codec.ts';
import type { Citation, Part, Signature } from '../neutral/parts.ts';
import type { JsonObject } from '../neutral/wire-format.ts';
import { writeArguments } from './content-writer.ts';
import { writeBlockReason, writeGeminiFinish } from './finish-reason.ts';
import { writeGrounding } from './grounding.ts';
import { writeLogprobs } from './logprobs.ts';
import { FORMAT, writeProof } from './signature.ts';
import { writeGenerateUsage } from './usage.ts';

export function writeGenerateAnswer(answer: NeutralAnswer, context: AnswerContext): JsonObject {
  const isBlocked = answer.promptBlocked !== undefined && answer.choices.length === 0;
  return {
    ...(isBlocked
      ? { promptFeedback: { blockReason: writeBlockReason(answer.promptBlocked ?? '') } }
      : { candidates: answer.choices.map(writeCandidate) }),
    ...(answer.usage === undefined ? {} : { usageMetadata: writeGenerateUsage(answer.usage) }),
    modelVersion: context.model,
    responseId: answer.id === '' ? context.requestId : answer.id,
  };
}

function writeCandidate(choice: NeutralChoice, index: number): JsonObject {
  const grounding = writeGrounding(citedTexts(choice.content));
  return {
    content: { role: 'model', parts: choice.content.flatMap(writeAnswerPart) },
    finishReason: writeGeminiFinish(choice.finish),
    index,
    ...(choice.logprobs === undefined ? {} : { logprobsResult: writeLogprobs(choice.logprobs) }),
    ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
  };
}

/** Ranges count from the first text of the answer. */
function citedTexts(content: readonly Part[]): readonly { text: string; citation: Citation }[] {
  const cited: { text: string; citation: Citation }[] = [];
  let before = '';
  for (const part of content) {
    if (part.kind !== 'text') continue;
    const offset = before.length;
    before += part.text;
    for (const citation of part.citations ?? [])
      cited.push({ text: before, citation: shifted(citation, offset) });
  }
  return cited;
}

export function shifted(citation: Citation, offset: number): Citation {
  const { start, end } = citation;
  return start === undefined || end === undefined
    ? citation
    : { ...citation, start: start + offset, end: end + offset };
}

/** None where a client of this format could not read it. */
export function writeAnswerPart(part: Part): readonly JsonObject[] {
  switch (part.kind) {
    case 'text':
      return [{ text: part.text, ...signatureOf(part) }];
    case 'refusal':
      return [{ text: part.text }];
    case 'reasoning':
      return [{ text: part.text, thought: true, ...carried(writeProof(part)) }];
    case 'toolCall':
      return [
        { functionCall: { id: part.id, name: part.name, args: writeArguments(part) }, ...signatureOf(part) },
      ];
    case 'image':
    case 'video':
    case 'document':
      return writeMedia(part);
    case 'audio':
      if (part.source.kind === 'base64') {
        return [{ inlineData: { mimeType: part.source.mediaType, data: part.source.data } }];
      }
      return part.transcript === undefined ? [] : [{ text: part.transcript }];
    case 'native':
      return part.native.format === FORMAT ? [part.native.value as JsonObject] : [];
    case 'toolResult':
      return [];
  }
}

function writeMedia(part: Extract<Part, { kind: 'image' | 'video' | 'document' }>): readonly JsonObject[] {
  const { source } = part;
  const proof = part.kind === 'image' ? signatureOf(part) : {};
  switch (source.kind) {
    case 'base64':
      return [{ inlineData: { mimeType: source.mediaType, data: source.data }, ...proof }];
    case 'url':
      return [{ fileData: { mimeType: source.mediaType ?? '', fileUri: source.url }, ...proof }];
    case 'file':
    case 'text':
      return [];
  }
}

export function carried(proof: string | undefined): JsonObject {
  return proof === undefined ? {} : { thoughtSignature: proof };
}

export function signatureOf({ signature }: { readonly signature?: Signature }): JsonObject {
  return carried(signature === undefined ? undefined : writeProof({ signature }));
}
