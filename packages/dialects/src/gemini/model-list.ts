/** `GET /v1beta/models` and `/v1beta/models/{model}` as Gemini's clients read them. */

export interface GeminiListedModel {
  readonly id: string;
  readonly displayName?: string;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  /** Whether it makes embeddings instead of answers. */
  readonly embeds?: boolean;
}

export function geminiModel(model: GeminiListedModel): Record<string, unknown> {
  return {
    name: `models/${model.id}`,
    version: '',
    displayName: model.displayName ?? model.id,
    ...(model.contextWindow === null ? {} : { inputTokenLimit: model.contextWindow }),
    ...(model.maxOutputTokens === null ? {} : { outputTokenLimit: model.maxOutputTokens }),
    supportedGenerationMethods: model.embeds
      ? ['embedContent', 'batchEmbedContents']
      : ['generateContent', 'streamGenerateContent', 'countTokens'],
  };
}

/** One page. @param pageToken Where the one before ended; what is none begins at the start. */
export function geminiModelList(
  models: readonly GeminiListedModel[],
  pageSize = 50,
  pageToken = '',
): Record<string, unknown> {
  const size = Number.isSafeInteger(pageSize) && pageSize > 0 ? Math.min(pageSize, 1_000) : 50;
  const start = /^\d{1,9}$/.test(pageToken) ? Number(pageToken) : 0;
  const end = start + size;
  return {
    models: models.slice(start, end).map(geminiModel),
    ...(end < models.length ? { nextPageToken: String(end) } : {}),
  };
}
