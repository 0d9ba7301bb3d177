/**
 * The errors of the simulated provider, in the words and shapes that OpenAI puts on the wire.
 *
 * Texts matter: clients and gateways match on `code` and `type`, people read `message`.
 */

export interface ProviderError {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** The body of an error answer. */
export function errorBody(error: ProviderError): string {
  const { message, type, param, code } = error;
  return `${JSON.stringify({ error: { message, type, param, code } }, null, 2)}\n`;
}

export function invalidRequest(
  message: string,
  param: string | null,
  code: string | null,
  status = 400,
): ProviderError {
  return { status, message, type: 'invalid_request_error', param, code };
}

export function missingKey(): ProviderError {
  return invalidRequest(
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer " +
      'auth (i.e. Authorization: Bearer YOUR_KEY).',
    null,
    null,
    401,
  );
}

/** The provider repeats the key with its middle starred out; short keys come back whole, as they do in reality. */
export function wrongKey(key: string): ProviderError {
  const shown = key.slice(0, 200);
  const masked =
    shown.length > 12 ? `${shown.slice(0, 8)}${'*'.repeat(shown.length - 12)}${shown.slice(-4)}` : shown;
  return invalidRequest(
    `Incorrect API key provided: ${masked}. You can find your API key at ` +
      'https://platform.openai.com/account/api-keys.',
    null,
    'invalid_api_key',
    401,
  );
}

export function unknownModel(model: string): ProviderError {
  return invalidRequest(
    `The model \`${model.slice(0, 200)}\` does not exist or you do not have access to it.`,
    null,
    'model_not_found',
    404,
  );
}

/** The error that `x-sim-status` asks for. `code` overrides the usual one of that status. */
export function errorForStatus(status: number, model: string, code: string | undefined): ProviderError {
  const error = usualError(status, model, code);
  return code === undefined ? error : { ...error, code };
}

function usualError(status: number, model: string, code: string | undefined): ProviderError {
  if (code === 'insufficient_quota') {
    const message = 'You exceeded your current quota, please check your plan and billing details.';
    return { status, message, type: 'insufficient_quota', param: null, code };
  }
  switch (status) {
    case 401:
      return wrongKey('sk-simulated-key-that-is-refused');
    case 403:
      return invalidRequest(
        'Country, region, or territory not supported',
        null,
        'unsupported_country_region_territory',
        403,
      );
    case 404:
      return unknownModel(model);
    case 429:
      return {
        status,
        message:
          `Rate limit reached for ${model} in organization org-simulator on requests per min (RPM): ` +
          'Limit 3, Used 3, Requested 1. Please try again in 20s.',
        type: 'requests',
        param: null,
        code: 'rate_limit_exceeded',
      };
    case 503:
      return {
        status,
        message: 'The engine is currently overloaded, please try again later',
        type: 'server_error',
        param: null,
        code: null,
      };
    default:
      return status >= 500
        ? { ...serverError(), status }
        : invalidRequest('The request was refused because the test asked for it.', null, null, status);
  }
}

export function serverError(): ProviderError {
  const message = 'The server had an error while processing your request. Sorry about that!';
  return { status: 500, message, type: 'server_error', param: null, code: null };
}
