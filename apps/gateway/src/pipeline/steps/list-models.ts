/** `GET /v1/models` and `GET /v1/models/{id}`: what this key may use now. */
import { openAiModel, openAiModelList } from '@tollgate/dialects';
import type { Services } from '../../services.ts';
import { answerHeaders } from '../answer-headers.ts';
import { resolveModel } from '../candidates.ts';
import { type Exchange, known } from '../exchange.ts';
import { sendJson } from '../send-json.ts';
import { usableModels } from '../usable-models.ts';
import { modelNotFound } from './resolve.ts';

export function listModels(exchange: Exchange, services: Services): void {
  const models = usableModels(...policyOf(exchange));
  const list = models.map(({ id, provider }) => ({ id, provider, createdSeconds: 0 }));
  sendJson(
    exchange.response,
    200,
    answerHeaders(exchange, services.clock.monotonicMs()),
    openAiModelList(list),
  );
}

export function getModel(exchange: Exchange, services: Services): void {
  const { candidates } = resolveModel(exchange.subjectId, ...policyOf(exchange));
  const [first] = candidates;
  if (first === undefined) throw modelNotFound(exchange, exchange.subjectId);
  const model = { id: exchange.subjectId, provider: first.provider.id, createdSeconds: 0 };
  sendJson(exchange.response, 200, answerHeaders(exchange, services.clock.monotonicMs()), openAiModel(model));
}

function policyOf(exchange: Exchange): Parameters<typeof usableModels> {
  return [
    known(exchange.key, 'the key'),
    known(exchange.organization, 'the organization'),
    known(exchange.platform, 'the catalogue'),
  ];
}
