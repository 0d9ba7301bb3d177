/** `GET /v1/tollgate/requests/{id}`: what became of a request of this key, its cost above all. */
import { GatewayError } from '@tollgate/errors';
import { parseId } from '@tollgate/ids';
import { recentRequestOf } from '../../requests/recent-request.ts';
import { requestReport } from '../../requests/request-report.ts';
import type { Services } from '../../services.ts';
import { answerHeaders } from '../answer-headers.ts';
import { type Exchange, known } from '../exchange.ts';
import { sendJson } from '../send-json.ts';

export async function getRequest(exchange: Exchange, services: Services): Promise<void> {
  const report = await findReport(exchange, services);
  if (report === undefined) {
    throw new GatewayError('not_found', 'Cannot find the request: this key made none of that id (yet).');
  }
  sendJson(exchange.response, 200, answerHeaders(exchange, services.clock.monotonicMs()), report);
}

async function findReport(
  exchange: Exchange,
  services: Services,
): Promise<Record<string, unknown> | undefined> {
  const key = known(exchange.key, 'the key');
  const requestId = exchange.subjectId;
  if (parseId('request', requestId) === undefined) return undefined;
  try {
    return await services.requestLookUps.run(key.keyId, async () => {
      const recent = recentRequestOf(await services.log.framesOf(requestId));
      if (recent !== undefined) return recent.subject.keyId === key.keyId ? requestReport(recent) : undefined;
      return services.stored.find(key.organizationId, key.keyId, requestId);
    });
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError('service_unavailable', 'Cannot look the request up now; try again.', { cause });
  }
}
