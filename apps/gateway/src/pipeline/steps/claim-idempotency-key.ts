/**
 * `Idempotency-Key`: lets one of several equal requests through, and replays its answer to the others.
 *
 * After everything that can refuse a request and before anything that costs money, so that a refused request
 * does not use its key up. Without the header there is nothing to do.
 */
import { GatewayError } from '@tollgate/errors';
import { formatUsd, sumPicoUsd } from '@tollgate/money';
import type { KeptAnswer } from '../../idempotency/idempotency-store.ts';
import type { Services } from '../../services.ts';
import { answerHeaders, headerText } from '../answer-headers.ts';
import { type Exchange, known } from '../exchange.ts';
import { recordOutcome } from '../record-outcome.ts';

const HEADER = 'idempotency-key';
const FORM = /^[\x21-\x7e]{1,255}$/;
const NOTHING_USD = formatUsd(sumPicoUsd([]));

export function claimIdempotencyKey(exchange: Exchange, services: Services): void | Promise<void> {
  const idempotencyKey = exchange.request.headers[HEADER];
  if (idempotencyKey === undefined) return;
  if (typeof idempotencyKey !== 'string' || !FORM.test(idempotencyKey)) {
    throw new GatewayError(
      'invalid_request',
      'Cannot read the request: "Idempotency-Key" must be 1 to 255 printable ASCII characters without spaces.',
      { param: HEADER },
    );
  }
  return claim(exchange, services, idempotencyKey);
}

async function claim(exchange: Exchange, services: Services, idempotencyKey: string): Promise<void> {
  const { organizationId, keyId } = known(exchange.key, 'the key');
  const { idempotency } = services;
  if (idempotency === undefined) {
    exchange.idempotencyUnavailable = true;
    return;
  }
  const body = known(exchange.body, 'the body');
  const startedMs = services.clock.monotonicMs();
  const request = { organizationId, keyId, idempotencyKey, endpoint: askedOf(exchange), body };
  const result = await idempotency.claim(request).catch((error: unknown) => {
    // Money is exact either way: a duplicate that gets through is metered like any other request.
    services.logger.warn({ err: error, requestId: exchange.requestId }, 'a request goes on without replays');
    exchange.idempotencyUnavailable = true;
    return undefined;
  });
  exchange.waitedMs += services.clock.monotonicMs() - startedMs;
  switch (result?.kind) {
    case 'claimed':
      exchange.idempotencyClaim = result.claim;
      return;
    case 'answered':
      await replay(exchange, services, result.answer);
      return;
    case 'in-progress':
      throw new GatewayError(
        'idempotency_in_progress',
        'Cannot answer yet: the first request with this Idempotency-Key is still running.',
        { retryAfterMs: 1_000 },
      );
    case 'another-body':
      throw new GatewayError(
        'idempotency_key_reused',
        'Cannot reuse this Idempotency-Key: it belongs to a request with another body, path, query, provider, route or version.',
        { param: HEADER },
      );
    case undefined:
      return;
  }
}

/** Headers that change what is asked or who answers; not those that only tell about it (tags, sessions, time-outs). */
const MEANINGFUL_HEADERS = [
  'x-tollgate-provider',
  'x-tollgate-route',
  'x-tollgate-unsupported',
  'x-tollgate-cache',
  'anthropic-version',
  'anthropic-beta',
  'openai-beta',
  // The boundary of a form is part of its body.
  'content-type',
] as const;

/** What is asked besides the body: another path, query, provider or version of the format is another request. */
function askedOf({ endpoint, subjectId, request }: Exchange): string {
  const named = subjectId === '' ? endpoint.name : `${endpoint.method} ${endpoint.name} ${subjectId}`;
  const url = request.url ?? '';
  const query = url.indexOf('?');
  const headers = MEANINGFUL_HEADERS.map((name) => request.headers[name] ?? null);
  return JSON.stringify([named, endpoint.action ?? null, query === -1 ? '' : url.slice(query + 1), headers]);
}

/** Nothing is dispatched, so that the replay's own cost is nothing; the first request's id leads to its cost. */
async function replay(exchange: Exchange, services: Services, answer: KeptAnswer): Promise<void> {
  const { response } = exchange;
  exchange.finished = true;
  const headers = answerHeaders(exchange, services.clock.monotonicMs());
  headers.push('idempotency-replayed', 'true', 'x-tollgate-original-request-id', answer.requestId);
  headers.push('x-tollgate-model', headerText(answer.model));
  headers.push('x-tollgate-provider', headerText(answer.provider));
  headers.push('x-tollgate-cost-usd', NOTHING_USD, 'content-type', 'application/json');
  headers.push('content-length', String(answer.text.length));
  await recordOutcome(exchange, services, { status: answer.status, errorCode: '', refusal: null });
  if (exchange.clientGone) return;
  response.writeHead(answer.status, headers);
  response.end(answer.text, 'latin1');
}

/** Says how it ended, before the client can know and ask again. Never rejects. */
export async function settleIdempotencyKey(exchange: Exchange, services: Services): Promise<void> {
  const { idempotencyClaim, answer, attempts } = exchange;
  if (idempotencyClaim === undefined) return;
  exchange.idempotencyClaim = undefined;
  try {
    const ending = exchange.ending?.errorCode === '' ? exchange.ending : undefined;
    if (attempts.length === 0) await idempotencyClaim.withdraw();
    else if (answer?.kind !== 'whole' || ending === undefined) await idempotencyClaim.finished();
    else {
      const { model, provider } = answer.attempt.target;
      const { requestId } = exchange;
      const { text } = answer.read;
      await idempotencyClaim.answered({ requestId, status: ending.status, model, provider, text });
    }
  } catch (error) {
    services.logger.warn({ err: error, requestId: exchange.requestId }, 'an answer cannot be replayed later');
    exchange.idempotencyUnavailable = true;
  }
}
