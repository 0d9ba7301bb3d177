/** Reads what the request says: the model, whether to stream, and what it tells about itself. */
import { type UnsupportedMode, withHeaderExtensions } from '@tollgate/dialects';
import { GatewayError } from '@tollgate/errors';
import { type Exchange, known } from '../exchange.ts';
import { readPayloadHeader } from '../payload.ts';
import { readRequest } from '../read-request.ts';

const LONGEST_TIMEOUT_MS = 3_600_000;

export function understand(exchange: Exchange): void {
  const { headers } = exchange.request;
  const key = known(exchange.key, 'the key');
  const asked = readRequest(exchange);
  const extensions = withHeaderExtensions(asked.extensions, headers);
  exchange.asked = asked;
  readPayloadHeader(exchange);
  exchange.unsupported = readUnsupportedMode(headers['x-tollgate-unsupported']);
  exchange.extensions = extensions;
  exchange.use = asked.useFor(undefined);
  exchange.clientTimeoutMs = readTimeoutMs(headers);
  const team = exchange.organization?.teams.get(key.teamId);
  exchange.subject = {
    organizationId: key.organizationId,
    requestId: exchange.requestId,
    startedAtMs: exchange.startedAtMs,
    keyId: key.keyId,
    teamId: key.teamId,
    teamPath: team?.path ?? '',
    costCenter: team?.costCenter ?? '',
    memberId: key.memberId,
    serviceAccountId: key.serviceAccountId,
    endUser: extensions.endUser,
    tags: mergeTags(extensions.tags, key.tags),
    sessionId: extensions.sessionId,
    routeId: '',
    requestedModel: asked.model,
    endpoint: exchange.endpoint.name,
    dialect: exchange.endpoint.dialect,
    streamed: asked.stream,
  };
}

function readUnsupportedMode(value: string | string[] | undefined): UnsupportedMode {
  if (value === undefined) return 'usual';
  if (value === 'refuse' || value === 'report') return value;
  throw new GatewayError(
    'invalid_request',
    'Cannot read the request: "x-tollgate-unsupported" must be refuse or report.',
    { param: 'x-tollgate-unsupported' },
  );
}

/** The key's own tags win: a caller cannot book its spend under another's tag. */
function mergeTags(
  asked: Readonly<Record<string, string>>,
  ofKey: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.keys(ofKey).length === 0 ? asked : { ...asked, ...ofKey };
}

/** `x-tollgate-timeout-ms`, else what OpenAI's SDKs announce in seconds; undefined where neither is usable. */
export function readTimeoutMs(headers: Exchange['request']['headers']): number | undefined {
  const ours = headers['x-tollgate-timeout-ms'];
  if (ours !== undefined) {
    const timeoutMs = Number(ours);
    if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > LONGEST_TIMEOUT_MS) {
      throw new GatewayError(
        'invalid_request',
        `Cannot read the request: "x-tollgate-timeout-ms" must be an integer from 1 to ${LONGEST_TIMEOUT_MS}.`,
        { param: 'x-tollgate-timeout-ms' },
      );
    }
    return timeoutMs;
  }
  const seconds = Number(headers['x-stainless-timeout'] ?? Number.NaN);
  return seconds > 0 ? Math.min(seconds * 1000, LONGEST_TIMEOUT_MS) : undefined;
}
