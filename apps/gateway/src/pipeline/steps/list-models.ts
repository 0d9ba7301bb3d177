/** The models that a key may use now, as a list and one by one, in the caller's dialect. */
import {
  anthropicModel,
  anthropicModelList,
  geminiModel,
  geminiModelList,
  openAiModel,
  openAiModelList,
} from '@tollgate/dialects';
import { routeKey } from '@tollgate/routing';
import type { Services } from '../../services.ts';
import { answerHeaders } from '../answer-headers.ts';
import { resolveModel } from '../candidates.ts';
import { type Exchange, known } from '../exchange.ts';
import { notFound } from '../not-found.ts';
import { sendJson } from '../send-json.ts';
import { mayUseRoute, type UsableModel, usableModels, usableRoute } from '../usable-models.ts';

export function listModels(exchange: Exchange, services: Services): void {
  const models = usableModels(...policyOf(exchange)).map((model) => describe(exchange, model));
  const headers = answerHeaders(exchange, services.clock.monotonicMs());
  sendJson(exchange.response, 200, headers, listIn(exchange, models));
}

export function getModel(exchange: Exchange, services: Services): void {
  const model = findRoute(exchange) ?? findModel(exchange);
  const headers = answerHeaders(exchange, services.clock.monotonicMs());
  sendJson(exchange.response, 200, headers, MODEL_IN[exchange.endpoint.dialect](model));
}

/** @returns Undefined: it names no route. */
function findRoute(exchange: Exchange): DescribedModel | undefined {
  const route = exchange.organization?.routes?.get(routeKey(exchange.subjectId));
  if (route === undefined) return undefined;
  if (!mayUseRoute(route, ...policyOf(exchange))) throw notFound(exchange, 'model', exchange.subjectId);
  return describe(exchange, usableRoute(route));
}

function findModel(exchange: Exchange): DescribedModel {
  const { subjectId: id } = exchange;
  const [first] = resolveModel(id, ...policyOf(exchange)).candidates;
  if (first === undefined) throw notFound(exchange, 'model', id);
  return describe(exchange, { id, provider: first.provider.id }, first.upstreamModel);
}

interface DescribedModel extends UsableModel {
  readonly createdSeconds: number;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  readonly embeds: boolean;
}

function describe(exchange: Exchange, model: UsableModel, upstreamName?: string): DescribedModel {
  const ofProvider = exchange.platform?.models.get(model.provider);
  const bare = model.id.startsWith(`${model.provider}/`)
    ? model.id.slice(model.provider.length + 1)
    : model.id;
  const entry = ofProvider?.get(upstreamName ?? model.id) ?? ofProvider?.get(bare);
  return {
    ...model,
    createdSeconds: 0,
    contextWindow: entry?.contextWindow ?? null,
    maxOutputTokens: entry?.maxOutputTokens ?? null,
    embeds: entry?.mode === 'embedding',
  };
}

const anthropicShape = (model: DescribedModel): Parameters<typeof anthropicModel>[0] => ({
  id: model.id,
  provider: model.provider,
  createdSeconds: model.createdSeconds,
  ...(model.contextWindow === null ? {} : { maxInputTokens: model.contextWindow }),
  ...(model.maxOutputTokens === null ? {} : { maxOutputTokens: model.maxOutputTokens }),
});

const MODEL_IN = {
  openai: openAiModel,
  anthropic: (model: DescribedModel) => anthropicModel(anthropicShape(model)),
  gemini: geminiModel,
} as const;

function listIn({ endpoint, request }: Exchange, models: readonly DescribedModel[]): Record<string, unknown> {
  const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '');
  switch (endpoint.dialect) {
    case 'openai':
      return openAiModelList(models);
    case 'anthropic': {
      const limit = query.get('limit');
      const afterId = query.get('after_id');
      const beforeId = query.get('before_id');
      return anthropicModelList(models.map(anthropicShape), {
        ...(limit === null ? {} : { limit: Number(limit) || 20 }),
        ...(afterId === null ? {} : { afterId }),
        ...(beforeId === null ? {} : { beforeId }),
      });
    }
    case 'gemini':
      return geminiModelList(models, Number(query.get('pageSize') ?? 50), query.get('pageToken') ?? '');
  }
}

function policyOf(exchange: Exchange): Parameters<typeof usableModels> {
  return [
    known(exchange.key, 'the key'),
    known(exchange.organization, 'the organization'),
    known(exchange.platform, 'the catalogue'),
  ];
}
