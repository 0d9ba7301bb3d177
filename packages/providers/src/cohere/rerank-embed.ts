/**
 * Rerank and embed in Cohere's shapes. `/v1/rerank` has Cohere's own shape for clients, so that at Cohere and at the
 * servers that copied it the bytes pass, and only model and usage are read.
 */
import type { TokenUsage } from '@tollgate/catalog';
import type { JsonObject, JsonValue } from '@tollgate/dialects';
import { isObject, listIn, objectIn } from './json.ts';
import { readCohereUsage } from './usage.ts';

/** Searches at Cohere (`meta.billed_units`), tokens at Together and vLLM (`usage`). */
export function readRerankUsage(body: JsonValue): TokenUsage | undefined {
  const { meta, usage } = objectIn(body);
  const { total_tokens: total, prompt_tokens: prompt } = objectIn(usage);
  const told = readCohereUsage(meta);
  if (told !== undefined) return told;
  const tokens = prompt ?? total;
  return typeof tokens === 'number' ? readCohereUsage({ billed_units: { input_tokens: tokens } }) : undefined;
}

export interface CohereEmbedding {
  readonly vectors: readonly (readonly number[])[];
  readonly usage: TokenUsage | undefined;
}

/** A request of OpenAI's embeddings as one of Cohere's. Queries and documents differ there; a document is meant. */
export function writeCohereEmbed(
  model: string,
  texts: readonly string[],
  {
    dimensions,
    inputType = 'search_document',
  }: { readonly dimensions?: number; readonly inputType?: string } = {},
): JsonObject {
  return {
    model,
    texts,
    input_type: inputType,
    embedding_types: ['float'],
    ...(dimensions === undefined ? {} : { output_dimension: dimensions }),
  };
}

/** @returns Undefined where the body is no such answer. */
export function readCohereEmbed(body: JsonValue): CohereEmbedding | undefined {
  const { embeddings, meta } = objectIn(body);
  // By type, or one list in older answers.
  const list = isObject(embeddings) ? embeddings.float : embeddings;
  if (!Array.isArray(list)) return undefined;
  const vectors = listIn(list).map((vector) =>
    listIn(vector).filter((value): value is number => typeof value === 'number'),
  );
  return { vectors, usage: readCohereUsage(meta) };
}
