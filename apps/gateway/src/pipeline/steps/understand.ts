/** Reads what the request says: the model, whether to stream, and what it tells about itself. */
import { readChatRequest, withHeaderExtensions } from '@tollgate/dialects';
import { GatewayError } from '@tollgate/errors';
import type { Exchange } from '../exchange.ts';
import { known } from '../exchange.ts';

const LONGEST_TIMEOUT_MS = 3_600_000;

export function understand(exchange: Exchange): void {
  const { headers } = exchange.request;
  const key = known(exchange.key, 'the key');
  if (headers['x-tollgate-route'] !== undefined) {
    throw new GatewayError(
      'unsupported_parameter',
      'Cannot use "x-tollgate-route": there are no routes yet.',
      {
        param: 'x-tollgate-route',
      },
    );
  }
  const chat = readChatRequest(known(exchange.body, 'the body'));
  const extensions = withHeaderExtensions(chat.extensions, headers);
  exchange.chat = chat;
  exchange.extensions = extensions;
  exchange.use = chat.use;
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
    requestedModel: chat.model,
    endpoint: exchange.endpoint.name,
    dialect: exchange.endpoint.dialect,
    streamed: chat.stream,
  };
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
