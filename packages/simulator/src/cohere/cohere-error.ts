/** Errors and headers of the simulated Cohere API. */
import { type Controls, NO_CONTROLS } from '../controls.ts';
import type { Failure } from '../wire/reply.ts';
import type { Call, Stage, WireErrors } from '../wire/speech.ts';

const MESSAGES = new Map([
  [401, 'Incorrect API key provided. You can find your API key at https://dashboard.cohere.com/api-keys.'],
  [402, 'Please add or update your payment method at https://dashboard.cohere.com/billing'],
  [
    429,
    "You are using a Trial key, which is limited to 20 API calls / minute. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits at 'https://dashboard.cohere.com/api-keys'.",
  ],
  [500, 'internal server error, this has been reported to our developers'],
  [503, 'the service is temporarily unavailable'],
]);

export function uuidOf(requestId: string): string {
  return requestId.replace(/^req_(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function cohereHeaders(requestId: string): string[] {
  return [
    ...['x-debug-trace-id', requestId.slice(4), 'x-endpoint-monthly-call-limit', '1000'],
    ...['x-trial-endpoint-call-limit', '20', 'x-trial-endpoint-call-remaining', '19'],
    ...['num_chars', '42', 'num_tokens', '11', 'server', 'envoy', 'via', '1.1 google', 'pragma', 'no-cache'],
  ];
}

export function cohereFailure(
  requestId: string,
  status: number,
  message: string,
  controls: Controls = NO_CONTROLS,
): Failure {
  const retryAfter = controls['retry-after'];
  return {
    status,
    body: JSON.stringify({ id: uuidOf(requestId), message }),
    contentType: 'application/json',
    headers: retryAfter === undefined ? [] : ['retry-after', retryAfter],
  };
}

export function cohereErrors(requestId: string): WireErrors {
  const unknownModel = (model: string) =>
    cohereFailure(
      requestId,
      404,
      `model '${model.slice(0, 200)}' not found, make sure the correct model ID was used and that you have access to ` +
        'the model.',
    );
  return {
    forStatus: (status, model, controls) => {
      if (status === 404) return unknownModel(model);
      const message = MESSAGES.get(status) ?? 'the request was refused because the test asked for it';
      return cohereFailure(requestId, status, message, controls);
    },
    invalid: (message) => cohereFailure(requestId, 400, message),
    unknownModel,
  };
}

export function checkCohereKey({ message, requestId }: Call, { settings }: Stage): Failure | null {
  const { authorization } = message.headers;
  if (authorization === undefined) return cohereFailure(requestId, 401, 'no api key supplied');
  const isRight = /^bearer /i.test(authorization) && authorization.slice(7) === settings.apiKey;
  return isRight ? null : cohereFailure(requestId, 401, MESSAGES.get(401) ?? '');
}
