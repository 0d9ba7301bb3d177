/**
 * embedContent, batchEmbedContents and countTokens, as far as another provider can serve them: texts in, vectors
 * and counts out. Not here: the way of equal formats, where the bytes pass (generate-request.ts).
 */
import { GatewayError } from '@tollgate/errors';
import { listIn, numberIn } from '../json/json-value.ts';
import type { TranslationNotes } from '../neutral/notes.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { findProto, proto, repeated } from './proto.ts';

export interface EmbeddingWish {
  readonly texts: readonly string[];
  readonly dimensions?: number;
  /** Whether several were asked for, which the answer's shape follows. */
  readonly isBatch: boolean;
}

/** @throws {GatewayError} `invalid_request`, or `unsupported_parameter` through the notes. */
export function readEmbedRequest(body: JsonObject, notes: TranslationNotes): EmbeddingWish {
  const { requests } = proto(body);
  const isBatch = Array.isArray(requests);
  const list = isBatch ? listIn(requests) : [body];
  let dimensions: number | undefined;
  const texts = list.map((request, index) => {
    const path = isBatch ? `requests[${index}].` : '';
    const { content, outputDimensionality, taskType, title, embedContentConfig } = proto(request);
    const config = proto(embedContentConfig);
    if ((taskType ?? config.taskType) !== undefined) notes.cannot(`${path}taskType`, 'hint');
    if ((title ?? config.title) !== undefined) notes.cannot(`${path}title`, 'hint');
    dimensions ??= numberIn(outputDimensionality ?? config.outputDimensionality);
    return textOf(content, `${path}content`, notes);
  });
  return { texts, isBatch, ...(dimensions === undefined ? {} : { dimensions }) };
}

function textOf(content: JsonValue | undefined, path: string, notes: TranslationNotes): string {
  const found = findProto(content);
  if (found === undefined) {
    throw new GatewayError('invalid_request', `Cannot read the request: "${path}" must be an object.`, {
      param: path,
    });
  }
  return (repeated(found.parts) ?? [])
    .flatMap((part, index) => {
      const { text } = proto(part);
      if (typeof text === 'string') return [text];
      notes.cannot(`${path}.parts[${index}]`, 'meaning', 'embeds text only');
      return [];
    })
    .join('\n');
}

export function writeEmbedAnswer(
  vectors: readonly (readonly number[])[],
  isBatch: boolean,
  inputTokens: number | undefined,
): JsonObject {
  const usage = inputTokens === undefined ? {} : { usageMetadata: { promptTokenCount: inputTokens } };
  const embeddings = vectors.map((values) => ({ values }));
  return isBatch ? { embeddings, ...usage } : { embedding: embeddings[0] ?? { values: [] }, ...usage };
}

/** A request for vectors, as Google takes it: always the batch, whose answer is in the order of the texts. */
export function writeEmbedRequest(model: string, texts: readonly string[], dimensions?: number): JsonObject {
  return {
    requests: texts.map((text) => ({
      model: `models/${model}`,
      content: { parts: [{ text }] },
      ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
    })),
  };
}

/** @returns Undefined where the body is no such answer. */
export function readEmbedAnswer(
  body: JsonValue,
): { readonly vectors: readonly (readonly number[])[]; readonly inputTokens?: number } | undefined {
  const { embedding, embeddings, usageMetadata } = proto(body);
  const list = embedding === undefined ? listIn(embeddings) : [embedding];
  if (embedding === undefined && embeddings === undefined) return undefined;
  const vectors = list.map((entry) =>
    listIn(proto(entry).values).filter((value): value is number => typeof value === 'number'),
  );
  const inputTokens = countIn(proto(usageMetadata).promptTokenCount);
  return { vectors, ...(inputTokens === undefined ? {} : { inputTokens }) };
}

/** @returns Undefined where the provider told no count. */
export function readTotalTokens(body: JsonValue): number | undefined {
  return countIn(proto(body).totalTokens);
}

export function totalTokensBody(totalTokens: number): string {
  return JSON.stringify({ totalTokens });
}

function countIn(value: JsonValue | undefined): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
