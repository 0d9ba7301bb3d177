/** `GET /v1/models` and `GET /v1/models/{id}` as Anthropic's clients read them. */
import type { ListedModel } from '../openai/model-list.ts';

export interface AnthropicListedModel extends ListedModel {
  /** As people call it; the id where unknown. */
  readonly displayName?: string;
  readonly maxInputTokens?: number;
  readonly maxOutputTokens?: number;
}

export function anthropicModel(model: AnthropicListedModel): Record<string, unknown> {
  return {
    type: 'model',
    id: model.id,
    display_name: model.displayName ?? model.id,
    // Where unknown, the epoch, as Anthropic itself does.
    created_at: new Date(model.createdSeconds * 1000).toISOString().replace('.000Z', 'Z'),
    max_input_tokens: model.maxInputTokens ?? null,
    max_tokens: model.maxOutputTokens ?? null,
    capabilities: null,
    lifecycle: 'active',
    line: null,
    deprecated_at: null,
    retires_at: null,
  };
}

export interface AnthropicPage {
  /** At most; 1 to 1,000, 20 unless told. */
  readonly limit?: number;
  readonly afterId?: string;
  readonly beforeId?: string;
}

const USUAL_LIMIT = 20;
const MAX_LIMIT = 1_000;

/** The page that the query asks for: behind `after_id`, or the last ones before `before_id`. */
export function anthropicModelList(
  models: readonly AnthropicListedModel[],
  { limit, afterId, beforeId }: AnthropicPage = {},
): Record<string, unknown> {
  const size = Math.min(Math.max(Math.trunc(limit ?? USUAL_LIMIT), 1), MAX_LIMIT);
  const end = beforeId === undefined ? -1 : models.findIndex(({ id }) => id === beforeId);
  const start = afterId === undefined ? 0 : models.findIndex(({ id }) => id === afterId) + 1;
  const page = end === -1 ? models.slice(start, start + size) : models.slice(Math.max(0, end - size), end);
  const hasMore = end === -1 ? start + size < models.length : end > size;
  return {
    data: page.map(anthropicModel),
    has_more: hasMore,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}
