/** Who a request is from, also before it was understood: a refusal still belongs to its key. */
import type { RequestSubject } from '@tollgate/metering';
import { type Exchange, known } from './exchange.ts';

/** The exchange must have been authenticated. */
export function subjectOf(exchange: Exchange): RequestSubject {
  if (exchange.subject !== undefined) return exchange.subject;
  const key = known(exchange.key, 'the key');
  const team = exchange.organization?.teams.get(key.teamId);
  return {
    organizationId: key.organizationId,
    requestId: exchange.requestId,
    startedAtMs: exchange.startedAtMs,
    keyId: key.keyId,
    teamId: key.teamId,
    teamPath: team?.path ?? '',
    costCenter: team?.costCenter ?? '',
    memberId: key.memberId,
    serviceAccountId: key.serviceAccountId,
    endUser: '',
    tags: key.tags,
    sessionId: '',
    routeId: '',
    requestedModel: exchange.asked?.model ?? '',
    endpoint: exchange.endpoint.name,
    dialect: exchange.endpoint.dialect,
    streamed: false,
  };
}
