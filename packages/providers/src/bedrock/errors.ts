/**
 * What a failure of Bedrock means for us and for the caller: exceptions are named in a header, in the body, or by
 * the event inside a stream. What they do not say in a way of their own is as everywhere.
 */
import { GatewayError } from '@tollgate/errors';
import {
  readRetryAfterMs,
  redact,
  type Secrets,
  type UpstreamFailure,
  upstreamFailureError,
} from '../openai-compatible/errors.ts';
import { parseObject, textIn } from './json.ts';

type Meaning = 'credential' | 'rate' | 'unavailable' | 'timeout' | 'broken' | 'request';

const MEANING_BY_EXCEPTION: Readonly<Record<string, Meaning>> = {
  AccessDeniedException: 'credential',
  ExpiredTokenException: 'credential',
  IncompleteSignatureException: 'credential',
  InvalidSignatureException: 'credential',
  MissingAuthenticationTokenException: 'credential',
  NotAuthorizedException: 'credential',
  UnrecognizedClientException: 'credential',
  ThrottlingException: 'rate',
  TooManyRequestsException: 'rate',
  ServiceQuotaExceededException: 'rate',
  ServiceUnavailableException: 'unavailable',
  ModelNotReadyException: 'unavailable',
  ModelTimeoutException: 'timeout',
  InternalServerException: 'broken',
  ModelErrorException: 'broken',
  ModelStreamErrorException: 'broken',
  BrokenFrameException: 'broken',
  ValidationException: 'request',
  ResourceNotFoundException: 'request',
};

/** The error for the caller, from an answer with status 400 or above. */
export function bedrockFailureError(failure: UpstreamFailure): GatewayError {
  const body = parseObject(failure.body.toString('utf8')) ?? {};
  const header = failure.headers['x-amzn-errortype'];
  const name = exceptionName(typeof header === 'string' ? header : textIn(body.__type));
  const meaning = MEANING_BY_EXCEPTION[name];
  if (meaning === undefined)
    return upstreamFailureError({ ...failure, body: inCommonForm(body, failure.body) });
  const message = redact(textIn(body.message) ?? textIn(body.Message) ?? '', failure.secret);
  const error = errorOf(meaning, name, message, failure.provider, failure.status);
  const retryAfterMs = readRetryAfterMs(failure.headers);
  if (retryAfterMs === undefined || meaning === 'credential' || meaning === 'request') return error;
  return new GatewayError(error.code, error.message, { ...error.details, retryAfterMs });
}

/** The error for an exception inside a stream; `body` as the stream's reader gives it. */
export function bedrockStreamFailureError(body: unknown, provider: string, secret: Secrets): GatewayError {
  const { __type: type, message, originalMessage } = (body ?? {}) as Record<string, unknown>;
  const name = exceptionName(typeof type === 'string' ? type : undefined);
  const said =
    typeof message === 'string' ? message : typeof originalMessage === 'string' ? originalMessage : '';
  return errorOf(MEANING_BY_EXCEPTION[name] ?? 'broken', name, redact(said, secret), provider, 400);
}

/** `ValidationException:http://…` and `com.amazon…#ValidationException` are one name, whatever its first letter. */
function exceptionName(told: string | undefined): string {
  const name = /(\w+)(?::|$)/.exec((told ?? '').replace(/^.*#/, ''))?.[1] ?? '';
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function errorOf(
  meaning: Meaning,
  name: string,
  message: string,
  provider: string,
  status: number,
): GatewayError {
  const details = { source: 'provider', upstreamCode: name } as const;
  switch (meaning) {
    case 'credential':
      return new GatewayError(
        'provider_credential_rejected',
        `${provider} refused the gateway's credential.`,
        {
          source: 'provider',
        },
      );
    case 'rate':
      return new GatewayError('upstream_rate_limited', message || `${provider} limits the rate.`, details);
    case 'unavailable':
      return new GatewayError('upstream_unavailable', `${provider} is not available (${name}).`, {
        source: 'provider',
      });
    case 'timeout':
      return new GatewayError('upstream_timeout', `${provider} did not answer in time.`, {
        source: 'provider',
      });
    case 'broken':
      return new GatewayError('upstream_error', `${provider} failed (${name}).`, { source: 'provider' });
    case 'request':
      return new GatewayError('upstream_error', message || `${provider} refused the request.`, {
        ...details,
        status: status >= 400 && status < 500 ? status : 400,
      });
  }
}

/** `Message` is `message` everywhere else. */
function inCommonForm(body: ReturnType<typeof parseObject> & object, received: Buffer): Buffer {
  const message = textIn(body.Message);
  return message === undefined ? received : Buffer.from(JSON.stringify({ message }));
}
