/** `GET /v1/models` and `GET /v1/models/{id}` as OpenAI's clients read them. */

export interface ListedModel {
  readonly id: string;
  readonly provider: string;
  /** Unix seconds; 0 where unknown. */
  readonly createdSeconds: number;
}

export function openAiModel(model: ListedModel): Record<string, unknown> {
  return { id: model.id, object: 'model', created: model.createdSeconds, owned_by: model.provider };
}

export function openAiModelList(models: readonly ListedModel[]): Record<string, unknown> {
  return { object: 'list', data: models.map(openAiModel) };
}
