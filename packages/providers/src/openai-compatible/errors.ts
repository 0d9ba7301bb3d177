/**
 * What a provider's failure means for us and for the caller.
 *
 * 401, 402 and 403 are about our credential: the caller's key is good and must not be called bad. Other 4xx are
 * about the request and pass with the provider's own words, from which anything like a key is masked first.
 */
import { GatewayError, type GatewayErrorDetails } from '@tollgate/errors';

export interface UpstreamFailure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Of the credential used, to be masked wherever the provider repeats it. */
  readonly secret: Secrets;
  readonly provider: string;
}

/** One text, or all of a credential that has several; `credentialSecrets` gives them. */
export type Secrets = string | readonly string[];

const MAX_MESSAGE_LENGTH = 2_000;
const MAX_RETRY_MS = 24 * 60 * 60 * 1000;
// What keys of common providers look like, ours included; providers echo them in "incorrect API key" texts. Google's
// tokens are bought, so that no credential knows them; ids of AWS's keys are no secrets, but nobody's business.
const KEY_LIKE =
  /\b(?:sk|tgk|tga|gsk|xai|pk|rk|key)[-_][A-Za-z0-9*_-]{6,}|\bAIza[A-Za-z0-9_-]{20,}|\bya29\.[\w.-]{8,}|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bBearer\s+[^\s,;"']+/gi;

// Whose account it is: an operator's is shared by all its tenants. AWS names accounts, users and roles in what it says;
// what identity (iam, sts) names is nobody's business to its end, of other services only the number is.
const AWS_IDENTITY = /\barn:aws[\w-]*:(?:iam|sts):[^\s"'`,;)\]}]*/gi;
const AWS_ACCOUNT_IN_ARN = /\b(arn:aws[\w-]*:[\w-]*:[\w-]*:)\d{12}(?=:)/gi;
const AWS_ACCOUNT = /\b(account(?:[\s_-]*id)?["'\s:=(#]*)\d{12}\b/gi;

/** The error for the caller, from an answer with status 400 or above. */
export function upstreamFailureError(failure: UpstreamFailure): GatewayError {
  const said = readErrorBody(failure.body, failure.secret);
  const retryAfterMs = readRetryAfterMs(failure.headers);
  const details: GatewayErrorDetails = {
    source: 'provider',
    ...(said.type === undefined ? {} : { upstreamType: said.type }),
    ...(said.code === undefined ? {} : { upstreamCode: said.code }),
    ...(said.param === undefined ? {} : { param: said.param }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  const { status, provider } = failure;
  if (status === 402 || (status === 429 && said.code === 'insufficient_quota')) {
    return new GatewayError('provider_quota_exhausted', `The account at ${provider} has no quota left.`, {
      source: 'provider',
    });
  }
  if (status === 401 || status === 403) {
    return new GatewayError('provider_credential_rejected', `${provider} refused the gateway's credential.`, {
      source: 'provider',
    });
  }
  if (status === 429) {
    return new GatewayError('upstream_rate_limited', said.message ?? `${provider} limits the rate.`, details);
  }
  if (status >= 400 && status < 500) {
    const message = said.message ?? `${provider} refused the request with status ${status}.`;
    return new GatewayError('upstream_error', message, { ...details, status });
  }
  const waiting: GatewayErrorDetails =
    retryAfterMs === undefined ? { source: 'provider' } : { source: 'provider', retryAfterMs };
  if (status === 503 || status === 529) {
    return new GatewayError(
      'upstream_unavailable',
      `${provider} is not available (status ${status}).`,
      waiting,
    );
  }
  if (status === 504) {
    return new GatewayError('upstream_timeout', `${provider} did not answer in time (status 504).`, waiting);
  }
  return new GatewayError('upstream_error', `${provider} failed with status ${status}.`, waiting);
}

/** The error for a failure that the provider reports inside a stream; `body` as parsed from the event. */
export function streamFailureError(body: unknown, provider: string, secret: Secrets): GatewayError {
  const said = readErrorObject(body, secret);
  return new GatewayError('upstream_error', said.message ?? `${provider} broke off the stream.`, {
    source: 'provider',
    ...(said.type === undefined ? {} : { upstreamType: said.type }),
    ...(said.code === undefined ? {} : { upstreamCode: said.code }),
  });
}

/** How long the provider asks to wait: `retry-after-ms`, or `retry-after` as seconds or an HTTP date. */
export function readRetryAfterMs(headers: UpstreamFailure['headers']): number | undefined {
  const milliseconds = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (milliseconds >= 0) return Math.min(milliseconds, MAX_RETRY_MS);
  const retryAfter = headers['retry-after'];
  if (typeof retryAfter !== 'string' || retryAfter === '') return undefined;
  const seconds = Number(retryAfter);
  if (seconds >= 0) return Math.min(seconds * 1000, MAX_RETRY_MS);
  const date = Date.parse(retryAfter);
  // Against the provider's own clock: ours may differ.
  const sentAt = Date.parse(String(headers.date ?? ''));
  if (Number.isNaN(date) || Number.isNaN(sentAt)) return undefined;
  return Math.min(Math.max(0, date - sentAt), MAX_RETRY_MS);
}

interface SaidError {
  readonly message?: string;
  readonly type?: string;
  readonly code?: string;
  readonly param?: string;
}

function readErrorBody(body: Buffer, secret: Secrets): SaidError {
  try {
    return readErrorObject(JSON.parse(body.toString('utf8')), secret);
  } catch {
    // Not JSON: an HTML page or a proxy's text says nothing that a client could use.
    return {};
  }
}

function readErrorObject(body: unknown, secret: Secrets): SaidError {
  if (typeof body !== 'object' || body === null) return {};
  const { error, detail } = body as { error?: unknown; detail?: unknown };
  const source = typeof error === 'object' && error !== null ? error : body;
  const { message, type, code, param } = source as Record<string, unknown>;
  const violation = readViolation(detail) ?? readViolation(memberOf(message, 'detail'));
  const text = typeof error === 'string' ? error : typeof message === 'string' ? message : violation?.message;
  const field = typeof param === 'string' ? param : violation?.field;
  return {
    ...(typeof text === 'string' && text !== '' ? { message: redact(text, secret) } : {}),
    ...(isWord(type) ? { type } : {}),
    ...(isWord(code) ? { code } : typeof code === 'number' ? { code: String(code) } : {}),
    ...(field !== undefined && field.length <= 200 ? { param: redact(field, secret) } : {}),
  };
}

/**
 * What servers built with FastAPI (Mistral, vLLM, SGLang) say of a request that does not fit: a text, or a list of
 * fields with what is wrong.
 */
function readViolation(detail: unknown): { readonly message: string; readonly field?: string } | undefined {
  if (typeof detail === 'string' && detail !== '') return { message: detail };
  const first: unknown = Array.isArray(detail) ? detail[0] : detail;
  const message = memberOf(first, 'msg') ?? memberOf(first, 'message');
  if (typeof message !== 'string' || message === '') return undefined;
  const place = memberOf(first, 'loc');
  const names = (Array.isArray(place) ? (place as readonly unknown[]) : []).filter(
    (name) => typeof name === 'string' || typeof name === 'number',
  );
  const field = names[0] === 'body' ? names.slice(1).join('.') : names.join('.');
  return field === '' ? { message } : { message: `${field}: ${message}`, field };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value);
}

/** A provider's text without keys, those that were used and whatever looks like one, and without accounts of AWS. */
export function redact(text: string, secret: Secrets): string {
  // Before it is cut: half of a key would not be recognized.
  let masked = text;
  for (const one of texts(secret)) masked = masked.replaceAll(one, '[redacted]');
  return withoutAccounts(masked.slice(0, MAX_MESSAGE_LENGTH)).replaceAll(KEY_LIKE, '[redacted]');
}

function withoutAccounts(text: string): string {
  return text
    .replaceAll(AWS_IDENTITY, '[redacted]')
    .replaceAll(AWS_ACCOUNT_IN_ARN, '$1[redacted]')
    .replaceAll(AWS_ACCOUNT, '$1[redacted]');
}

/** Whether a text repeats a secret. */
export function repeatsSecret(text: string, secret: Secrets): boolean {
  return texts(secret).some((one) => text.includes(one));
}

/** Shorter ones are no keys, and stand in every other sentence. */
const LEAST_SECRET_LENGTH = 6;

function texts(secret: Secrets): readonly string[] {
  return (typeof secret === 'string' ? [secret] : secret).filter(
    ({ length }) => length >= LEAST_SECRET_LENGTH,
  );
}
